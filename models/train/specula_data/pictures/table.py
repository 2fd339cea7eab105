"""Tables: names with one number each, or names with two lettered columns of digits."""

from __future__ import annotations

import random
from dataclasses import dataclass

from ..canvas import INK, Canvas, jitter, text_width
from ..fonts import PLAIN
from ..marked import Marked, seen
from ..sample import Picture, Thing
from ..view import Rect, View
from ..words import COLORS, FIVES, ITEMS, LABELS
from .bars import EM, chart_canvas, label_things
from .values import Item, Values, about

ROW = 18.0
NAME = 58.0


@dataclass(frozen=True)
class Grid:
    """A table of digits; `cells[row][column]` with its region."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]
    regions: tuple[tuple[Rect, ...], ...]
    row_regions: tuple[Rect, ...]
    head_regions: tuple[Rect, ...]

    def value(self, row: int, column: int) -> Marked:
        """The number in the cell, marked."""
        return seen(self.cells[row][column], "value", self.regions[row][column])


def make_list(rng: random.Random, view: View) -> Picture:
    """A table of three to five rows: a name and a number of one or two digits."""
    face = rng.choice(PLAIN)
    canvas, title, title_glyphs, top = chart_canvas(rng, view, face)
    count = rng.randint(3, min(5, int((canvas.height - top - 3) // ROW)))
    names = _names(rng, view, face, count)
    values = rng.sample(range(2, 21), count) if rng.random() < 0.6 else rng.sample(FIVES, count)
    number = 36.0
    x, y = (canvas.width - NAME - number) / 2, top + (canvas.height - top - count * ROW) / 2
    _frame(canvas, rng, x, y, [NAME, number], count, header=False)
    items = []
    for k, (name, value) in enumerate(zip(names, values)):
        base = y + k * ROW + 13.5
        glyphs = canvas.glyphs(name, x + 3, base, face, EM, INK)
        digits = canvas.glyphs(
            str(value), x + NAME + number - 3 - text_width(str(value), face, EM, view), base, face, EM, INK
        )
        items.append(Item(name, "{core}", "word", tuple(glyphs), value, tuple(digits)))
    facts = Values("table", "row", tuple(items), "from top to bottom", "", title, tuple(title_glyphs))
    things = label_things(facts, canvas)
    things += [Thing("item", item.core, glyph) for item in items for glyph in item.name_regions]
    return Picture("table", canvas.image, view, facts, about(facts), things)


def make_grid(rng: random.Random, view: View) -> Picture:
    """A table of two to four named rows and two lettered columns of digits."""
    face = rng.choice(PLAIN)
    canvas, _, _, top = chart_canvas(rng, view, face, titled=False)
    count = rng.randint(2, min(4, int((canvas.height - top - 3) // ROW) - 1))
    names = _names(rng, view, face, count)
    columns = tuple(sorted(rng.sample(LABELS, 2)))
    cells = [rng.sample(range(1, 10), 2) for _ in range(count)]
    width = 18.0
    x, y = (canvas.width - NAME - 2 * width) / 2, (canvas.height - (count + 1) * ROW) / 2
    _frame(canvas, rng, x, y, [NAME, width, width], count + 1, header=True)
    heads = [canvas.glyphs(c, x + NAME + k * width + 2.5, y + 13.5, face, EM, INK)[0] for k, c in enumerate(columns)]
    things = [Thing("character", c, region) for c, region in zip(columns, heads)]
    things.append(Thing("count", str(count), canvas.corner))
    regions, name_regions = [], []
    for k, (name, row) in enumerate(zip(names, cells)):
        base = y + (k + 1) * ROW + 13.5
        glyphs = canvas.glyphs(name, x + 3, base, face, EM, INK)
        name_regions.append(Rect(glyphs[0].x, glyphs[0].y, glyphs[-1].x + glyphs[-1].w - glyphs[0].x, glyphs[0].h))
        regions.append(
            tuple(canvas.glyphs(str(v), x + NAME + c * width + 2.5, base, face, EM, INK)[0] for c, v in enumerate(row))
        )
        things += [Thing("character", str(v), region) for v, region in zip(row, regions[-1])]
        things += [Thing("item", name, glyph) for glyph in glyphs]
    facts = Grid(
        tuple(names), columns, tuple(tuple(row) for row in cells), tuple(regions), tuple(name_regions), tuple(heads)
    )
    plain = {"rows": names, "columns": list(columns), "cells": cells}
    return Picture("grid", canvas.image, view, facts, plain, things)


def _names(rng: random.Random, view: View, face: str, count: int) -> list[str]:
    return rng.sample([word for word in ITEMS if text_width(word, face, EM, view) <= NAME - 5], count)


def _frame(
    canvas: Canvas, rng: random.Random, x: float, y: float, columns: list[float], rows: int, header: bool
) -> None:
    """Lines between the cells; the head row, or every second row, is tinted."""
    light = tuple(255 - (255 - channel) // 6 for channel in COLORS[rng.choice(("red", "green", "blue", "purple"))])
    tint = jitter((light[0], light[1], light[2]), rng, 3)
    width = sum(columns)
    for row in range(rows):
        if (row == 0) if header else (row % 2 == 0):
            canvas.rectangle(x, y + row * ROW, width, ROW, tint)
    line = (120, 120, 120)
    for row in range(rows + 1):
        canvas.rectangle(x, y + row * ROW - 0.5, width, 1, line)
    at = x
    for column in (0.0, *columns):
        at += column
        canvas.rectangle(at - 0.5, y, 1, rows * ROW, line)
