"""Vision model, projector and decoder together, and the patch labels' heads that only training uses."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from specula_data.labels import CLASSES

from .language import LanguageModel
from .layers import Linear, gelu
from .sizes import LanguageSize, VisionSize
from .vision import VisionModel

NOTHING = 0.15
"""Weight of all patches together that show nothing of a kind, where those that show something have 1."""

WEIGHTS = {"character": 3.0, "shape": 2.0}
"""Weights of kinds; all others have 1. Characters have the most classes and stand in the most answers."""


class PatchLabels(nn.Module):
    """One linear head per kind of label on the features of the patches; not exported."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = nn.ModuleDict({kind: nn.Linear(width, len(names) + 1) for kind, names in CLASSES.items()})

    def loss(self, features: Tensor, labels: Mapping[str, Tensor]) -> tuple[Tensor, dict[str, float]]:
        """Sum of the cross-entropies, weighted by kind and not by how often it is seen, and per kind the share of labelled patches that are right."""
        total = features.new_zeros(())
        right: dict[str, float] = {}
        for kind, head in self.heads.items():
            scores, wanted = head(features).flatten(0, 1), labels[kind].flatten()
            each = WEIGHTS.get(kind, 1.0) * F.cross_entropy(scores, wanted, reduction="none")
            shown = wanted > 0
            total = total + NOTHING * each[~shown].mean()
            if shown.any():
                total = total + each[shown].mean()
                right[kind] = (scores[shown].argmax(-1) == wanted[shown]).float().mean().item()
        return total, right


class Model(nn.Module):
    """A decoder, and with a vision size a vision model and projector in front of it."""

    def __init__(self, language: LanguageSize, vision: VisionSize | None) -> None:
        super().__init__()
        self.language = LanguageModel(language)
        self.vision = VisionModel(vision) if vision else None
        if vision:
            self.project_in, self.project_out = Linear(vision.width, language.width), Linear(language.width, language.width)
            self.patch_labels = PatchLabels(vision.width)

    @property
    def image_tokens(self) -> int:
        """Positions a picture takes."""
        return self.vision.size.patches if self.vision else 0

    def see(self, pixels: Tensor, compute: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
        """Features of the patches, and the embeddings the decoder gets for them."""
        if self.vision is None:
            raise ValueError("this model has no vision model")
        features = self.vision(pixels, compute)
        inner = gelu(self.project_in(features.to(compute)))
        return features, self.project_out(inner).float()

    def place(self, opening: Tensor, image: Tensor | None, text: Tensor) -> Tensor:
        """Embeddings of the opening tokens, the image and the text after it, B x T x width."""
        embed = self.language.embedding
        parts = [embed(opening), embed(text)] if image is None else [embed(opening), image, embed(text)]
        return torch.cat(parts, 1)


def parameters_in_millions(module: nn.Module) -> float:
    """Number of parameters / 10^6."""
    return sum(parameter.numel() for parameter in module.parameters()) / 1e6
