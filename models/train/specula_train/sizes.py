"""Sizes of the models, as written in a schedule and in every checkpoint."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class VisionSize:
    """A vision transformer on a square of `side` pixels, cut into patches of `patch` pixels squared."""

    side: int
    patch: int
    width: int
    layers: int
    heads: int
    inner: int

    def __post_init__(self) -> None:
        if self.inner == self.width:
            raise ValueError(f"vision: inner width {self.inner} equals the width; llama.cpp then swaps the two layers")
        if self.width % self.heads or self.side % self.patch:
            raise ValueError("vision: the width must be a multiple of the heads, the side one of the patch")

    @property
    def grid(self) -> int:
        """Patches per side."""
        return self.side // self.patch

    @property
    def patches(self) -> int:
        """Patches, and so image tokens, per picture."""
        return self.grid**2


@dataclass(frozen=True)
class LanguageSize:
    """A decoder of the `llama` architecture with tied embeddings."""

    vocabulary: int
    width: int
    layers: int
    heads: int
    inner: int

    def __post_init__(self) -> None:
        if self.width % self.heads or (self.width // self.heads) % 2:
            raise ValueError("language: the width must be an even multiple of the heads")
