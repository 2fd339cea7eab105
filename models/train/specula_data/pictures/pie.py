"""Pie charts: with the percentages printed around them, or with a legend and no numbers."""

from __future__ import annotations

import math
import random

from ..canvas import INK, jitter, text_width
from ..fonts import PLAIN
from ..sample import Picture, Thing
from ..view import Rect, View
from ..words import COLORS, ITEMS
from .bars import EM, chart_canvas, label_things, legend
from .values import Item, Values, about


def make_pie(rng: random.Random, view: View) -> Picture:
    """A pie of two to four slices, clockwise from the top; shares differ by at least 10 percent."""
    face = rng.choice(PLAIN)
    canvas, title, title_glyphs, top = chart_canvas(rng, view, face)
    w, h = canvas.width, canvas.height
    printed = w >= 126 and rng.random() < 0.6
    named = not printed and w >= 126 and h >= 90 and rng.random() < 0.6
    count = rng.choice([2, 3, 3, 4])
    shares = _shares(rng, count)
    colors = rng.sample(list(COLORS), count)
    tints = [jitter(COLORS[color], rng) for color in colors]
    if printed:
        r = min((w - 88) / 2, (h - top - 38) / 2)
        x, y = w / 2, top + (h - top) / 2
    else:
        room = w - 68 if named else w
        r = min(room / 2, (h - top) / 2) - 4
        x, y = room / 2, top + (h - top) / 2
    canvas.pie(x, y, r, [(share / 100, tint) for share, tint in zip(shares, tints)])
    words = rng.sample([word for word in ITEMS if text_width(word, face, EM, view) <= 54], count)
    entries, names_shown = (
        legend(canvas, face, list(zip(words, tints)), w - 65, max(top, (h - 17 * count) / 2)) if named else ([], [])
    )
    items = []
    slices: list[Rect] = []
    at = -math.pi / 2
    for k, share in enumerate(shares):
        middle = at + share / 100 * math.pi
        at += share / 50 * math.pi
        cx, cy = x + math.cos(middle) * r * 0.62, y + math.sin(middle) * r * 0.62
        size = r * 0.32
        slices.append(canvas.region(cx - size, cy - size, 2 * size, 2 * size))
        value: tuple[Rect, ...] = (slices[k],)
        if printed:
            text = f"{share}%"
            wide = text_width(text, face, EM, view)
            lx, ly = x + math.cos(middle) * (r + 3), y + math.sin(middle) * (r + 9)
            left = lx - wide / 2 + math.cos(middle) * wide / 2
            value = tuple(canvas.glyphs(text, left, ly + 5, face, EM, INK)[:-1])
        core, frame, kind = (words[k], "{core}", "word") if named else (colors[k], "the {core} slice", "color")
        where = (entries[k], slices[k]) if named else (slices[k],)
        items.append(Item(core, frame, kind, where, share, value))
    facts = Values(
        "pie chart",
        "slice",
        tuple(items),
        "clockwise from the top",
        " percent",
        title,
        tuple(title_glyphs),
        readable=printed,
    )
    things = [Thing("color", color, region) for color, region in zip(colors, slices)]
    things += label_things(facts, canvas)
    if named:
        things += names_shown + [Thing("item", word, region) for word, region in zip(words, slices)]
    return Picture("pie", canvas.image, view, facts, about(facts), things)


def _shares(rng: random.Random, count: int) -> list[int]:
    """Percentages in fives that sum to 100, each at least 10 and at least 10 apart from the others."""
    if count == 2:
        first = rng.choice([15, 20, 25, 30, 35, 40, 60, 65, 70, 75, 80, 85])
        return [first, 100 - first]
    while True:
        shares = [rng.randrange(10, 65, 5) for _ in range(count - 1)]
        shares.append(100 - sum(shares))
        ordered = sorted(shares)
        if ordered[0] >= 10 and all(b - a >= 10 for a, b in zip(ordered, ordered[1:])):
            return shares
