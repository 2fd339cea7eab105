"""Signs: boards with words and numbers in several fonts, sizes and cases; one board or two."""

from __future__ import annotations

import random
from dataclasses import dataclass

from ..canvas import Canvas, jitter, text_width
from ..fonts import FONTS
from ..sample import Picture, Thing
from ..view import Rect, View
from ..words import BACKGROUNDS, COLORS, LABELS, SAME_IN_BOTH_CASES, SIGN_WORDS

WHITE = (252, 252, 252)
BOARDS: dict[str, tuple[str, ...]] = {
    "white": ("black", "red", "blue", "green", "purple", "brown"),
    "yellow": ("black", "blue", "purple", "brown"),
    "pink": ("black", "blue"),
    "blue": ("white", "yellow"),
    "green": ("white",),
    "red": ("white",),
    "purple": ("white", "yellow"),
    "brown": ("white", "yellow"),
    "black": ("white", "yellow"),
}
"""Colours of a board and the letters that can be read on it."""


@dataclass(frozen=True)
class Line:
    """A line of a board; `kind` is word, number or code."""

    text: str
    kind: str
    glyphs: tuple[Rect, ...]


@dataclass(frozen=True)
class Board:
    """A board; `place` is empty for the only one, else left, right, upper or lower."""

    place: str
    lines: tuple[Line, ...]
    board: str
    letters: str
    border: str
    border_region: Rect
    region: Rect

    @property
    def name(self) -> str:
        """ "the sign", "the left sign"."""
        return f"the {self.place} sign" if self.place else "the sign"

    def only(self, kind: str) -> Line | None:
        """The line of this kind if there is exactly one."""
        lines = [line for line in self.lines if line.kind == kind]
        return lines[0] if len(lines) == 1 else None


@dataclass(frozen=True)
class Signs:
    boards: tuple[Board, ...]
    background: str
    corners: tuple[Rect, ...]


def rgb(name: str) -> tuple[int, int, int]:
    return WHITE if name == "white" else COLORS[name]


def make_sign(rng: random.Random, view: View, two: bool | None = None) -> Picture:
    """One board, or two beside or above each other."""
    background = rng.choice(list(BACKGROUNDS))
    canvas = Canvas(rng.choice(view.sizes()), view, jitter(BACKGROUNDS[background], rng, 4))
    w, h = canvas.width, canvas.height
    two = rng.random() < 0.3 if two is None else two
    if not two:
        frames = [("", 0.0, 0.0, w, h)]
    elif w >= 132 and rng.random() < 0.5:
        frames = [("left", 0.0, 0.0, w / 2, h), ("right", w / 2, 0.0, w / 2, h)]
    else:
        frames = [("upper", 0.0, 0.0, w, h / 2), ("lower", 0.0, h / 2, w, h / 2)]
    colors = rng.sample(list(COLORS), 2)
    used: set[str] = set()
    boards = [_draw_board(canvas, rng, frame, border, used, background) for frame, border in zip(frames, colors)]
    side = 4.0
    corners = tuple(canvas.region(x, y, side, side) for y in (0, h - side) for x in (0, w - side))
    signs = Signs(tuple(boards), background, corners)
    return Picture("sign", canvas.image, view, signs, _about(signs), _things(signs))


def _draw_board(
    canvas: Canvas,
    rng: random.Random,
    frame: tuple[str, float, float, float, float],
    border: str,
    used: set[str],
    background: str,
) -> Board:
    place, x0, y0, w, h = frame
    face = rng.choice(list(FONTS))
    em = rng.choice([16.0, 17.0, 19.0]) if not place else 16.0
    room_w, room_h = w - 21, h - 22
    names = [b for b in BOARDS if b != border and not (b == "white" and background == "white" and border == "white")]
    board = rng.choice(names)
    letters = rng.choice(BOARDS[board])
    style = rng.choice(["upper", "upper", "title", "lower"])
    texts = _texts(rng, face, em, room_w, int(room_h // (em * 1.15)), style, used, canvas.view, single=bool(place))
    step = em * 1.15
    inner_w = max(text_width(text, face, em, canvas.view) for text, _ in texts)
    bw, bh = inner_w + 13, step * len(texts) + 12
    bx = x0 + (w - bw) / 2 + rng.uniform(-0.5, 0.5) * max(0.0, w - bw - 9)
    by = y0 + (h - bh) / 2 + rng.uniform(-0.5, 0.5) * max(0.0, h - bh - 9)
    canvas.rectangle(bx, by, bw, bh, jitter(rgb(board), rng, 5), jitter(rgb(border), rng, 6), 3.2)
    ink = jitter(rgb(letters), rng, 4)
    lines = []
    for number, (text, kind) in enumerate(texts):
        x = bx + (bw - text_width(text, face, em, canvas.view)) / 2
        glyphs = canvas.glyphs(text, x, by + 6 + step * number + em * 0.9, face, em, ink)
        lines.append(Line(text, kind, tuple(glyphs)))
    edge = canvas.region(bx, by, bw, 3.2)
    return Board(place, tuple(lines), board, letters, border, edge, canvas.region(bx, by, bw, bh))


def _texts(
    rng: random.Random,
    face: str,
    em: float,
    width: float,
    most: int,
    style: str,
    used: set[str],
    view: View,
    single: bool,
) -> list[tuple[str, str]]:
    forms = (
        [["word"], ["number"], ["code"]]
        if single
        else [
            ["word"],
            ["word"],
            ["number"],
            ["code"],
            ["word", "number"],
            ["word", "number"],
            ["number", "word"],
            ["word", "word"],
            ["word", "word", "number"],
        ]
    )
    kinds = rng.choice([form for form in forms if len(form) <= max(1, most)])
    texts: list[tuple[str, str]] = []
    for kind in kinds:
        for _ in range(200):
            text = _word(rng, style) if kind == "word" else _number(rng) if kind == "number" else _code(rng)
            if text.upper() not in used and text_width(text, face, em, view) <= width:
                used.add(text.upper())
                texts.append((text, kind))
                break
    if not texts:
        texts.append((rng.choice("ABCDEFGHKLMNPRST") + str(rng.randint(2, 9)), "code"))
    return texts


def _word(rng: random.Random, style: str) -> str:
    """A sign word in the style; small letters only where they cannot be taken for capitals."""
    word = rng.choice(SIGN_WORDS)
    if style == "upper" or word[0] in SAME_IN_BOTH_CASES:
        return word
    return word.capitalize() if style == "title" else word.lower()


def _number(rng: random.Random) -> str:
    digits = rng.choice([2, 2, 3, 4])
    return str(rng.randint(10 ** (digits - 1), 10**digits - 1))


def _code(rng: random.Random) -> str:
    return "".join(rng.choice(LABELS) for _ in range(rng.choice([1, 2, 2]))) + str(rng.randint(10, 99))


def _about(signs: Signs) -> dict[str, object]:
    return {
        "background": signs.background,
        "boards": [
            {
                "place": b.place,
                "lines": [{"text": line.text, "kind": line.kind} for line in b.lines],
                "board": b.board,
                "letters": b.letters,
                "border": b.border,
                "region": b.region.as_list(),
            }
            for b in signs.boards
        ],
    }


def _things(signs: Signs) -> list[Thing]:
    things = [Thing("background", signs.background, region) for region in signs.corners]
    for board in signs.boards:
        things.append(Thing("color", board.border, board.border_region))
        for line in board.lines:
            things += [Thing("character", c.upper(), region) for c, region in zip(line.text, line.glyphs)]
    return things
