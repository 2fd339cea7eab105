"""The stages by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from .exercises import train_words
from .export import export_models
from .schedule import Schedule
from .stage_answers import write_answers
from .stage_draft import train_draft
from .stage_evaluate import evaluate_models
from .stage_heads import train_heads
from .stage_heads_evaluate import evaluate_heads
from .stage_import import import_models
from .stage_target import train_target
from .stage_tokenizer import train_tokenizer
from .stage_vision import train_vision
from .workers import run_workers

SHARED: dict[str, Callable[..., None]] = {
    "vision-target": partial(train_vision, name="target"),
    "words-target": partial(train_words, name="target"),
    "target": train_target,
    "vision-draft-vlm": partial(train_vision, name="draft-vlm"),
    "answers": write_answers,
    "draft-vlm": partial(train_draft, name="draft-vlm"),
    "draft-text": partial(train_draft, name="draft-text"),
    "heads": train_heads,
}
"""stages that all workers of the schedule share"""
ALONE: dict[str, Callable[..., None]] = {"evaluate": evaluate_models, "heads-evaluate": evaluate_heads}
"""stages of one process"""
FILES: dict[str, Callable[[Schedule, Path, Path], None]] = {"export": export_models, "import": import_models}
"""stages between checkpoints and the folder of exported files"""


def run_stage(name: str, schedule: Schedule, folder: Path, workers: int | None, out: Path) -> None:
    """Runs one stage in its worker processes; `out` is where the stage `export` writes and `import` reads.

    :raises ValueError: for a stage that does not exist.
    """
    if name == "tokenizer":
        train_tokenizer(schedule, folder)
        return
    if name in FILES:
        FILES[name](schedule, folder, out)
        return
    work = SHARED.get(name) or ALONE.get(name)
    if work is None:
        raise ValueError(f'no stage is called "{name}"; stages: tokenizer, {", ".join([*SHARED, *ALONE, *FILES])}')
    count = 1 if name in ALONE else workers or schedule.machine.workers
    run_workers(replace(schedule.machine, workers=count), work, schedule, folder)
