"""The word classes of questions and answers, and small rules of English grammar.

No colour, size, shape or number word begins with a vowel: "a" before them never depends on the picture.
"""

from __future__ import annotations

COLORS: dict[str, tuple[int, int, int]] = {
    "red": (220, 38, 38),
    "green": (34, 150, 60),
    "blue": (40, 80, 220),
    "yellow": (245, 208, 20),
    "brown": (128, 78, 36),
    "purple": (140, 50, 175),
    "pink": (248, 130, 195),
    "black": (25, 25, 25),
}
"""Colours of things."""

BACKGROUNDS: dict[str, tuple[int, int, int]] = {
    "white": (250, 250, 250),
    "gray": (198, 198, 198),
    "cyan": (178, 236, 243),
    "beige": (232, 214, 176),
}
"""Colours of backgrounds; none of them is the colour of a thing."""

SHAPES = ("circle", "square", "triangle", "diamond", "star", "cross", "heart")
SIZES = ("large", "small")
POSITIONS = (
    "top left",
    "top center",
    "top right",
    "middle left",
    "center",
    "middle right",
    "bottom left",
    "bottom center",
    "bottom right",
)
NUMBERS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
FIVES = range(10, 100, 5)
"""Numbers of two digits in charts and tables: adding them is learnt by small models, adding any two is not."""
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
OPTION_LETTERS = "ABCD"
LABELS = "ABCDEFGHKLMNPRSTUVWXYZ"
"""Letters for labels and codes: without I, J, O and Q, which are easily taken for something else."""

ITEMS = ("Tea", "Milk", "Rice", "Fish", "Cake", "Corn", "Nuts", "Soup", "Eggs", "Meat", "Salt", "Jam", "Pie", "Ham")
"""Names in legends and tables; at most four letters, for a chart has no room for more."""

TITLES = ("SALES", "SCORES", "VISITS", "STOCK", "ORDERS", "VOTES", "GOALS", "POINTS")
"""Titles of charts and tables."""

SIGN_WORDS = tuple(
    """
    STOP OPEN EXIT SALE CAFE BANK HOTEL PARK TAXI BUS TRAIN MILK BREAD WATER FISH BOOK MUSIC NORTH SOUTH EAST WEST GATE SHOP
    ZOO FARM LAKE ROAD QUEEN KING JUMP HELP VIDEO PIZZA FRESH LUCKY WIND CLUB YARD EXTRA MARKET GARDEN BRIDGE STREET ICE
    POST HOME RIVER BEACH TOWER LIGHT NIGHT SILVER WINTER SUMMER TICKET OFFICE LIBRARY SCHOOL STATION DANGER PULL PUSH
    HARBOR MUSEUM THEATER FERRY BAKERY PHONE QUIET VALLEY FOREST DOCTOR
    """.split()
)
"""Words on signs; they are quoted in answers and may be spelled by the tokenizer, letter by letter."""

SAME_IN_BOTH_CASES = set("CIKOPSUVWXYZ")
"""Letters whose small form is the capital drawn smaller (or nearly so)."""


def plural(noun: str) -> str:
    """The plural of one of our nouns, with or without adjectives before it."""
    return noun + ("es" if noun.endswith(("s", "x")) else "s")


def counted(number: int, noun: str) -> str:
    """ "one star", "three stars"."""
    return f"{NUMBERS[number]} {noun if number == 1 else plural(noun)}"


def are(number: int) -> str:
    """ "is" or "are"."""
    return "is" if number == 1 else "are"


def capital(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]
