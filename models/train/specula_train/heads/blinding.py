"""What heads see of a picture taken away, to find out what they use: everything at image places becomes its mean over the image."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from torch import Tensor

from .shown import Shown

Blinding = Callable[[Shown], Shown]


def _mean_at(values: Tensor, image: range) -> Tensor:
    blurred = values.clone()
    blurred[:, image.start : image.stop] = values[:, image.start : image.stop].mean(1, keepdim=True)
    return blurred


def without_features(shown: Shown) -> Shown:
    """Without what the target made of the image: its hidden states there."""
    return replace(shown, features=_mean_at(shown.features, shown.image), taps=_mean_at(shown.taps, shown.image))


def without_embeddings(shown: Shown) -> Shown:
    """Without what the target received of the image."""
    return replace(shown, embeddings=_mean_at(shown.embeddings, shown.image))


BLINDINGS: Mapping[str, Blinding] = {
    "all of the image": lambda shown: shown,
    "not the target's states of it": without_features,
    "not its embeddings": without_embeddings,
    "neither": lambda shown: without_features(without_embeddings(shown)),
}
"""by what a head sees"""
