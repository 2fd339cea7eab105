"""The one decoder layer of a pair head, in parts, so that pairs may attend to whatever a draft tree lets them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ..functions import gated, softmax
from ..language import CONTEXT
from ..layers import Linear, RMSNorm, rotary_table, rotate
from ..sizes import LanguageSize
from .rows import shifted

KeysValues = tuple[Tensor, Tensor]
"""B x heads x pairs x head width, each"""


class DraftBlock(nn.Module):
    """Attention with rotary positions and a gated feed-forward. Norms before the attention are the heads' own affair."""

    def __init__(self, size: LanguageSize, incoming: int) -> None:
        """`incoming` is the width of what q, k and v read."""
        super().__init__()
        width = size.width
        self.heads = size.heads
        self.q, self.k, self.v = (Linear(incoming, width, bias=False) for _ in range(3))
        self.out = Linear(width, width, bias=False)
        self.inner_norm = RMSNorm(width)
        self.gate, self.up = Linear(width, size.inner, bias=False), Linear(width, size.inner, bias=False)
        self.down = Linear(size.inner, width, bias=False)
        for name, parameter in self.named_parameters():
            if parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02 / (math.sqrt(2) if name in ("out.weight", "down.weight") else 1))
        cos, sin = rotary_table(CONTEXT, width // size.heads)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def _split(self, x: Tensor) -> Tensor:
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def _turn(self, x: Tensor, positions: Tensor) -> Tensor:
        """positions: S, or B x S."""
        cos, sin = self.cos[positions], self.sin[positions]
        return rotate(x, cos, sin) if positions.dim() == 1 else rotate(x, cos[:, None], sin[:, None])

    def keys(self, inputs: Tensor, positions: Tensor, compute: torch.dtype) -> KeysValues:
        """Keys and values of pairs. inputs: B x S x incoming; positions: S, or B x S."""
        x = inputs.to(compute)
        return self._turn(self._split(self.k(x)), positions), self._split(self.v(x))

    def forward(
        self,
        inputs: Tensor,
        residual: Tensor,
        positions: Tensor,
        committed: KeysValues,
        hidden: Tensor,
        drafted: Sequence[KeysValues],
        compute: torch.dtype,
    ) -> Tensor:
        """Output (B x R x width) of pairs that attend to committed pairs and each to one pair of every earlier draft step.

        hidden: B x R x S, true for committed pairs that are not to be seen; `drafted`: keys and values of as many rows,
        the last step's last: row r sees row r - 1 of the step before its own, r - 2 of the one before that, and so on.
        """
        q = self._turn(self._split(self.q(inputs.to(compute))), positions)
        q = q * q.shape[-1] ** -0.5
        keys, values = committed
        scores = [(q @ keys.transpose(-1, -2)).masked_fill(hidden[:, None], torch.finfo(q.dtype).min)]
        own = len(drafted) - 1
        for step, (key, _) in enumerate(drafted):
            scores.append((q * _moved(key, own - step)).sum(-1, keepdim=True))
        weights = softmax(torch.cat(scores, -1))
        count = keys.shape[2]
        mix = weights[..., :count] @ values
        for step, (_, value) in enumerate(drafted):
            mix = mix + weights[..., count + step, None] * _moved(value, own - step)
        x = residual + self.out(mix.transpose(1, 2).flatten(2)).float()
        normed = self.inner_norm(x, compute)
        return x + self.down(gated(self.gate(normed), self.up(normed))).float()


def _moved(values: Tensor, by: int) -> Tensor:
    return shifted(values.transpose(1, 2), by).transpose(1, 2)
