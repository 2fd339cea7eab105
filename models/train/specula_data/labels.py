"""Labels per patch, for training the vision model alone before it meets the language model."""

from __future__ import annotations

import numpy as np

from .sample import Picture
from .view import Rect, patch_weights
from .words import BACKGROUNDS, COLORS, ITEMS, LABELS, SHAPES, SIZES

CLASSES: dict[str, tuple[str, ...]] = {
    "shape": SHAPES,
    "color": tuple(COLORS),
    "size": SIZES,
    "character": tuple("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    "value": tuple(str(n) for n in range(1, 10)),
    "background": tuple(BACKGROUNDS),
    "item": ITEMS,
    "extreme": ("highest", "lowest"),
    "arrow": ("right", "left", "down", "up"),
    "after": (*LABELS, "end"),
    "before": (*LABELS, "begin"),
    "count": tuple(str(n) for n in range(1, 8)),
}
"""Labels of each kind; class 0 is "nothing", class k + 1 the label at index k. Small letters count as capitals.

Those from "item" on, without "arrow", are found by looking at several places: the name that a row, bar or slice has (at its letters and at itself), which
value is the highest, the letters of the boxes before and behind a box, and, at the picture's corner, how many things there are.
"""


def patch_labels(picture: Picture) -> dict[str, np.ndarray]:
    """For each kind an int64 array of grid x grid classes, in the order of image tokens.

    A thing is labelled at the patch that holds its centre (characters, values, colours, shapes, sizes); the background
    where its region is. Where two things of a kind share a patch, the later one, which is drawn in front, wins.
    """
    grid = picture.view.grid
    labels = {kind: np.zeros(grid * grid, np.int64) for kind in CLASSES}
    for thing in picture.things:
        region = thing.region
        if thing.kind != "background":
            region = Rect(region.x + region.w / 2 - 0.5, region.y + region.h / 2 - 0.5, 1, 1)
        weights = patch_weights(region, picture.image.size, picture.view)
        labels[thing.kind][max(weights, key=lambda patch: weights[patch])] = 1 + CLASSES[thing.kind].index(thing.label)
    return {kind: array.reshape(grid, grid) for kind, array in labels.items()}
