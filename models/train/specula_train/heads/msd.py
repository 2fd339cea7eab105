"""MSD (multimodal speculative decoding): an EAGLE layer that gets the image embeddings as they are, past fc and features."""

from __future__ import annotations

import torch

from .eagle import EagleHead
from .pair_head import Entered, Slots
from .shown import Shown


class MsdHead(EagleHead):
    """Text pairs enter as in EAGLE; where the pair's token is an image token, its embedding is the layer's input."""

    def slots(self, shown: Shown, compute: torch.dtype) -> Slots:
        count, image = shown.features.shape[1] - 1, shown.image
        embeddings, features = shown.embeddings[:, 1:], shown.features[:, :-1]
        # pair i has the token of place i + 1: the image's pairs begin one before the image
        first, last = max(image.start - 1, 0), max(image.stop - 1, 0)
        before = self.join(embeddings[:, :first], features[:, :first], compute)
        after = self.join(embeddings[:, last:], features[:, last:], compute)
        x = torch.cat([before, embeddings[:, first:last], after], 1)
        return Slots(Entered(x, x), torch.arange(count, device=x.device))
