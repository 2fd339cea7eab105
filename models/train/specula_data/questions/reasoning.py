"""Questions that need several steps and end with an option: the option's text comes before its letter, "three (B)"."""

from __future__ import annotations

import random
from collections.abc import Sequence

from ..marked import Marked, compose
from ..pictures.diagram import Diagram
from ..pictures.scene import Scene, Shape
from ..pictures.sign import Signs
from ..pictures.table import Grid
from ..pictures.values import Values
from ..sample import Expect, Turn
from ..words import COLORS, NUMBERS, OPTION_LETTERS, SHAPES, counted, plural
from . import charts, diagrams, grids
from .phrases import count_aloud, listing
from .signs import read
from .signs_more import length

ASK = ("Explain your answer.", "Think step by step.", "Explain how you know.")


def with_options(
    rng: random.Random, kind: str, question: str, steps: Marked, answer: str, options: Sequence[str]
) -> Turn:
    """Adds the options to a question and the chosen one to its steps."""
    options = list(options)
    rng.shuffle(options)
    letter = OPTION_LETTERS[options.index(answer)]
    listed = ", ".join(f"{text} ({c})" for text, c in zip(options, OPTION_LETTERS))
    asked = f"{question} Options: {listed}. {rng.choice(ASK)}"
    text = steps + f" So the answer is {answer} ({letter})."
    return Turn(kind, "reasoning", asked, text, Expect("option", (answer, letter)))


def near(rng: random.Random, number: int, highest: int = 999) -> list[int]:
    """Four different numbers around `number`, which is one of them."""
    low = max(0, number - rng.randint(0, 3))
    low = max(0, min(low, highest - 3))
    return list(range(low, low + 4))


def scene_total(rng: random.Random, scene: Scene) -> Turn | None:
    """How many of two shapes, or of two colours, there are together."""
    by_color = rng.random() < 0.4
    pool = list(COLORS) if by_color else list(SHAPES)
    present = list(dict.fromkeys(s.color if by_color else s.shape for s in scene.shapes))
    a = rng.choice(present)
    b = rng.choice([x for x in (present if rng.random() < 0.8 and len(present) > 1 else pool) if x != a])
    first, second = (scene.of_color(a), scene.of_color(b)) if by_color else (scene.of_shape(a), scene.of_shape(b))
    names = [f"{x} object" if by_color else x for x in (a, b)]
    total = len(first) + len(second)
    things = f"{a} and {b} objects" if by_color else f"{plural(a)} and {plural(b)}"
    steps = compose(
        "{list} First, I count the {x}. {one} That makes {n}. Next, I count the {y}. {two} That makes {m}. The sum of {p} and {q} is {sum}.",
        list=listing(scene),
        x=plural(names[0]),
        y=plural(names[1]),
        one=_aloud(first, a, by_color),
        two=_aloud(second, b, by_color),
        n=counted(len(first), names[0]),
        m=counted(len(second), names[1]),
        p=NUMBERS[len(first)],
        q=NUMBERS[len(second)],
        sum=NUMBERS[total],
    )
    options = [NUMBERS[n] for n in near(rng, total, highest=9)]
    return with_options(rng, "scene total", f"How many {things} are there together?", steps, NUMBERS[total], options)


def _aloud(shapes: list[Shape], name: str, by_color: bool) -> Marked:
    return count_aloud(shapes, "object" if by_color else name, name if by_color else "")


def scene_compare(rng: random.Random, scene: Scene) -> Turn | None:
    """Of which of two shapes there are more."""
    present = list(dict.fromkeys(s.shape for s in scene.shapes))
    a = rng.choice(present)
    b = rng.choice([s for s in (present if rng.random() < 0.8 and len(present) > 1 else SHAPES) if s != a])
    first, second = scene.of_shape(a), scene.of_shape(b)
    if len(first) == len(second):
        fact, answer = "The two numbers are the same.", "the same"
    else:
        answer = plural(a if len(first) > len(second) else b)
        many, few = sorted((len(first), len(second)), reverse=True)
        fact = f"{NUMBERS[many].capitalize()} is greater than {NUMBERS[few]}, so there are more {answer}."
    steps = compose(
        "{list} First, I count the {x}. {one} That makes {n}. Next, I count the {y}. {two} That makes {m}. {fact}",
        list=listing(scene),
        x=plural(a),
        y=plural(b),
        one=_aloud(first, a, False),
        two=_aloud(second, b, False),
        n=counted(len(first), a),
        m=counted(len(second), b),
        fact=fact,
    )
    question = f"Of which are there more, {plural(a)} or {plural(b)}?"
    return with_options(rng, "scene compare", question, steps, answer, [plural(a), plural(b), "the same"])


