"""A contact sheet: pictures with marked regions, what the model sees, questions and answers."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from .fonts import font
from .marked import Marked
from .sample import Sample
from .view import letterbox

COLUMN = 620
PICTURE = 300
TEXT = 12
MARK = (225, 60, 0)


def write_sheet(path: Path, samples: Sequence[Sample], columns: int = 3) -> None:
    """Draws the samples in columns; marked words stand in [brackets], their regions are framed."""
    cards = [_card(sample) for sample in samples]
    rows = [cards[at : at + columns] for at in range(0, len(cards), columns)]
    heights = [max(card.height for card in row) for row in rows]
    sheet = Image.new("RGB", (COLUMN * columns, sum(heights)), "white")
    y = 0
    for row, height in zip(rows, heights):
        for k, card in enumerate(row):
            sheet.paste(card, (k * COLUMN, y))
        y += height
    sheet.save(path)


def _card(sample: Sample) -> Image.Image:
    lines = [
        f"{sample.topic} | {sample.picture.kind} | seed {sample.seed} | {sample.picture.image.width}x{sample.picture.image.height}"
    ]
    for turn in sample.turns:
        lines += textwrap.wrap(f"Q ({turn.kind}, {turn.skill}) {turn.question}", 84)
        lines += textwrap.wrap(f"A {_bracketed(turn.answer)}", 84, subsequent_indent="   ")
    card = Image.new("RGB", (COLUMN, PICTURE + 12 + len(lines) * (TEXT + 4) + 10), "white")
    picture = _framed(sample)
    picture.thumbnail((PICTURE, PICTURE), Image.Resampling.LANCZOS)
    card.paste(picture, (4, 4))
    seen = letterbox(sample.picture.image, sample.picture.view.side)
    card.paste(seen.resize((PICTURE, PICTURE), Image.Resampling.NEAREST), (PICTURE + 10, 4))
    draw = ImageDraw.Draw(card)
    face = font("DejaVuSans.ttf", TEXT)
    for k, line in enumerate(lines):
        draw.text((6, PICTURE + 10 + k * (TEXT + 4)), line, fill="black", font=face)
    return card


def _bracketed(answer: Marked) -> str:
    text, at, result = str(answer), 0, ""
    for span in answer.spans():
        result += text[at : span.start] + "[" + text[span.start : span.end] + "]"
        at = span.end
    return result + text[at:]


def _framed(sample: Sample) -> Image.Image:
    picture = sample.picture.image.copy()
    draw = ImageDraw.Draw(picture)
    for turn in sample.turns:
        for span in turn.answer.spans():
            for r in span.regions:
                draw.rectangle([r.x, r.y, r.x + r.w, r.y + r.h], outline=MARK)
    return picture
