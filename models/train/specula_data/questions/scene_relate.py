"""Questions about where shapes are to each other: beside, above, below, inside, in front of."""

from __future__ import annotations

import random

from ..marked import compose
from ..pictures.scene import IN_FRONT, INSIDE, Scene, Shape
from ..sample import Expect, Turn
from .phrases import described, placed


def beside(rng: random.Random, scene: Scene) -> Turn | None:
    """The only shape left or right of another in its row, or above or below it in its column."""
    found: list[tuple[Shape, str, str, Shape]] = []
    for one in scene.shapes:
        name = scene.name(one)
        if name is None or one.partner is not None:
            continue
        for words, line, test in (
            ("to the left of", "row", lambda s, o: s.row == o.row and s.col < o.col),
            ("to the right of", "row", lambda s, o: s.row == o.row and s.col > o.col),
            ("above", "column", lambda s, o: s.col == o.col and s.row < o.row),
            ("below", "column", lambda s, o: s.col == o.col and s.row > o.row),
        ):
            others = [s for s in scene.shapes if test(s, one)]
            if len(others) == 1 and (others[0].color, others[0].shape) != (one.color, one.shape):
                found.append((others[0], words, line, one))
    if not found:
        return None
    other, words, line, one = rng.choice(found)
    name = scene.name(one)
    in_line = "in the same " + line
    question, answer = rng.choice(
        (
            (
                "What is {words} the {name}, {line}?",
                "{Words} the {name}, {line}, there is a {shape}. You can find it in the {place} of the picture.",
            ),
            (
                "Which object is {words} the {name}, {line}?",
                "The object {words} the {name}, {line}, is a {shape}. It is in the {place} of the picture.",
            ),
        )
    )
    text = compose(
        answer, words=words, name=name or "", line=in_line, shape=described(other, size=True), place=placed(other)
    )
    expect = Expect("first", (f"{other.size} {other.color} {other.shape}",), "sized object")
    return Turn("beside", "relation", question.format(words=words, name=name, line=in_line), text, expect)


def side(rng: random.Random, scene: Scene) -> Turn | None:
    """On which of two sides of another a shape is; they are in different rows or columns of the picture."""
    names = [(s, scene.name(s)) for s in scene.shapes]
    pairs = [(a, m, b, n) for a, m in names for b, n in names if m and n and a.cell != b.cell]
    if not pairs:
        return None
    a, m, b, n = rng.choice(pairs)
    if a.col != b.col and (a.row == b.row or rng.random() < 0.5):
        answer = "to the left of" if a.col < b.col else "to the right of"
        asked = f"Is the {m} to the left or to the right of the {n}?"
    else:
        answer = "above" if a.row < b.row else "below"
        asked = f"Is the {m} above or below the {n}?"
    text = compose(
        "The {m} is in the {at} of the picture, and the {n} is in the {there}. So the {m} is {answer} the {n}.",
        m=m or "",
        n=n or "",
        at=placed(a),
        there=placed(b),
        answer=answer,
    )
    return Turn("side", "relation", asked, text, Expect("last", (answer,), "side"))


def inner(rng: random.Random, scene: Scene) -> Turn | None:
    """What is inside or in front of a shape, or what is around or behind one."""
    pairs = [(s, s.partner) for s in scene.shapes if s.relation and s.partner]
    if not pairs:
        return None
    front, back = rng.choice(pairs)
    asked, known, words = (front, back, front.relation)
    if rng.random() < 0.5:
        asked, known, words = back, front, {INSIDE: "around", IN_FRONT: "behind"}[front.relation]
    name = scene.name(known)
    if name is None:
        return None
    question, answer = rng.choice(
        (
            (
                "What is {words} the {name}?",
                "{Words} the {name}, there is a {shape}. Both are in the {place} of the picture.",
            ),
            (
                "Which object is {words} the {name}?",
                "The object {words} the {name} is a {shape}. You can find them in the {place} of the picture.",
            ),
        )
    )
    text = compose(answer, words=words, name=name, shape=described(asked, size=True), place=placed(known))
    expect = Expect("first", (f"{asked.size} {asked.color} {asked.shape}",), "sized object")
    return Turn(words, "relation", question.format(words=words, name=name), text, expect)


def hidden(rng: random.Random, scene: Scene) -> Turn | None:
    """Which object is partly hidden: only where there is one pair and nothing lies inside something."""
    pairs = [(s, s.partner) for s in scene.shapes if s.relation and s.partner]
    if len(pairs) != 1 or pairs[0][0].relation != IN_FRONT:
        return None
    front, back = pairs[0]
    question, answer = rng.choice(
        (
            (
                "Which object is partly hidden?",
                "The {back} is partly hidden, because there is a {front} in front of it. They are in the {place} of the picture.",
            ),
            (
                "Which object is covered by another one?",
                "The {back} is covered by another object. There is a {front} in front of it, in the {place} of the picture.",
            ),
        )
    )
    text = compose(answer, back=described(back), front=described(front, size=True), place=placed(back))
    return Turn("hidden", "relation", question, text, Expect("first", (f"{back.color} {back.shape}",), "object"))
