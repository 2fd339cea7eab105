"""The words that answers are made of: for a tokenizer that keeps every one of them whole."""

from __future__ import annotations

from .words import (
    BACKGROUNDS,
    COLORS,
    ITEMS,
    LABELS,
    NUMBERS,
    ORDINALS,
    POSITIONS,
    SHAPES,
    SIGN_WORDS,
    SIZES,
    TITLES,
    plural,
)

TEMPLATE_WORDS = tuple(
    """
    Above After An Around At Bar Behind Below Both Box Clockwise Column For From In Inside It Its Just Letter
    Looking Next No None Of On Overall Read So That The There They This To Yes You about above after all always
    among and another answer are around arrow arrows as at background bar bars because before begins behind belongs
    below between border both box boxes by can changes chart code color column columns comes compare count covered
    diagram difference digit digits does down drawn each edge else ends falls find follow for from front fully
    goes greater half has hidden hides higher highest image in inside is it its just larger largest last lead leads
    letter letters lies line lines list located look lower lowest makes more next no not nothing number numbers
    object objects of on only order other over own part partly path percent picture pie point reach reached reaches
    read rises row rows same says see shape shapes share shown shows sign signs simple size sizes slice slices
    smaller smallest so something stands starts step steps sum table take talk text than that the them then there they
    this title to too up upper value values way we where which whole with word written yes you
    """.split()
)
"""Words of the sentences around class words. A test compares them with generated answers, both ways."""

START_WORDS = ("One", "Two", "Three", "Four", "Five", "Six", "Seven", "First")
"""Class words that begin a sentence."""


def answer_words() -> list[str]:
    """Every word of answers outside quotation marks, sorted; digits and single letters are in `spelled_words`."""
    words = {
        *TEMPLATE_WORDS,
        *START_WORDS,
        *COLORS,
        *BACKGROUNDS,
        *SHAPES,
        *map(plural, SHAPES),
        *SIZES,
        *NUMBERS,
        *ORDINALS,
        *ITEMS,
    }
    for position in POSITIONS:
        words.update(position.split())
    return sorted(words)


def spelled_words() -> list[str]:
    """What is read character by character, in quotation marks or as a number or a label; signs also write it in small letters."""
    return sorted({*SIGN_WORDS, *TITLES, *LABELS, *"0123456789"})
