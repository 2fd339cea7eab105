"""What a model can do on samples it has never seen: right answers by topic and skill, where it looks, how drafts agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from specula_data.build import make_sample
from specula_data.check import is_right
from specula_data.sample import TOPICS, Sample
from specula_data.view import View

from .answering import Answerer
from .batches import Text, pixels_of, text_of
from .tokenizer import Tokenizer
from .vlm import Model

TOGETHER = 24
Item = TypeVar("Item")


@dataclass(frozen=True)
class Answered:
    """A sample and the model's own answers, one per turn."""

    sample: Sample
    answers: list[list[int]]


@dataclass
class Tally:
    """Counts of turns."""

    turns: int = 0
    exact: int = 0
    right: int = 0

    def add(self, exact: bool, right: bool) -> None:
        """Counts one turn."""
        self.turns, self.exact, self.right = self.turns + 1, self.exact + exact, self.right + right


def samples_of(first_seed: int, per_topic: int, view: View) -> list[Sample]:
    """`per_topic` samples of each topic from a range of seeds."""
    return [make_sample(first_seed + k, topic, view) for k in range(per_topic) for topic in TOPICS]


def _parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def pixels_tensor(samples: Sequence[Sample], view: View) -> Tensor:
    """Pixels of the samples' pictures, B x 3 x side x side."""
    return torch.from_numpy(np.stack([pixels_of(sample.picture.image, view.side) for sample in samples]))


def answer_samples(answerer: Answerer, samples: Sequence[Sample], view: View) -> list[Answered]:
    """The model's greedy answers to all samples."""
    answered: list[Answered] = []
    for part in _parts(samples, TOGETHER):
        talks = [[turn.question for turn in sample.turns] for sample in part]
        answers = answerer.answer(pixels_tensor(part, view), talks)
        answered += [Answered(sample, own) for sample, own in zip(part, answers)]
    return answered


def accuracy(answered: Sequence[Answered], tokenizer: Tokenizer) -> dict[str, Tally]:
    """Turns, exact answers and right answers by "topic: ..." and "skill: ...", and over all."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for one in answered:
        for turn, ids in zip(one.sample.turns, one.answers):
            text = tokenizer.decode(ids)
            exact, right = text == str(turn.answer), is_right(turn.skill, turn, text)
            for key in ("all", f"topic: {one.sample.topic}", f"skill: {turn.skill}"):
                tallies[key].add(exact, right)
    return dict(sorted(tallies.items()))


def follow(one: Answered, tokenizer: Tokenizer) -> Text:
    """The text after the image that the model read and wrote."""
    return text_of(tokenizer, one.sample.turns, one.sample.picture, one.answers)


def told(text: Text) -> list[bool]:
    """The answer tokens that do not need the picture, of answers that equal the reference."""
    return [reference and not seen for reference, seen in zip(text.reference, text.seen)]


@torch.no_grad()
def shares_and_guesses(
    model: Model, text: Text, pixels: Tensor | None, tokenizer: Tokenizer
) -> tuple[Tensor, Tensor]:
    """For each token: the share of the last layer's attention on the picture when it was guessed, and the model's guess."""
    image = None if pixels is None else model.see(pixels)[1]
    opening, ids = torch.tensor([tokenizer.opening]), torch.tensor([text.ids])
    last = model.language.size.layers - 1
    hidden, weights, _ = model.language(model.place(opening, image, ids), keep_weights=(last,))
    image_at = opening.shape[1]
    text_at = image_at + (0 if image is None else image.shape[1])
    share = weights[last][0, :, text_at - 1 : -1, image_at:text_at].sum(-1).mean(0)
    return share, model.language.logits(hidden[0, text_at - 1 : -1]).argmax(-1)


@dataclass(frozen=True)
class Looks:
    """Shares of attention on the picture at image-dependent words and at the others."""

    seen: np.ndarray
    told: np.ndarray

    @property
    def auc(self) -> float:
        """Chance that an image-dependent token has a higher share than another token."""
        both = np.concatenate([self.seen, self.told])
        ranks = both.argsort(kind="stable").argsort() + 1
        n, m = len(self.seen), len(self.told)
        return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * m))


def looks_of(model: Model, answered: Sequence[Answered], tokenizer: Tokenizer, view: View) -> Looks:
    """Where the target looks while it writes its own answers."""
    seen, told = [], []
    for one in answered:
        text = follow(one, tokenizer)
        share, _ = shares_and_guesses(model, text, pixels_tensor([one.sample], view), tokenizer)
        seen.append(share[torch.tensor(text.seen)])
        told.append(share[torch.tensor(told(text))])
    return Looks(torch.cat(seen).numpy(), torch.cat(told).numpy())


def agreement(draft: Model, answered: Sequence[Answered], tokenizer: Tokenizer, view: View) -> dict[str, float]:
    """Share of the target's own answer tokens that the draft guesses, one step ahead, by class."""
    right: dict[str, list[Tensor]] = {"image words": [], "other words": []}
    for one in answered:
        text = follow(one, tokenizer)
        pixels = pixels_tensor([one.sample], view) if draft.vision else None
        _, guesses = shares_and_guesses(draft, text, pixels, tokenizer)
        same = (guesses == torch.tensor(text.ids)).float()
        right["image words"].append(same[torch.tensor(text.seen)])
        right["other words"].append(same[torch.tensor(told(text))])
    return {name: torch.cat(parts).mean().item() for name, parts in right.items()}
