"""Which seeds are for what. Training must never draw from the held-out ranges."""

from __future__ import annotations

TRAINING = range(0, 1_000_000_000)
VALIDATION = range(1_000_000_000, 1_100_000_000)
"""for looking at progress while training"""
HELD_OUT = range(2_000_000_000, 2_100_000_000)
"""for the figures of the model card and for the samples that are shipped"""


def split_of(seed: int) -> str:
    """training, validation or held-out.

    :raises ValueError: for a seed in none of the ranges.
    """
    for name, seeds in (("training", TRAINING), ("validation", VALIDATION), ("held-out", HELD_OUT)):
        if seed in seeds:
            return name
    raise ValueError(
        f"seed {seed} is in no range: training 0 to 999999999, validation from 1000000000, held-out from 2000000000"
    )
