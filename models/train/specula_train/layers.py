"""Building blocks that ggml has under the same definitions: RMS norm, interleaved rotary positions, tanh GELU."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .functions import Cut, NarrowNorm, Norm, Rotate, SoftmaxInPlace, softmax
from .kernels import kernels_for


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

    def forward(self, x: Tensor, kind: torch.dtype = torch.float32) -> Tensor:
        """x is float32; the result is of type `kind`."""
        if kind == torch.bfloat16 and x.dtype == torch.float32 and kernels_for(x.new_empty(0, dtype=kind)):
            return NarrowNorm.apply(x, self.weight, self.epsilon)
        return (Norm.apply(x, self.epsilon) * self.weight).to(kind)


def gelu(x: Tensor) -> Tensor:
    """GELU by tanh, as ggml has it, for the projector; bfloat16 is widened, since PyTorch's own is slow in it."""
    wide = x.float() if x.dtype == torch.bfloat16 else x
    return F.gelu(wide, approximate="tanh").to(x.dtype)


def rotary_table(length: int, head_width: int, base: float = 10000.0) -> tuple[Tensor, Tensor]:
    """Cosines and sines, each length x head_width / 2, of the rotary position angles."""
    frequency = base ** (-torch.arange(0, head_width, 2).float() / head_width)
    angle = torch.outer(torch.arange(length).float(), frequency)
    return angle.cos(), angle.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotates interleaved pairs (x0, x1), (x2, x3), ...: llama.cpp's order for the `llama` architecture.

    x: ... x length x head_width; cos and sin: length x head_width / 2.
    """
    return Rotate.apply(x, torch.complex(cos, sin))


def attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, causal: bool = False, cut: Cut | None = None
) -> tuple[Tensor, Tensor]:
    """Softmax attention in the type of q.

    q: B x heads x T x width; k, v: B x heads x S x width; mask: added to the scores, broadcast over B x heads x T x S;
    causal: instead of a mask, each of the T, which are the last of the S, sees itself and what is before it.
    Returns the mix (B x T x heads * width) and the weights (B x heads x T x S), or what `cut` leaves of them.
    """
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    if mask is None and kernels_for(scores):
        weights, shown = SoftmaxInPlace.apply(scores, causal, cut)
    else:
        if causal:
            before = scores.shape[-1] - scores.shape[-2]
            mask = torch.full(scores.shape[-2:], float("-inf"), device=scores.device).triu(1 + before)
        if mask is not None:
            scores += mask.to(scores.dtype)
        weights = softmax(scores)
        shown = cut.of(weights) if cut else weights
    mix = weights @ v
    return mix.transpose(1, 2).flatten(2), shown if cut else weights
