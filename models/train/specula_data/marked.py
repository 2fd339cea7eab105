"""Answer texts that know which of their words need the picture, and where in the picture to look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from string import Formatter

from .view import Rect


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `regions` is empty for words that follow from the question or from earlier text."""

    text: str
    regions: tuple[Rect, ...] = ()
    about: str = ""
    """what the words tell: color, shape, size, position, count, value, word, number, letter, background, relation, existence"""
    spelled: bool = False
    """one region for each character instead of regions of the whole"""


@dataclass(frozen=True)
class Span:
    """A marked word of an answer: characters `start` to `end` of the text."""

    start: int
    end: int
    text: str
    about: str
    regions: tuple[Rect, ...]
    spelled: bool


@dataclass(frozen=True)
class Marked:
    """Text made of pieces."""

    pieces: tuple[Piece, ...]

    def __str__(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    def __add__(self, other: Marked | str) -> Marked:
        return Marked(self.pieces + as_marked(other).pieces)

    def plain(self) -> Marked:
        """The same text without marks: for words said a second time."""
        return Marked((Piece(str(self)),))

    def spans(self) -> list[Span]:
        """The marked words in order, one span per word, without the punctuation around it."""
        spans = []
        at = 0
        for piece in self.pieces:
            if piece.regions:
                for word in re.finditer(r"[^\s\"().,:]+", piece.text):
                    regions = piece.regions[word.start() : word.end()] if piece.spelled else piece.regions
                    spans.append(
                        Span(at + word.start(), at + word.end(), word.group(), piece.about, regions, piece.spelled)
                    )
            at += len(piece.text)
        return spans


def as_marked(text: Marked | str) -> Marked:
    """Text without marks as `Marked`."""
    return text if isinstance(text, Marked) else Marked((Piece(text),))


def seen(text: str | int, about: str, *regions: Rect) -> Marked:
    """Words that need the picture and the regions that show them."""
    if not regions:
        raise ValueError(f'"{text}": a marked word needs a region')
    return Marked((Piece(str(text), regions, about),))


def spelled(text: str, about: str, regions: Sequence[Rect]) -> Marked:
    """A word read character by character: one region per character."""
    if len(regions) != len(text):
        raise ValueError(f'"{text}": {len(regions)} regions for {len(text)} characters')
    return Marked((Piece(text, tuple(regions), about, spelled=True),))


def compose(template: str, **values: Marked | str | int) -> Marked:
    """Fills `{name}` in a template, keeping the marks; `{Name}` is the value of `name` with a capital first letter."""
    result: tuple[Piece, ...] = ()
    for text, name, _, _ in Formatter().parse(template):
        if text:
            result += (Piece(text),)
        if name is None:
            continue
        if name in values:
            value = values[name]
            result += as_marked(value if isinstance(value, Marked) else str(value)).pieces
        else:
            value = values[name[0].lower() + name[1:]]
            first, *rest = as_marked(value if isinstance(value, Marked) else str(value)).pieces
            result += (replace(first, text=first.text[:1].upper() + first.text[1:]), *rest)
    return Marked(result)


def in_turn(parts: Sequence[Marked | str]) -> Marked:
    """ "a, then b, then c": for counting aloud, where no word may tell ahead how many are to come."""
    return join(parts, ", then ", ", then ")


def join(parts: Sequence[Marked | str], comma: str = ", ", last: str = " and ") -> Marked:
    """ "a, b and c"."""
    result = as_marked(parts[0])
    for index, part in enumerate(parts[1:], start=2):
        result = result + (last if index == len(parts) else comma) + part
    return result
