"""Talks of two to four turns about scenes; later turns refer back ("it", "the other one")."""

from __future__ import annotations

import random

from ..marked import compose, join, seen
from ..pictures.scene import IN_FRONT, Scene
from ..sample import Expect, Turn
from ..words import NUMBERS, plural
from . import scene_count
from .phrases import background_sentence, colored, count_aloud, described, listing, placed, shaped, sized


def one_object(rng: random.Random, scene: Scene) -> list[Turn] | None:
    """A place, then the object there, its size, others like it."""
    cells = [s.cell for s in scene.shapes]
    found = [s for s in scene.shapes if cells.count(s.cell) == 1]
    if not found:
        return None
    one = rng.choice(found)
    name = f"{one.color} {one.shape}"
    first = Turn(
        "talk place",
        "shape",
        f"Look at the {one.position} of the picture. What is there?",
        compose(
            "In the {place} of the picture, there is one object. It is a {shape}.",
            shape=described(one),
            place=one.position,
        ),
        Expect("first", (name,), "object"),
    )
    second = Turn(
        "talk it size",
        "size",
        rng.choice(("Is it large or small?", "How big is it, large or small?")),
        compose(
            "The {name} in the {place} of the picture is {size}. That is the size of this object.",
            name=name,
            place=one.position,
            size=sized(one),
        ),
        Expect("first", (one.size,), "size"),
    )
    same = [s for s in scene.of_color(one.color) if s is not one]
    if same:
        others = join([compose("a {shape} in the {place}", shape=shaped(s), place=placed(s)) for s in same])
        answer = compose(
            "{yes}, I can see {n} more {color} {objects}: {list}.",
            yes=seen("Yes", "existence", *(s.region for s in same)),
            n=seen(NUMBERS[len(same)], "count", *(s.region for s in same)),
            color=one.color,
            objects="object" if len(same) == 1 else "objects",
            list=others,
        )
    else:
        answer = compose(
            "{no}, the {name} is the only {color} object. There is no other {color} object in the picture.",
            no=seen("No", "existence", *(s.region for s in scene.shapes)),
            name=name,
            color=one.color,
        )
    third = Turn(
        "talk same color",
        "existence",
        "Is there anything else of the same color?",
        answer,
        Expect("first", ("yes" if same else "no",), "yes or no"),
    )
    fourth = Turn(
        "talk behind all",
        "background",
        "And what is the background like?",
        background_sentence(scene) + " It has nothing else on it, only the objects.",
        Expect("all", tuple(scene.backgrounds), "background"),
    )
    return [first, second, third, fourth]


def two_alike(rng: random.Random, scene: Scene) -> list[Turn] | None:
    """Two of one shape in different colours: "the red one", "the other one"."""
    found = [
        pair
        for shape in dict.fromkeys(s.shape for s in scene.shapes)
        if len(pair := scene.of_shape(shape)) == 2 and pair[0].color != pair[1].color
    ]
    if not found:
        return None
    a, b = rng.choice(found)
    things = plural(a.shape)
    first = Turn(
        "talk two colors",
        "color",
        f"There are two {things} in the picture. What colors are they?",
        compose(
            "I can see both of them. One of the {things} is {a} and the other one is {b}.",
            things=things,
            a=colored(a),
            b=colored(b),
        ),
        Expect("set", (a.color, b.color), "color"),
    )
    one, other = (a, b) if rng.random() < 0.5 else (b, a)
    second = Turn(
        "talk that one",
        "position",
        f"Where is the {one.color} one?",
        compose(
            "The {color} {shape} is in the {place} of the picture. It is one of the two that we talk about.",
            color=one.color,
            shape=one.shape,
            place=placed(one),
        ),
        Expect("first", (one.position,), "position"),
    )
    third = Turn(
        "talk the other",
        "position",
        rng.choice(("And the other one?", "Where is the other one?")),
        compose(
            "The other one, the {color} {shape}, is in the {place} of the picture.",
            color=other.color,
            shape=other.shape,
            place=placed(other),
        ),
        Expect("first", (other.position,), "position"),
    )
    sizes = (
        "I compare the two {things}. {both} of them are {x}."
        if one.size == other.size
        else "I compare the two {things}. The {c} {shape} is {x}, and the {d} {shape} is {y}."
    )
    fourth = Turn(
        "talk both sizes",
        "size",
        "Are they large or small?",
        compose(
            sizes,
            both=seen("Both", "size", a.region, b.region),
            things=things,
            c=one.color,
            d=other.color,
            shape=one.shape,
            x=sized(one),
            y=sized(other),
        ),
        Expect("all", (one.size,) if one.size == other.size else (one.size, other.size), "size"),
    )
    return [first, second, third, fourth]


