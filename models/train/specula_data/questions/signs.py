"""Questions about signs: words, numbers, codes, lines, colours, letters."""

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
    return _only(rng, signs, "word", "words", (
        ("What word is written on {sign}?", 'The word written on {sign} is "{text}". The letters are {letters}, and the border of the sign is {border}.'),
        ("Which word can you read on {sign}?", 'On {sign}, I can read the word "{text}". It is written in {letters} letters, and the sign has a {border} border.'),
        ("What word is written on {sign}? Explain how you know.", 'I look at {sign}, which has a {border} border. Inside the border, there is a word in {letters} letters. Read letter by letter, the word is "{text}".'),
        ("Read the word on {sign}.", 'On {sign}, I can read the word "{text}". It is written in {letters} letters, and the sign has a {border} border.'),
    ))  # fmt: skip


def number(rng: random.Random, signs: Signs) -> Turn | None:
    return _only(rng, signs, "number", "numbers", (
        ("What number is shown on {sign}?", 'The number shown on {sign} is "{text}". The digits are {letters}, and the border of the sign is {border}.'),
        ("What number is shown on {sign}? Explain how you know.", 'I look at {sign}, which has a {border} border. Inside the border, there is a number in {letters} digits. Read digit by digit, the number is "{text}".'),
        ("Which number can you read on {sign}?", 'On {sign}, I can read the number "{text}". It is written in {letters} digits, and the sign has a {border} border.'),
    ))  # fmt: skip


def code(rng: random.Random, signs: Signs) -> Turn | None:
    return _only(rng, signs, "code", "letters", (
        ("What code is written on {sign}?", 'The code written on {sign} is "{text}". It is written in {letters}, and the border of the sign is {border}.'),
        ("Read the code on {sign}.", 'The code written on {sign} is "{text}". It is written in {letters}, and the border of the sign is {border}.'),
    ))  # fmt: skip


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
    question = rng.choice(("What does {sign} say?", "Read everything on {sign}.", "What is written on {sign}?")).format(sign=board.name)
    number = len(board.lines)
    parts = [compose('the {nth} line says "{text}"', nth=ORDINALS[k], text=read(line)) for k, line in enumerate(board.lines)]
    count = seen(NUMBERS[number], "count", *(glyph for line in board.lines for glyph in line.glyphs[:1]))
    text = compose("{Sign} has {count} {lines}. {All}.", sign=board.name, count=count, lines="line" if number == 1 else "lines", all=join(parts))
    text = text + compose(" The border of the sign is {border}.", border=bordered(board))
    return Turn("sign text", "words", question, text, Expect("quotes", tuple(line.text for line in board.lines)))


def line(rng: random.Random, signs: Signs) -> Turn | None:
    """One line of several."""
    found = [board for board in signs.boards if len(board.lines) > 1]
    if not found:
        return None
    board = rng.choice(found)
    k = rng.randrange(len(board.lines))
    question, answer = rng.choice((
        ("What is on the {nth} line of {sign}?", 'On the {nth} line of {sign}, you can read "{text}". The letters on the sign are {letters}, and its border is {border}.'),
        ("Read the {nth} line of {sign}.", 'The {nth} line of {sign} says "{text}". It is written in {letters}, and the border around it is {border}.'),
    ))  # fmt: skip
    text = compose(answer, nth=ORDINALS[k], sign=board.name, text=read(board.lines[k]), letters=lettered(board), border=bordered(board))
    return Turn("sign line", "words", question.format(nth=ORDINALS[k], sign=board.name), text, quoted(board.lines[k]))


def border(rng: random.Random, signs: Signs) -> Turn | None:
    return _color(rng, signs, "border", (
        ("What color is the border of {sign}?", "The border of {sign} is {border}. The letters are {letters} on {board}, and the picture has a {background} background."),
        ("Which color does the border of {sign} have?", "The border of {sign} is {border}. The letters are {letters} on {board}, and the picture has a {background} background."),
    ))  # fmt: skip


