"""The word classes by which answers are judged: one table for this judge and, written into data sets, for the app's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .sample import SKILLS
from .words import BACKGROUNDS, COLORS, ITEMS, LABELS, NUMBERS, POSITIONS, SHAPES, SIZES

Words = tuple[str, ...]


@dataclass(frozen=True)
class WordClass:
    """Phrases of one word from each of `parts`, with a space between them.

    cased: large and small letters differ; digits: every number in digits belongs to the class too.
    """

    parts: tuple[Words, ...]
    cased: bool = False
    digits: bool = False

    def pattern(self) -> re.Pattern[str]:
        """Finds the phrases as whole words. ASCII rules alone decide what a word is, so that every language finds the same."""
        either = [f"(?:{'|'.join(map(re.escape, words))})" for words in self.parts]
        phrase = " ".join(either)
        return re.compile(
            rf"\b(?:\d+|{phrase})\b" if self.digits else rf"\b{phrase}\b",
            re.ASCII if self.cased else re.ASCII | re.IGNORECASE,
        )


def _class(*parts: Iterable[str], cased: bool = False, digits: bool = False) -> WordClass:
    # Longer ones first: a phrase is not taken for the shorter one that it begins with.
    return WordClass(tuple(tuple(sorted(words, key=len, reverse=True)) for words in parts), cased, digits)


CLASSES: dict[str, WordClass] = {
    "color": _class(COLORS),
    "any color": _class([*COLORS, *BACKGROUNDS]),
    "background": _class(BACKGROUNDS),
    "shape": _class(SHAPES),
    "size": _class(SIZES),
    "position": _class(POSITIONS),
    "number": _class(NUMBERS, digits=True),
    "yes or no": _class(["yes", "no"]),
    "letter": _class(LABELS, cased=True),
    "item": _class(ITEMS, cased=True),
    "object": _class(COLORS, SHAPES),
    "sized object": _class(SIZES, COLORS, SHAPES),
    "side": _class(["to the left of", "to the right of", "above", "below"]),
    "trend": _class(["rises", "falls", "changes"]),
    "place": _class(["left", "right", "upper", "lower"]),
}
"""By the name that `Expect.domain` gives."""

DIGITS: dict[str, str] = {word: str(number) for number, word in enumerate(NUMBERS)}
"""Number words in digits."""

WHOLE_OBJECTS: Words = ("caption", "count")
"""Skills whose listed facts name every object: an answer with more objects is wrong."""


def classes_file() -> dict[str, Any]:
    """What `classes.json` of a data set holds: all that a judge needs besides the answers' `expect`."""
    return {
        "version": 1,
        "skills": list(SKILLS),
        "wholeObjects": list(WHOLE_OBJECTS),
        "digits": DIGITS,
        "classes": {
            name: {"parts": [list(words) for words in found.parts], "cased": found.cased, "digits": found.digits}
            for name, found in CLASSES.items()
        },
    }
