"""Steps with gradients of their own: compiled ones (kernels.py) where they fit, else PyTorch's in fewer passes over memory."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .kernels import at, kernels_for, long


class Norm(torch.autograd.Function):
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


class NarrowNorm(torch.autograd.Function):
    """x / rms(x) * weight from float32 to bfloat16, compiled."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
        x = x.contiguous()
        out = torch.empty_like(x, dtype=torch.bfloat16)
        width = x.shape[-1]
        scale = x.new_empty(x.numel() // width)
        library = kernels_for(out)
        library.norm_forward(
            at(x), at(weight), at(out), at(scale), long(len(scale)), long(width), ctypes.c_float(epsilon)
        )
        ctx.save_for_backward(x, weight, scale)
        return out

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, None]:
        x, weight, scale = ctx.saved_tensors
        gradient = gradient.contiguous()
        to_x, to_weight = torch.empty_like(x), torch.zeros_like(weight)
        pointers = map(at, (gradient, x, weight, scale, to_x, to_weight))
        kernels_for(gradient).norm_backward(*pointers, long(len(scale)), long(len(weight)))
        return to_x, to_weight, None


class Softmax(torch.autograd.Function):
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


@dataclass(frozen=True)
class Cut:
    """A part of attention weights: the rows from `first` on, and `width` columns from `left` on."""

    first: int
    left: int
    width: int

    def of(self, weights: Tensor) -> Tensor:
        """That part, float32."""
        return weights[..., self.first :, self.left : self.left + self.width].float()


class SoftmaxInPlace(torch.autograd.Function):
    """The same, compiled, for B x heads x T x S; `causal` leaves out what comes after each row's own position.

    Also gives the part of the weights that `cut` names: cut from them by autograd, its gradient would be as large as they are.
    """

    @staticmethod
    def forward(ctx: Any, scores: Tensor, causal: bool, cut: Cut | None) -> tuple[Tensor, Tensor]:
        ctx.causal, ctx.cut = causal, cut
        kernels_for(scores).softmax_forward(at(scores), *_sizes(scores), int(causal))
        ctx.mark_dirty(scores)
        ctx.save_for_backward(scores)
        return scores, scores.new_empty(0) if cut is None else cut.of(scores)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor, of_cut: Tensor) -> tuple[Tensor, None, None]:
        (weights,) = ctx.saved_tensors
        gradient, of_cut = gradient.contiguous(), of_cut.contiguous()
        out = torch.empty_like(gradient)
        cut = ctx.cut or Cut(0, 0, 0)
        more = at(of_cut) if ctx.cut else None
        kernels_for(gradient, weights).softmax_backward(
            *map(at, (gradient, weights, out)),
            *_sizes(weights),
            int(ctx.causal),
            more,
            *map(long, (cut.first, cut.left, cut.width)),
        )
        return out, None, None


def _sizes(scores: Tensor) -> tuple[ctypes.c_long, ...]:
    rows, columns = scores.shape[-2:]
    return long(scores.numel() // (rows * columns)), long(rows), long(columns)


class Silu(torch.autograd.Function):
    """x * sigmoid(x); by plain products where it is not compiled, which bfloat16 does faster than the built-in operator."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        if library := kernels_for(x):
            out = torch.empty_like(x)
            library.silu_forward(at(x), at(out), long(x.numel()))
            return out
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        gradient = gradient.contiguous()
        if library := kernels_for(x, gradient):
            out = torch.empty_like(x)
            library.silu_backward(at(gradient), at(x), at(out), long(x.numel()))
            return out
        gate = torch.sigmoid(x)
        # gradient * gate * (1 + x * (1 - gate)), in place: each new tensor costs as much as a product
        slope = torch.addcmul(x, x, gate, value=-1)
        return slope.add_(1).mul_(gate).mul_(gradient)


class Gated(torch.autograd.Function):
    """silu(gate) * up, compiled."""

    @staticmethod
    def forward(ctx: Any, gate: Tensor, up: Tensor) -> Tensor:
        ctx.save_for_backward(gate, up)
        out = torch.empty_like(gate)
        kernels_for(gate, up).gated_forward(at(gate), at(up), at(out), long(gate.numel()))
        return out

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:
        gate, up = ctx.saved_tensors
        gradient = gradient.contiguous()
        to_gate, to_up = torch.empty_like(gate), torch.empty_like(up)
        pointers = map(at, (gradient, gate, up, to_gate, to_up))
        kernels_for(gradient).gated_backward(*pointers, long(gate.numel()))
        return to_gate, to_up


class Rotate(torch.autograd.Function):
    """Pairs as complex numbers times turns; backwards they are turned back."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, turns: Tensor) -> Tensor:
        ctx.save_for_backward(turns)
        flat = x.transpose(1, 2) if x.dim() == 4 else x
        if turns.dim() == 2 and x.dim() == 4 and (library := kernels_for(flat)):
            out = x.new_empty(x.shape)
            library.rotate(at(flat), at(turns), at(out), *map(long, flat.shape), 0)
            return out
        return _turned(x, turns)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        (turns,) = ctx.saved_tensors
        gradient = gradient.contiguous()
        if turns.dim() == 2 and gradient.dim() == 4 and (library := kernels_for(gradient)):
            batch, heads, length, width = gradient.shape
            out = gradient.new_empty(batch, length, heads, width)
            library.rotate(at(gradient), at(turns), at(out), *map(long, out.shape), 1)
            return out.transpose(1, 2), None
        return _turned(gradient, turns.conj()), None


def _turned(x: Tensor, turns: Tensor) -> Tensor:
    wide = x if x.dtype == torch.double else x.float()
    pairs = torch.view_as_complex(wide.unflatten(-1, (-1, 2)).contiguous())
    return torch.view_as_real(pairs * turns).flatten(-2).to(x.dtype)


silu: Callable[[Tensor], Tensor] = Silu.apply


def softmax(scores: Tensor) -> Tensor:
    """Softmax over the last of B x heads x T x S, which are used up."""
    return SoftmaxInPlace.apply(scores, False, None)[0] if kernels_for(scores) else Softmax.apply(scores)


def gated(gate: Tensor, up: Tensor) -> Tensor:
    """silu(gate) * up."""
    return Gated.apply(gate, up) if kernels_for(gate, up) else silu(gate) * up
