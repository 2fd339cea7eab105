"""Line charts: one or two lines over lettered points."""

from __future__ import annotations

import random
from dataclasses import dataclass

from ..canvas import INK, jitter
from ..fonts import PLAIN
from ..marked import Marked, seen
from ..sample import Picture, Thing
from ..view import Rect, View
from ..words import COLORS, LABELS
from .bars import EM, TOP, chart_canvas, draw_axes


@dataclass(frozen=True)
class Line:
    color: str
    values: tuple[int, ...]
    points: tuple[Rect, ...]

    def value(self, k: int) -> Marked:
        """The value at the point, marked."""
        return seen(self.values[k], "value", self.points[k])

    def colored(self) -> Marked:
        """The colour, marked."""
        return seen(self.color, "color", *self.points)


@dataclass(frozen=True)
class Lines:
    """All lines run over the same points; `labels` are the letters below them."""

    lines: tuple[Line, ...]
    labels: tuple[str, ...]
    label_regions: tuple[Rect, ...]
    title: str
    title_glyphs: tuple[Rect, ...]


def make_lines(rng: random.Random, view: View, two: bool | None = None) -> Picture:
    """A line chart with four or five points; of each line the extremes are unique; two lines are never close at a point."""
    face = rng.choice(PLAIN)
    canvas, title, title_glyphs, top = chart_canvas(rng, view, face)
    left, right, bottom = 16.0, canvas.width - 5, canvas.height - 18
    count = rng.choice([4, 5]) if right - left >= 75 else 4
    two = rng.random() < 0.4 if two is None else two
    rows = [_values(rng, count)]
    while two and len(rows) < 2:
        other = _values(rng, count)
        if all(abs(a - b) >= 2 for a, b in zip(rows[0], other)):
            rows.append(other)
    step = draw_axes(canvas, face, left, top, right, bottom)
    pitch = (right - left) / count
    xs = [left + pitch * (k + 0.5) for k in range(count)]
    labels = tuple(LABELS[:count]) if rng.random() < 0.6 else tuple(sorted(rng.sample(LABELS, count)))
    label_regions = [canvas.glyphs(c, x - 6.5, canvas.height - 4, face, EM, INK)[0] for c, x in zip(labels, xs)]
    lines = []
    for values, color in zip(rows, rng.sample(list(COLORS), len(rows))):
        tint = jitter(COLORS[color], rng)
        points = [(x, bottom - value * step) for x, value in zip(xs, values)]
        canvas.polyline(points, tint, 2.6)
        lines.append(Line(color, tuple(values), tuple(canvas.shape("circle", x, y, 3.6, tint) for x, y in points)))
    facts = Lines(tuple(lines), labels, tuple(label_regions), title, tuple(title_glyphs))
    about = {
        "title": title,
        "labels": list(labels),
        "lines": [{"color": line.color, "values": list(line.values)} for line in lines],
    }
    things = [
        Thing("character", c, region) for c, region in zip(title + "".join(labels), (*title_glyphs, *label_regions))
    ]
    for line in lines:
        for extreme, value in (("highest", max(line.values)), ("lowest", min(line.values))):
            things.append(Thing("extreme", extreme, line.points[line.values.index(value)]))
        for value, point in zip(line.values, line.points):
            things += [Thing("color", line.color, point), Thing("value", str(value), point)]
    return Picture("lines", canvas.image, view, facts, about, things)


def _values(rng: random.Random, count: int) -> list[int]:
    """Rising, falling or mixed values from 1 to 9; the highest and the lowest occur once. Level stretches only in mixed ones."""
    form = rng.choice(["up", "down", "mixed", "mixed"])
    while True:
        values = [rng.randint(1, TOP) for _ in range(count)]
        if form != "mixed":
            values.sort(reverse=form == "down")
        rises = any(a < b for a, b in zip(values, values[1:]))
        falls = any(a > b for a, b in zip(values, values[1:]))
        if len(set(values)) < count and not (rises and falls):
            continue
        if values.count(max(values)) == 1 and values.count(min(values)) == 1:
            return values
