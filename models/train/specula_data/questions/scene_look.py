"""Questions that look one thing of a scene up: colour, shape, size, position, what is where, background."""

from __future__ import annotations

import random

from ..marked import compose
from ..pictures.scene import Scene, Shape
from ..sample import Expect, Turn
from .phrases import background_sentence, colored, described, number_of, placed, shaped, sized


def named_shape(rng: random.Random, scene: Scene, without: tuple[str, ...] = ()) -> tuple[Shape, str] | None:
    """A shape that a short name means alone; the name must not hold the words of the `without` attributes."""
    found = []
    for shape in scene.shapes:
        name = scene.name(shape)
        if name is not None and not any(getattr(shape, attribute) in name.split() for attribute in without):
            found.append((shape, name))
    return rng.choice(found) if found else None


def color(rng: random.Random, scene: Scene) -> Turn | None:
    found = named_shape(rng, scene, without=("color",))
    if found is None:
        return None
    shape, name = found
    question, answer = rng.choice(
        (
            (
                "What color is the {name}?",
                "The {name} in the picture is {color}. It is {size}, and you can find it in the {place} of the picture.",
            ),
            (
                "Which color does the {name} have?",
                "The color of the {name} is {color}. You can see it in the {place} of the picture, and it is {size}.",
            ),
            (
                "Tell me the color of the {name}.",
                "The color of the {name} is {color}. You can see it in the {place} of the picture, and it is {size}.",
            ),
            (
                "What color is the {name}? Explain how you know.",
                "I look for the {name} in the picture. I find it in the {place}, and it is a {size} one. Its color is {color}. So the answer is {same}.",
            ),
            (
                "Find the {name} and name its color.",
                "The {name} is in the {place} of the picture. Its color is {color}, and it is {size}.",
            ),
        )
    )
    text = compose(answer, name=name, color=colored(shape), size=sized(shape), place=placed(shape), same=shape.color)
    return Turn("color", "color", question.format(name=name), text, Expect("first", (shape.color,), "color"))


def shape(rng: random.Random, scene: Scene) -> Turn | None:
    found = [s for s in scene.shapes if len(scene.of_color(s.color)) == 1]
    if not found:
        return None
    one = rng.choice(found)
    question, answer = rng.choice(
        (
            (
                "What shape is the {color} object?",
                "The {color} object in the picture is a {shape}. It is {size}, and it is in the {place} of the picture.",
            ),
            (
                "What shape is the {color} object? Explain how you know.",
                "I look for something {color} in the picture. I find it in the {place}, and it is {size}. Its shape is a {shape}. So the answer is {same}.",
            ),
            (
                "Which shape does the {color} object have?",
                "The {color} object has the shape of a {shape}. It is {size}, and you can see it in the {place} of the picture.",
            ),
            (
                "One object is {color}. What is it?",
                "The {color} object in the picture is a {shape}. It is {size}, and it is in the {place} of the picture.",
            ),
        )
    )
    text = compose(answer, color=one.color, shape=shaped(one), size=sized(one), place=placed(one), same=one.shape)
    return Turn("shape", "shape", question.format(color=one.color), text, Expect("first", (one.shape,), "shape"))


def size(rng: random.Random, scene: Scene) -> Turn | None:
    found = named_shape(rng, scene, without=("size",))
    if found is None:
        return None
    one, name = found
    question, answer = rng.choice(
        (
            (
                "Is the {name} large or small?",
                "The {name} in the picture is {size}. You can see it in the {place} of the picture, among {number} in all.",
            ),
            (
                "How big is the {name}, large or small?",
                "I compare the two sizes: the {name} is {size}. It is in the {place} of the picture.",
            ),
        )
    )
    if len(scene.shapes) == 1:
        answer = answer.replace(", among {number} in all", "")
    text = compose(answer, name=name, size=sized(one), place=placed(one), number=number_of(scene.shapes))
    return Turn("size", "size", question.format(name=name), text, Expect("last", (one.size,), "size"))


def where(rng: random.Random, scene: Scene) -> Turn | None:
    found = named_shape(rng, scene)
    if found is None:
        return None
    one, name = found
    question, answer = rng.choice(
        (
            (
                "Where is the {name}?",
                "The {name} is located in the {place} of the picture. The picture shows {number} in all.",
            ),
            (
                "In which part of the picture is the {name}?",
                "You can find the {name} in the {place} of the picture. The picture shows {number} in all.",
            ),
            (
                "Where is the {name}? Explain how you know.",
                "The picture shows {number}. I look for the {name} among them, and I find it in the {place} of the picture. So the answer is the {same}.",
            ),
            (
                "Tell me where the {name} is.",
                "You can find the {name} in the {place} of the picture. The picture shows {number} in all.",
            ),
        )
    )
    if len(scene.shapes) == 1 and "{same}" in answer:
        answer = "The picture shows {number}. It is the {name}, and I find it in the {place} of the picture. So the answer is the {same}."
    elif len(scene.shapes) == 1:
        answer = "You can find the {name} in the {place} of the picture. It is the only object in the picture."
    text = compose(answer, same=one.position, name=name, place=placed(one), number=number_of(scene.shapes))
    return Turn("where", "position", question.format(name=name), text, Expect("first", (one.position,), "position"))


def what(rng: random.Random, scene: Scene) -> Turn | None:
    """What is at a place that holds one shape only."""
    cells = [s.cell for s in scene.shapes]
    found = [s for s in scene.shapes if cells.count(s.cell) == 1]
    if not found:
        return None
    one = rng.choice(found)
    question, answer = rng.choice(
        (
            (
                "What is in the {place} of the picture?",
                "There is a {shape} in the {place} of the picture. It is one of {number} that I can see.",
            ),
            (
                "What do you see in the {place}?",
                "In the {place} of the picture, you can see a {shape}. The whole picture has {number}.",
            ),
            (
                "Which object is in the {place} of the picture?",
                "The object in the {place} of the picture is a {shape}. The whole picture has {number}.",
            ),
        )
    )
    if len(scene.shapes) == 1:
        answer = answer.partition(". ")[0] + ". It is the only object in the picture."
    text = compose(answer, place=one.position, shape=described(one, size=True), number=number_of(scene.shapes))
    expect = Expect("first", (f"{one.size} {one.color} {one.shape}",), "sized object")
    return Turn("what", "shape", question.format(place=one.position), text, expect)


def background(rng: random.Random, scene: Scene) -> Turn | None:
    question = rng.choice(
        (
            "What color is the background?",
            "Describe the background of the picture.",
            "Which color does the background have?",
        )
    )
    text = compose(
        "{background} In front of it, I can see {number}.",
        background=background_sentence(scene),
        number=number_of(scene.shapes),
    )
    return Turn("background", "background", question, text, Expect("all", tuple(scene.backgrounds), "background"))
