"""Questions about named values: bars, slices and rows of a table."""

from __future__ import annotations

import random

from ..marked import Marked, compose, join, seen, spelled
from ..pictures.values import Item, Values
from ..sample import Expect, Turn
from ..words import NUMBERS, plural

CLASS = {"color": "color", "letter": "letter", "word": "item"}


def has(item: Item, values: Values, named: bool = False) -> Marked:
    """ "the blue bar has a value of 7", with the value marked, and the name too if the question does not give it."""
    name = item.named() if named else item.name
    return compose("{name} has a value of {value}{unit}", name=name, value=item.valued(), unit=values.unit)


def value(rng: random.Random, values: Values) -> Turn | None:
    if not values.readable:
        return None
    item = rng.choice(values.items)
    question, answer = rng.choice(
        (
            ("What is the value of {name}?", "In this {chart}, {fact}. The {chart} has {count} {nouns} in all."),
            (
                "Which value does {name} have?",
                "Looking at the {chart}, {fact}. There are other {nouns} too, {count} in all.",
            ),
            (
                "What is the value of {name}? Explain how you know.",
                "I look at the {chart} and find {name} among its {nouns}. There I read the value: {fact}. So the answer is {same}{unit}.",
            ),
            (
                "Read the value of {name}.",
                "Looking at the {chart}, {fact}. There are other {nouns} too, {count} in all.",
            ),
        )
    )
    text = compose(
        answer,
        chart=values.chart,
        name=item.name,
        same=item.value,
        unit=values.unit,
        fact=has(item, values),
        count=_count(values),
        nouns=plural(values.noun),
    )
    return Turn(
        f"{values.noun} value",
        "chart values",
        question.format(name=item.name),
        text,
        Expect("first", (str(item.value),), "number"),
    )


def _count(values: Values) -> Marked:
    return seen(NUMBERS[len(values.items)], "count", *values.region)


def largest(rng: random.Random, values: Values) -> Turn | None:
    return _extreme(rng, values, values.largest(), "largest", "highest")


def smallest(rng: random.Random, values: Values) -> Turn | None:
    return _extreme(rng, values, values.smallest(), "smallest", "lowest")


def _extreme(rng: random.Random, values: Values, item: Item, size: str, height: str) -> Turn:
    word = height if values.readable else size
    subject = {"color": f"Which {values.noun}", "letter": f"Which {values.noun}", "word": "What"}[item.about]
    if values.readable:
        question, answer = rng.choice(
            (
                (
                    f"{subject} has the {height} value?",
                    "Of the {count} {nouns} in the {chart}, {name} has the {word} value. It has a value of {value}{unit}.",
                ),
                (
                    f"{subject} has the {size} value in the {values.chart}?",
                    "The {word} value in the {chart} is the value of {name}. It is {value}{unit}, and there are {count} {nouns} in all.",
                ),
            )
        )
        shown = item.valued()
    else:
        question, answer = rng.choice(
            (
                (
                    f"{subject} has the {size} share?",
                    "Of the {count} {nouns} in the {chart}, {name} has the {word} share. No other {noun} of this pie is as {big}.",
                ),
                (
                    f"{subject} is the {size} in the {values.chart}?",
                    "The {word} share of the {chart} belongs to {name}. There are {count} {nouns} in all.",
                ),
            )
        )
        shown = Marked(())
    text = compose(
        answer,
        count=_count(values),
        nouns=plural(values.noun),
        chart=values.chart,
        name=item.named(),
        word=word,
        value=shown,
        unit=values.unit,
        noun=values.noun,
        big="large" if size == "largest" else "small",
    )
    kind = f"{values.noun} {size}"
    return Turn(kind, "chart extremes", question, text, Expect("first", (item.core,), CLASS[item.about]))


def how_many(rng: random.Random, values: Values) -> Turn | None:
    question, answer = rng.choice(
        (
            ("How many {nouns} does the {chart} have?", "The {chart} has {count} {nouns}. {Order}, they are {list}."),
            (
                "How many {nouns} are in the {chart}?",
                "There are {count} {nouns} in the {chart}. {Order}, I can see {list}.",
            ),
        )
    )
    names = join([item.named() for item in values.items])
    text = compose(
        answer, chart=values.chart, count=_count(values), nouns=plural(values.noun), order=values.order, list=names
    )
    question = question.format(nouns=plural(values.noun), chart=values.chart)
    return Turn(
        f"{values.noun} count", "count", question, text, Expect("first", (NUMBERS[len(values.items)],), "number")
    )


