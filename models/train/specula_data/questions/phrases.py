"""Sentences about scenes that several questions share."""

from __future__ import annotations

from collections.abc import Sequence

from ..marked import Marked, as_marked, compose, in_turn, join, seen
from ..pictures.scene import Scene, Shape
from ..words import NUMBERS, are, counted


def colored(shape: Shape) -> Marked:
    return seen(shape.color, "color", shape.region)


def shaped(shape: Shape) -> Marked:
    return seen(shape.shape, "shape", shape.region)


def sized(shape: Shape) -> Marked:
    return seen(shape.size, "size", shape.region)


def placed(shape: Shape) -> Marked:
    """ "top left", marked."""
    return seen(shape.position, "position", shape.region)


def described(shape: Shape, size: bool = False) -> Marked:
    """ "red star" or "large red star", every word marked."""
    words = compose("{color} {shape}", color=colored(shape), shape=shaped(shape))
    return sized(shape) + " " + words if size else words


def number_of(shapes: Sequence[Shape]) -> Marked:
    """ "three objects" with the number marked."""
    number = seen(NUMBERS[len(shapes)], "count", *(s.region for s in shapes))
    return number + (" object" if len(shapes) == 1 else " objects")


def listing(scene: Scene) -> Marked:
    """ "I can see two objects: a red star and a blue circle." """
    parts = [as_marked("a ") + described(s) for s in scene.shapes]
    return compose("I can see {number}: {list}.", number=number_of(scene.shapes), list=join(parts))


def count_aloud(shapes: Sequence[Shape], noun: str, adjective: str = "") -> Marked:
    """ "The red star is number one, then the blue star is number two." Follows from the listing before it."""
    if not shapes:
        return as_marked(f"None of them is a {noun}." if not adjective else f"None of them is {adjective}.")
    parts = [f"the {s.color} {s.shape} is number {NUMBERS[k]}" for k, s in enumerate(shapes, start=1)]
    return compose("{All}.", all=in_turn(parts))


def so_many(number: int, noun: str, where: str = "in the picture") -> str:
    """ "So there are three stars in the picture." """
    return f"So there {are(number)} {counted(number, noun)} {where}."


def backgrounds(scene: Scene) -> list[Marked]:
    """The background colours, marked."""
    return [seen(name, "background", *regions) for name, regions in zip(scene.backgrounds, scene.corners)]


def background_sentence(scene: Scene) -> Marked:
    """ "The background is white." or "The upper half of the background is white and the lower half is gray." """
    colors = backgrounds(scene)
    if not scene.split:
        return compose("The background is {color}.", color=colors[0])
    first, second = ("upper", "lower") if scene.split == "rows" else ("left", "right")
    return compose(
        "The {side} half of the background is {a} and the {other} half is {b}.",
        side=seen(first, "background", scene.corners[0][0], scene.corners[1][0]),
        other=second,
        a=colors[0],
        b=colors[1],
    )
