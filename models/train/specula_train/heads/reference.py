"""What each head drafts on a talk, round by round, node by node in float32: what the engine is held to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..plain import PlainAnswer, plain_answers
from ..tokenizer import Tokenizer
from ..vlm import Model
from .head import Drafter, DraftHead
from .kinds import HeadSet
from .medusa import MedusaHead
from .shown import show_embeddings

DEPTH = 5


@dataclass(frozen=True)
class Round:
    """One round of a greedy chain."""

    drafted: list[int]
    probabilities: list[float]
    """of the drafted tokens, among the tokens that the head can draft"""
    accepted: int


@dataclass(frozen=True)
class Turn:
    """The target's own greedy answer to one question, and the rounds in which each kind of head comes to it."""

    answer: PlainAnswer
    rounds: dict[str, list[Round]]


@torch.no_grad()
def reference_turns(
    heads: HeadSet, target: Model, tokenizer: Tokenizer, pixels: Tensor | None, questions: Sequence[str], most: int
) -> list[Turn]:
    """All turns of a talk. pixels: 3 x side x side, or none."""
    image = None if pixels is None else target.see(pixels[None])[1]
    turns: list[Turn] = []
    for answer in plain_answers(target, tokenizer, pixels, questions, most):
        start, pictured = len(tokenizer.opening), 0 if image is None else image.shape[1]
        text = [*answer.prompt[start + pictured :], *answer.ids]
        embeddings = target.place(torch.tensor([tokenizer.opening]), image, torch.tensor([text]))
        shown = show_embeddings(target, embeddings, range(start, start + pictured))
        rounds = {kind: chain_rounds(head, head.drafter(shown), target, answer, most) for kind, head in heads.items()}
        turns.append(Turn(answer, rounds))
    return turns


def chain_rounds(head: DraftHead, drafter: Drafter, target: Model, answer: PlainAnswer, most: int) -> list[Round]:
    """The rounds after the prompt's own, until the answer's last token.

    As in the app nothing is drafted beyond the `most` tokens of an answer, the last of which is the target's own.
    """
    longest = min(DEPTH, len(head.blocks)) if isinstance(head, MedusaHead) else DEPTH
    rounds: list[Round] = []
    at = 0
    while at < len(answer.ids) - 1:
        depth = min(longest, most - at - 2)
        if depth < 1:
            break
        node = drafter.root(len(answer.prompt) + at)
        drafted: list[int] = []
        probabilities: list[float] = []
        for step in range(depth):
            chances = head.scores(node.output[0, 0], target.language, step).double().softmax(-1)
            best = chances.argmax(-1)
            drafted.append(int(head.token_ids(best)))
            probabilities.append(float(chances[best]))
            if step + 1 < depth:
                node = drafter.child(node, target.language.embedding(torch.tensor([drafted[-1:]])))
        # the last token of an answer is always the target's own, as the app counts
        following = answer.ids[at + 1 : -1]
        accepted = next((k for k, (a, b) in enumerate(zip(drafted, following)) if a != b), min(depth, len(following)))
        rounds.append(Round(drafted, probabilities, accepted))
        at += accepted + 1
    return rounds
