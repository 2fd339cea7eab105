"""Stage `answers`: the target answers questions about new training samples; the drafts learn from what it says."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from specula_data.build import make_packed
from specula_data.sample import Sample

from .answering import Answerer
from .checkpoints import load_model
from .evaluate import pixels_tensor
from .schedule import Schedule
from .tokenizer import Tokenizer
from .workers import Worker

FIRST_SEED = 500_000_000
TOGETHER = 32

Answers = dict[int, list[list[int]]]
"""By seed, the token ids of the target's answers to the questions of `make_packed`, without end tokens."""


def answer_file(folder: Path, index: int) -> Path:
    """The file of one worker: a line per sample with its seed and the answers' token ids."""
    return folder / f"answers-{index}.jsonl"


def read_answers(folder: Path) -> Answers:
    """All workers' answers.

    :raises FileNotFoundError: when the stage `answers` has not run.
    """
    answers: Answers = {}
    for file in sorted(folder.glob("answers-*.jsonl")):
        for line in file.read_text().splitlines():
            entry = json.loads(line)
            answers[entry["seed"]] = entry["answers"]
    if not answers:
        raise FileNotFoundError(f"{folder}: no answers of the target; run the stage answers first")
    return dict(sorted(answers.items()))


def _complete_lines(file: Path) -> list[int]:
    """Seeds already answered; a line that a stop cut short is removed."""
    if not file.exists():
        return []
    lines = [line for line in file.read_text().splitlines(keepends=True) if line.endswith("\n")]
    file.write_text("".join(lines))
    return [json.loads(line)["seed"] for line in lines]


def write_answers(worker: Worker, schedule: Schedule, folder: Path) -> None:
    """Answers this worker's samples; a stopped stage goes on behind its last line."""
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    answerer = Answerer(load_model(schedule, folder, tokenizer, "target").to(worker.device), tokenizer, worker.compute)
    file = answer_file(folder, worker.index)
    done = set(_complete_lines(file))
    seeds = range(FIRST_SEED + worker.index, FIRST_SEED + schedule.answers, worker.count)
    left = [seed for seed in seeds if seed not in done]
    began = time.monotonic()
    with file.open("a") as out:
        for start in range(0, len(left), TOGETHER * 4):
            group = [make_packed(seed, schedule.view) for seed in left[start : start + TOGETHER * 4]]
            # talks of the same shape together: a batch goes on until its longest answer has ended
            group.sort(key=lambda sample: (len(sample.turns), sum(len(str(turn.answer)) for turn in sample.turns)))
            for part in range(0, len(group), TOGETHER):
                _answer_part(answerer, group[part : part + TOGETHER], schedule, out)
            done_now = min(start + TOGETHER * 4, len(left))
            if worker.leads:
                minutes = (time.monotonic() - began) / 60
                print(f"{done_now}/{len(left)}  {minutes * (len(left) / done_now - 1):.1f} min left", flush=True)


def _answer_part(answerer: Answerer, part: Sequence[Sample], schedule: Schedule, out: TextIO) -> None:
    talks = [[turn.question for turn in sample.turns] for sample in part]
    answers = answerer.answer(pixels_tensor(part, schedule.view), talks)
    for sample, own in zip(part, answers):
        print(json.dumps({"seed": sample.seed, "answers": own}), file=out)