def _numbered(rng: random.Random, turn: Turn | None, kind: str) -> Turn | None:
    """A question whose answer is a number, with options."""
    if turn is None:
        return None
    number = int(turn.expect.values[0])
    return with_options(rng, kind, turn.question, turn.answer, str(number), [str(n) for n in near(rng, number)])


def values_sum(rng: random.Random, values: Values) -> Turn | None:
    return _numbered(rng, charts.total(rng, values), "sum of values")


def values_difference(rng: random.Random, values: Values) -> Turn | None:
    return _numbered(rng, charts.difference(rng, values), "difference of values")


def spread(rng: random.Random, values: Values) -> Turn | None:
    """The highest value minus the lowest, after finding both."""
    if not values.readable:
        return None
    high, low = values.largest(), values.smallest()
    z = high.value - low.value
    steps = compose(
        "The highest value in the {chart} is {x}, which belongs to {a}. The lowest value is {y}, which belongs to {b}. The difference between {p} and {q} is {z}.",
        chart=values.chart,
        x=high.valued(),
        a=high.named(),
        y=low.valued(),
        b=low.named(),
        p=high.value,
        q=low.value,
        z=z,
    )
    question = "What is the difference between the highest and the lowest value?"
    return with_options(rng, "spread", question, steps, str(z), [str(n) for n in near(rng, z)])


def grid_sum(rng: random.Random, grid: Grid) -> Turn | None:
    return _numbered(rng, grids.row_sum(rng, grid), "sum of a row")


def diagram_steps(rng: random.Random, diagram: Diagram) -> Turn | None:
    turn = diagrams.steps(rng, diagram)
    if turn is None:
        return None
    number = NUMBERS.index(turn.expect.values[0])
    return with_options(
        rng,
        "steps with options",
        turn.question,
        turn.answer,
        NUMBERS[number],
        [NUMBERS[n] for n in near(rng, number, highest=9)],
    )


def diagram_end(rng: random.Random, diagram: Diagram) -> Turn | None:
    turn = diagrams.end(rng, diagram)
    if turn is None:
        return None
    letters = [box.letter for box in diagram.boxes][:4]
    letter = turn.expect.values[0]
    if letter not in letters:
        letters[0] = letter
    return with_options(
        rng, "path with options", turn.question, turn.answer, f"box {letter}", [f"box {c}" for c in letters]
    )


def digit_sum(rng: random.Random, signs: Signs) -> Turn | None:
    """The sum of the digits of a number of two digits."""
    found = [(board, line) for board in signs.boards if (line := board.only("number")) and len(line.text) == 2]
    if not found:
        return None
    board, line = rng.choice(found)
    a, b = line.text
    z = int(a) + int(b)
    steps = compose(
        'The number on {sign} is "{text}". Its digits are {a} and {b}. The sum of {a} and {b} is {z}.',
        sign=board.name,
        text=read(line),
        a=a,
        b=b,
        z=z,
    )
    question = f"What is the sum of the digits of the number on {board.name}?"
    return with_options(rng, "digit sum", question, steps, str(z), [str(n) for n in near(rng, z)])


def word_length(rng: random.Random, signs: Signs) -> Turn | None:
    turn = length(rng, signs)
    if turn is None:
        return None
    number = NUMBERS.index(turn.expect.values[0])
    return with_options(
        rng,
        "length with options",
        turn.question,
        turn.answer,
        NUMBERS[number],
        [NUMBERS[n] for n in near(rng, number, highest=9)],
    )
