"""The stages by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from .schedule import Schedule
from .stage_target import train_target
from .stage_tokenizer import train_tokenizer
from .stage_vision import train_vision
from .workers import run_workers

WORK: dict[str, Callable[..., None]] = {
    "vision-target": partial(train_vision, name="target"),
    "target": train_target,
    "vision-draft-vlm": partial(train_vision, name="draft-vlm"),
}


def run_stage(name: str, schedule: Schedule, folder: Path, workers: int | None) -> None:
    """Runs one stage in its worker processes.

    :raises ValueError: for a stage that does not exist.
    """
    if name == "tokenizer":
        train_tokenizer(schedule, folder)
        return
    if name not in WORK:
        raise ValueError(f'no stage is called "{name}"; stages: tokenizer, {", ".join(WORK)}')
    machine = replace(schedule.machine, workers=workers) if workers else schedule.machine
    run_workers(machine, WORK[name], schedule, folder)
