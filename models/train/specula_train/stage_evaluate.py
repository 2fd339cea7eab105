"""Stage `evaluate`: prints what the trained models do on held-out samples (PyTorch; `specula evaluate` does it in the app)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from specula_data.seeds import HELD_OUT

from .answering import Answerer
from .checkpoints import load_model
from .evaluate import accuracy, agreement, answer_samples, looks_of, samples_of
from .schedule import Schedule
from .tokenizer import Tokenizer
from .workers import Worker

FIRST_SEED = HELD_OUT.start + 50_000_000
"""apart from the samples that are shipped"""
PER_TOPIC = 50
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def evaluate_models(worker: Worker, schedule: Schedule, folder: Path) -> None:
    """Prints accuracy by topic and skill, the spread of attention, and the drafts' agreement where there are drafts."""
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    target = load_model(schedule, folder, tokenizer, "target")
    samples = samples_of(FIRST_SEED, PER_TOPIC, schedule.view)
    answered = answer_samples(Answerer(target, tokenizer), samples, schedule.view)
    print(f"{'':36}turns  exact  right")
    for name, tally in accuracy(answered, tokenizer).items():
        print(f"{name:36}{tally.turns:5}  {tally.exact / tally.turns:.3f}  {tally.right / tally.turns:.3f}")
    looks = looks_of(target, answered, tokenizer, schedule.view)
    print("\nlast layer's attention on the picture, mean of the heads, at 5, 25, 50, 75 and 95 %")
    for name, values in (("image-dependent words", looks.seen), ("other words", looks.told)):
        print(f"{name:36}" + "  ".join(f"{value:.3f}" for value in np.quantile(values, QUANTILES)))
    print(f"{'AUC':36}{looks.auc:.3f}")
    for name in ("draft-vlm", "draft-text"):
        if (folder / f"{name}.pt").exists():
            shares = agreement(load_model(schedule, folder, tokenizer, name), answered, tokenizer, schedule.view)
            print(f"{name + ' agrees':36}" + "  ".join(f"{kind} {share:.3f}" for kind, share in shares.items()))
