"""The training loop all stages share: rates, steps, averaged gradients, checkpoints that resume, progress with time left."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from .loading import batches
from .muon import Muon, hidden_matrices
from .schedule import Stage
from .workers import Worker

SAVE_SECONDS = 180
REPORT_STEPS = 100
FORGET = 0.97
"""of the running means that are reported"""
LAST_RATE = 0.02
"""the rate at the end, as a part of the highest"""
COOLDOWN = 0.6
"""part of the steps in which the rate falls"""

Item = TypeVar("Item")
Numbers = dict[str, float]


def rate_at(stage: Stage, step: int) -> float:
    """The learning rate of a step: a linear warm-up, then level, in the last part of the steps a line down to `LAST_RATE`.

    While it is level it does not depend on how many steps there will be (S. Hu and others, "MiniCPM", arXiv 2404.06395,
    section 4), so a longer training can go on from a shorter one's checkpoints.
    """
    warm = min(1.0, (step + 1) / max(1, stage.warmup))
    left = min(1.0, (stage.steps - step) / max(1.0, COOLDOWN * stage.steps))
    return stage.rate * warm * (LAST_RATE + (1 - LAST_RATE) * left)


class Training:
    """Trains `module` for the steps of a stage, from a checkpoint where there is one."""

    def __init__(self, worker: Worker, stage: Stage, module: nn.Module, file: Path, slow: nn.Module | None = None) -> None:
        """`slow` is the part of the module whose rate is `stage.vision_rate` of the others', and that may join later."""
        self.worker, self.stage, self.module, self.file, self.slow = worker, stage, module, file, slow
        slow_ones = list(slow.parameters()) if slow else []
        marked = {id(parameter) for parameter in slow_ones}
        rest = [parameter for parameter in module.parameters() if id(parameter) not in marked]
        groups = [{"params": rest, "part": 1.0}, {"params": slow_ones, "part": stage.vision_rate}]
        matrices = {id(matrix) for matrix in hidden_matrices(module)}
        hidden, others = (
            [
                {**group, "params": chosen}
                for group in groups
                if (chosen := [one for one in group["params"] if (id(one) in matrices) == wanted])
            ]
            for wanted in (True, False)
        )
        self.optimizers = [
            torch.optim.AdamW(others, lr=stage.rate, weight_decay=0.03, betas=(0.9, 0.98)),
            Muon(hidden, lr=stage.rate, weight_decay=0.03, compute=worker.compute),
        ]
        self.step, self.seconds = 0, 0.0
        self.means: Numbers = {}
        if file.exists():
            self._resume()

    def _resume(self) -> None:
        saved = torch.load(self.file, map_location=self.worker.device)
        if saved["stage"] != asdict(self.stage):
            raise ValueError(f"{self.file}: made with other settings of this stage; delete it, or put the settings back")
        self.module.load_state_dict(saved["model"])
        for optimizer, state in zip(self.optimizers, saved["optimizers"]):
            optimizer.load_state_dict(state)
        self.step, self.seconds, self.means = saved["step"], saved["seconds"], saved["means"]

    def _save(self) -> None:
        state = {
            "stage": asdict(self.stage),
            "model": self.module.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
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
            for optimizer in self.optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = rate_at(self.stage, self.step) * group["part"]
            if self.slow:
                self.slow.requires_grad_(self.step >= self.stage.vision_from * self.stage.steps)
            loss, numbers = loss_of(batch)
            for parameter in self.module.parameters():
                parameter.grad = None
            loss.backward()
            self.worker.average_gradients(self.module)
            torch.nn.utils.clip_grad_norm_(self.module.parameters(), 1.0)
            for optimizer in self.optimizers:
                optimizer.step()
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
