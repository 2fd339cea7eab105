"""What the model sees of a picture: the square that the projector's preprocessing makes, and its patches.

The rules are those of llama.cpp v0.5.0 for a projector of type `mlp` (tools/mtmd/mtmd-image.cpp, `resize` with PAD_CEIL):
scale into the square, round the sides up, Pillow's bicubic filter, centred on a canvas of one colour.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image

PAD_COLOR = (122, 116, 104)
"""Colour of the canvas around the picture (clip.cpp, `image_pad_color` of PROJECTOR_TYPE_MLP)."""

UNITS = 12
"""Layout units per patch: pictures are laid out in units, so that one layout serves every model size."""

SIZES = (
    (384, 384),
    (448, 448),
    (512, 512),
    (512, 384),
    (448, 336),
    (600, 450),
    (480, 384),
    (500, 400),
    (540, 360),
    (576, 384),
    (560, 315),
    (384, 480),
    (400, 500),
    (384, 512),
)
"""Width and height in pixels of the pictures."""


@dataclass(frozen=True)
class Rect:
    """A rectangle in pixels of the original picture."""

    x: float
    y: float
    w: float
    h: float

    def as_list(self) -> list[float]:
        """x, y, w, h rounded to a tenth of a pixel, for JSON."""
        return [round(v, 1) for v in (self.x, self.y, self.w, self.h)]


@dataclass(frozen=True)
class View:
    """The input of a vision model: `side` pixels squared, cut into patches of `patch` pixels squared."""

    side: int = 144
    patch: int = 12

    def __post_init__(self) -> None:
        if self.side % self.patch != 0 or self.side // self.patch < 8:
            raise ValueError(
                f"view {self.side}/{self.patch}: the side must be a multiple of the patch, at least 8 of them"
            )

    @property
    def grid(self) -> int:
        """Patches per side."""
        return self.side // self.patch

    @property
    def units(self) -> int:
        """Layout units per side."""
        return self.grid * UNITS

    @property
    def min_pitch(self) -> float:
        """Least distance between two glyph centres in units: more than a patch, so that no patch holds two of them."""
        return UNITS + 1.0

    def sizes(self) -> tuple[tuple[int, int], ...]:
        """The picture sizes whose shorter side still has room for three rows of shapes (27 units each)."""
        return tuple((w, h) for w, h in SIZES if min(w, h) / max(w, h) * self.units >= 80)


@dataclass(frozen=True)
class Placement:
    """Where a picture lies on the model's square: size and offset in pixels of the square."""

    width: int
    height: int
    left: int
    top: int


def place(width: int, height: int, side: int) -> Placement:
    """Where a picture of `width` x `height` pixels lies on a square of `side`; 32-bit floats decide the rounding."""
    scale = min(np.float32(side) / np.float32(width), np.float32(side) / np.float32(height))
    w = min(math.ceil(np.float32(width) * scale), side)
    h = min(math.ceil(np.float32(height) * scale), side)
    return Placement(w, h, (side - w) // 2, (side - h) // 2)


def letterbox(image: Image.Image, side: int) -> Image.Image:
    """The RGB square of `side` pixels that the vision model sees of `image`."""
    image = image.convert("RGB")
    if image.size == (side, side):
        return image
    at = place(image.width, image.height, side)
    canvas = Image.new("RGB", (side, side), PAD_COLOR)
    canvas.paste(image.resize((at.width, at.height), Image.Resampling.BICUBIC), (at.left, at.top))
    return canvas


def on_view(region: Rect, size: tuple[int, int], side: int) -> Rect:
    """The region of a picture of `size` in pixels of the model's square."""
    at = place(size[0], size[1], side)
    sx, sy = at.width / size[0], at.height / size[1]
    return Rect(at.left + region.x * sx, at.top + region.y * sy, region.w * sx, region.h * sy)


def patch_weights(region: Rect, size: tuple[int, int], view: View) -> dict[int, float]:
    """How much of the region each patch holds (they sum to 1); patches are numbered row by row, as image tokens are."""
    seen = on_view(region, size, view.side)
    weights: dict[int, float] = {}
    for row in range(max(0, int(seen.y // view.patch)), min(view.grid - 1, int((seen.y + seen.h) // view.patch)) + 1):
        tall = min(seen.y + seen.h, (row + 1) * view.patch) - max(seen.y, row * view.patch)
        for col in range(
            max(0, int(seen.x // view.patch)), min(view.grid - 1, int((seen.x + seen.w) // view.patch)) + 1
        ):
            wide = min(seen.x + seen.w, (col + 1) * view.patch) - max(seen.x, col * view.patch)
            if tall > 0 and wide > 0:
                weights[row * view.grid + col] = tall * wide
    total = sum(weights.values())
    if total == 0:
        raise ValueError(f"region {region.as_list()} lies outside the picture of {size[0]}x{size[1]}")
    return {patch: weight / total for patch, weight in weights.items()}


def patches_of(regions: tuple[Rect, ...], size: tuple[int, int], view: View, least: float = 0.5) -> list[int]:
    """The patches of the view that show the regions: those that hold at least `least` times the best patch's share."""
    found: set[int] = set()
    for region in regions:
        weights = patch_weights(region, size, view)
        best = max(weights.values())
        found.update(patch for patch, weight in weights.items() if weight >= least * best)
    return sorted(found)
