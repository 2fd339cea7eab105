"""Building blocks that ggml has under the same definitions: RMS norm, interleaved rotary positions, tanh GELU."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Linear(nn.Linear):
    """A linear layer whose product is computed in the type of its input; the stored weights stay float32.

    bfloat16 inputs make training about four times as fast on a CPU with AVX512-BF16, and use the tensor cores of a GPU.
    """

    def forward(self, x: Tensor) -> Tensor:
        bias = None if self.bias is None else self.bias.to(x.dtype)
        return F.linear(x, self.weight.to(x.dtype), bias)


class RMSNorm(nn.Module):
    """x / rms(x) * weight, computed in float32 (llama.cpp: `build_norm` with LLM_NORM_RMS)."""

    def __init__(self, width: int, epsilon: float = 1e-5) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.epsilon) * self.weight


class _Softmax(torch.autograd.Function):
    """Softmax over the last dimension; called this way its backward is ten times as fast as autograd's own on a CPU."""

    @staticmethod
    def forward(ctx: Any, scores: Tensor) -> Tensor:
        weights = torch.softmax(scores, -1)
        ctx.save_for_backward(weights)
        return weights

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (weights,) = ctx.saved_tensors
        return torch._softmax_backward_data(gradient, weights, -1, weights.dtype)


class _Silu(torch.autograd.Function):
    """x * sigmoid(x) by plain products, which bfloat16 does several times as fast as the built-in operator on a CPU."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        gate = torch.sigmoid(x)
        ctx.save_for_backward(x, gate)
        return x * gate

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        x, gate = ctx.saved_tensors
        return gradient * gate * (1 + x * (1 - gate))


class _Gelu(torch.autograd.Function):
    """GELU by tanh, written as x * sigmoid(2u), u = sqrt(2 / pi) (x + 0.044715 x^3); see `_Silu` for the reason."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        gate = torch.sigmoid(x * (1.5957691216 + 0.0713548163 * x * x))
        ctx.save_for_backward(x, gate)
        return x * gate

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        x, gate = ctx.saved_tensors
        slope = x * (1.5957691216 + 0.2140644488 * x * x)
        return gradient * gate * (1 + slope * (1 - gate))


softmax: Callable[[Tensor], Tensor] = _Softmax.apply
silu: Callable[[Tensor], Tensor] = _Silu.apply
gelu: Callable[[Tensor], Tensor] = _Gelu.apply


def rotary_table(length: int, head_width: int, base: float = 10000.0) -> tuple[Tensor, Tensor]:
    """Cosines and sines, each length x head_width / 2, of the rotary position angles."""
    frequency = base ** (-torch.arange(0, head_width, 2).float() / head_width)
    angle = torch.outer(torch.arange(length).float(), frequency)
    return angle.cos(), angle.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotates interleaved pairs (x0, x1), (x2, x3), ...: llama.cpp's order for the `llama` architecture.

    x: ... x length x head_width; cos and sin: length x head_width / 2.
    """
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2)


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """Softmax attention; the weights are float32, the products in the type of q.

    q: B x heads x T x width; k, v: B x heads x S x width; mask: added to the scores, broadcast over B x heads x T x S.
    Returns the mix (B x T x heads * width) and the weights (B x heads x T x S).
    """
    scores = ((q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)).float()
    if mask is not None:
        scores = scores + mask
    weights = softmax(scores)
    mix = weights.to(v.dtype) @ v
    return mix.transpose(1, 2).flatten(2), weights
