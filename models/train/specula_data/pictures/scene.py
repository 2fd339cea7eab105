"""Scenes of one to seven shapes, some inside or in front of another, on a plain or two-tone background."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from ..canvas import Canvas, jitter
from ..sample import Picture, Thing
from ..view import Rect, View
from ..words import BACKGROUNDS, COLORS, POSITIONS, SHAPES

INSIDE, IN_FRONT = "inside", "in front of"


@dataclass
class Shape:
    """A shape of the scene; equality is identity. `cell` counts the nine positions row by row."""

    shape: str
    color: str
    size: str
    cell: int
    region: Rect
    partner: Shape | None = None
    relation: str = ""
    """of this shape to its partner: `inside` or `in front of`; empty for the shape around or behind"""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    @property
    def position(self) -> str:
        return POSITIONS[self.cell]

    @property
    def row(self) -> int:
        return self.cell // 3

    @property
    def col(self) -> int:
        return self.cell % 3


@dataclass
class Scene:
    """What a scene shows. `shapes` are in reading order, a shape behind or around before the one in front or inside."""

    shapes: list[Shape]
    backgrounds: list[str]
    """one colour, or two: upper and lower, or left and right"""
    split: str
    """empty, `rows` or `columns`"""
    corners: list[list[Rect]] = field(default_factory=list)
    """for each background colour, picture corners that show nothing but it"""

    def name(self, shape: Shape) -> str | None:
        """The shortest of "star", "red star", "large red star" that means this shape alone; None if none does."""
        for words in ((shape.shape,), (shape.color, shape.shape), (shape.size, shape.color, shape.shape)):
            if sum(all(word in (s.size, s.color, s.shape) for word in words) for s in self.shapes) == 1:
                return " ".join(words)
        return None

    def of_shape(self, shape: str) -> list[Shape]:
        return [s for s in self.shapes if s.shape == shape]

    def of_color(self, color: str) -> list[Shape]:
        return [s for s in self.shapes if s.color == color]


def make_scene(rng: random.Random, view: View, least: int = 1, pairs: int | None = None) -> Picture:
    """A scene with at least `least` shapes; `pairs` of them overlap (by chance when not given)."""
    colors = rng.choice([1, 1, 2])
    backgrounds = rng.sample(list(BACKGROUNDS), colors)
    split = rng.choice(["rows", "columns"]) if colors == 2 else ""
    tints = [jitter(BACKGROUNDS[name], rng, 4) for name in backgrounds]
    canvas = Canvas(rng.choice(view.sizes()), view, tints[0])
    if split == "rows":
        canvas.rectangle(0, canvas.height / 2, canvas.width, canvas.height / 2, tints[1])
    elif split == "columns":
        canvas.rectangle(canvas.width / 2, 0, canvas.width / 2, canvas.height, tints[1])
    count = rng.randint(least, 7)
    if pairs is None:
        pairs = rng.choice([0, 0, 0, 1, 1, 2])
    pairs = min(pairs, count // 2)
    shapes = rng.sample(SHAPES, rng.choice([2, 3, 4, 7]))
    palette = rng.sample(list(COLORS), rng.choice([2, 3, 5, 8]))
    paired = [True] * pairs + [False] * (count - 2 * pairs)
    rng.shuffle(paired)
    placed: list[Shape] = []
    for cell, pair in zip(sorted(rng.sample(range(9), len(paired))), paired):
        placed += (
            _draw_pair(canvas, rng, cell, shapes, palette)
            if pair
            else [_draw_single(canvas, rng, cell, shapes, palette)]
        )
    scene = Scene(placed, backgrounds, split, _corners(canvas, split))
    return Picture("scene", canvas.image, view, scene, _about(scene), _things(scene, canvas.corner))


def _draw_single(canvas: Canvas, rng: random.Random, cell: int, shapes: list[str], palette: list[str]) -> Shape:
    unit, x, y = _cell(canvas, rng, cell)
    shape, color, size = rng.choice(shapes), rng.choice(palette), rng.choice(("large", "small"))
    radius = _large(rng, unit) if size == "large" else _small(rng, unit)
    x, y = _within(canvas, x, y, radius * 1.15, radius * 1.15)
    return Shape(shape, color, size, cell, canvas.shape(shape, x, y, radius, jitter(COLORS[color], rng)))


def _draw_pair(canvas: Canvas, rng: random.Random, cell: int, shapes: list[str], palette: list[str]) -> list[Shape]:
    """A large shape and one inside it, or one that hides a part of it: at most about a third."""
    unit, x, y = _cell(canvas, rng, cell, loose=0.02)
    inside = rng.random() < 0.5
    hosts = ("circle", "square") if inside else ("circle", "square", "triangle")
    back_shape, front_shape = rng.choice(hosts), rng.choice(shapes)
    back_color, front_color = rng.sample(palette, 2)
    front_size = "large" if not inside and back_shape != "triangle" and rng.random() < 0.4 else "small"
    back_r = unit * (0.4 if inside else 0.33)
    front_r = back_r if front_size == "large" else _small(rng, unit)
    dx = dy = 0.0
    if not inside and back_shape == "triangle":
        dy = 0.85 * back_r
    elif not inside:
        angle = rng.randrange(8) * math.pi / 4
        reach = 1.25 if front_size == "large" else 0.95
        dx, dy = math.cos(angle) * reach * back_r, math.sin(angle) * reach * back_r
    edge = back_r * 1.05 if front_size == "small" else back_r * 1.15
    x, y = _within(canvas, x, y, edge + abs(dx) / 2, edge + abs(dy) / 2)
    back = canvas.shape(back_shape, x - dx / 2, y - dy / 2, back_r, jitter(COLORS[back_color], rng))
    front = canvas.shape(front_shape, x + dx / 2, y + dy / 2, front_r, jitter(COLORS[front_color], rng))
    behind = Shape(back_shape, back_color, "large", cell, back)
    before = Shape(front_shape, front_color, front_size, cell, front, behind, INSIDE if inside else IN_FRONT)
    behind.partner = before
    return [behind, before]


def _cell(canvas: Canvas, rng: random.Random, cell: int, loose: float = 0.07) -> tuple[float, float, float]:
    """The shorter side of a cell and a point near the middle of this one."""
    w, h = canvas.width / 3, canvas.height / 3
    unit = min(w, h)
    x = (cell % 3 + 0.5) * w + rng.uniform(-loose, loose) * unit
    y = (cell // 3 + 0.5) * h + rng.uniform(-loose, loose) * unit
    return unit, x, y


def _within(canvas: Canvas, x: float, y: float, w: float, h: float) -> tuple[float, float]:
    """The point moved so that `w` units to its sides and `h` above and below lie on the picture, a unit from the edge."""
    return min(max(x, w + 1), canvas.width - w - 1), min(max(y, h + 1), canvas.height - h - 1)


def _large(rng: random.Random, unit: float) -> float:
    return unit * rng.uniform(0.34, 0.39)


def _small(rng: random.Random, unit: float) -> float:
    return max(5.2, unit * rng.uniform(0.175, 0.2))


def _corners(canvas: Canvas, split: str) -> list[list[Rect]]:
    """Little squares in the picture's corners, by background colour; shapes do not reach them."""
    side = min(canvas.width, canvas.height) * 0.03
    right, bottom = canvas.width - side, canvas.height - side
    first, top_right, bottom_left, last = (canvas.region(x, y, side, side) for y in (0, bottom) for x in (0, right))
    if split == "rows":
        return [[first, top_right], [bottom_left, last]]
    if split == "columns":
        return [[first, bottom_left], [top_right, last]]
    return [[first, top_right, bottom_left, last]]


def _about(scene: Scene) -> dict[str, object]:
    index = {id(shape): number for number, shape in enumerate(scene.shapes)}
    return {
        "backgrounds": scene.backgrounds,
        "split": scene.split,
        "shapes": [
            {
                "shape": s.shape,
                "color": s.color,
                "size": s.size,
                "cell": s.cell,
                "region": s.region.as_list(),
                "relation": s.relation,
                "partner": index[id(s.partner)] if s.partner else None,
            }
            for s in scene.shapes
        ],
    }


def _things(scene: Scene, corner: Rect) -> list[Thing]:
    things = [Thing("count", str(len(scene.shapes)), corner)]
    things += [
        Thing("background", name, region)
        for name, regions in zip(scene.backgrounds, scene.corners)
        for region in regions
    ]
    for s in scene.shapes:
        things += [
            Thing("shape", s.shape, s.region),
            Thing("color", s.color, s.region),
            Thing("size", s.size, s.region),
        ]
    return things
