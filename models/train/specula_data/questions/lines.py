"""Questions about line charts."""

from __future__ import annotations

import random

from ..marked import Marked, compose, join, seen, spelled
from ..pictures.lines import Line, Lines
from ..sample import Expect, Turn


def _name(chart: Lines, line: Line) -> str:
    return "the line" if len(chart.lines) == 1 else f"the {line.color} line"


def _readings(chart: Lines, line: Line) -> Marked:
    """ "2 at A, 5 at B and 3 at C", values and letters marked."""
    return join(
        [
            compose("{v} at {p}", v=line.value(k), p=seen(p, "letter", chart.label_regions[k]))
            for k, p in enumerate(chart.labels)
        ]
    )


def point(rng: random.Random, chart: Lines) -> Turn | None:
    line = rng.choice(chart.lines)
    k = rng.randrange(len(chart.labels))
    question, answer = rng.choice(
        (
            (
                "What is the value of {name} at point {p}?",
                "In this line chart, {name} has a value of {v} at point {p}. {More}.",
            ),
            ("Which value does {name} have at {p}?", "At point {p}, {name} has a value of {v}. {More}."),
        )
    )
    if len(chart.lines) == 1:
        more = compose("The line is drawn in {color}", color=line.colored())
    else:
        other = next(other for other in chart.lines if other is not line)
        more = compose("The other line is {color}", color=other.colored())
    name = _name(chart, line)
    text = compose(answer, name=name, p=chart.labels[k], v=line.value(k), more=more)
    return Turn(
        "point value",
        "chart values",
        question.format(name=name, p=chart.labels[k]),
        text,
        Expect("first", (str(line.values[k]),), "number"),
    )


def extreme(rng: random.Random, chart: Lines) -> Turn | None:
    """At which point a line is highest or lowest, after all readings."""
    line = rng.choice(chart.lines)
    word, best = rng.choice((("highest", max(line.values)), ("lowest", min(line.values))))
    k = line.values.index(best)
    name = _name(chart, line)
    question = rng.choice((f"At which point is {name} {word}?", f"Where does {name} have its {word} value?"))
    text = compose(
        "{Name} has the values {readings}. The {word} of them is {best}, at point {p}.",
        name=name,
        readings=_readings(chart, line),
        word=word,
        best=best,
        p=chart.labels[k],
    )
    return Turn(f"line {word}", "chart extremes", question, text, Expect("last", (chart.labels[k],), "letter"))


def trend(rng: random.Random, chart: Lines) -> Turn | None:
    """Whether a line rises, falls or does both, after all readings."""
    line = rng.choice(chart.lines)
    v = line.values
    word = (
        "rises"
        if all(a < b for a, b in zip(v, v[1:]))
        else "falls"
        if all(a > b for a, b in zip(v, v[1:]))
        else "changes"
    )
    end = {"rises": "always rises", "falls": "always falls", "changes": "changes up and down"}[word]
    name = _name(chart, line)
    question = rng.choice(
        (
            f"Does {name} always rise, always fall, or change up and down?",
            f"How does {name} develop: always up, always down, or mixed?",
        )
    )
    text = compose(
        "{Name} has the values {readings}. So {name} {end}.", name=name, readings=_readings(chart, line), end=end
    )
    return Turn("trend", "trend", question, text, Expect("last", (word,), "trend"))


def describe(rng: random.Random, chart: Lines) -> Turn | None:
    question = rng.choice(
        ("Describe the line chart.", "What does the line chart show?", "Read all values of the line chart.")
    )
    first, rest = ("one", "line") if len(chart.lines) == 1 else ("two", "lines")
    number = seen(first, "count", *(p for line in chart.lines for p in line.points))
    text = compose("This is a line chart with {number} {rest}", number=number, rest=rest)
    facts: list[str] = []
    if chart.title:
        text = text + compose(
            ' {and_} the title "{title}"',
            and_=seen("and", "word", *chart.title_glyphs),
            title=spelled(chart.title, "word", chart.title_glyphs),
        )
    text = text + "."
    for line in chart.lines:
        fact = compose(
            "The {color} line has the values {readings}", color=line.colored(), readings=_readings(chart, line)
        )
        text = text + " " + fact + "."
        facts.append(str(fact))
    return Turn("describe line chart", "chart values", question, text, Expect("facts", tuple(facts)))


def color(rng: random.Random, chart: Lines) -> Turn | None:
    if len(chart.lines) > 1:
        return None
    line = chart.lines[0]
    question = rng.choice(("What color is the line?", "Which color does the line in the chart have?"))
    text = compose(
        "The line in the chart is {color}. It starts with a value of {v} at point {p}.",
        color=line.colored(),
        v=line.value(0),
        p=seen(chart.labels[0], "letter", chart.label_regions[0]),
    )
    return Turn("line color", "color", question, text, Expect("first", (line.color,), "color"))


def higher(rng: random.Random, chart: Lines) -> Turn | None:
    """Which of two lines is higher at a point."""
    if len(chart.lines) != 2:
        return None
    a, b = chart.lines
    k = rng.randrange(len(chart.labels))
    p = chart.labels[k]
    winner = a if a.values[k] > b.values[k] else b
    question = rng.choice(
        (f"Which line is higher at point {p}?", f"At point {p}, which of the two lines has the larger value?")
    )
    text = compose(
        "At point {p}, the {a} line has a value of {x} and the {b} line has a value of {y}. So the {winner} line is higher.",
        p=p,
        a=a.colored(),
        b=b.colored(),
        x=a.value(k),
        y=b.value(k),
        winner=winner.color,
    )
    return Turn("higher line", "comparison", question, text, Expect("last", (winner.color,), "color"))