def letters(rng: random.Random, signs: Signs) -> Turn | None:
    return _color(rng, signs, "letters", (
        ("What color is the text on {sign}?", "The text on {sign} is {letters}. It stands on {board}, and the border around it is {border}."),
        ("In which color is the text on {sign} written?", "The text on {sign} is written in {letters}. It stands on {board}, and the sign has a {border} border."),
    ))  # fmt: skip


def _color(rng: random.Random, signs: Signs, part: str, phrases: tuple[tuple[str, str], ...]) -> Turn:
    board = rng.choice(signs.boards)
    question, answer = rng.choice(phrases)
    text = compose(
        answer, sign=board.name, border=bordered(board), letters=lettered(board),
        board=seen(board.board, "color", board.region), background=seen(signs.background, "background", *signs.corners),
    )  # fmt: skip
    return Turn(f"sign {part}", "color", question.format(sign=board.name), text, Expect("first", (getattr(board, part),), "any color"))


def length(rng: random.Random, signs: Signs) -> Turn | None:
    """How many letters a word has, spelled aloud."""
    found = [(board, one) for board in signs.boards if (one := board.only("word"))]
    if not found:
        return None
    board, one = rng.choice(found)
    question = rng.choice(("How many letters does the word on {sign} have?", "Count the letters of the word on {sign}."))
    aloud = join([f'"{c}" is number {NUMBERS[k]}' for k, c in enumerate(one.text, start=1)])
    text = compose('The word on {sign} is "{text}". Letter by letter, {aloud}. So the word has {number} letters.',
                   sign=board.name, text=read(one), aloud=aloud, number=NUMBERS[len(one.text)])  # fmt: skip
    return Turn("word length", "count", question.format(sign=board.name), text, Expect("last", (NUMBERS[len(one.text)],), "number"))


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
    text = compose('The number on {sign} is "{text}", and {value} is {fact} than {other}. So the answer is {end}.',
                   sign=board.name, text=read(one), value=value, fact=fact, other=other, end="yes" if right else "no")  # fmt: skip
    question = f"Is the number on {board.name} {asked} than {other}?"
    return Turn("sign compare", "comparison", question, text, Expect("last", ("yes" if right else "no",), "yes or no"))


def caption(rng: random.Random, signs: Signs) -> Turn | None:
    """A description of a picture with signs."""
    question = rng.choice(("Describe the image in detail.", "Please describe this picture in detail.", "Describe everything that you can see in the picture."))
    number = len(signs.boards)
    text = compose(
        "The picture shows {count} on a {background} background.",
        count=seen(NUMBERS[number], "count", *(b.region for b in signs.boards)) + (" sign" if number == 1 else " signs"),
        background=seen(signs.background, "background", *signs.corners),
    )  # fmt: skip
    for k, board in enumerate(signs.boards):
        name = board.name
        if k == 0 and board.place:
            name = seen(board.place, "position", board.region)
            name = compose("the {place} sign", place=name)
        lines = join([compose('"{text}"', text=read(one)) for one in board.lines])
        text = text + compose(
            " {Name} has a {border} border and says {lines}, in {letters} on {board}.", name=name, border=bordered(board), lines=lines,
            letters=lettered(board), board=seen(board.board, "color", board.region),
        )  # fmt: skip
    facts = [f'"{line.text}"' for board in signs.boards for line in board.lines] + [b.border for b in signs.boards] + [signs.background]
    return Turn("sign caption", "caption", question, text, Expect("facts", tuple(facts)))


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
        a=a.name, b=b.name, x=read(a.lines[0]), y=read(b.lines[0]), top=max(x, y), low=min(x, y), winner=winner.name,
    )  # fmt: skip
    return Turn("larger number", "comparison", f"Which number is larger, the one on {a.name} or the one on {b.name}?", text,
                Expect("last", (winner.place,), "place"))  # fmt: skip
