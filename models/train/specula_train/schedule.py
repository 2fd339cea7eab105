"""A schedule: sizes of the models, and steps, batches and rates of every stage, read from a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from specula_data.view import View

from .sizes import LanguageSize, VisionSize

T = TypeVar("T")


@dataclass(frozen=True)
class Machine:
    """Where training runs: `device` cpu or cuda, `workers` processes, `compute` float32 or bfloat16 for products.

    `loaders` processes draw pictures for each worker ahead of time; without, it draws them itself.
    """

    device: str
    workers: int
    compute: str
    loaders: int = 0


@dataclass(frozen=True)
class Stage:
    """Steps of one stage. `batch` is per worker; `first_seed` starts its own range of training seeds."""

    steps: int
    batch: int
    rate: float
    warmup: int
    first_seed: int
    vision_rate: float = 1.0
    """the vision model's rate as a part of `rate`"""
    vision_from: float = 0.0
    """part of the steps after which the vision model learns too; before, it stays as its own stage left it"""
    questions: int = 4
    """most questions per picture: a picture costs as much as several questions"""
    exercises_every: int = 0
    """every n-th step has exercises without a picture; 0: none"""


@dataclass(frozen=True)
class Losses:
    """Weights of the parts of the loss of a model that sees."""

    image_word: float
    """of a token that needs the picture, where other answer tokens have 1"""
    question: float
    """of a token of a question"""
    labels: float
    """of the patch labels"""
    grounding: float
    """of the attention of two heads of the last two layers to the regions of image-dependent words"""
    reference: float
    """of the attention of color and shape words to the patches that show them"""
    band: float
    """of the share of attention on the picture outside `band_low` to `band_high` at other words, last layer: left to itself
    it falls to nothing, and real models never look away entirely"""
    band_low: float
    band_high: float


@dataclass(frozen=True)
class ModelSize:
    """Sizes of one model; without `vision` it sees no pictures. The vocabulary comes from the tokenizer."""

    width: int
    layers: int
    heads: int
    inner: int
    vision: dict[str, int] | None = None

    def language(self, vocabulary: int) -> LanguageSize:
        """The decoder's size."""
        return LanguageSize(vocabulary, self.width, self.layers, self.heads, self.inner)

    def eyes(self, view: View) -> VisionSize | None:
        """The vision model's size, or none."""
        return VisionSize(view.side, view.patch, **self.vision) if self.vision else None


@dataclass(frozen=True)
class HeadSizes:
    """The draft heads that are trained together, and what is not given by the target's sizes."""

    kinds: list[str]
    """in the order of the export"""
    medusa: int
    """heads of `medusa`"""
    unrolled: int
    """steps of a round that `eagle3` is trained on, each reading its own output of the step before"""
    draft_vocabulary: int
    """tokens that `eagle3` can draft: the most frequent of the target's answers"""
    queries: int
    """vectors that `vispec` makes of a picture: the last is the global one, the others take places in the head"""


@dataclass(frozen=True)
class Schedule:
    """All of it."""

    name: str
    seed: int
    view: View
    machine: Machine
    losses: Losses
    merges: int
    answers: int
    """packed samples whose questions the target answers, for training the drafts"""
    models: dict[str, ModelSize]
    stages: dict[str, Stage]
    heads: HeadSizes


def _fill(kind: type[T], values: dict[str, Any], where: str) -> T:
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    unknown = set(values) - known
    if unknown:
        raise ValueError(f"{where}: unknown {', '.join(sorted(unknown))}; known are {', '.join(sorted(known))}")
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError(f"{where}: {error}") from error


def load_schedule(file: Path) -> Schedule:
    """Reads a schedule.

    :raises ValueError: naming the table and the key that is unknown or missing.
    """
    data = tomllib.loads(file.read_text())
    try:
        return Schedule(
            name=file.stem,
            seed=data["seed"],
            view=_fill(View, data["view"], "view"),
            machine=_fill(Machine, data["machine"], "machine"),
            losses=_fill(Losses, data["losses"], "losses"),
            merges=data["tokenizer"]["merges"],
            answers=data["answers"]["samples"],
            models={name: _fill(ModelSize, size, f"models.{name}") for name, size in data["models"].items()},
            stages={name: _fill(Stage, stage, f"stages.{name}") for name, stage in data["stages"].items()},
            heads=_fill(HeadSizes, data["heads"], "heads"),
        )
    except KeyError as error:
        raise ValueError(f"{file.name}: {error} is missing") from error
