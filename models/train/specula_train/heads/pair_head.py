"""Heads of one decoder layer that reads pairs of a token and the feature before it: EAGLE and those built on it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..sizes import LanguageSize
from .block import DraftBlock, KeysValues
from .head import COMPUTE, Drafter, DraftHead, Node
from .rows import Rows, shifted
from .shown import Shown


@dataclass(frozen=True)
class Entered:
    """What pairs bring to the layer: what q, k and v read, and what the layer adds to."""

    inputs: Tensor
    residual: Tensor


@dataclass(frozen=True)
class Slots:
    """All that is read of a talk before drafting: its pairs, or image vectors in the place of some."""

    entered: Entered
    positions: Tensor
    """S, rising: the pair index, which is the rotary position"""
    overview: Tensor | None = None
    """B x 1 x width: the global image vector, where the head has one"""


class PairHead(DraftHead):
    """Subclasses say how pairs enter the layer, and what becomes of the picture."""

    def __init__(self, size: LanguageSize, incoming: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([DraftBlock(size, incoming)])

    @property
    def block(self) -> DraftBlock:
        """The one layer."""
        return self.blocks[0]

    @abstractmethod
    def enter(self, embedding: Tensor, feature: Tensor, overview: Tensor | None, compute: torch.dtype) -> Entered:
        """Drafted pairs: a token's embedding with the output before it."""

    @abstractmethod
    def slots(self, shown: Shown, compute: torch.dtype) -> Slots:
        """Everything of a talk, from the target's own features."""

    def steps(self, shown: Shown, rows: Rows, count: int, compute: torch.dtype = COMPUTE) -> list[Tensor]:
        slots = self.slots(shown, compute)
        committed = self.block.keys(slots.entered.inputs, slots.positions, compute)
        entered = _at(slots, rows)
        embeddings = rows.of(shown.embeddings, 1)
        drafted: list[KeysValues] = []
        outputs: list[Tensor] = []
        for step in range(count):
            if step:
                entered = self.enter(embeddings, shifted(outputs[-1], 1), slots.overview, compute)
                drafted.append(self.block.keys(entered.inputs, rows.pairs, compute))
            hidden = slots.positions > rows.pairs[..., None] - step
            outputs.append(
                self.block(entered.inputs, entered.residual, rows.pairs, committed, hidden, drafted, compute)
            )
        return outputs

    def drafter(self, shown: Shown, compute: torch.dtype = COMPUTE) -> Drafter:
        return _PairDrafter(self, shown, compute)


def _at(slots: Slots, rows: Rows) -> Entered:
    """What the slots of the rows' pairs bring; padding may take any slot."""
    places = torch.searchsorted(slots.positions, rows.pairs.contiguous()).clamp(max=len(slots.positions) - 1)
    inputs, residual = (
        values.gather(1, places[..., None].expand(-1, -1, values.shape[-1]))
        for values in (slots.entered.inputs, slots.entered.residual)
    )
    return Entered(inputs, residual)


class _PairDrafter(Drafter):
    def __init__(self, head: PairHead, shown: Shown, compute: torch.dtype) -> None:
        self.head, self.compute = head, compute
        self.slots = head.slots(shown, compute)
        self.committed = head.block.keys(self.slots.entered.inputs, self.slots.positions, compute)

    def root(self, place: int) -> Node:
        pair = torch.full((self.slots.entered.inputs.shape[0], 1), place - 1, device=self.slots.positions.device)
        return self._node(_at(self.slots, Rows(pair, pair > 0)), place - 1, 0, ())

    def child(self, node: Node, embedding: Tensor) -> Node:
        entered = self.head.enter(embedding, node.output, self.slots.overview, self.compute)
        position = torch.full((embedding.shape[0], 1), node.committed + node.depth + 1, device=embedding.device)
        own = self.head.block.keys(entered.inputs, position, self.compute)
        return self._node(entered, node.committed, node.depth + 1, (*node.ancestors, own))

    def _node(self, entered: Entered, pair: int, depth: int, ancestors: tuple[KeysValues, ...]) -> Node:
        """The node `depth` below the root, whose pair is the last committed one."""
        count = int((self.slots.positions <= pair).sum())
        keys, values = (part[:, :, :count] for part in self.committed)
        batch, device = entered.inputs.shape[0], entered.inputs.device
        positions = torch.full((batch, 1), pair + depth, device=device)
        hidden = torch.zeros(batch, 1, count, dtype=torch.bool, device=device)
        output = self.head.block(entered.inputs, entered.residual, positions, (keys, values), hidden, ancestors, self.compute)
        return Node(output, pair, depth, ancestors)
