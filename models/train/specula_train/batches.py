"""Samples as tensors: pixels, token ids, which tokens are answers, which need the picture and where they should look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from specula_data.labels import patch_labels
from specula_data.marked import Marked
from specula_data.sample import Picture, Sample, Turn
from specula_data.view import View, letterbox, patches_of

from .tokenizer import Tokenizer


@dataclass
class Text:
    """The tokens of a talk after its image; all lists have one entry per token."""

    ids: list[int]
    answer: list[bool]
    """a token of an answer, its end token included"""
    reference: list[bool]
    """a token of an answer that equals the reference, its end token not included"""
    seen: list[bool]
    """a token that needs the picture"""
    patches: list[list[int]]
    """where that token is to be seen"""


@dataclass
class Batch:
    """Texts of the same length, padded on the right. Without a picture, `pixels`, `labels` and the targets are empty."""

    opening: Tensor
    """B x opening tokens"""
    ids: Tensor
    """B x T"""
    answer: Tensor
    seen: Tensor
    pixels: Tensor | None
    """B x 3 x side x side, -1 to 1"""
    labels: dict[str, Tensor]
    """per kind B x patches"""
    looks: tuple[Tensor, Tensor, Tensor]
    """row and token of each image-dependent token, and n x patches: where it is to be seen"""

    def to(self, device: torch.device) -> Batch:
        """The same on a device."""
        return Batch(
            self.opening.to(device),
            self.ids.to(device),
            self.answer.to(device),
            self.seen.to(device),
            None if self.pixels is None else self.pixels.to(device),
            {kind: values.to(device) for kind, values in self.labels.items()},
            (self.looks[0].to(device), self.looks[1].to(device), self.looks[2].to(device)),
        )


def pixels_of(image: Image.Image, side: int) -> np.ndarray:
    """What the vision model gets of a picture: 3 x side x side, float32, -1 to 1 (image_mean and image_std 0.5)."""
    array = np.asarray(letterbox(image, side), dtype=np.float32)
    return ((array / 255 - 0.5) / 0.5).transpose(2, 0, 1)


def answer_marks(
    tokenizer: Tokenizer, answer: Marked, picture: Picture | None
) -> tuple[list[int], list[bool], list[list[int]]]:
    """Token ids of an answer, whether each needs the picture, and the patches that show it."""
    encoded = tokenizer.encode_spans(str(answer))
    seen, patches = [False] * len(encoded.ids), [[] for _ in encoded.ids]
    if picture is None:
        return encoded.ids, seen, patches
    spans = answer.spans()
    at = 0
    for index, (start, end) in enumerate(encoded.spans):
        while at < len(spans) and spans[at].end <= start:
            at += 1
        if at == len(spans) or spans[at].start >= end:
            continue
        span = spans[at]
        seen[index] = True
        first = max(start, span.start) - span.start
        regions = (span.regions[first],) if span.spelled else span.regions
        patches[index] = patches_of(regions, picture.image.size, picture.view)
    return encoded.ids, seen, patches


def text_of(
    tokenizer: Tokenizer,
    turns: Sequence[Turn],
    picture: Picture | None,
    answers: Sequence[Sequence[int]] | None = None,
) -> Text:
    """The tokens of a talk, with the reference answers or with others, one per turn.

    In other answers image-dependent tokens are known only where the answer equals the reference.
    """
    text = Text([], [], [], [], [])

    def add(ids: Sequence[int], answer: bool) -> None:
        text.ids.extend(ids)
        text.answer.extend([answer] * len(ids))
        text.reference.extend([False] * len(ids))
        text.seen.extend([False] * len(ids))
        text.patches.extend([] for _ in ids)

    for index, turn in enumerate(turns):
        add(tokenizer.ask(turn.question, again=index > 0), answer=False)
        ids, seen, patches = answer_marks(tokenizer, turn.answer, picture)
        said = ids if answers is None else list(answers[index])
        start = len(text.ids)
        add(said, answer=True)
        if said == ids:
            text.reference[start:] = [True] * len(ids)
            text.seen[start:] = seen
            text.patches[start:] = patches
        add([tokenizer.end], answer=True)
    return text


def _padded(rows: Sequence[Sequence[int]], fill: int, kind: torch.dtype) -> Tensor:
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[fill] * (longest - len(row))] for row in rows], dtype=kind)


def _looks(texts: Sequence[Text], patches: int) -> tuple[Tensor, Tensor, Tensor]:
    found = [(b, t, p) for b, text in enumerate(texts) for t, p in enumerate(text.patches) if p]
    shown = torch.zeros(len(found), patches)
    for row, (_, _, where) in enumerate(found):
        shown[row, where] = 1
    rows, tokens = (torch.tensor([item[k] for item in found], dtype=torch.long) for k in (0, 1))
    return rows, tokens, shown


def batch_of_texts(
    tokenizer: Tokenizer, texts: Sequence[Text], pictures: Sequence[Picture] | None, view: View
) -> Batch:
    """One batch of talks about pictures, or of exercises without."""
    opening = torch.tensor([tokenizer.opening] * len(texts))
    ids = _padded([text.ids for text in texts], tokenizer.pad, torch.long)
    answer = _padded([text.answer for text in texts], 0, torch.bool)
    seen = _padded([text.seen for text in texts], 0, torch.bool)
    if pictures is None:
        return Batch(opening, ids, answer, seen, None, {}, _looks([], view.grid**2))
    pixels, labels = picture_tensors(pictures, view)
    return Batch(opening, ids, answer, seen, pixels, labels, _looks(texts, view.grid**2))


def picture_tensors(pictures: Sequence[Picture], view: View) -> tuple[Tensor, dict[str, Tensor]]:
    """Pixels and patch labels of pictures."""
    pixels = torch.from_numpy(np.stack([pixels_of(picture.image, view.side) for picture in pictures]))
    each = [patch_labels(picture) for picture in pictures]
    labels = {kind: torch.from_numpy(np.stack([one[kind].reshape(-1) for one in each])) for kind in each[0]}
    return pixels, labels


def batch_of_samples(tokenizer: Tokenizer, samples: Sequence[Sample], view: View) -> Batch:
    """One batch of packed samples."""
    texts = [text_of(tokenizer, sample.turns, sample.picture) for sample in samples]
    return batch_of_texts(tokenizer, texts, [sample.picture for sample in samples], view)
