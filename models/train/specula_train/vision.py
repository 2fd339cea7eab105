"""The vision transformer: pre-norm blocks with biases, as llama.cpp's LLaVA graph runs them (projector type `mlp`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor, nn

from .functions import silu
from .layers import Linear, attention, gelu
from .sizes import VisionSize

Activation = Literal["silu", "gelu"]
ACTIVATIONS: dict[Activation, Callable[[Tensor], Tensor]] = {"silu": silu, "gelu": gelu}
WAVES = 0.1
"""height of the first position embeddings"""


class VisionBlock(nn.Module):
    """Attention and feed-forward, each behind a LayerNorm."""

    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.ln1, self.ln2 = nn.LayerNorm(width, 1e-6), nn.LayerNorm(width, 1e-6)
        self.qkv, self.out = Linear(width, 3 * width), Linear(width, width)
        self.up, self.down = Linear(width, inner), Linear(inner, width)

    def forward(self, x: Tensor, compute: torch.dtype, activate: Callable[[Tensor], Tensor]) -> Tensor:
        batch, length, width = x.shape
        qkv = self.qkv(self.ln1(x).to(compute)).view(batch, length, 3, self.heads, width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        x = x + self.out(attention(q, k, v, None)[0]).float()
        return x + self.down(activate(self.up(self.ln2(x).to(compute)))).float()


def waves(grid: int, width: int) -> Tensor:
    """Position embeddings to begin with (grid^2 x width): sines and cosines of row and column, so neighbours are alike."""
    frequency = 100.0 ** (-torch.arange(width // 4).float() / (width // 4))
    angles = torch.outer(torch.arange(grid).float(), frequency)
    line = torch.cat([angles.sin(), angles.cos()], 1)
    rows, columns = line[:, None].expand(grid, grid, -1), line[None].expand(grid, grid, -1)
    return torch.cat([rows, columns], -1).flatten(0, 1) * WAVES


class VisionModel(nn.Module):
    """Pixels (B x 3 x side x side, normalised to -1..1) to one feature per patch (B x patches x width).

    New models have SiLU, which trains faster on a CPU; imported ones may have GELU. A checkpoint tells which.
    """

    activation: Activation

    def __init__(self, size: VisionSize) -> None:
        super().__init__()
        self.size = size
        self.activation = "silu"
        self.patch = Linear(3 * size.patch**2, size.width)
        self.positions = nn.Parameter(waves(size.grid, size.width))
        self.blocks = nn.ModuleList(
            VisionBlock(size.width, size.heads, size.inner) for _ in range(size.layers)
        )
        self.post = nn.LayerNorm(size.width, 1e-6)

    def forward(self, pixels: Tensor, compute: torch.dtype = torch.float32) -> Tensor:
        batch, grid, patch = pixels.shape[0], self.size.grid, self.size.patch
        x = pixels.view(batch, 3, grid, patch, grid, patch).permute(0, 2, 4, 1, 3, 5)
        x = self.patch(x.reshape(batch, grid * grid, 3 * patch**2).to(compute)).float() + self.positions
        for block in self.blocks:
            x = block(x, compute, ACTIVATIONS[self.activation])
        return self.post(x)

    def get_extra_state(self) -> dict[str, Activation]:
        """What a checkpoint holds beside the weights."""
        return {"activation": self.activation}

    def set_extra_state(self, state: dict[str, Activation]) -> None:
        """Takes it from a checkpoint."""
        self.activation = state["activation"]
