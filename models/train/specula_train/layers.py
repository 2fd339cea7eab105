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


class _Norm(torch.autograd.Function):
    """x / rms(x) by half the passes over memory that autograd's own steps would take."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, epsilon: float) -> Tensor:
        scale = torch.rsqrt(x.square().mean(-1, keepdim=True) + epsilon)
        normed = x * scale
        ctx.save_for_backward(normed, scale)
        return normed

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        normed, scale = ctx.saved_tensors
        along = (gradient * normed).mean(-1, keepdim=True)
        return torch.addcmul(gradient, normed, along, value=-1).mul_(scale), None


class RMSNorm(nn.Module):
    """x / rms(x) * weight, computed in float32 (llama.cpp: `build_norm` with LLM_NORM_RMS)."""

    def __init__(self, width: int, epsilon: float = 1e-5) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return _Norm.apply(x, self.epsilon) * self.weight


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
        # gradient * gate * (1 + x * (1 - gate)), in place: each new tensor costs as much as a product
        slope = torch.addcmul(x, x, gate, value=-1)
        return slope.add_(1).mul_(gate).mul_(gradient)


softmax: Callable[[Tensor], Tensor] = _Softmax.apply
silu: Callable[[Tensor], Tensor] = _Silu.apply


def gelu(x: Tensor) -> Tensor:
    """GELU by tanh, as ggml has it, for the projector; bfloat16 is widened, since PyTorch's own is slow in it."""
    wide = x.float() if x.dtype == torch.bfloat16 else x
    return F.gelu(wide, approximate="tanh").to(x.dtype)


def rotary_table(length: int, head_width: int, base: float = 10000.0) -> tuple[Tensor, Tensor]:
    """Cosines and sines, each length x head_width / 2, of the rotary position angles."""
    frequency = base ** (-torch.arange(0, head_width, 2).float() / head_width)
    angle = torch.outer(torch.arange(length).float(), frequency)
    return angle.cos(), angle.sin()


class _Rotate(torch.autograd.Function):
    """Pairs as complex numbers times turns; backwards they are turned back."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, turns: Tensor) -> Tensor:
        ctx.save_for_backward(turns)
        return _turned(x, turns)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (turns,) = ctx.saved_tensors
        return _turned(gradient, turns.conj()), None


def _turned(x: Tensor, turns: Tensor) -> Tensor:
    wide = x if x.dtype == torch.double else x.float()
    pairs = torch.view_as_complex(wide.unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(pairs * turns).flatten(-2).to(x.dtype)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotates interleaved pairs (x0, x1), (x2, x3), ...: llama.cpp's order for the `llama` architecture.

    x: ... x length x head_width; cos and sin: length x head_width / 2.
    """
    return _Rotate.apply(x, torch.complex(cos, sin))


def attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """Softmax attention in the type of q.

    q: B x heads x T x width; k, v: B x heads x S x width; mask: added to the scores, broadcast over B x heads x T x S.
    Returns the mix (B x T x heads * width) and the weights (B x heads x T x S).
    """
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    if mask is not None:
        scores += mask.to(scores.dtype)
    weights = softmax(scores)
    mix = weights @ v
    return mix.transpose(1, 2).flatten(2), weights
