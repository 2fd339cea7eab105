"""A picture to draw on in layout units: 12 units are one patch of the model's view, whatever the picture's pixel size."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageDraw

from .fonts import font
from .view import UNITS, Rect, View

Color = tuple[int, int, int]
INK: Color = (25, 25, 25)
SMOOTH = 4
"""Curved and slanted outlines are drawn this many times larger and averaged down."""


def jitter(color: Color, rng: random.Random, by: int = 10) -> Color:
    """The colour with each channel moved by at most `by`."""
    r, g, b = (max(0, min(255, channel + rng.randint(-by, by))) for channel in color)
    return r, g, b


class Canvas:
    """`width` and `height` are in units; every method takes units and returns regions in pixels of the picture."""

    def __init__(self, size: tuple[int, int], view: View, background: Color) -> None:
        self.size = size
        self.view = view
        self.scale = max(size) / view.units
        self.width = size[0] / self.scale
        self.height = size[1] / self.scale
        self.image = Image.new("RGB", size, background)
        self._draw = ImageDraw.Draw(self.image)

    def region(self, x: float, y: float, w: float, h: float) -> Rect:
        """A rectangle in units as a region, cut off at the picture's edges."""
        left, top = max(0.0, x * self.scale), max(0.0, y * self.scale)
        right, bottom = min(self.size[0], (x + w) * self.scale), min(self.size[1], (y + h) * self.scale)
        return Rect(left, top, right - left, bottom - top)

    @property
    def corner(self) -> Rect:
        """The patch at the upper left."""
        return self.region(1, 1, UNITS - 2, UNITS - 2)

    def rectangle(
        self, x: float, y: float, w: float, h: float, fill: Color | None, line: Color | None = None, width: float = 0
    ) -> Rect:
        """A filled rectangle, with an outline of `width` units on its inside."""
        s = self.scale
        box = [round(x * s), round(y * s), round((x + w) * s) - 1, round((y + h) * s) - 1]
        self._draw.rectangle(box, fill=fill, outline=line, width=max(1, round(width * s)) if line else 0)
        return self.region(x, y, w, h)

    def shape(self, name: str, x: float, y: float, r: float, color: Color) -> Rect:
        """One of our shapes around (x, y) with radius `r`."""
        mask = shape_mask(name, max(2, round(r * self.scale)))
        left, top = round(x * self.scale) - mask.width // 2, round(y * self.scale) - mask.height // 2
        self.image.paste(color, (left, top), mask)
        box = mask.getbbox() or (0, 0, 1, 1)
        left, top, w, h = left + box[0], top + box[1], box[2] - box[0], box[3] - box[1]
        return self.region(left / self.scale, top / self.scale, w / self.scale, h / self.scale)

    def polyline(self, points: Sequence[tuple[float, float]], color: Color, width: float) -> None:
        """Straight lines between the points, with smooth edges."""
        margin = width + 1
        left, top = min(x for x, _ in points) - margin, min(y for _, y in points) - margin
        right, bottom = max(x for x, _ in points) + margin, max(y for _, y in points) + margin
        s = self.scale
        origin = (math.floor(left * s), math.floor(top * s))
        w, h = math.ceil(right * s) - origin[0], math.ceil(bottom * s) - origin[1]
        mask = Image.new("L", (w * 2, h * 2))
        path = [((x * s - origin[0]) * 2, (y * s - origin[1]) * 2) for x, y in points]
        ImageDraw.Draw(mask).line(path, fill=255, width=max(2, round(width * s * 2)), joint="curve")
        self.image.paste(color, origin, mask.reduce(2))

    def arrow(
        self, start: tuple[float, float], end: tuple[float, float], color: Color, width: float = 2.2, head: float = 8
    ) -> Rect:
        """An arrow along a row or a column; the region holds its head."""
        (x0, y0), (x1, y1) = start, end
        length = math.hypot(x1 - x0, y1 - y0)
        dx, dy = (x1 - x0) / length, (y1 - y0) / length
        bx, by = x1 - dx * head, y1 - dy * head
        self.polyline([start, (bx + dx, by + dy)], color, width)
        side = head * 0.62
        tip = [(x1, y1), (bx - dy * side, by + dx * side), (bx + dy * side, by - dx * side)]
        self._draw.polygon([(x * self.scale, y * self.scale) for x, y in tip], fill=color)
        xs, ys = [x for x, _ in tip], [y for _, y in tip]
        return self.region(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))

    def pie(self, x: float, y: float, r: float, slices: Sequence[tuple[float, Color]]) -> None:
        """Slices as shares of 1, clockwise from the top, with white gaps."""
        pixels = round(r * self.scale)
        big = Image.new("RGB", (pixels * 6, pixels * 6), INK)
        mask = Image.new("L", big.size)
        edge = pixels * 6 - 1
        ImageDraw.Draw(mask).ellipse([0, 0, edge, edge], fill=255)
        draw = ImageDraw.Draw(big)
        at = -90.0
        for share, color in slices:
            draw.pieslice(
                [0, 0, edge, edge],
                at,
                at + share * 360,
                fill=color,
                outline=(255, 255, 255),
                width=max(2, round(2.4 * self.scale)),
            )
            at += share * 360
        corner = (round(x * self.scale) - pixels, round(y * self.scale) - pixels)
        self.image.paste(big.reduce(3), corner, mask.reduce(3))

    def glyphs(self, text: str, x: float, y: float, face: str, em: float, color: Color, pitch: float = 0) -> list[Rect]:
        """Writes `text` from (x, baseline y) and returns a region per character; centres are at least a patch apart."""
        face_at_size = font(face, max(6, round(em * self.scale)))
        regions = []
        for character in text:
            advance = max(self.view.min_pitch, pitch, glyph_advance(face, em, character))
            self._draw.text(
                ((x + advance / 2) * self.scale, y * self.scale), character, fill=color, font=face_at_size, anchor="ms"
            )
            regions.append(self.region(x, y - em * 0.78, advance, em * 1.02))
            x += advance
        return regions


