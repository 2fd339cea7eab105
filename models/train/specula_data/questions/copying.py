"""Exercises without a picture that are solved by finding a word again and saying what stands beside it.

Names from a question, numbers read a sentence ago and option letters are all found this way; a model that has not learnt it
guesses them however well it sees.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from ..marked import as_marked, in_turn, join
from ..sample import Expect, Turn
from ..words import BACKGROUNDS, COLORS, ITEMS, LABELS, NUMBERS, POSITIONS, SHAPES, SIZES

POOLS: tuple[Sequence[str], ...] = (
    LABELS,
    ITEMS,
    tuple(COLORS),
    NUMBERS[:10],
    tuple(map(str, range(100))),
    (*COLORS, *SHAPES, *SIZES, *BACKGROUNDS, *POSITIONS, *ITEMS, *LABELS, *NUMBERS, *map(str, range(10))),
)

FORMS = ("{} {}", "{} ({})", "{} is {}", "{} has a value of {}", "{} at {}", "from {} to {}")
"""How a pair is said; real answers have the second word at these distances from the first."""


def _list(rng: random.Random, least: int, most: int) -> list[str]:
    return rng.sample(rng.choice(POOLS), rng.randint(least, most))


def repeat(rng: random.Random) -> Turn:
    """A list said again."""
    text = ", ".join(_list(rng, 4, 8))
    return Turn(
        "exercise repeat", "copying", f"The list says {text}. Read the list.", as_marked(f"It says {text}."), Expect("facts", (text,))
    )


def pairs(rng: random.Random) -> Turn:
    """Pairs of words, found again in another order. Nearly every word of the answer is looked up, so it teaches the most."""
    keys = _list(rng, 4, 8)
    values = [word for word in rng.choice((LABELS, ITEMS, POOLS[4])) if word not in keys]
    paired = dict(zip(keys, rng.sample(values, min(len(keys), len(values)))))
    keys = list(paired)
    order = rng.choices(keys, k=rng.randint(6, 10))
    form = rng.choice(FORMS)
    given = ", ".join(form.format(key, value) for key, value in paired.items())
    text = ", ".join(form.format(key, paired[key]) for key in order)
    question = f"The list says {given}. Read {', '.join(order)}."
    return Turn("exercise pairs", "copying", question, as_marked(f"It says {text}."), Expect("facts", tuple(text.split(", "))))


def beside(rng: random.Random) -> Turn:
    """What comes after or before a word of a list."""
    words = _list(rng, 4, 8)
    at = rng.randrange(len(words) - 1)
    first, second = words[at : at + 2]
    given = f"The list says {', '.join(words)}."
    question, fact = rng.choice(
        (
            (f"What comes after {first}?", f"After {first} comes {second}"),
            (f"What comes just before {second}?", f"Just before {second} comes {first}"),
        )
    )
    return Turn("exercise beside", "copying", f"{given} {question}", as_marked(f"{fact}."), Expect("facts", (fact,)))


def look_up(rng: random.Random) -> Turn:
    """The value that a name has, or the name of a value."""
    names = rng.sample(rng.choice(POOLS[:3]), rng.randint(3, 5))
    values = rng.sample(range(1, 100) if rng.random() < 0.6 else range(1, 10), len(names))
    given = join([f"{name} has a value of {value}" for name, value in zip(names, values)])
    given = f"In the table, {given}."
    name, value = rng.choice(list(zip(names, values)))
    fact = f"The value of {name} is {value}"
    question = rng.choice((f"What is the value of {name}?", f"What has a value of {value}?"))
    return Turn("exercise look up", "copying", f"{given} {question}", as_marked(f"{fact}."), Expect("facts", (fact,)))


def follow(rng: random.Random) -> Turn:
    """Arrows between letters in any order, followed from one letter to another, counted aloud."""
    path = rng.sample(LABELS, rng.randint(3, 5))
    arrows = [f"from {a} to {b}" for a, b in zip(path, path[1:])]
    given = join(rng.sample(arrows, len(arrows)))
    a = rng.randrange(len(path) - 1)
    b = rng.randrange(a + 1, len(path))
    steps = in_turn([f"{arrow} is number {NUMBERS[k]}" for k, arrow in enumerate(arrows[a:b], start=1)])
    noun = "arrow" if b - a == 1 else "arrows"
    return Turn(
        "exercise follow",
        "count",
        f"The arrows lead {given}. How many arrows lead from box {path[a]} to box {path[b]}?",
        as_marked(f"I follow the arrows: {steps}. So it is {NUMBERS[b - a]} {noun} from box {path[a]} to box {path[b]}."),
        Expect("last", (NUMBERS[b - a],), "number"),
    )
