"""Bar charts: bars told apart by colour, by a letter below them or by a legend; values at grid lines or printed."""

from __future__ import annotations

import random

from ..canvas import INK, Canvas, jitter, text_width
from ..fonts import PLAIN
from ..sample import Picture, Thing
from ..view import Rect, View
from ..words import COLORS, FIVES, ITEMS, LABELS, TITLES
from .values import Item, Values, about

PAPER = (253, 253, 253)
GRID = (222, 222, 222)
EM = 14.0
TOP = 9
"""the axis ends at this value"""


def chart_canvas(
    rng: random.Random, view: View, face: str, titled: bool = True
) -> tuple[Canvas, str, list[Rect], float]:
    """A white picture, perhaps with a title; also the title, its glyphs and the y below it."""
    canvas = Canvas(rng.choice(view.sizes()), view, jitter(PAPER, rng, 2))
    if not titled or canvas.height < 96 or rng.random() < 0.4:
        return canvas, "", [], 5.0
    title = rng.choice([t for t in TITLES if text_width(t, face, EM, view) < canvas.width - 4])
    x = (canvas.width - text_width(title, face, EM, view)) / 2
    return canvas, title, canvas.glyphs(title, x, 14, face, EM, INK), 19.0


def draw_axes(canvas: Canvas, face: str, left: float, top: float, right: float, bottom: float) -> float:
    """Axes, grid lines and the labels 0, 3, 6 and 9; returns the height of one."""
    step = (bottom - top) / TOP
    for value in range(1, TOP + 1):
        y = bottom - value * step
        canvas.rectangle(left, y - 0.4, right - left, 0.8, GRID if value % 3 else (165, 165, 165))
    canvas.rectangle(left - 0.6, top - 2, 1.2, bottom - top + 2, INK)
    canvas.rectangle(left - 0.6, bottom - 0.6, right - left + 0.6, 1.2, INK)
    for value in range(0, TOP + 1, 3):
        canvas.glyphs(str(value), left - 14, bottom - value * step + (4.5 if value else 1.5), face, 12.5, INK)
    return step


def legend(
    canvas: Canvas, face: str, entries: list[tuple[str, tuple[int, int, int]]], x: float, y: float
) -> tuple[list[Rect], list[Thing]]:
    """Swatches with names, one below the other; a region per entry, and its name at every letter."""
    regions: list[Rect] = []
    things: list[Thing] = []
    for name, color in entries:
        canvas.rectangle(x, y + 2, 9, 9, color)
        glyphs = canvas.glyphs(name, x + 11, y + 11.5, face, EM, INK)
        last = glyphs[-1]
        left = canvas.region(x, y, 1, 1).x
        regions.append(Rect(left, glyphs[0].y, last.x + last.w - left, last.h))
        things += [Thing("item", name, glyph) for glyph in glyphs]
        y += 17
    return regions, things


def make_bars(rng: random.Random, view: View) -> Picture:
    """A bar chart with three to five bars."""
    face = rng.choice(PLAIN)
    canvas, title, title_glyphs, top = chart_canvas(rng, view, face)
    names = rng.choice(["color", "letter", "legend"])
    if names == "legend" and (canvas.width < 130 or canvas.height < 90):
        names = "color"
    printed = rng.random() < 0.35
    right = canvas.width - (66 if names == "legend" else 5)
    left = 5.0 if printed else 16.0
    bottom = canvas.height - (18 if names == "letter" else 5)
    most = int((right - left) // (29 if printed else 15))
    count = rng.randint(min(3, most), min(4 if names == "legend" else 5, most))
    colors = rng.sample(list(COLORS), count)
    if names == "letter" and rng.random() < 0.5:
        colors = colors[:1] * count
    values = rng.sample(FIVES if printed else range(1, TOP + 1), count)
    if printed:
        top += 15
        canvas.rectangle(left - 1, bottom - 0.6, right - left + 1, 1.2, INK)
        step = (bottom - top) / 100
    else:
        step = draw_axes(canvas, face, left, top, right, bottom)
    shades = {color: jitter(COLORS[color], rng) for color in colors}
    tints = [shades[color] for color in colors]
    letters = sorted(rng.sample(LABELS, count)) if rng.random() < 0.5 else list(LABELS[:count])
    items_words = rng.sample([word for word in ITEMS if text_width(word, face, EM, view) <= 54], count)
    pitch = (right - left) / count
    width = min(pitch * 0.66, 20)
    tops: list[tuple[Rect, ...]] = []
    bars: list[Rect] = []
    labels: list[Rect] = []
    for k, (value, tint) in enumerate(zip(values, tints)):
        x, y = left + pitch * (k + 0.5), bottom - value * step
        bars.append(canvas.rectangle(x - width / 2, y, width, bottom - 0.6 - y, tint))
        if printed:
            text = str(value)
            tops.append(tuple(canvas.glyphs(text, x - text_width(text, face, EM, view) / 2, y - 2, face, EM, INK)))
        else:
            tops.append((canvas.region(x - width / 2, y, width, min(6.0, bottom - y)),))
        if names == "letter":
            labels += canvas.glyphs(
                letters[k], x - text_width(letters[k], face, EM, view) / 2, canvas.height - 4, face, EM, INK
            )
    entries, names_shown = (
        legend(canvas, face, list(zip(items_words, tints)), right + 4, top - (15 if printed else 0))
        if names == "legend"
        else ([], [])
    )
    items = []
    for k, value in enumerate(values):
        core, frame, kind = {
            "color": (colors[k], "the {core} bar", "color"),
            "letter": (letters[k], "bar {core}", "letter"),
            "legend": (items_words[k], "{core}", "word"),
        }[names]
        where = (labels[k],) if names == "letter" else (entries[k], bars[k]) if names == "legend" else (bars[k],)
        items.append(Item(core, frame, kind, where, value, tops[k]))
    facts = Values("bar chart", "bar", tuple(items), "from left to right", "", title, tuple(title_glyphs))
    things = [Thing("color", color, bar) for color, bar in zip(colors, bars)] + label_things(facts, canvas)
    if names == "legend":
        things += names_shown + [Thing("item", word, bar) for word, bar in zip(items_words, bars)]
    return Picture("bars", canvas.image, view, facts, about(facts), things)


def label_things(values: Values, canvas: Canvas) -> list[Thing]:
    """What a chart says in letters, names and values, for labels per patch."""
    things = [Thing("character", c, region) for c, region in zip(values.title, values.title_glyphs)]
    things.append(Thing("count", str(len(values.items)), canvas.corner))
    for item, extreme in ((values.largest(), "highest"), (values.smallest(), "lowest")):
        things += [Thing("extreme", extreme, region) for region in item.value_regions]
    for item in values.items:
        digits = str(item.value)
        if len(item.value_regions) >= len(digits) > 1 or values.chart == "table":
            things += [Thing("character", c, region) for c, region in zip(digits, item.value_regions)]
        elif item.value <= TOP and values.readable:
            things.append(Thing("value", digits, item.value_regions[0]))
        if item.about == "letter":
            things.append(Thing("character", item.core, item.name_regions[0]))
    return things
