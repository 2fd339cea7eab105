"""Greedy answers the simple way, one token after the other for one talk: what faster ways and the engine are held to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .tokenizer import Tokenizer
from .vlm import Model

IMAGE_TOKEN = -1
"""stands in a prompt for each position of the picture, as it does in the app"""


@dataclass(frozen=True)
class PlainAnswer:
    """One turn: the whole prompt and the answer, each of its tokens with its probability and lead over the next best."""

    prompt: list[int]
    ids: list[int]
    """the end token included, where it came"""
    probabilities: list[float]
    margins: list[float]
    """logit of the token minus the second best logit"""


@torch.no_grad()
def plain_answers(
    model: Model, tokenizer: Tokenizer, pixels: Tensor | None, questions: Sequence[str], most: int
) -> list[PlainAnswer]:
    """Answers to the questions of one talk; as in the app, the text of earlier answers is part of later prompts.

    pixels: 3 x side x side, or none for a model that is asked without a picture.
    """
    image = None if pixels is None else model.see(pixels[None])[1]
    text: list[int] = []
    answers: list[PlainAnswer] = []
    for index, question in enumerate(questions):
        text += tokenizer.ask(question, again=index > 0)
        answer = _answer(model, tokenizer, image, text, most)
        answers.append(answer)
        said = tokenizer.decode(token for token in answer.ids if token != tokenizer.end).strip()
        text += [*tokenizer.encode(said), tokenizer.end]
    return answers


def _answer(model: Model, tokenizer: Tokenizer, image: Tensor | None, text: Sequence[int], most: int) -> PlainAnswer:
    embeddings = model.place(torch.tensor([tokenizer.opening]), image, torch.tensor([text]))
    past = None
    ids: list[int] = []
    probabilities: list[float] = []
    margins: list[float] = []
    while len(ids) < most and tokenizer.end not in ids:
        hidden, _, past = model.language(embeddings, past=past)
        scores = model.language.logits(hidden[0, -1]).double()
        best = scores.topk(2)
        token = int(best.indices[0])
        ids.append(token)
        probabilities.append(scores.softmax(-1)[token].item())
        margins.append((best.values[0] - best.values[1]).item())
        embeddings = model.language.embedding(torch.tensor([[token]]))
    pictured = [] if image is None else [IMAGE_TOKEN] * image.shape[1]
    return PlainAnswer([*tokenizer.opening, *pictured, *text], ids, probabilities, margins)
