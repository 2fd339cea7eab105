"""The records that the generator passes around."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from .marked import Marked
from .view import Rect, View

TOPICS = (
    "general vqa",
    "text vqa",
    "image captioning",
    "chart understanding",
    "complex reasoning pro",
    "multi-turn conversation",
)
"""MMSpec's topics, in its order."""

SKILLS = (
    "color",
    "shape",
    "size",
    "position",
    "count",
    "existence",
    "background",
    "relation",
    "words",
    "numbers",
    "letters",
    "chart values",
    "chart extremes",
    "trend",
    "arithmetic",
    "comparison",
    "diagram",
    "caption",
    "reasoning",
    "copying",
)
"""What a question tests; every turn has one."""


@dataclass(frozen=True)
class Thing:
    """Something to see in a region, for labels per patch: `kind` and `label` are those of `labels.CLASSES`."""

    kind: str
    label: str
    region: Rect


@dataclass
class Picture:
    """A drawn picture. `facts` is what it shows (see the makers in `pictures/`), `about` the same as plain JSON data."""

    kind: str
    image: Image.Image
    view: View
    facts: Any
    about: dict[str, Any]
    things: list[Thing] = field(default_factory=list)


@dataclass(frozen=True)
class Expect:
    """What a right answer must say; `check.is_right` judges by it.

    rule: `first`, `last`, `all` or, in any order, the `set` of mentions of words of the class `domain` (for `first`, words of the question do not count),
    `option` (text and letter), `quotes` (the quoted texts in order) or `facts` (each of the phrases; "a | b" is two phrases
    in one sentence).
    """

    rule: str
    values: tuple[str, ...]
    domain: str = ""


@dataclass(frozen=True)
class Turn:
    """A question and its answer."""

    kind: str
    skill: str
    question: str
    answer: Marked
    expect: Expect


@dataclass(frozen=True)
class Sample:
    """A picture and the talk about it."""

    seed: int
    topic: str
    picture: Picture
    turns: tuple[Turn, ...]
