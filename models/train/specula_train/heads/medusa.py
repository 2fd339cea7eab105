"""Medusa (T. Cai and others, arXiv 2401.10774): head n guesses the token n + 1 places behind the root from one feature."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..language import LanguageModel
from ..functions import silu
from ..layers import Linear
from ..sizes import LanguageSize
from .head import COMPUTE, Drafter, DraftHead, Node
from .rows import Rows, shifted
from .shown import Shown


class MedusaHead(DraftHead):
    """feature + SiLU(W feature + b) and an output matrix per head, as published.

    MMSpec's code leaves the target's output matrix in place of the heads' own: the same weights must then score another
    place's token from features that SiLU can lower by no more than .28.
    """

    def __init__(self, size: LanguageSize, count: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Linear(size.width, size.width) for _ in range(count))
        for block in self.blocks:
            nn.init.zeros_(block.weight)
            nn.init.zeros_(block.bias)
        self.outputs = nn.ModuleList(Linear(size.width, size.vocabulary, bias=False) for _ in range(count))

    def begin(self, language: LanguageModel, frequencies: Tensor) -> None:
        """The output matrices start as the target's."""
        with torch.no_grad():
            for output in self.outputs:
                output.weight.copy_(language.embedding.weight)

    def scores(self, output: Tensor, language: LanguageModel, step: int, compute: torch.dtype = COMPUTE) -> Tensor:
        return self.outputs[step](output.to(compute)).float()

    def guess(self, index: int, feature: Tensor, compute: torch.dtype) -> Tensor:
        """The output of one head."""
        return feature + silu(self.blocks[index](feature.to(compute))).float()

    def steps(self, shown: Shown, rows: Rows, count: int, compute: torch.dtype = COMPUTE) -> list[Tensor]:
        """As in every head; there are no more steps than heads."""
        features = rows.of(shown.features)
        return [shifted(self.guess(step, features, compute), step) for step in range(min(count, len(self.blocks)))]

    def drafter(self, shown: Shown, compute: torch.dtype = COMPUTE) -> Drafter:
        return _MedusaDrafter(self, shown, compute)


class _MedusaDrafter(Drafter):
    def __init__(self, head: MedusaHead, shown: Shown, compute: torch.dtype) -> None:
        self.head, self.features, self.compute = head, shown.features, compute

    def root(self, place: int) -> Node:
        return self._node(place - 1, 0)

    def child(self, node: Node, embedding: Tensor) -> Node:
        return self._node(node.committed, node.depth + 1)

    def _node(self, pair: int, depth: int) -> Node:
        return Node(self.head.guess(depth, self.features[:, pair : pair + 1], self.compute), pair, depth)
