"""Talks of two to four turns about signs: "its text", "the other one"."""

from __future__ import annotations

import random

from ..marked import compose, in_turn, join, seen
from ..pictures.sign import Signs
from ..sample import Expect, Turn
from ..words import NUMBERS, capital
from . import signs


def sign(rng: random.Random, facts: Signs) -> list[Turn] | None:
    """What one sign says, its colours, then the other sign."""
    board = facts.boards[0]
    name = board.name
    parts = join([compose('"{text}"', text=signs.read(one)) for one in board.lines])
    turns = [
        Turn(
            "talk sign",
            "words",
            f"Look at {name}. What does it say?",
            compose("The text on {name} is {parts}. I read it line by line.", name=name, parts=parts),
            Expect("quotes", tuple(one.text for one in board.lines)),
        ),
        Turn(
            "talk sign letters",
            "color",
            "What color is its text?",
            compose(
                "The text that we just read is {letters}. It stands on {board}.",
                name=name,
                letters=signs.lettered(board),
                board=seen(board.board, "color", board.region),
            ),
            Expect("first", (board.letters,), "any color"),
        ),
        Turn(
            "talk sign border",
            "color",
            rng.choice(("And its border?", "What about its border?")),
            compose(
                "The border of {name} is {border}, and it goes all the way around it.",
                name=name,
                border=signs.bordered(board),
            ),
            Expect("first", (board.border,), "any color"),
        ),
    ]
    if len(facts.boards) == 2:
        other = facts.boards[1]
        parts = join([compose('"{text}"', text=signs.read(one)) for one in other.lines])
        turns.insert(
            1,
            Turn(
                "talk other sign",
                "words",
                "And what does the other one say?",
                compose(
                    "The text on the other one, {name}, is {parts}. I read it line by line.",
                    name=other.name,
                    parts=parts,
                ),
                Expect("quotes", tuple(one.text for one in other.lines)),
            ),
        )
        turns[2:] = [
            Turn(
                "talk both borders",
                "color",
                "What colors are their borders?",
                compose(
                    "The border of {a} is {x}, and the border of {b} is {y}.",
                    a=name,
                    b=other.name,
                    x=signs.bordered(board),
                    y=signs.bordered(other),
                ),
                Expect("all", (board.border, other.border), "any color"),
            ),
        ]
    elif line := board.only("word"):
        aloud = in_turn([f'"{c}" is number {NUMBERS[k]}' for k, c in enumerate(line.text, start=1)])
        turns.append(
            Turn(
                "talk word length",
                "count",
                "How many letters does the word have?",
                compose("{Aloud}. So the word has {n} letters.", aloud=capital(str(aloud)), n=NUMBERS[len(line.text)]),
                Expect("last", (NUMBERS[len(line.text)],), "number"),
            )
        )
    return turns
