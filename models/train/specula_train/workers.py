"""Training by several processes: each takes its own part of every step's samples, and gradients are averaged."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.distributed as distributed
import torch.multiprocessing as multiprocessing
from torch import Tensor, nn

from .schedule import Machine

SETTINGS = {
    # one thread per process: two threads of one process are slower than one while the other core is busy
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    # keep freed memory: fresh pages cost more than the products computed in them
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": "8000000000",
    "MALLOC_TOP_PAD_": "268435456",
}


@dataclass(frozen=True)
class Worker:
    """One of `count` processes."""

    index: int
    count: int
    device: torch.device
    compute: torch.dtype
    loaders: int = 0
    """processes that draw its batches ahead of time"""

    @property
    def leads(self) -> bool:
        """Whether this is the one that reports and saves."""
        return self.index == 0

    def average_gradients(self, module: nn.Module) -> None:
        """Replaces the gradients of all workers by their mean; a parameter unused everywhere keeps none."""
        if self.count == 1:
            return
        gradients = [_gradient(parameter) for parameter in module.parameters() if parameter.requires_grad]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        flat /= self.count
        at = 0
        for gradient in gradients:
            gradient.copy_(flat[at : at + gradient.numel()].view_as(gradient))
            at += gradient.numel()


def _gradient(parameter: nn.Parameter) -> Tensor:
    if parameter.grad is None:
        parameter.grad = torch.zeros_like(parameter)
    return parameter.grad


def worker_of(machine: Machine, index: int) -> Worker:
    """The worker with that index on a machine of a schedule."""
    return Worker(index, machine.workers, torch.device(machine.device), getattr(torch, machine.compute), machine.loaders)


def _enter(index: int, machine: Machine, meeting: str, work: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    if machine.device == "cpu":
        torch.set_num_threads(1)
        torch.set_flush_denormal(True)
        if machine.workers > 1:
            _stay(index)
    if machine.workers > 1:
        distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=index, world_size=machine.workers)
    work(worker_of(machine, index), *arguments)


def _stay(index: int) -> None:
    """Keeps a worker on one core where the system can: moved about, it loses what the core has read already."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[index % len(cores)]})


def run_workers(machine: Machine, work: Callable[..., None], *arguments: Any) -> None:
    """Runs `work(worker, *arguments)` in every worker's process and waits for all.

    Processes are started anew (not forked) even for one worker, because `SETTINGS` act only from the start of a process.
    """
    os.environ.update(SETTINGS if machine.device == "cpu" else {})
    with tempfile.TemporaryDirectory() as folder:
        meeting = str(Path(folder) / "meeting")
        multiprocessing.spawn(_enter, (machine, meeting, work, arguments), nprocs=machine.workers)
