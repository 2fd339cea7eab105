"""Questions about boxes joined by arrows."""

from __future__ import annotations

import random

from ..marked import Marked, compose, in_turn, join, seen
from ..pictures.diagram import Diagram
from ..sample import Expect, Turn
from ..words import NUMBERS


def number_of_boxes(diagram: Diagram) -> Marked:
    return seen(NUMBERS[len(diagram.boxes)], "count", *(box.region for box in diagram.boxes))


def path(diagram: Diagram, start: int = 0, end: int | None = None, known: bool = False) -> Marked:
    """ "from A to B and from B to C": letters marked the first time; the first one not when `known`."""
    end = len(diagram.boxes) - 1 if end is None else end
    parts = []
    for k in range(start, end):
        first = diagram.boxes[k].lettered() if k == start and not known else diagram.boxes[k].letter
        parts.append(compose("from {a} to {b}", a=first, b=diagram.after(k)))
    return join(parts)


def after(rng: random.Random, diagram: Diagram) -> Turn | None:
    k = rng.randrange(len(diagram.boxes) - 1)
    letter = diagram.boxes[k].letter
    question, answer = rng.choice(
        (
            (
                "Where does the arrow from box {a} lead?",
                "The arrow from box {a} leads to box {b}. That box is {color}, and the diagram has {number} boxes in all.",
            ),
            (
                "Which box comes after box {a}?",
                "After box {a} comes box {b}, which is {color}. The diagram has {number} boxes in all.",
            ),
        )
    )
    text = compose(
        answer, a=letter, b=diagram.after(k), color=diagram.boxes[k + 1].colored(), number=number_of_boxes(diagram)
    )
    return Turn(
        "next box",
        "diagram",
        question.format(a=letter),
        text,
        Expect("first", (diagram.boxes[k + 1].letter,), "letter"),
    )


def before(rng: random.Random, diagram: Diagram) -> Turn | None:
    k = rng.randrange(1, len(diagram.boxes))
    letter, earlier = diagram.boxes[k].letter, diagram.boxes[k - 1]
    question, answer = rng.choice(
        (
            (
                "From which box does an arrow lead to box {b}?",
                "An arrow leads from box {a} to box {b}. Box {c} is {color}, and the diagram has {number} boxes in all.",
            ),
            (
                "Which box comes just before box {b}?",
                "Just before box {b} comes box {a}, which is {color}. The diagram has {number} boxes in all.",
            ),
        )
    )
    found = seen(earlier.letter, "letter", earlier.glyph, diagram.arrows[k - 1])
    text = compose(
        answer, a=found, b=letter, c=earlier.letter, color=earlier.colored(), number=number_of_boxes(diagram)
    )
    return Turn("box before", "diagram", question.format(b=letter), text, Expect("first", (earlier.letter,), "letter"))


def end(rng: random.Random, diagram: Diagram) -> Turn | None:
    """Where the path begins or ends, after following it."""
    last = rng.random() < 0.5
    box = diagram.boxes[-1 if last else 0]
    question = rng.choice(
        ("Where does the path end?", "Which box is the last one of the path?")
        if last
        else ("Where does the path begin?", "Which box is the first one of the path?")
    )
    finish = f"So the path {'ends' if last else 'begins'} at box {box.letter}."
    text = compose("The arrows lead {path}. {finish}", path=path(diagram), finish=finish)
    return Turn(
        "path end" if last else "path begin", "diagram", question, text, Expect("last", (box.letter,), "letter")
    )


def box_color(rng: random.Random, diagram: Diagram) -> Turn | None:
    box = rng.choice(diagram.boxes)
    question = rng.choice((f"What color is box {box.letter}?", f"Which color does box {box.letter} have?"))
    text = compose(
        "Box {a} in the diagram is {color}. The diagram has {number} boxes, and each of them has its own color.",
        a=box.letter,
        color=box.colored(),
        number=number_of_boxes(diagram),
    )
    return Turn("box color", "color", question, text, Expect("first", (box.color,), "color"))


def box_letter(rng: random.Random, diagram: Diagram) -> Turn | None:
    box = rng.choice(diagram.boxes)
    question = rng.choice((f"Which letter is in the {box.color} box?", f"Read the letter in the {box.color} box."))
    text = compose(
        "The letter in the {color} box is {a}. The diagram has {number} boxes with one letter each.",
        a=box.lettered(),
        color=box.color,
        number=number_of_boxes(diagram),
    )
    return Turn("box letter", "letters", question, text, Expect("first", (box.letter,), "letter"))


def describe(rng: random.Random, diagram: Diagram) -> Turn | None:
    question = rng.choice(("Describe the diagram.", "What does the diagram show?", "Follow the arrows of the diagram."))
    boxes = join([compose("{letter} is {color}", letter=box.letter, color=box.colored()) for box in diagram.boxes])
    text = compose(
        "The diagram shows {number} boxes. The arrows lead {path}. Box {boxes}.",
        number=number_of_boxes(diagram),
        path=path(diagram),
        boxes=boxes,
    )
    facts = [f"from {a.letter} to {b.letter}" for a, b in zip(diagram.boxes, diagram.boxes[1:])]
    return Turn(
        "describe diagram", "diagram", question, text, Expect("facts", (*facts, *(box.color for box in diagram.boxes)))
    )


def steps(rng: random.Random, diagram: Diagram) -> Turn | None:
    """How many arrows lead from one box to another, counted aloud."""
    a = rng.randrange(len(diagram.boxes) - 1)
    b = rng.randrange(a + 1, len(diagram.boxes))
    first, last = diagram.boxes[a].letter, diagram.boxes[b].letter
    question = rng.choice(
        (
            f"How many arrows lead from box {first} to box {last}?",
            f"How many steps is it from box {first} to box {last}?",
        )
    )
    parts = [
        compose("from {x} to {y} is number {n}", x=diagram.boxes[k].letter, y=diagram.after(k), n=NUMBERS[k - a + 1])
        for k in range(a, b)
    ]
    noun = "arrow" if b - a == 1 else "arrows"
    if "steps" in question:
        noun = "step" if b - a == 1 else "steps"
    text = compose(
        "I follow the arrows: {list}. So it is {count} {noun} from box {x} to box {y}.",
        list=in_turn(parts),
        count=NUMBERS[b - a],
        noun=noun,
        x=first,
        y=last,
    )
    return Turn("steps", "count", question, text, Expect("last", (NUMBERS[b - a],), "number"))
