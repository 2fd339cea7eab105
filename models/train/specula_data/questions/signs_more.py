"""Questions about signs that go beyond reading: colours, letters counted, numbers compared, whole pictures described."""

from __future__ import annotations

import random

from ..marked import compose, in_turn, join, seen
from ..pictures.sign import Signs
from ..sample import Expect, Turn
from ..words import NUMBERS
from .signs import bordered, lettered, read


def border(rng: random.Random, signs: Signs) -> Turn | None:
    return _color(
        rng,
        signs,
        "border",
        (
            (
                "What color is the border of {sign}?",
                "The border of {sign} is {border}. The letters are {letters} on {board}, and the picture has a {background} background.",
            ),
            (
                "Which color does the border of {sign} have?",
                "The border of {sign} is {border}. The letters are {letters} on {board}, and the picture has a {background} background.",
            ),
        ),
    )


def letters(rng: random.Random, signs: Signs) -> Turn | None:
    return _color(
        rng,
        signs,
        "letters",
        (
            (
                "What color is the text on {sign}?",
                "The text on {sign} is {letters}. It stands on {board}, and the border around it is {border}.",
            ),
            (
                "In which color is the text on {sign} written?",
                "The text on {sign} is written in {letters}. It stands on {board}, and the sign has a {border} border.",
            ),
        ),
    )


def _color(rng: random.Random, signs: Signs, part: str, phrases: tuple[tuple[str, str], ...]) -> Turn:
    board = rng.choice(signs.boards)
    question, answer = rng.choice(phrases)
    text = compose(
        answer,
        sign=board.name,
        border=bordered(board),
        letters=lettered(board),
        board=seen(board.board, "color", board.region),
        background=seen(signs.background, "background", *signs.corners),
    )
    return Turn(
        f"sign {part}",
        "color",
        question.format(sign=board.name),
        text,
        Expect("first", (getattr(board, part),), "any color"),
    )


def length(rng: random.Random, signs: Signs) -> Turn | None:
    """How many letters a word has, spelled aloud."""
    found = [(board, one) for board in signs.boards if (one := board.only("word"))]
    if not found:
        return None
    board, one = rng.choice(found)
    question = rng.choice(
        ("How many letters does the word on {sign} have?", "Count the letters of the word on {sign}.")
    )
    aloud = in_turn([f'"{c}" is number {NUMBERS[k]}' for k, c in enumerate(one.text, start=1)])
    text = compose(
        'The word on {sign} is "{text}". Letter by letter, {aloud}. So the word has {number} letters.',
        sign=board.name,
        text=read(one),
        aloud=aloud,
        number=NUMBERS[len(one.text)],
    )
    return Turn(
        "word length",
        "count",
        question.format(sign=board.name),
        text,
        Expect("last", (NUMBERS[len(one.text)],), "number"),
    )


def compare(rng: random.Random, signs: Signs) -> Turn | None:
    """Whether the number is greater than another one."""
    found = [(board, one) for board in signs.boards if (one := board.only("number"))]
    if not found:
        return None
    board, one = rng.choice(found)
    value = int(one.text)
    other = value
    while other == value or other < 10:
        other = rng.choice([rng.randint(10, 10 ** len(one.text)), value + rng.randint(-20, 20)])
    asked, greater = rng.choice((("greater", True), ("smaller", False)))
    right = (value > other) == greater
    fact = "greater" if value > other else "smaller"
    text = compose(
        'The number on {sign} is "{text}", and {value} is {fact} than {other}. So the answer is {end}.',
        sign=board.name,
        text=read(one),
        value=value,
        fact=fact,
        other=other,
        end="yes" if right else "no",
    )
    question = f"Is the number on {board.name} {asked} than {other}?"
    return Turn("sign compare", "comparison", question, text, Expect("last", ("yes" if right else "no",), "yes or no"))


def larger(rng: random.Random, signs: Signs) -> Turn | None:
    """Which of two signs shows the larger number."""
    if len(signs.boards) != 2:
        return None
    a, b = signs.boards
    if a.lines[0].kind != "number" or b.lines[0].kind != "number":
        return None
    x, y = int(a.lines[0].text), int(b.lines[0].text)
    if x == y:
        return None
    winner = a if x > y else b
    text = compose(
        'The number on {a} is "{x}", and the number on {b} is "{y}". {top} is greater than {low}. So {winner} shows the larger number.',
        a=a.name,
        b=b.name,
        x=read(a.lines[0]),
        y=read(b.lines[0]),
        top=max(x, y),
        low=min(x, y),
        winner=winner.name,
    )
    return Turn(
        "larger number",
        "comparison",
        f"Which number is larger, the one on {a.name} or the one on {b.name}?",
        text,
        Expect("last", (winner.place,), "place"),
    )


def caption(rng: random.Random, signs: Signs) -> Turn | None:
    """A description of a picture with signs."""
    question = rng.choice(
        (
            "Describe the image in detail.",
            "Please describe this picture in detail.",
            "Describe everything that you can see in the picture.",
        )
    )
    number = len(signs.boards)
    text = compose(
        "The picture shows {count} on a {background} background.",
        count=seen(NUMBERS[number], "count", *(b.region for b in signs.boards))
        + (" sign" if number == 1 else " signs"),
        background=seen(signs.background, "background", *signs.corners),
    )
    for k, board in enumerate(signs.boards):
        name = board.name
        if k == 0 and board.place:
            name = seen(board.place, "position", board.region)
            name = compose("the {place} sign", place=name)
        lines = join([compose('"{text}"', text=read(one)) for one in board.lines])
        text = text + compose(
            " {Name} has a {border} border and says {lines}, in {letters} on {board}.",
            name=name,
            border=bordered(board),
            lines=lines,
            letters=lettered(board),
            board=seen(board.board, "color", board.region),
        )
    facts = (
        [f'"{line.text}"' for board in signs.boards for line in board.lines]
        + [b.border for b in signs.boards]
        + [signs.background]
    )
    return Turn("sign caption", "caption", question, text, Expect("facts", tuple(facts)))
