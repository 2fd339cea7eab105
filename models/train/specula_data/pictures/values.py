"""Named values, as bars, slices and rows of a table show them; questions about all of them share one form."""

from __future__ import annotations

from dataclasses import dataclass

from ..marked import Marked, compose, seen
from ..view import Rect


@dataclass(frozen=True)
class Item:
    """A named value; `frame` turns the name's core into the full name, as "the {core} bar"."""

    core: str
    frame: str
    about: str
    """what the core is: color, letter or word"""
    name_regions: tuple[Rect, ...]
    value: int
    value_regions: tuple[Rect, ...]

    @property
    def name(self) -> str:
        return self.frame.format(core=self.core)

    def named(self) -> Marked:
        """The name with its core marked: for answers that find the item."""
        return compose(self.frame, core=seen(self.core, self.about, *self.name_regions))

    def valued(self) -> Marked:
        """The value, marked."""
        return seen(self.value, "value", *self.value_regions)


@dataclass(frozen=True)
class Values:
    """Items from left to right, clockwise from the top, or from top to bottom. Values differ from each other."""

    chart: str
    """bar chart, pie chart or table"""
    noun: str
    """bar, slice or row"""
    items: tuple[Item, ...]
    order: str
    """"from left to right" and the like"""
    unit: str
    """" percent" or nothing"""
    title: str
    title_glyphs: tuple[Rect, ...]
    readable: bool = True
    """false where the picture shows no values, only larger and smaller slices"""

    @property
    def region(self) -> tuple[Rect, ...]:
        """Where every item is."""
        return tuple(region for item in self.items for region in item.value_regions[:1])

    def largest(self) -> Item:
        return max(self.items, key=lambda item: item.value)

    def smallest(self) -> Item:
        return min(self.items, key=lambda item: item.value)


def about(values: Values) -> dict[str, object]:
    """The facts as JSON data."""
    return {
        "chart": values.chart,
        "title": values.title,
        "items": [{"name": item.name, "value": item.value} for item in values.items],
    }
