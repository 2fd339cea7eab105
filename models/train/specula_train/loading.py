"""Batches by step, drawn in this process or ahead of time by others: a GPU would otherwise wait for pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from torch.utils.data import DataLoader, Dataset

T = TypeVar("T")
AHEAD = 4
"""steps each loading process is ahead"""


class _Steps(Dataset[T], Generic[T]):
    def __init__(self, make: Callable[[int], T], first: int, last: int) -> None:
        self.make, self.first, self.last = make, first, last

    def __len__(self) -> int:
        return self.last - self.first

    def __getitem__(self, index: int) -> T:
        return self.make(self.first + index)


def batches(make: Callable[[int], T], first: int, last: int, loaders: int) -> Iterator[T]:
    """`make(step)` for each step from `first` up to `last`, in order; with `loaders` processes, or none."""
    if loaders == 0:
        return map(make, range(first, last))
    steps = _Steps(make, first, last)
    # forked, so that `make` may be a closure; the children only draw and never touch the GPU
    return iter(
        DataLoader(steps, batch_size=None, num_workers=loaders, prefetch_factor=AHEAD, multiprocessing_context="fork")
    )
