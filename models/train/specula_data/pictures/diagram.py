"""Diagrams: three to five lettered boxes that arrows join to one path."""

from __future__ import annotations

import random
from dataclasses import dataclass

from ..canvas import INK, Canvas, jitter
from ..fonts import PLAIN
from ..marked import Marked, seen
from ..sample import Picture, Thing
from ..view import Rect, View
from ..words import BACKGROUNDS, COLORS, LABELS

LIGHT = ("yellow", "pink")


@dataclass(frozen=True)
class Box:
    letter: str
    color: str
    glyph: Rect
    region: Rect

    def lettered(self) -> Marked:
        """The letter, marked."""
        return seen(self.letter, "letter", self.glyph)

    def colored(self) -> Marked:
        """The colour, marked."""
        return seen(self.color, "color", self.region)


@dataclass(frozen=True)
class Diagram:
    """Boxes in the order of the path; `arrows[k]` leads from box k to box k + 1."""

    boxes: tuple[Box, ...]
    arrows: tuple[Rect, ...]

    def after(self, k: int) -> Marked:
        """The letter of the box behind box k, marked there and at the arrow."""
        return seen(self.boxes[k + 1].letter, "letter", self.boxes[k + 1].glyph, self.arrows[k])


def make_diagram(rng: random.Random, view: View) -> Picture:
    """A path over neighbouring places of a 3 x 3, 3 x 2 or 2 x 3 grid."""
    background = rng.choice(list(BACKGROUNDS))
    canvas = Canvas(rng.choice(view.sizes()), view, jitter(BACKGROUNDS[background], rng, 4))
    bw, bh, gap = 25.0, 20.0, 19.0
    columns = min(3, int((canvas.width - 6 + gap) // (bw + gap)))
    rows = min(3, int((canvas.height - 6 + gap) // (bh + gap)))
    path = _walk(rng, columns, rows, rng.randint(3, min(5, columns * rows)))
    fx = (canvas.width - columns * bw) / (columns + 1)
    fy = (canvas.height - rows * bh) / (rows + 1)
    corner = {(c, r): (fx + c * (bw + fx), fy + r * (bh + fy)) for c in range(columns) for r in range(rows)}
    letters = list(LABELS[: len(path)]) if rng.random() < 0.3 else rng.sample(LABELS, len(path))
    rng.shuffle(letters)
    colors = rng.sample([c for c in COLORS if c != "black"], len(path))
    face = rng.choice(PLAIN)
    boxes, arrows, directions = [], [], []
    for place, letter, color in zip(path, letters, colors):
        x, y = corner[place]
        region = canvas.rectangle(x, y, bw, bh, jitter(COLORS[color], rng), INK, 1.2)
        ink = INK if color in LIGHT else (255, 255, 255)
        glyph = canvas.glyphs(letter, x + bw / 2 - 7, y + 15.8, face, 16, ink, pitch=14)[0]
        boxes.append(Box(letter, color, glyph, region))
    for here, there in zip(path, path[1:]):
        (x0, y0), (x1, y1) = corner[here], corner[there]
        dx, dy = (x1 > x0) - (x1 < x0), (y1 > y0) - (y1 < y0)
        start = (x0 + bw / 2 + dx * (bw / 2 + 2), y0 + bh / 2 + dy * (bh / 2 + 2))
        end = (x1 + bw / 2 - dx * (bw / 2 + 2), y1 + bh / 2 - dy * (bh / 2 + 2))
        arrows.append(canvas.arrow(start, end, INK))
        directions.append({(1, 0): "right", (-1, 0): "left", (0, 1): "down", (0, -1): "up"}[dx, dy])
    facts = Diagram(tuple(boxes), tuple(arrows))
    about = {"path": [{"letter": box.letter, "color": box.color} for box in boxes], "background": background}
    things = [Thing("count", str(len(boxes)), canvas.corner)]
    things += [Thing("arrow", direction, arrow) for direction, arrow in zip(directions, arrows)]
    letters = [box.letter for box in boxes]
    for box, before, after in zip(boxes, ["begin", *letters], [*letters[1:], "end"]):
        things += [Thing("before", before, box.glyph), Thing("after", after, box.glyph)]
        things += [Thing("color", box.color, box.region), Thing("character", box.letter, box.glyph)]
    return Picture("diagram", canvas.image, view, facts, about, things)


def _walk(rng: random.Random, columns: int, rows: int, length: int) -> list[tuple[int, int]]:
    """A path over neighbouring places that visits none twice."""
    while True:
        path = [(rng.randrange(columns), rng.randrange(rows))]
        while len(path) < length:
            c, r = path[-1]
            free = [
                (c + dc, r + dr)
                for dc, dr in ((1, 0), (-1, 0), (0, 1), (0, -1))
                if 0 <= c + dc < columns and 0 <= r + dr < rows and (c + dc, r + dr) not in path
            ]
            if not free:
                break
            path.append(rng.choice(free))
        if len(path) == length:
            return path
