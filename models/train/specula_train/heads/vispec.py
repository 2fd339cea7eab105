"""ViSpec (vision-aware speculative decoding): a few vectors stand for the image, and a global one joins every later feature."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..layers import Linear, attention
from ..sizes import LanguageSize
from .eagle import EagleHead
from .pair_head import Entered, Slots
from .shown import Shown


class VisionAdaptor(nn.Module):
    """Learned queries attend to the image embeddings, without positions and mask: B x n x width to B x Q x width."""

    def __init__(self, width: int, queries: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Parameter(torch.randn(queries, width) * (width / heads) ** -0.5)
        self.project_k, self.project_v = (Linear(width, width, bias=False) for _ in range(2))
        self.project_out = Linear(width, width, bias=False)

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, image: Tensor, compute: torch.dtype) -> Tensor:
        x = image.to(compute)
        query = self._split(self.query.to(compute).expand(image.shape[0], -1, -1))
        mix, _ = attention(query, self._split(self.project_k(x)), self._split(self.project_v(x)), None)
        return self.project_out(mix).float()


class VispecHead(EagleHead):
    """An EAGLE layer whose features are img_fc([feature; global image vector])."""

    def __init__(self, size: LanguageSize, queries: int) -> None:
        super().__init__(size)
        self.adaptor = VisionAdaptor(size.width, queries, size.heads)
        self.project_feature = Linear(2 * size.width, size.width)
        with torch.no_grad():
            self.project_feature.weight.copy_(torch.eye(size.width, 2 * size.width))
            self.project_feature.bias.zero_()

    def with_overview(self, feature: Tensor, overview: Tensor, compute: torch.dtype) -> Tensor:
        """img_fc([feature; overview]), the overview being the same for all."""
        joined = torch.cat([feature, overview.expand_as(feature)], -1)
        return self.project_feature(joined.to(compute)).float()

    def enter(self, embedding: Tensor, feature: Tensor, overview: Tensor | None, compute: torch.dtype) -> Entered:
        seen = torch.zeros_like(feature[:, :1]) if overview is None else overview
        x = self.join(embedding, self.with_overview(feature, seen, compute), compute)
        return Entered(x, x)

    def slots(self, shown: Shown, compute: torch.dtype) -> Slots:
        count, image = shown.features.shape[1] - 1, shown.image
        embeddings, features = shown.embeddings[:, 1:], shown.features[:, :-1]
        positions = torch.arange(count, device=features.device)
        if not image:
            return Slots(self.enter(embeddings, features, None, compute), positions)
        vectors = self.adaptor(shown.embeddings[:, image.start : image.stop], compute)
        overview = vectors[:, -1:]
        # pair i has the token of place i + 1: the image's pairs begin one before the image
        first, last = image.start - 1, image.stop - 1
        before = self.enter(embeddings[:, :first], features[:, :first], None, compute).inputs
        after = self.enter(embeddings[:, last:], features[:, last:], overview, compute).inputs
        x = torch.cat([before, vectors[:, :-1], after], 1)
        kept = torch.cat([positions[:first], positions[last - (vectors.shape[1] - 1) :]])
        return Slots(Entered(x, x), kept, overview)
