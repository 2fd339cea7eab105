"""Captions of scenes, short and detailed."""

from __future__ import annotations

import random

from ..marked import Marked, as_marked, compose, join, seen
from ..pictures.scene import Scene, Shape
from ..sample import Expect, Turn
from ..words import NUMBERS
from .phrases import background_sentence, backgrounds, described, number_of, placed

DETAILED = (
    ("Describe the image in detail.", "The image shows {number}."),
    ("Please describe this picture in detail.", "The image shows {number}."),
    ("Can you give a detailed description of the picture?", "This picture shows {number}."),
    ("Describe everything that you can see in the picture.", "This picture shows {number}."),
)
SHORT = (
    ("Write a short caption for the image.", "A picture of {number} on a {background} background: {list}."),
    (
        "Give the picture a title that says what it shows.",
        "A picture of {number} on a {background} background: {list}.",
    ),
    ("Describe the picture in one sentence.", "This picture shows {list} on a {background} background."),
    ("What is in this picture, in one sentence?", "This picture shows {list} on a {background} background."),
)


def detailed(rng: random.Random, scene: Scene) -> Turn | None:
    """The number, the background, every shape with its place, a last sentence."""
    question, first = rng.choice(DETAILED)
    sentences = [compose(first, number=number_of(scene.shapes)), background_sentence(scene)]
    alone = 0
    for shape in scene.shapes:
        if shape.relation:
            continue
        alone += 1
        sentences.append(_sentence(shape, alone))
    number = len(scene.shapes)
    sentences.append(
        as_marked(f"Overall, this is a simple picture with {NUMBERS[number]} object{'s' if number > 1 else ''}.")
    )
    return Turn("detailed caption", "caption", question, join(sentences, " ", " "), _facts(scene, detailed=True))


def _sentence(shape: Shape, number: int) -> Marked:
    """A sentence about a shape and, where it has one, its partner."""
    template = "In the {place}, there is a {shape}" if number % 2 else "In the {place}, you can see a {shape}"
    text = compose(template, place=placed(shape), shape=described(shape, size=True))
    if shape.partner is None:
        return text + "."
    partner = shape.partner
    relation = seen(partner.relation, "relation", partner.region)
    return text + compose(
        " {with_} a {front} {relation} it.",
        with_=seen("with", "relation", partner.region),
        front=described(partner, size=True),
        relation=relation,
    )


def short(rng: random.Random, scene: Scene) -> Turn | None:
    question, answer = rng.choice(SHORT)
    names = [as_marked("a ") + described(s) for s in scene.shapes]
    background = join(backgrounds(scene))
    text = compose(answer, number=number_of(scene.shapes), background=background, list=join(names))
    return Turn("short caption", "caption", question, text, _facts(scene, detailed=False))


def _facts(scene: Scene, detailed: bool) -> Expect:
    facts = [f"{s.size} {s.color} {s.shape}" if detailed else f"{s.color} {s.shape}" for s in scene.shapes]
    if detailed:
        facts = [f"in the {s.position}, | {fact}" for s, fact in zip(scene.shapes, facts)]
    return Expect("facts", (*facts, *scene.backgrounds))
