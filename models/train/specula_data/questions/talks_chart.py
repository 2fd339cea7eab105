"""Talks of two to four turns about charts, tables and diagrams."""

from __future__ import annotations

import random

from ..marked import compose
from ..pictures.diagram import Diagram
from ..pictures.lines import Lines
from ..pictures.values import Values
from ..sample import Expect, Turn
from . import charts, diagrams, lines
from .charts import CLASS, has


def values(rng: random.Random, facts: Values) -> list[Turn] | None:
    """The highest, the lowest, how far they are apart, and a third one."""
    if not facts.readable:
        return None
    high, low = facts.largest(), facts.smallest()
    which = "What" if high.about == "word" else f"Which {facts.noun}"
    gap = high.value - low.value
    turns = [
        Turn(
            "talk highest",
            "chart extremes",
            f"Look at the {facts.chart}. {which} is the highest?",
            compose(
                "{Name} is the highest in the {chart}. No other value is larger.", name=high.named(), chart=facts.chart
            ),
            Expect("first", (high.core,), CLASS[high.about]),
        ),
        Turn(
            "talk its value",
            "chart values",
            rng.choice(("What is its value?", "And how much is it?")),
            compose("{Fact}. That is the highest value in the {chart}.", fact=has(high, facts), chart=facts.chart),
            Expect("first", (str(high.value),), "number"),
        ),
        Turn(
            "talk lowest",
            "chart extremes",
            rng.choice(("And which one has the lowest value?", "Which one is the lowest?")),
            compose(
                "{Name} has the lowest value in the {chart}, which is {value}{unit}.",
                name=low.named(),
                value=low.valued(),
                unit=facts.unit,
                chart=facts.chart,
            ),
            Expect("first", (low.core,), CLASS[low.about]),
        ),
        Turn(
            "talk gap",
            "arithmetic",
            "How far are these two apart?",
            compose(
                "I take the lowest value from the highest one. The difference between {x} and {y} is {z}.",
                x=high.value,
                y=low.value,
                z=gap,
            ),
            Expect("last", (str(gap),), "number"),
        ),
    ]
    return turns


def two_values(rng: random.Random, facts: Values) -> list[Turn] | None:
    """One value, "and the other one", their sum or difference."""
    if not facts.readable:
        return None
    a, b = rng.sample(facts.items, 2)
    total = rng.random() < 0.5
    x, y = max(a.value, b.value), min(a.value, b.value)
    end = (
        compose("The sum of {x} and {y} is {z}.", x=a.value, y=b.value, z=x + y)
        if total
        else compose("The difference between {x} and {y} is {z}.", x=x, y=y, z=x - y)
    )
    winner = a if a.value > b.value else b
    return [
        Turn(
            "talk value",
            "chart values",
            f"Look at {a.name}. What is its value?",
            compose("I look for it in the {chart}. There, {fact}.", chart=facts.chart, fact=has(a, facts)),
            Expect("first", (str(a.value),), "number"),
        ),
        Turn(
            "talk what about",
            "chart values",
            rng.choice((f"And what about {b.name}?", f"And the value of {b.name}?")),
            compose("In the same {chart}, I can read that {fact}.", chart=facts.chart, fact=has(b, facts)),
            Expect("first", (str(b.value),), "number"),
        ),
        Turn(
            "talk larger",
            "comparison",
            "Which of the two is larger?",
            compose("{X} is greater than {y}, so {name} is the larger one.", x=str(x), y=y, name=winner.name),
            Expect("last", (winner.core,), CLASS[a.about]),
        ),
        Turn(
            "talk together",
            "arithmetic",
            "What do they make together?" if total else "What is the difference between them?",
            end,
            Expect("last", (str(x + y if total else x - y),), "number"),
        ),
    ]


