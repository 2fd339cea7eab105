"""Samples by seed: which pictures and questions belong to which topic, and how often each is drawn."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from .pictures.bars import make_bars
from .pictures.diagram import make_diagram
from .pictures.lines import make_lines
from .pictures.pie import make_pie
from .pictures.scene import make_scene
from .pictures.sign import make_sign
from .pictures.table import make_grid, make_list
from .questions import (
    captions,
    charts,
    diagrams,
    exercises,
    grids,
    lines,
    reasoning,
    scene_count,
    scene_look,
    scene_relate,
    signs,
    signs_more,
    talks_chart,
    talks_scene,
    talks_sign,
)
from .sample import TOPICS, Picture, Sample, Turn
from .view import View

Maker = Callable[[random.Random, Any], Turn | None]
Weighted = tuple[tuple[Maker, int], ...]
LEAST_SHAPES = {"complex reasoning pro": 3, "multi-turn conversation": 3, "image captioning": 2}

PICTURES: dict[str, Callable[..., Picture]] = {
    "scene": make_scene,
    "sign": make_sign,
    "bars": make_bars,
    "pie": make_pie,
    "lines": make_lines,
    "table": make_list,
    "grid": make_grid,
    "diagram": make_diagram,
}

KINDS: dict[str, tuple[tuple[str, int], ...]] = {
    "general vqa": (("scene", 1),),
    "text vqa": (("sign", 1),),
    "image captioning": (("scene", 4), ("sign", 1)),
    "chart understanding": (("bars", 3), ("lines", 2), ("pie", 2), ("table", 2), ("grid", 1), ("diagram", 1)),
    "complex reasoning pro": (("scene", 4), ("bars", 2), ("table", 1), ("grid", 1), ("diagram", 2), ("sign", 1)),
    "multi-turn conversation": (("scene", 4), ("sign", 2), ("bars", 2), ("table", 1), ("lines", 1), ("diagram", 2)),
}
"""Kinds of pictures of each topic, and their weights."""

_VALUES: Weighted = (
    (charts.value, 3),
    (charts.largest, 2),
    (charts.smallest, 2),
    (charts.how_many, 1),
    (charts.describe, 2),
    (charts.title, 1),
    (charts.difference, 2),
    (charts.total, 1),
    (charts.compare, 1),
)
QUESTIONS: dict[str, Weighted] = {
    "scene": (
        (scene_look.color, 3),
        (scene_look.shape, 2),
        (scene_look.size, 1),
        (scene_look.where, 2),
        (scene_look.what, 2),
        (scene_look.background, 1),
        (scene_count.count, 1),
        (scene_count.count_shape, 2),
        (scene_count.count_color, 2),
        (scene_count.exists, 2),
        (scene_relate.beside, 2),
        (scene_relate.side, 2),
        (scene_relate.inner, 3),
        (scene_relate.hidden, 1),
    ),
    "sign": (
        (signs.word, 3),
        (signs.number, 3),
        (signs.code, 2),
        (signs.says, 3),
        (signs.line, 3),
        (signs_more.border, 1),
        (signs_more.letters, 1),
        (signs_more.length, 1),
        (signs_more.compare, 1),
        (signs_more.larger, 2),
    ),
    "bars": _VALUES,
    "pie": _VALUES,
    "table": _VALUES,
    "lines": (
        (lines.point, 3),
        (lines.extreme, 2),
        (lines.trend, 1),
        (lines.describe, 2),
        (lines.color, 1),
        (lines.higher, 2),
    ),
    "grid": ((grids.cell, 3), (grids.row_sum, 1), (grids.best, 2), (grids.describe, 2)),
    "diagram": (
        (diagrams.after, 2),
        (diagrams.before, 1),
        (diagrams.end, 2),
        (diagrams.box_color, 1),
        (diagrams.box_letter, 1),
        (diagrams.describe, 2),
        (diagrams.steps, 2),
    ),
}
"""Plain questions about each kind of picture."""

CAPTIONS: dict[str, Weighted] = {
    "scene": ((captions.detailed, 3), (captions.short, 1)),
    "sign": ((signs_more.caption, 1),),
}
_REASON_VALUES: Weighted = ((reasoning.values_sum, 2), (reasoning.values_difference, 2), (reasoning.spread, 2))
REASONING: dict[str, Weighted] = {
    "scene": ((reasoning.scene_total, 1), (reasoning.scene_compare, 1)),
    "bars": _REASON_VALUES,
    "pie": _REASON_VALUES,
    "table": _REASON_VALUES,
    "grid": ((reasoning.grid_sum, 1),),
    "diagram": ((reasoning.diagram_steps, 1), (reasoning.diagram_end, 1)),
    "sign": ((reasoning.digit_sum, 2), (reasoning.word_length, 1)),
}
TALKS: dict[str, tuple[Callable[[random.Random, Any], list[Turn] | None], ...]] = {
    "scene": (talks_scene.one_object, talks_scene.two_alike, talks_scene.overlapping, talks_scene.counting),
    "sign": (talks_sign.sign,),
    "bars": (talks_chart.values, talks_chart.two_values, talks_chart.table),
    "pie": (talks_chart.values, talks_chart.two_values, talks_chart.table),
    "table": (talks_chart.values, talks_chart.two_values, talks_chart.table),
    "lines": (talks_chart.line,),
    "diagram": (talks_chart.diagram,),
}
ATTEMPTS = 60


def _rng(seed: int, purpose: str) -> random.Random:
    return random.Random(f"specula:{purpose}:{seed}")


def _weighted(rng: random.Random, choices: Sequence[tuple[Any, int]]) -> Any:
    return rng.choices([choice for choice, _ in choices], [weight for _, weight in choices])[0]


def draw_picture(rng: random.Random, topic: str, view: View) -> Picture:
    """A picture that the topic asks about."""
    kind = _weighted(rng, KINDS[topic])
    if kind == "scene":
        return make_scene(rng, view, LEAST_SHAPES.get(topic, 1))
    return PICTURES[kind](rng, view)


def make_vision_picture(seed: int, view: View = View()) -> Picture:
    """For training a vision model: a picture of any topic, or, every second time, a sign, whose letters take longest to learn."""
    rng = _rng(seed, "vision")
    return make_sign(rng, view) if rng.random() < 0.5 else draw_picture(rng, rng.choice(TOPICS), view)


def ask(rng: random.Random, picture: Picture, makers: Weighted, asked: Sequence[str] = ()) -> Turn | None:
    """A question that the picture allows and that is not in `asked`."""
    for _ in range(ATTEMPTS):
        turn = _weighted(rng, makers)(rng, picture.facts)
        if turn is not None and turn.question not in asked:
            return turn
    return None


def make_sample(seed: int, topic: str | None = None, view: View = View()) -> Sample:
    """The sample of a seed; without a topic the seed chooses one. Single questions have one turn, talks two to four.

    The same arguments give the same sample, to the byte, with the same versions of Pillow and the fonts.
    """
    if topic is not None and topic not in TOPICS:
        raise ValueError(f'no topic is called "{topic}"; choose one of {", ".join(TOPICS)}')
    rng = _rng(seed, topic or "any")
    topic = topic or rng.choice(TOPICS)
    for _ in range(ATTEMPTS):
        picture = draw_picture(rng, topic, view)
        turns = _talk(rng, picture) if topic == "multi-turn conversation" else _single(rng, picture, topic)
        if turns:
            return Sample(seed, topic, picture, tuple(turns))
    raise RuntimeError(f"seed {seed}: no picture allowed a question of topic {topic}")


def _single(rng: random.Random, picture: Picture, topic: str) -> list[Turn]:
    table = {"image captioning": CAPTIONS, "complex reasoning pro": REASONING}.get(topic, QUESTIONS)
    turn = ask(rng, picture, table[picture.kind])
    return [turn] if turn else []


def _talk(rng: random.Random, picture: Picture) -> list[Turn]:
    turns = rng.choice(TALKS[picture.kind])(rng, picture.facts) or []
    return turns[: rng.choice([2, 3, 3, 4])]


def make_packed(seed: int, view: View = View(), most: int = 4) -> Sample:
    """For training: a picture of a random topic and up to `most` different, independent questions about it, or a talk."""
    rng = _rng(seed, "packed")
    while True:
        topic = rng.choice(TOPICS)
        picture = draw_picture(rng, topic, view)
        if topic == "multi-turn conversation":
            turns = _talk(rng, picture)
        else:
            turns = _single(rng, picture, topic)
            makers = QUESTIONS[picture.kind] * 2 + CAPTIONS.get(picture.kind, ()) + REASONING.get(picture.kind, ())
            for _ in range(rng.randrange(most)):
                turn = ask(rng, picture, makers, [t.question for t in turns])
                turns += [turn] if turn and turns else []
        if turns:
            return Sample(seed, topic, picture, tuple(turns))


def make_exercises(seed: int, count: int = 6) -> list[Turn]:
    """For training: exercises without a picture."""
    rng = _rng(seed, "exercises")
    return [exercises.exercise(rng) for _ in range(count)]