def glyph_advance(face: str, em: float, character: str) -> float:
    """The width of a character and a little space, in units when `em` is in units."""
    return font(face, 100).getlength(character) * em / 100 + 0.6


def text_width(text: str, face: str, em: float, view: View) -> float:
    """The width in units of `text` as `Canvas.glyphs` writes it."""
    return sum(max(view.min_pitch, glyph_advance(face, em, character)) for character in text)


@lru_cache(maxsize=2048)
def shape_mask(name: str, radius: int) -> Image.Image:
    """A smooth mask of the shape in a square of 2.5 radii, centred."""
    side = math.ceil(radius * 2.5)
    side += side % 2
    mask = Image.new("L", (side * SMOOTH, side * SMOOTH))
    draw = ImageDraw.Draw(mask)
    c, r = side * SMOOTH / 2, radius * SMOOTH
    if name == "circle":
        draw.ellipse([c - r, c - r, c + r, c + r], fill=255)
    elif name == "square":
        draw.rectangle([c - r * 0.88, c - r * 0.88, c + r * 0.88, c + r * 0.88], fill=255)
    elif name == "cross":
        w = r * 0.36
        draw.rectangle([c - w, c - r, c + w, c + r], fill=255)
        draw.rectangle([c - r, c - w, c + r, c + w], fill=255)
    elif name == "heart":
        for dx in (-0.48, 0.48):
            draw.ellipse([c + (dx - 0.5) * r, c - 0.9 * r, c + (dx + 0.5) * r, c + 0.1 * r], fill=255)
        draw.polygon([(c - 0.94 * r, c - 0.2 * r), (c + 0.94 * r, c - 0.2 * r), (c, c + r)], fill=255)
    else:
        draw.polygon([(c + x * r, c + y * r) for x, y in _corners(name)], fill=255)
    return mask.reduce(SMOOTH)


def _corners(name: str) -> list[tuple[float, float]]:
    if name == "triangle":
        return [(0, -1), (1, 0.85), (-1, 0.85)]
    if name == "diamond":
        return [(0, -1.1), (0.85, 0), (0, 1.1), (-0.85, 0)]
    if name == "star":
        angles = [(-math.pi / 2 + k * math.pi / 5, 1.15 if k % 2 == 0 else 0.47) for k in range(10)]
        return [(q * math.cos(a), q * math.sin(a)) for a, q in angles]
    raise ValueError(f"no shape is called {name}")
