"""Stage `evaluate`: what the trained models do on held-out samples (PyTorch; `specula evaluate` asks the app's engine)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from specula_data.seeds import HELD_OUT

from .answering import Answerer
from .checkpoints import load_model
from .evaluate import Answered, Looks, Tally, accuracy, agreement, answer_samples, looks_of, samples_of
from .schedule import Schedule
from .tokenizer import Tokenizer
from .workers import Worker

FIRST_SEED = HELD_OUT.start + 50_000_000
"""apart from the samples that are shipped"""
PER_TOPIC = 100
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
DRAFTS = ("draft-vlm", "draft-text")


def evaluate_models(worker: Worker, schedule: Schedule, folder: Path) -> None:
    """Prints accuracy by topic and skill, the spread of attention, and the drafts' agreement where there are drafts.

    Writes all of it, with every wrong answer, to evaluation.json.
    """
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    target = load_model(schedule, folder, tokenizer, "target")
    samples = samples_of(FIRST_SEED, PER_TOPIC, schedule.view)
    answered = answer_samples(Answerer(target, tokenizer), samples, schedule.view)
    tallies = accuracy(answered, tokenizer)
    print(f"{'':36}turns  exact  right")
    for name, tally in tallies.items():
        print(f"{name:36}{tally.turns:5}  {tally.exact / tally.turns:.3f}  {tally.right / tally.turns:.3f}")
    looks = looks_of(target, answered, tokenizer, schedule.view)
    print("\nlast layer's attention on the picture, mean of the heads, at 5, 25, 50, 75 and 95 %")
    for name, values in (("image-dependent words", looks.seen), ("other words", looks.told)):
        print(f"{name:36}" + "  ".join(f"{value:.3f}" for value in np.quantile(values, QUANTILES)))
    print(f"{'AUC':36}{looks.auc:.3f}")
    agreements: dict[str, dict[str, float]] = {}
    for name in DRAFTS:
        if (folder / f"{name}.pt").exists():
            draft = load_model(schedule, folder, tokenizer, name)
            agreements[name] = agreement(draft, answered, tokenizer, schedule.view)
            print(f"{name + ' agrees':36}" + "  ".join(f"{kind} {share:.3f}" for kind, share in agreements[name].items()))
    report = _report(tallies, looks, agreements, answered, tokenizer)
    (folder / "evaluation.json").write_text(json.dumps(report, indent=1) + "\n")


def _report(
    tallies: dict[str, Tally],
    looks: Looks,
    agreements: dict[str, dict[str, float]],
    answered: Sequence[Answered],
    tokenizer: Tokenizer,
) -> dict[str, Any]:
    wrong = [
        {
            "seed": one.sample.seed,
            "topic": one.sample.topic,
            "skill": turn.skill,
            "kind": turn.kind,
            "question": turn.question,
            "expected": str(turn.answer),
            "answer": tokenizer.decode(ids),
        }
        for one in answered
        for turn, ids in zip(one.sample.turns, one.answers)
        if tokenizer.decode(ids) != str(turn.answer)
    ]
    return {
        "accuracy": {name: vars(tally) for name, tally in tallies.items()},
        "looks": {
            "seen": np.round(looks.seen, 4).tolist(),
            "told": np.round(looks.told, 4).tolist(),
            "auc": looks.auc,
        },
        "agreement": agreements,
        "wrong": wrong,
    }
