"""Fonts by file name, as installed by Debian packages."""

from __future__ import annotations

from functools import lru_cache

from PIL import ImageFont

FONTS = {
    "DejaVuSans-Bold.ttf": "fonts-dejavu-core",
    "DejaVuSansMono-Bold.ttf": "fonts-dejavu-core",
    "LiberationSans-Bold.ttf": "fonts-liberation",
    "LiberationSerif-Bold.ttf": "fonts-liberation",
    "LiberationMono-Bold.ttf": "fonts-liberation",
    "LiberationSansNarrow-Bold.ttf": "fonts-liberation",
    "FreeSansBold.ttf": "fonts-freefont-ttf",
    "FreeSerifBold.ttf": "fonts-freefont-ttf",
    "Lato-Bold.ttf": "fonts-lato",
    "OpenSans-Semibold.ttf": "fonts-open-sans",
    "ComicNeue-Bold.otf": "fonts-comic-neue",
}
"""File name to Debian package. Light faces are left out: their strokes vanish in the model's small picture."""

PLAIN = ("DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf", "OpenSans-Semibold.ttf", "FreeSansBold.ttf")
"""Fonts of charts, tables and diagrams."""


class MissingFont(RuntimeError):
    """A font file that Pillow does not find in the system's font folders."""


@lru_cache(maxsize=512)
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """The font at `size` pixels per em.

    :raises MissingFont: with the Debian package to install.
    """
    try:
        return ImageFont.truetype(name, size, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        package = FONTS.get(name, "the package that holds it")
        raise MissingFont(f"font {name} is not installed; run: apt-get install {package}") from error
