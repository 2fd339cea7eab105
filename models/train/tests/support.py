"""What several test files share: the package's path and a fixed set of samples."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from specula_data.build import make_exercises, make_sample  # noqa: E402
from specula_data.sample import TOPICS, Sample, Turn  # noqa: E402

FIRST_SEED = 1_000_000_000
SAMPLES = 2400


@lru_cache(maxsize=1)
def samples() -> tuple[Sample, ...]:
    """Samples of validation seeds, the topics in turn."""
    return tuple(make_sample(FIRST_SEED + k, TOPICS[k % len(TOPICS)]) for k in range(SAMPLES))


@lru_cache(maxsize=1)
def exercises() -> tuple[Turn, ...]:
    return tuple(turn for k in range(200) for turn in make_exercises(FIRST_SEED + k))


def turns() -> list[tuple[Sample, Turn]]:
    return [(sample, turn) for sample in samples() for turn in sample.turns]