def overlapping(rng: random.Random, scene: Scene) -> list[Turn] | None:
    """What is inside or in front of something, and where the two are."""
    pairs = [(s, s.partner) for s in scene.shapes if s.relation and s.partner]
    named = [(front, back, scene.name(back)) for front, back in pairs if scene.name(back)]
    if not named:
        return None
    front, back, name = rng.choice(named)
    first = Turn(
        "talk " + front.relation,
        "relation",
        f"Look at the {name}. What is {front.relation} it?",
        compose(
            "There is another object {words} the {name}. It is a {front}.",
            front=described(front),
            words=front.relation,
            name=name or "",
        ),
        Expect("first", (f"{front.color} {front.shape}",), "object"),
    )
    second = Turn(
        "talk where it is",
        "position",
        "Where in the picture are the two?",
        compose(
            "Both objects, the {name} and the {front}, are in the {place} of the picture.",
            name=name or "",
            front=f"{front.color} {front.shape}",
            place=placed(back),
        ),
        Expect("first", (back.position,), "position"),
    )
    covers = front.relation == IN_FRONT
    third = Turn(
        "talk over the edge",
        "relation",
        f"Does the {front.shape} reach over the edge of the other one?",
        compose(
            "Yes, the {front} reaches over the edge of the {name} and hides a part of it."
            if covers
            else "No, the {front} lies fully inside the {name} and does not reach its edge.",
            name=name or "",
            front=f"{front.color} {front.shape}",
        ),
        Expect("first", ("yes" if covers else "no",), "yes or no"),
    )
    return [first, second, third, _count_all(rng, scene)]


def _count_all(rng: random.Random, scene: Scene) -> Turn:
    turn = scene_count.count(rng, scene)
    if turn is None:
        raise RuntimeError("every scene can be counted")
    return turn


def counting(rng: random.Random, scene: Scene) -> list[Turn] | None:
    """A listing, then questions that it already answers, then one that needs the picture again."""
    shapes = list(dict.fromkeys(s.shape for s in scene.shapes))
    if len(shapes) < 2:
        return None
    noun, other = rng.sample(shapes, 2)
    turns = [
        Turn(
            "talk list",
            "count",
            rng.choice(("What objects are in the picture?", "Name all objects in the picture.")),
            listing(scene),
            Expect("facts", tuple(f"{s.color} {s.shape}" for s in scene.shapes)),
        )
    ]
    for question, kind in (
        (f"How many of them are {plural(noun)}?", noun),
        (f"And how many are {plural(other)}?", other),
    ):
        found = scene.of_shape(kind)
        aloud = count_aloud(found, kind)
        so = f"So {NUMBERS[len(found)]} of them {'is a ' + kind if len(found) == 1 else 'are ' + plural(kind)}."
        turns.append(
            Turn("talk how many", "count", question, aloud + " " + so, Expect("last", (NUMBERS[len(found)],), "number"))
        )
    last = scene.shapes[-1]
    turns.append(
        Turn(
            "talk last one",
            "position",
            "Where is the last one of your list?",
            compose(
                "The last one of the list, the {color} {shape}, is in the {place} of the picture.",
                color=last.color,
                shape=last.shape,
                place=placed(last),
            ),
            Expect("first", (last.position,), "position"),
        )
    )
    return turns
