"""Data-set folders in MMSpec's format: `mmspec.jsonl`, `images/` and our side files `answers.jsonl` and `classes.json`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .classes import classes_file
from .sample import Expect, Sample, Turn


@dataclass(frozen=True)
class ReadTurn:
    """A turn as the folder stores it."""

    question: str
    answer: str
    kind: str
    skill: str
    expect: Expect


def sample_line(sample: Sample, name: str) -> dict[str, Any]:
    """MMSpec's five fields."""
    return {
        "id": name,
        "image": f"{name}.png",
        "turns": [turn.question for turn in sample.turns],
        "category": sample.picture.kind,
        "topic": sample.topic,
    }


def answer_line(sample: Sample, name: str) -> dict[str, Any]:
    """A line of the side file; the app reads `id` and `answers` (of `spans` only `start` and `end`) and passes over the rest."""
    return {
        "id": name,
        "answers": [_answer(turn) for turn in sample.turns],
        "seed": sample.seed,
        "view": {"side": sample.picture.view.side, "patch": sample.picture.view.patch},
        "picture": sample.picture.about,
    }


def _answer(turn: Turn) -> dict[str, Any]:
    spans = turn.answer.spans()
    return {
        "text": str(turn.answer),
        "imageWords": [span.text for span in spans],
        "kind": turn.kind,
        "skill": turn.skill,
        "expect": {"rule": turn.expect.rule, "values": list(turn.expect.values), "domain": turn.expect.domain},
        "spans": [
            {
                "start": span.start,
                "end": span.end,
                "about": span.about,
                "regions": [region.as_list() for region in span.regions],
                **({"spelled": True} if span.spelled else {}),
            }
            for span in spans
        ],
    }


def write_folder(folder: Path, samples: Iterable[tuple[str, Sample]]) -> int:
    """Writes named samples and returns their number; an existing data set in the folder is not overwritten.

    :raises FileExistsError: when there is a `mmspec.jsonl` already.
    """
    if (folder / "mmspec.jsonl").exists():
        raise FileExistsError(f"{folder} holds a data set already; choose another folder or remove it first")
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "classes.json").write_text(json.dumps(classes_file(), indent=1) + "\n", encoding="utf-8", newline="\n")
    count = 0
    with (
        (folder / "mmspec.jsonl").open("w", encoding="utf-8", newline="\n") as questions,
        (folder / "answers.jsonl").open("w", encoding="utf-8", newline="\n") as answers,
    ):
        for name, sample in samples:
            sample.picture.image.save(folder / "images" / f"{name}.png", optimize=True)
            questions.write(json.dumps(sample_line(sample, name)) + "\n")
            answers.write(json.dumps(answer_line(sample, name)) + "\n")
            count += 1
    return count


def read_turns(folder: Path) -> dict[str, list[ReadTurn]]:
    """The turns of every sample by id, for judging answers with `check.is_right`."""
    with (folder / "mmspec.jsonl").open(encoding="utf-8") as file:
        questions = {line["id"]: line["turns"] for line in map(json.loads, file)}
    turns: dict[str, list[ReadTurn]] = {}
    with (folder / "answers.jsonl").open(encoding="utf-8") as file:
        for line in map(json.loads, file):
            turns[line["id"]] = [
                ReadTurn(
                    question,
                    answer["text"],
                    answer["kind"],
                    answer["skill"],
                    Expect(answer["expect"]["rule"], tuple(answer["expect"]["values"]), answer["expect"]["domain"]),
                )
                for question, answer in zip(questions[line["id"]], line["answers"])
            ]
    return turns
