"""Exercises without a picture: sums, differences, counting and comparing in a listing, option letters; and copying."""

from __future__ import annotations

import random
from dataclasses import replace

from ..marked import Marked, as_marked, compose, in_turn, join
from ..sample import Expect, Turn
from ..words import COLORS, FIVES, LABELS, NUMBERS, SHAPES, plural
from .copying import beside, follow, look_up, pairs, repeat
from .phrases import so_many
from .reasoning import near, with_options


def arithmetic(rng: random.Random) -> Turn:
    """A sum or a difference of numbers up to 99, in digits or (small ones) in words; at times with options."""
    words = rng.random() < 0.25
    pool = range(7) if words else rng.choice((range(1, 10), range(1, 21), FIVES, range(1, 100)))
    a, b = rng.choice(pool), rng.choice(pool)
    add = rng.random() < 0.5
    if not add and a < b:
        a, b = b, a
    result = a + b if add else a - b
    say = (lambda n: NUMBERS[n]) if words else str
    noun = "sum of" if add else "difference between"
    question = rng.choice((f"What is the {noun} {say(a)} and {say(b)}?", f"Compute the {noun} {say(a)} and {say(b)}."))
    answer = as_marked(f"The {noun} {say(a)} and {say(b)} is {say(result)}.")
    if rng.random() < 0.3:
        options = [say(n) for n in near(rng, result, 12 if words else 999)]
        return with_options(rng, "exercise sum", question, answer, say(result), options)
    return Turn(
        "exercise sum" if add else "exercise difference",
        "arithmetic",
        question,
        answer,
        Expect("last", (say(result),), "number"),
    )


def _list(rng: random.Random) -> tuple[list[tuple[str, str]], str]:
    shapes, colors = rng.sample(SHAPES, 3), rng.sample(list(COLORS), 3)
    things = [(rng.choice(colors), rng.choice(shapes)) for _ in range(rng.randint(2, 7))]
    return things, f"I can see {NUMBERS[len(things)]} objects: {join([f'a {c} {s}' for c, s in things])}."


def _aloud(things: list[tuple[str, str]], noun: str) -> Marked:
    if not things:
        return as_marked(f"None of them is {noun if noun in COLORS else 'a ' + noun}.")
    return compose(
        "{All}.", all=in_turn([f"the {c} {s} is number {NUMBERS[k]}" for k, (c, s) in enumerate(things, start=1)])
    )


def count_in_list(rng: random.Random) -> Turn:
    """How many of a shape or a colour a given listing has."""
    things, text = _list(rng)
    name = rng.choice(rng.choice(things)) if rng.random() < 0.85 else rng.choice(SHAPES)
    found = [t for t in things if name in t]
    thing = f"{name} object" if name in COLORS else name
    question = f"{text} How many {plural(thing)} are there?"
    answer = compose("{aloud} {so}", aloud=_aloud(found, name), so=so_many(len(found), thing, "in the list"))
    return Turn("exercise count", "count", question, answer, Expect("last", (NUMBERS[len(found)],), "number"))


def compare_in_list(rng: random.Random) -> Turn:
    """Of which shape there are more in a listing, with options."""
    things, text = _list(rng)
    a, b = rng.sample(sorted({s for _, s in things} | set(rng.sample(SHAPES, 2))), 2)
    first, second = ([t for t in things if t[1] == s] for s in (a, b))
    if len(first) == len(second):
        fact, answer = "The two numbers are the same.", "the same"
    else:
        many, few = sorted((len(first), len(second)), reverse=True)
        answer = plural(a if len(first) > len(second) else b)
        fact = f"{NUMBERS[many].capitalize()} is greater than {NUMBERS[few]}, so there are more {answer}."
    steps = compose(
        "First, I count the {a}. {one} Next, I count the {b}. {two} {fact}",
        a=plural(a),
        b=plural(b),
        one=_aloud(first, a),
        two=_aloud(second, b),
        fact=fact,
    )
    return with_options(
        rng,
        "exercise compare",
        f"{text} Of which are there more, {plural(a)} or {plural(b)}?",
        steps,
        answer,
        [plural(a), plural(b), "the same"],
    )


def exists_in_list(rng: random.Random) -> Turn:
    """Whether a listing has a shape of a colour; half of the time it has."""
    things, text = _list(rng)
    c, s = rng.choice(things)
    if rng.random() < 0.5:
        near = [(a, b) for a in sorted({c for c, _ in things}) for b in SHAPES]
        c, s = rng.choice([pair for pair in near if pair not in things])
    found = things.count((c, s))
    if found == 0:
        answer = f"None of them is a {c} {s}. So the answer is no."
    elif found == 1:
        answer = f"One of them is a {c} {s}. So the answer is yes."
    else:
        answer = f"{NUMBERS[found].capitalize()} of them are {c} {plural(s)}. So the answer is yes."
    return Turn(
        "exercise exists",
        "existence",
        f"{text} Is there a {c} {s}?",
        as_marked(answer),
        Expect("last", ("yes" if found else "no",), "yes or no"),
    )


def copy_option(rng: random.Random) -> Turn:
    """The letter of a given option."""
    pool = rng.choice((list(COLORS), list(SHAPES), list(NUMBERS[:10]), [str(n) for n in range(100)]))
    options = rng.sample(pool, 4)
    turn = with_options(
        rng,
        "exercise option",
        f"The answer is {options[0]}. Which option is it?",
        as_marked(f"I look for {options[0]}."),
        options[0],
        options,
    )
    return replace(turn, skill="copying")


def greater(rng: random.Random) -> Turn:
    """Which of two numbers is greater."""
    top = rng.choice([20, 99, 999])
    a, b = rng.sample(range(1, top + 1), 2)
    answer = as_marked(f"{max(a, b)} is greater than {min(a, b)}. So the answer is {max(a, b)}.")
    return Turn(
        "exercise greater",
        "comparison",
        f"Which number is greater, {a} or {b}?",
        answer,
        Expect("last", (str(max(a, b)),), "number"),
    )


def extreme(rng: random.Random) -> Turn:
    """The highest or lowest of several named numbers."""
    names = rng.sample(LABELS, rng.randint(3, 5))
    numbers = rng.sample(range(1, 100) if rng.random() < 0.4 else range(1, 10), len(names))
    word, best = rng.choice((("highest", max(numbers)), ("lowest", min(numbers))))
    name = names[numbers.index(best)]
    given = join([f"{n} at {letter}" for letter, n in zip(names, numbers)])
    answer = as_marked(f"The {word} of them is {best}, at point {name}.")
    return Turn(
        "exercise extreme",
        "chart extremes",
        f"The values are {given}. Where is the {word} value?",
        answer,
        Expect("last", (name,), "letter"),
    )


EXERCISES = (
    (arithmetic, 4),
    (count_in_list, 3),
    (compare_in_list, 2),
    (exists_in_list, 2),
    (copy_option, 2),
    (greater, 1),
    (extreme, 2),
    (repeat, 1),
    (pairs, 9),
    (beside, 3),
    (look_up, 2),
    (follow, 2),
)
"""Makers and how often each is drawn."""


def exercise(rng: random.Random) -> Turn:
    """A random exercise."""
    makers, weights = zip(*EXERCISES)
    return rng.choices(makers, weights)[0](rng)
