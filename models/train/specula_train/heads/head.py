"""What all heads have in common: outputs that stand for the target's features, for many pairs at once or node by node."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..language import LanguageModel
from .block import KeysValues
from .rows import Rows
from .shown import Shown

COMPUTE = torch.float32


@dataclass(frozen=True)
class Node:
    """A place in a draft tree: the output from which the next token is drafted. `committed` is the pair of the root token."""

    output: Tensor
    """B x 1 x width"""
    committed: int
    depth: int = 0
    ancestors: tuple[KeysValues, ...] = ()


class Drafter(ABC):
    """A head in use on a talk, node by node as the engine runs it."""

    @abstractmethod
    def root(self, place: int) -> Node:
        """The node of a root token at a place of the target's sequence, all before it committed."""

    @abstractmethod
    def child(self, node: Node, embedding: Tensor) -> Node:
        """The node of a token drafted at `node`. embedding: B x 1 x width."""


class DraftHead(nn.Module, ABC):
    """A head for a target; works with the target's embeddings and output matrix, which are no part of it."""

    @abstractmethod
    def steps(self, shown: Shown, rows: Rows, count: int, compute: torch.dtype = COMPUTE) -> list[Tensor]:
        """Outputs of each row, drafted at step 0, 1, ... `count` - 1 of a round: B x R x width each.

        At step n, row r belongs to the round whose root is n tokens before, and drafted tokens are the true ones; so
        it is a greedy round as long as its tokens are accepted. Meaningless where not `rows.reached(n)`.
        """

    @abstractmethod
    def drafter(self, shown: Shown, compute: torch.dtype = COMPUTE) -> Drafter:
        """The head node by node; `shown` may reach beyond what is committed."""

    def scores(self, output: Tensor, language: LanguageModel, step: int, compute: torch.dtype = COMPUTE) -> Tensor:
        """Scores of the draft tokens, ... x vocabulary, from outputs of a step of `steps` (a depth of a draft tree)."""
        return language.logits(output, compute)

    def token_ids(self, drafted: Tensor) -> Tensor:
        """The target's ids of draft tokens."""
        return drafted

    def begin(self, language: LanguageModel, frequencies: Tensor) -> None:
        """Sets what starts from the target's weights or from how often its answers use each token."""
