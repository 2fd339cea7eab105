"""What the target shows the heads: computed once per batch, without gradients, for all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..batches import Batch
from ..vlm import Model

NOISE = 0.2
"""width of the uniform noise on features in training, as EAGLE has it"""


@dataclass(frozen=True)
class Shown:
    """Of every place of the target's sequence (B x L); the picture takes the places `image`."""

    embeddings: Tensor
    """B x L x width: what the target received, of tokens or of the image"""
    features: Tensor
    """B x L x width: the last hidden states, after the final norm"""
    taps: Tensor
    """B x L x 3 width: hidden states after a low, a middle and the last layer"""
    image: range

    def blurred(self, generator: torch.Generator) -> Shown:
        """The same with noise on the features, as drafted features are never exact."""
        noise = torch.rand(self.features.shape, generator=generator).to(self.features.device)
        return replace(self, features=self.features + (noise - 0.5) * NOISE)


def tapped_layers(layers: int) -> tuple[int, int, int]:
    """The layers after which EAGLE-3 reads hidden states: the first, the middle and the last, counted from 0."""
    return 0, layers // 2, layers - 1


@torch.no_grad()
def show(target: Model, batch: Batch, compute: torch.dtype = torch.float32) -> Shown:
    """Runs the target over a batch of talks."""
    image = None if batch.pixels is None else target.see(batch.pixels, compute)[1]
    return show_embeddings(target, target.place(batch.opening, image, batch.ids), _image_places(batch, image), compute)


def _image_places(batch: Batch, image: Tensor | None) -> range:
    start = batch.opening.shape[1]
    return range(start, start if image is None else start + image.shape[1])


@torch.no_grad()
def show_embeddings(target: Model, embeddings: Tensor, image: range, compute: torch.dtype = torch.float32) -> Shown:
    """Runs the target over embeddings, B x L x width."""
    language = target.language
    layers = tapped_layers(language.size.layers)
    states: dict[int, Tensor] = {}

    def keep(layer: int) -> torch.utils.hooks.RemovableHandle:
        return language.blocks[layer].register_forward_hook(lambda _block, _inputs, outputs: states.update({layer: outputs[0]}))

    hooks = [keep(layer) for layer in set(layers)]
    try:
        features, _, _ = language(embeddings, compute)
    finally:
        for hook in hooks:
            hook.remove()
    return Shown(embeddings, features, torch.cat([states[layer] for layer in layers], -1), image)
