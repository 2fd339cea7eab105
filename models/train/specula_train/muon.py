"""Muon: momentum whose update of a matrix is made orthogonal, so that all its directions learn alike; AdamW for all else.

K. Jordan and others, "Muon: an optimizer for hidden layers in neural networks" (2024), with the scale of J. Liu and others,
"Muon is scalable for LLM training" (arXiv 2502.16982, section 2.2): 0.2 sqrt(larger side), so that AdamW's rates fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

ROUNDS = 5
COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""of the quintic iteration, tuned by its authors for few rounds"""


def orthogonal(update: Tensor, compute: torch.dtype) -> Tensor:
    """The matrix (rows x columns, batched) with all singular values brought near 1, by Newton-Schulz iterations."""
    x = update.to(compute)
    wide = x.shape[-2] <= x.shape[-1]
    if not wide:
        x = x.transpose(-1, -2)
    x = x / (x.float().norm(dim=(-2, -1), keepdim=True).to(compute) + 1e-7)
    first, second, third = COEFFICIENTS
    for _ in range(ROUNDS):
        square = x @ x.transpose(-1, -2)
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=second, alpha=third), x, beta=first)
    return (x if wide else x.transpose(-1, -2)).float()


def hidden_matrices(module: nn.Module) -> list[Tensor]:
    """Weights between hidden states: every matrix of the blocks and projectors, not embeddings, positions or label heads."""
    return [
        parameter
        for name, parameter in module.named_parameters()
        if parameter.dim() == 2 and any(part in f".{name}" for part in (".blocks.", ".project_"))
    ]


class Muon(torch.optim.Optimizer):
    """Muon for matrices; each of the parts stacked in one, such as q, k and v, is made orthogonal by itself."""

    def __init__(
        self,
        parameters: Iterable[Any],
        lr: float,
        weight_decay: float,
        compute: torch.dtype,
        momentum: float = 0.95,
    ) -> None:
        super().__init__(parameters, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})
        self.compute = compute

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One update of every parameter that has a gradient."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if not state:
                    state["momentum"] = torch.zeros_like(parameter)
                state["momentum"].mul_(group["momentum"]).add_(parameter.grad)
                ahead = parameter.grad + group["momentum"] * state["momentum"]
                rows, columns = parameter.shape
                parts = rows // columns if rows % columns == 0 and rows // columns == 3 else 1
                update = orthogonal(ahead.view(parts, rows // parts, columns), self.compute).reshape(rows, columns)
                scale = 0.2 * max(rows // parts, columns) ** 0.5
                parameter.mul_(1 - group["lr"] * group["weight_decay"]).add_(update, alpha=-group["lr"] * scale)
