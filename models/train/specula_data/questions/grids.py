"""Questions about tables with two columns of digits."""

from __future__ import annotations

import random

from ..marked import Marked, compose, join, seen
from ..pictures.table import Grid
from ..sample import Expect, Turn
from ..words import NUMBERS


def _head(grid: Grid, column: int) -> Marked:
    return seen(grid.columns[column], "letter", grid.head_regions[column])


def cell(rng: random.Random, grid: Grid) -> Turn | None:
    r, c = rng.randrange(len(grid.rows)), rng.randrange(2)
    row, column = grid.rows[r], grid.columns[c]
    question, answer = rng.choice(
        (
            (
                "What is the number for {row} in column {column}?",
                "In the table, the number for {row} in column {column} is {v}. The other column, {other}, has {w} for {row}.",
            ),
            (
                "Find {row} in column {column}.",
                "In row {row} and column {column}, the table has the number {v}. In column {other}, the same row has {w}.",
            ),
        )
    )
    text = compose(answer, row=row, column=column, v=grid.value(r, c), other=_head(grid, 1 - c), w=grid.value(r, 1 - c))
    expect = Expect("first", (str(grid.cells[r][c]),), "number")
    return Turn("cell", "chart values", question.format(row=row, column=column), text, expect)


def row_sum(rng: random.Random, grid: Grid) -> Turn | None:
    r = rng.randrange(len(grid.rows))
    a, b = grid.cells[r]
    question = rng.choice(("What is the sum of the numbers for {row}?", "Add the two numbers of {row}.")).format(
        row=grid.rows[r]
    )
    text = compose(
        "For {row}, the table has {a} in column {p} and {b} in column {q}. The sum of {x} and {y} is {z}.",
        row=grid.rows[r],
        a=grid.value(r, 0),
        b=grid.value(r, 1),
        p=_head(grid, 0),
        q=_head(grid, 1),
        x=a,
        y=b,
        z=a + b,
    )
    return Turn("row sum", "arithmetic", question, text, Expect("last", (str(a + b),), "number"))


def best(rng: random.Random, grid: Grid) -> Turn | None:
    """The row with the highest number of a column; only where it is unique."""
    c = rng.randrange(2)
    numbers = [row[c] for row in grid.cells]
    if numbers.count(max(numbers)) != 1:
        return None
    r = numbers.index(max(numbers))
    question = rng.choice(
        ("Which row has the highest number in column {column}?", "In column {column}, where is the highest number?")
    )
    readings = join(
        [
            compose("{v} for {row}", v=grid.value(k, c), row=seen(row, "word", grid.row_regions[k]))
            for k, row in enumerate(grid.rows)
        ]
    )
    text = compose(
        "Column {column} has {readings}. The highest of them is {v}, in the row of {row}.",
        column=grid.columns[c],
        readings=readings,
        v=max(numbers),
        row=grid.rows[r],
    )
    return Turn(
        "column highest",
        "chart extremes",
        question.format(column=grid.columns[c]),
        text,
        Expect("last", (grid.rows[r],), "item"),
    )


def describe(rng: random.Random, grid: Grid) -> Turn | None:
    question = rng.choice(("Describe the table.", "What does the table show?", "Read all numbers of the table."))
    number = seen(NUMBERS[len(grid.rows)], "count", *grid.row_regions)
    text = compose(
        "This is a table with {number} rows and the columns {p} and {q}.",
        number=number,
        p=_head(grid, 0),
        q=_head(grid, 1),
    )
    facts = []
    for k, row in enumerate(grid.rows):
        fact = compose(
            "{row} has {a} and {b}", row=seen(row, "word", grid.row_regions[k]), a=grid.value(k, 0), b=grid.value(k, 1)
        )
        text = text + " " + fact + "."
        facts.append(str(fact))
    return Turn("describe table", "chart values", question, text, Expect("facts", tuple(facts)))
