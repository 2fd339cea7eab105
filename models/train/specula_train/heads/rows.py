"""The pairs whose predictions count: those that draft a token of an answer behind another token of it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Rows:
    """Chosen pairs of each talk, in order and padded on the right."""

    pairs: Tensor
    """B x R: pair i joins the token at place i + 1 with the feature of place i, and predicts the token at place i + 2"""
    real: Tensor
    """B x R: false for padding"""

    def of(self, values: Tensor, ahead: int = 0) -> Tensor:
        """B x L x ... to B x R x ...: the values `ahead` places after the pairs' own."""
        places = self.pairs + ahead
        if values.dim() == 2:
            return values.gather(1, places)
        return values.gather(1, places[..., None].expand(-1, -1, values.shape[-1]))

    def reached(self, step: int) -> Tensor:
        """B x R: whether the pair can be the one drafted at `step` (from 0) of a round whose root is in the same answer."""
        back = shifted(self.pairs, step)
        return self.real & shifted(self.real, step) & (self.pairs - back == step) & (torch.arange(self.pairs.shape[1], device=back.device) >= step)


def shifted(values: Tensor, by: int) -> Tensor:
    """Moves rows `by` places to the right along dimension 1; what enters on the left is of no use."""
    return values if by == 0 else values.roll(by, 1)


def rows_of(answer: Tensor) -> Rows:
    """The rows of talks.

    answer: B x L, whether the token at a place is one of an answer (its end token included).
    """
    chosen = answer[:, 1:-1] & answer[:, 2:]
    count = int(chosen.sum(1).max())
    pairs = torch.argsort((~chosen).to(torch.uint8), dim=1, stable=True)[:, :count]
    return Rows(pairs, chosen.gather(1, pairs))


def answer_places(answer: Tensor, before: int) -> Tensor:
    """Marks of text tokens (B x T) as marks of places: `before` places of opening and image come first."""
    return torch.cat([answer.new_zeros(answer.shape[0], before), answer], 1)
