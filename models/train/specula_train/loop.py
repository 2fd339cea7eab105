"""The training loop all stages share: rates, steps, averaged gradients, checkpoints that resume, progress with time left."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from .loading import batches
from .schedule import Stage
from .workers import Worker

SAVE_SECONDS = 180
REPORT_STEPS = 100
FORGET = 0.97
"""of the running means that are reported"""
LAST_RATE = 0.03
"""the rate at the end, as a part of the highest"""

Item = TypeVar("Item")
Numbers = dict[str, float]


def rate_at(stage: Stage, step: int) -> float:
    """The learning rate of a step: a linear warm-up, then half a cosine down to `LAST_RATE`."""
    warm = min(1.0, (step + 1) / max(1, stage.warmup))
    fall = 0.5 * (1 + math.cos(math.pi * step / stage.steps))
    return stage.rate * warm * (LAST_RATE + (1 - LAST_RATE) * fall)


class Training:
    """Trains `module` for the steps of a stage, from a checkpoint where there is one."""

    def __init__(self, worker: Worker, stage: Stage, module: nn.Module, file: Path, slow: nn.Module | None = None) -> None:
        """`slow` is the part of the module whose rate is `stage.vision_rate` of the others', and that may join later."""
        self.worker, self.stage, self.module, self.file, self.slow = worker, stage, module, file, slow
        slow_ones = list(slow.parameters()) if slow else []
        marked = {id(parameter) for parameter in slow_ones}
        rest = [parameter for parameter in module.parameters() if id(parameter) not in marked]
        groups = [{"params": rest, "part": 1.0}, {"params": slow_ones, "part": stage.vision_rate}]
        self.optimizer = torch.optim.AdamW(
            [group for group in groups if group["params"]], lr=stage.rate, weight_decay=0.03, betas=(0.9, 0.98)
        )
        self.step, self.seconds = 0, 0.0
        self.means: Numbers = {}
        if file.exists():
            self._resume()

    def _resume(self) -> None:
        saved = torch.load(self.file, map_location=self.worker.device)
        if saved["stage"] != asdict(self.stage):
            raise ValueError(f"{self.file}: made with other settings of this stage; delete it, or put the settings back")
        self.module.load_state_dict(saved["model"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.step, self.seconds, self.means = saved["step"], saved["seconds"], saved["means"]

    def _save(self) -> None:
        state = {
            "stage": asdict(self.stage),
            "model": self.module.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
            "means": self.means,
        }
        temporary = self.file.with_suffix(".new")
        torch.save(state, temporary)
        temporary.replace(self.file)

    def run(self, make: Callable[[int], Item], loss_of: Callable[[Item], tuple[Tensor, Numbers]]) -> None:
        """`make(step)` draws this worker's batch of a step; `loss_of(batch)` gives its loss and numbers to report."""
        drawn = batches(make, self.step, self.stage.steps, self.worker.loaders)
        began, saved_at, first = time.monotonic() - self.seconds, time.monotonic(), self.step
        started = time.monotonic()
        for batch in drawn:
            for group in self.optimizer.param_groups:
                group["lr"] = rate_at(self.stage, self.step) * group["part"]
            if self.slow:
                self.slow.requires_grad_(self.step >= self.stage.vision_from * self.stage.steps)
            loss, numbers = loss_of(batch)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.worker.average_gradients(self.module)
            torch.nn.utils.clip_grad_norm_(self.module.parameters(), 1.0)
            self.optimizer.step()
            self.step += 1
            for name, value in {"loss": loss.item(), **numbers}.items():
                self.means[name] = FORGET * self.means.get(name, value) + (1 - FORGET) * value
            self.seconds = time.monotonic() - began
            if self.worker.leads and self.step % REPORT_STEPS == 0:
                self._report((time.monotonic() - started) / (self.step - first))
            if self.worker.leads and time.monotonic() - saved_at > SAVE_SECONDS:
                saved_at = time.monotonic()
                self._save()
        if self.worker.leads:
            self._save()

    def _report(self, seconds_per_step: float) -> None:
        left = seconds_per_step * (self.stage.steps - self.step)
        shown = "  ".join(f"{name} {value:.3f}" for name, value in self.means.items())
        print(
            f"step {self.step}/{self.stage.steps}  {self.seconds / 60:.1f} min, {left / 60:.1f} min left  {shown}",
            flush=True,
        )
