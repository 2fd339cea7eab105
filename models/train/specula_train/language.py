"""The decoder: llama.cpp's `llama` architecture with tied input and output embeddings."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .functions import Cut, gated
from .layers import Linear, RMSNorm, attention, rotary_table, rotate
from .sizes import LanguageSize

CONTEXT = 4096
"""Positions the models are exported with; training sees the first few hundred."""

Cache = list[tuple[Tensor, Tensor]]
"""Keys and values of each layer, B x heads x past x head width."""


class LanguageBlock(nn.Module):
    """Attention with rotary positions and a gated feed-forward, each behind an RMS norm."""

    def __init__(self, size: LanguageSize) -> None:
        super().__init__()
        width, inner = size.width, size.inner
        self.heads = size.heads
        self.attention_norm, self.inner_norm = RMSNorm(width), RMSNorm(width)
        self.q, self.k, self.v = (Linear(width, width, bias=False) for _ in range(3))
        self.out = Linear(width, width, bias=False)
        self.gate, self.up = Linear(width, inner, bias=False), Linear(width, inner, bias=False)
        self.down = Linear(inner, width, bias=False)

    def forward(
        self,
        x: Tensor,
        rotary: tuple[Tensor, Tensor],
        mask: Tensor | None,
        compute: torch.dtype,
        past: tuple[Tensor, Tensor] | None,
        cut: Cut | None,
    ) -> tuple[Tensor, Tensor, tuple[Tensor, Tensor]]:
        batch, length, width = x.shape
        normed = self.attention_norm(x, compute)
        q, k, v = (
            layer(normed).view(batch, length, self.heads, width // self.heads).transpose(1, 2)
            for layer in (self.q, self.k, self.v)
        )
        q, k = rotate(q, *rotary), rotate(k, *rotary)
        if past is not None:
            k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        mix, weights = attention(q, k, v, mask, causal=mask is None, cut=cut)
        x = x + self.out(mix).float()
        normed = self.inner_norm(x, compute)
        x = x + self.down(gated(self.gate(normed), self.up(normed))).float()
        return x, weights, (k, v)


class LanguageModel(nn.Module):
    """Embeddings in, hidden states out; `logits` turns those into scores of the vocabulary."""

    def __init__(self, size: LanguageSize) -> None:
        super().__init__()
        self.size = size
        self.embedding = nn.Embedding(size.vocabulary, size.width)
        self.blocks = nn.ModuleList(LanguageBlock(size) for _ in range(size.layers))
        self.norm = RMSNorm(size.width)
        nn.init.normal_(self.embedding.weight, std=0.05)
        for block in self.blocks:
            for name, parameter in block.named_parameters():
                if parameter.dim() == 2:
                    nn.init.normal_(parameter, std=0.02)
                if name in ("out.weight", "down.weight"):
                    parameter.data.mul_(1 / math.sqrt(2 * size.layers))
        cos, sin = rotary_table(CONTEXT, size.width // size.heads)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def forward(
        self,
        x: Tensor,
        compute: torch.dtype = torch.float32,
        past: Cache | None = None,
        keep_weights: tuple[int, ...] = (),
        hidden_keys: Tensor | None = None,
        positions: Tensor | None = None,
        cut: Cut | None = None,
    ) -> tuple[Tensor, dict[int, Tensor], Cache]:
        """x: B x T x width, at positions behind `past`; `hidden_keys` (B x past + T, true where padded) are never attended to.

        `positions` (B x T) are the tokens' own positions where padding lies before them; otherwise they are counted.

        Returns normed hidden states (B x T x width), the attention weights (B x heads x T x past + T, or what `cut` leaves of
        them) of the layers in `keep_weights`, and the cache with the new positions.
        """
        length, before = x.shape[1], past[0][0].shape[2] if past else 0
        tables = (self.cos, self.sin)
        if positions is None:
            cos, sin = (table[before : before + length] for table in tables)
        else:
            cos, sin = (table[positions][:, None] for table in tables)
        mask = None
        if hidden_keys is not None:
            mask = torch.full((length, before + length), float("-inf"), device=x.device).triu(1 + before)
            # every slot sees itself, padding too: a softmax over nothing would be no number
            itself = torch.eye(length, before + length, dtype=torch.bool, device=x.device).roll(before, 1)
            mask = mask.masked_fill(hidden_keys[:, None, None, :] & ~itself, float("-inf"))
        kept: dict[int, Tensor] = {}
        cache: Cache = []
        for index, block in enumerate(self.blocks):
            shown = cut if index in keep_weights else None
            x, weights, state = block(x, (cos, sin), mask, compute, past[index] if past else None, shown)
            cache.append(state)
            if index in keep_weights:
                kept[index] = weights
        return self.norm(x), kept, cache

    def logits(self, hidden: Tensor, compute: torch.dtype = torch.float32) -> Tensor:
        """Scores of the vocabulary (... x vocabulary), float32."""
        return F.linear(hidden.to(compute), self.embedding.weight.to(compute)).float()
