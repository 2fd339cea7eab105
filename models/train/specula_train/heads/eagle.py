"""EAGLE-1 (Y. Li and others, arXiv 2401.15077): its layer joins a token with the target's feature before it. EAGLE-2 shares it."""

from __future__ import annotations

import torch
from torch import Tensor

from ..layers import Linear
from ..sizes import LanguageSize
from .pair_head import Entered, PairHead, Slots
from .shown import Shown


class EagleHead(PairHead):
    """fc over [embedding; feature], then a llama layer without a norm before its attention and without a final norm."""

    def __init__(self, size: LanguageSize) -> None:
        super().__init__(size, size.width)
        self.project_pair = Linear(2 * size.width, size.width)

    def join(self, embedding: Tensor, feature: Tensor, compute: torch.dtype) -> Tensor:
        """fc([embedding; feature])."""
        return self.project_pair(torch.cat([embedding, feature], -1).to(compute)).float()

    def enter(self, embedding: Tensor, feature: Tensor, overview: Tensor | None, compute: torch.dtype) -> Entered:
        x = self.join(embedding, feature, compute)
        return Entered(x, x)

    def slots(self, shown: Shown, compute: torch.dtype) -> Slots:
        count = shown.features.shape[1] - 1
        entered = self.enter(shown.embeddings[:, 1:], shown.features[:, :-1], None, compute)
        return Slots(entered, torch.arange(count, device=shown.features.device))
