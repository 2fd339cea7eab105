"""Questions that read signs: words, numbers, codes, lines."""

from __future__ import annotations

import random

from ..marked import Marked, compose, join, seen, spelled
from ..pictures.sign import Board, Line, Signs
from ..sample import Expect, Turn
from ..words import NUMBERS, ORDINALS


def read(line: Line) -> Marked:
    """The line, character by character."""
    return spelled(line.text, {"word": "word", "number": "number"}.get(line.kind, "word"), line.glyphs)


def bordered(board: Board) -> Marked:
    return seen(board.border, "color", board.border_region)


def lettered(board: Board) -> Marked:
    """The colour of the letters, marked."""
    return seen(board.letters, "color", *(glyph for line in board.lines for glyph in line.glyphs))


def quoted(line: Line) -> Expect:
    return Expect("quotes", (line.text,))


def word(rng: random.Random, signs: Signs) -> Turn | None:
    return _only(
        rng,
        signs,
        "word",
        "words",
        (
            (
                "What word is written on {sign}?",
                'The word written on {sign} is "{text}". The letters are {letters}, and the border of the sign is {border}.',
            ),
            (
                "Which word can you read on {sign}?",
                'On {sign}, I can read the word "{text}". It is written in {letters} letters, and the sign has a {border} border.',
            ),
            (
                "What word is written on {sign}? Explain how you know.",
                'I look at {sign}, which has a {border} border. Inside the border, there is a word in {letters} letters. Read letter by letter, the word is "{text}".',
            ),
            (
                "Read the word on {sign}.",
                'On {sign}, I can read the word "{text}". It is written in {letters} letters, and the sign has a {border} border.',
            ),
        ),
    )


def number(rng: random.Random, signs: Signs) -> Turn | None:
    return _only(
        rng,
        signs,
        "number",
        "numbers",
        (
            (
                "What number is shown on {sign}?",
                'The number shown on {sign} is "{text}". The digits are {letters}, and the border of the sign is {border}.',
            ),
            (
                "What number is shown on {sign}? Explain how you know.",
                'I look at {sign}, which has a {border} border. Inside the border, there is a number in {letters} digits. Read digit by digit, the number is "{text}".',
            ),
            (
                "Which number can you read on {sign}?",
                'On {sign}, I can read the number "{text}". It is written in {letters} digits, and the sign has a {border} border.',
            ),
        ),
    )


def code(rng: random.Random, signs: Signs) -> Turn | None:
    return _only(
        rng,
        signs,
        "code",
        "letters",
        (
            (
                "What code is written on {sign}?",
                'The code written on {sign} is "{text}". It is written in {letters}, and the border of the sign is {border}.',
            ),
            (
                "Read the code on {sign}.",
                'The code written on {sign} is "{text}". It is written in {letters}, and the border of the sign is {border}.',
            ),
        ),
    )


def _only(rng: random.Random, signs: Signs, kind: str, skill: str, phrases: tuple[tuple[str, str], ...]) -> Turn | None:
    found = [(board, line) for board in signs.boards if (line := board.only(kind))]
    if not found:
        return None
    board, line = rng.choice(found)
    question, answer = rng.choice(phrases)
    text = compose(answer, sign=board.name, text=read(line), letters=lettered(board), border=bordered(board))
    return Turn(f"sign {kind}", skill, question.format(sign=board.name), text, quoted(line))


def says(rng: random.Random, signs: Signs) -> Turn | None:
    """Everything on a sign, line by line."""
    board = rng.choice(signs.boards)
    question = rng.choice(("What does {sign} say?", "Read everything on {sign}.", "What is written on {sign}?")).format(
        sign=board.name
    )
    number = len(board.lines)
    parts = [
        compose('the {nth} line says "{text}"', nth=ORDINALS[k], text=read(line)) for k, line in enumerate(board.lines)
    ]
    count = seen(NUMBERS[number], "count", *(glyph for line in board.lines for glyph in line.glyphs[:1]))
    text = compose(
        "{Sign} has {count} {lines}. {All}.",
        sign=board.name,
        count=count,
        lines="line" if number == 1 else "lines",
        all=join(parts),
    )
    text = text + compose(" The border of the sign is {border}.", border=bordered(board))
    return Turn("sign text", "words", question, text, Expect("quotes", tuple(line.text for line in board.lines)))


def line(rng: random.Random, signs: Signs) -> Turn | None:
    """One line of several."""
    found = [board for board in signs.boards if len(board.lines) > 1]
    if not found:
        return None
    board = rng.choice(found)
    k = rng.randrange(len(board.lines))
    question, answer = rng.choice(
        (
            (
                "What is on the {nth} line of {sign}?",
                'On the {nth} line of {sign}, you can read "{text}". The letters on the sign are {letters}, and its border is {border}.',
            ),
            (
                "Read the {nth} line of {sign}.",
                'The {nth} line of {sign} says "{text}". It is written in {letters}, and the border around it is {border}.',
            ),
        )
    )
    text = compose(
        answer,
        nth=ORDINALS[k],
        sign=board.name,
        text=read(board.lines[k]),
        letters=lettered(board),
        border=bordered(board),
    )
    return Turn("sign line", "words", question.format(nth=ORDINALS[k], sign=board.name), text, quoted(board.lines[k]))