def line(rng: random.Random, facts: Lines) -> list[Turn] | None:
    """A line read point by point, its highest point, how it goes on."""
    if len(facts.lines) == 1:
        first = lines.describe(rng, facts)
        one = facts.lines[0]
        k = one.values.index(max(one.values))
        j = one.values.index(min(one.values))
        if first is None:
            return None
        gap = one.values[k] - one.values[j]
        return [
            first,
            Turn(
                "talk highest point",
                "chart extremes",
                "At which point is it highest?",
                compose(
                    "The line is highest at point {p}, where its value is {v}. No other point is higher.",
                    p=facts.labels[k],
                    v=one.values[k],
                ),
                Expect("first", (facts.labels[k],), "letter"),
            ),
            Turn(
                "talk lowest point",
                "chart extremes",
                "And where is it lowest?",
                compose(
                    "The line is lowest at point {p}, where its value is {v}. No other point is lower.",
                    p=facts.labels[j],
                    v=one.values[j],
                ),
                Expect("first", (facts.labels[j],), "letter"),
            ),
            Turn(
                "talk line gap",
                "arithmetic",
                "What is the difference between these two values?",
                compose(
                    "I take the lower value from the higher one. The difference between {x} and {y} is {z}.",
                    x=one.values[k],
                    y=one.values[j],
                    z=gap,
                ),
                Expect("last", (str(gap),), "number"),
            ),
        ]
    a, b = rng.sample(facts.lines, 2)
    k = rng.randrange(len(facts.labels))
    p = facts.labels[k]
    return [
        Turn(
            "talk line value",
            "chart values",
            f"Look at the {a.color} line. What is its value at point {p}?",
            compose("At point {p}, the {color} line has a value of {v}.", p=p, color=a.color, v=a.value(k)),
            Expect("first", (str(a.values[k]),), "number"),
        ),
        Turn(
            "talk other line",
            "chart values",
            "And the other line at the same point?",
            compose(
                "At point {p}, the other line, which is {color}, has a value of {v}.",
                p=p,
                color=b.colored(),
                v=b.value(k),
            ),
            Expect("first", (str(b.values[k]),), "number"),
        ),
        Turn(
            "talk higher line",
            "comparison",
            "Which of the two is higher there?",
            compose(
                "At point {p}, the {color} line is higher. Its value is {x}, and the other value is {y}.",
                p=p,
                color=(a if a.values[k] > b.values[k] else b).color,
                x=max(a.values[k], b.values[k]),
                y=min(a.values[k], b.values[k]),
            ),
            Expect("first", ((a if a.values[k] > b.values[k] else b).color,), "color"),
        ),
    ]


def diagram(rng: random.Random, facts: Diagram) -> list[Turn] | None:
    """Follows the path box by box: "from there"."""
    if len(facts.boxes) < 3:
        return None
    k = rng.randrange(len(facts.boxes) - 2)
    boxes = facts.boxes
    turns = [
        Turn(
            "talk arrow",
            "diagram",
            f"Start at box {boxes[k].letter}. Where does the arrow lead?",
            compose(
                "From box {a}, the arrow leads to box {b}. So this box comes right after box {a}.",
                a=boxes[k].letter,
                b=facts.after(k),
            ),
            Expect("first", (boxes[k + 1].letter,), "letter"),
        ),
        Turn(
            "talk from there",
            "diagram",
            "And where does the arrow from there lead?",
            compose(
                "The next arrow leads from box {a} to box {b}. That is the second arrow that we follow.",
                a=boxes[k + 1].letter,
                b=facts.after(k + 1),
            ),
            Expect("last", (boxes[k + 2].letter,), "letter"),
        ),
        Turn(
            "talk its color",
            "color",
            "What color is that box?",
            compose(
                "The box that we reached is box {a}. Its color is {color}.",
                a=boxes[k + 2].letter,
                color=boxes[k + 2].colored(),
            ),
            Expect("first", (boxes[k + 2].color,), "color"),
        ),
    ]
    end = diagrams.end(rng, facts)
    return [*turns, end] if end else turns


def table(rng: random.Random, facts: Values) -> list[Turn] | None:
    """The table as a whole, then its extremes, which follow from what was read."""
    if not facts.readable:
        return None
    first = charts.describe(rng, facts)
    high, low = facts.largest(), facts.smallest()
    if first is None:
        return None
    return [
        first,
        Turn(
            "talk highest read",
            "chart extremes",
            "Which of these values is the highest?",
            compose(
                "The highest value is {v}{unit}, and it belongs to {name}.",
                v=high.value,
                unit=facts.unit,
                name=high.name,
            ),
            Expect("last", (high.core,), CLASS[high.about]),
        ),
        Turn(
            "talk lowest read",
            "chart extremes",
            "And which is the lowest?",
            compose(
                "The lowest value is {v}{unit}, and it belongs to {name}.", v=low.value, unit=facts.unit, name=low.name
            ),
            Expect("last", (low.core,), CLASS[low.about]),
        ),
    ]