def describe(rng: random.Random, values: Values) -> Turn | None:
    """Everything the chart says."""
    question = rng.choice(
        ("Describe the {chart}.", "What does the {chart} show?", "Read all values of the {chart}.")
    ).format(chart=values.chart)
    text = compose(
        "This is a {chart} with {count} {nouns}", chart=values.chart, count=_count(values), nouns=plural(values.noun)
    )
    if values.title:
        text = text + compose(
            ' {and_} the title "{title}"',
            and_=seen("and", "word", *values.title_glyphs),
            title=spelled(values.title, "word", values.title_glyphs),
        )
    parts = [has(item, values, named=True) if values.readable else item.named() for item in values.items]
    facts = [str(part) for part in parts]
    verb = "" if values.readable else "the order is "
    text = text + compose(". {Order}, " + verb + "{list}.", order=values.order, list=join(parts))
    if not values.readable:
        text = text + compose(" The largest share belongs to {name}.", name=values.largest().named())
    return Turn(f"describe {values.chart}", "chart values", question, text, Expect("facts", tuple(facts)))


def title(rng: random.Random, values: Values) -> Turn | None:
    if not values.title:
        return None
    question = rng.choice(("What is the title of the {chart}?", "Which word stands above the {chart}?")).format(
        chart=values.chart
    )
    text = compose(
        'The title of the {chart} is "{title}". It stands above the {chart}, which has {count} {nouns}.',
        chart=values.chart,
        title=spelled(values.title, "word", values.title_glyphs),
        count=_count(values),
        nouns=plural(values.noun),
    )
    return Turn("title", "words", question, text, Expect("quotes", (values.title,)))


def difference(rng: random.Random, values: Values) -> Turn | None:
    """The larger minus the smaller of two values; both are said first."""
    if not values.readable:
        return None
    a, b = sorted(rng.sample(values.items, 2), key=lambda item: -item.value)
    question = rng.choice(
        (
            "What is the difference between {a} and {b}?",
            "How much larger is the value of {a} than the value of {b}?",
        )
    )
    text = compose(
        "{A}, and {b}. The difference between {x} and {y} is {z}.",
        a=has(a, values),
        b=has(b, values),
        x=a.value,
        y=b.value,
        z=a.value - b.value,
    )
    return Turn(
        "difference",
        "arithmetic",
        question.format(a=a.name, b=b.name),
        text,
        Expect("last", (str(a.value - b.value),), "number"),
    )


def total(rng: random.Random, values: Values) -> Turn | None:
    """The sum of two values."""
    if not values.readable:
        return None
    a, b = rng.sample(values.items, 2)
    question = rng.choice(("What is the sum of {a} and {b}?", "What do {a} and {b} make together?"))
    text = compose(
        "{A}, and {b}. The sum of {x} and {y} is {z}.",
        a=has(a, values),
        b=has(b, values),
        x=a.value,
        y=b.value,
        z=a.value + b.value,
    )
    return Turn(
        "sum",
        "arithmetic",
        question.format(a=a.name, b=b.name),
        text,
        Expect("last", (str(a.value + b.value),), "number"),
    )


def compare(rng: random.Random, values: Values) -> Turn | None:
    """Which of two is larger."""
    if not values.readable:
        return None
    a, b = rng.sample(values.items, 2)
    winner = a if a.value > b.value else b
    question = rng.choice(("Which is larger, {a} or {b}?", "Compare {a} and {b}. Which one has the larger value?"))
    text = compose(
        "{A}, and {b}. {X} is greater than {y}, so {winner} has the larger value.",
        a=has(a, values),
        b=has(b, values),
        x=str(max(a.value, b.value)),
        y=min(a.value, b.value),
        winner=winner.name,
    )
    return Turn(
        "larger value",
        "comparison",
        question.format(a=a.name, b=b.name),
        text,
        Expect("last", (winner.core,), CLASS[a.about]),
    )
