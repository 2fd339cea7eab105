"""What the tests of the training code share; without PyTorch or `regex` they are skipped."""

from __future__ import annotations

import unittest
from functools import lru_cache

try:
    import PIL  # noqa: F401
    import regex  # noqa: F401
    import torch
except ModuleNotFoundError as error:
    raise unittest.SkipTest(f"{error.name} is not installed (models/train/README.md lists what training needs)") from error

import support  # noqa: E402, F401  (puts the packages on the path)
from specula_data.build import make_exercises, make_packed, make_sample  # noqa: E402
from specula_data.sample import TOPICS, Sample  # noqa: E402
from specula_data.view import View  # noqa: E402
from specula_train.schedule import HeadSizes, Losses, Machine, ModelSize, Schedule, Stage  # noqa: E402
from specula_train.tokenizer import Tokenizer, train_merges  # noqa: E402
from specula_train.vlm import Model  # noqa: E402
from specula_train.workers import Worker  # noqa: E402

torch.set_num_threads(1)
SEED = 1_050_000_000
VIEW = View(96, 12)
WORKER = Worker(0, 1, torch.device("cpu"), torch.float32)
EYES = {"width": 24, "layers": 2, "heads": 2, "inner": 48}
SIZES = {
    "target": ModelSize(32, 2, 4, 64, EYES),
    "draft-vlm": ModelSize(16, 2, 4, 32, EYES),
    "draft-text": ModelSize(16, 1, 2, 32),
}
STAGE = Stage(steps=6, batch=2, rate=1e-3, warmup=2, first_seed=SEED, vision_rate=0.5, exercises_every=3)
HEADS = HeadSizes(["medusa", "eagle", "eagle3", "msd", "vispec"], medusa=3, unrolled=3, draft_vocabulary=96, queries=4)
LOSSES = Losses(
    image_word=1.5, question=0.05, labels=0.5, grounding=0.2, reference=0.1, band=0.1, band_low=0.08, band_high=0.3
)


def schedule() -> Schedule:
    """A schedule of very small models."""
    machine = Machine("cpu", 1, "float32")
    stages = {name: STAGE for name in ("target", "draft-vlm", "draft-text", "heads")}
    return Schedule("tiny", 1, VIEW, machine, LOSSES, 300, 8, dict(SIZES), stages, HEADS)


@lru_cache(maxsize=1)
def tokenizer() -> Tokenizer:
    """A tokenizer of few merges, from the texts of some samples."""
    turns = [turn for k in range(150) for turn in make_packed(SEED + k, VIEW).turns]
    texts = [text for turn in turns for text in (turn.question, str(turn.answer))]
    return Tokenizer.build(train_merges(["user", "assistant", *texts], 300))


@lru_cache(maxsize=1)
def samples() -> tuple[Sample, ...]:
    """A few samples of each topic, packed ones and talks among them."""
    single = [make_sample(SEED + k, topic, VIEW) for k in range(3) for topic in TOPICS]
    return (*single, *(make_packed(SEED + k, VIEW) for k in range(10)))


def exercises() -> list[tuple]:
    """Two talks without a picture."""
    return [tuple(make_exercises(SEED + k, 3)) for k in range(2)]


def tiny_model(name: str = "target", seed: int = 1, size: ModelSize | None = None) -> Model:
    """A model of random weights, larger than those that training starts with: its attention is not even."""
    size = size or SIZES[name]
    torch.manual_seed(seed)
    model = Model(size.language(len(tokenizer())), size.eyes(VIEW))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.normal_(std=1.5 / parameter.shape[1] ** 0.5)
    return model.eval()
