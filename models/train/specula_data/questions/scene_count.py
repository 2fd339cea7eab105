"""Questions that count or ask whether something is there: first the listing, then counting aloud."""

from __future__ import annotations

import random

from ..marked import compose
from ..pictures.scene import Scene
from ..sample import Expect, Turn
from ..words import COLORS, NUMBERS, SHAPES, plural
from .phrases import count_aloud, listing, so_many


def count(rng: random.Random, scene: Scene) -> Turn | None:
    question, answer = rng.choice(
        (
            ("How many objects are in the picture?", "{list} {so}"),
            ("Count the objects in the picture.", "{list} {so}"),
            ("How many shapes can you see?", "{list} {so}"),
        )
    )
    number = len(scene.shapes)
    text = compose(answer, list=listing(scene), so=so_many(number, "shape" if "shapes" in question else "object"))
    return Turn("count", "count", question, text, Expect("last", (NUMBERS[number],), "number"))


def count_shape(rng: random.Random, scene: Scene) -> Turn | None:
    noun = rng.choice(SHAPES) if rng.random() < 0.15 else rng.choice(scene.shapes).shape
    return _counted(rng, scene, noun, "")


def count_color(rng: random.Random, scene: Scene) -> Turn | None:
    color = rng.choice(list(COLORS)) if rng.random() < 0.15 else rng.choice(scene.shapes).color
    return _counted(rng, scene, "object", color)


def _counted(rng: random.Random, scene: Scene, noun: str, color: str) -> Turn:
    found = scene.of_color(color) if color else scene.of_shape(noun)
    thing = f"{color} {noun}".strip()
    question = rng.choice(
        (
            "How many {things} are there?",
            "How many {things} are in the picture?",
            "Count the {things} in the picture.",
            "What is the number of {things} in this picture?",
        )
    ).format(things=plural(thing))
    text = compose(
        "{list} {aloud} {so}", list=listing(scene), aloud=count_aloud(found, noun, color), so=so_many(len(found), thing)
    )
    kind = "count color" if color else "count shape"
    return Turn(kind, "count", question, text, Expect("last", (NUMBERS[len(found)],), "number"))


def exists(rng: random.Random, scene: Scene) -> Turn | None:
    """Whether there is a shape of a colour; half of the time there is."""
    present = {(s.color, s.shape) for s in scene.shapes}
    one = rng.choice(scene.shapes)
    color, shape = one.color, one.shape
    if rng.random() < 0.5:
        mixed = [(c, s) for c in sorted({c for c, _ in present}) for s in sorted({s for _, s in present})]
        near = mixed + [(color, s) for s in SHAPES] + [(c, shape) for c in COLORS]
        color, shape = rng.choice([pair for pair in near if pair not in present])
    found = [s for s in scene.shapes if s.color == color and s.shape == shape]
    thing = f"{color} {shape}"
    question = rng.choice(
        ("Is there a {thing} in the picture?", "Can you see a {thing}?", "Does the picture show a {thing}?")
    )
    if not found:
        end = f"None of them is a {thing}. So the answer is no."
    elif len(found) == 1:
        end = f"One of them is a {thing}. So the answer is yes."
    else:
        end = f"{NUMBERS[len(found)].capitalize()} of them are {plural(thing)}. So the answer is yes."
    text = compose("{list} {end}", list=listing(scene), end=end)
    return Turn(
        "exists",
        "existence",
        question.format(thing=thing),
        text,
        Expect("last", ("yes" if found else "no",), "yes or no"),
    )
