"""The judge of answers that a model wrote on its own."""

import json
import random
import re
import unittest
from dataclasses import dataclass
from pathlib import Path

from support import exercises, turns

from specula_data.check import is_right, mentions
from specula_data.classes import classes_file
from specula_data.sample import Expect


@dataclass(frozen=True)
class Asked:
    question: str
    expect: Expect


@dataclass(frozen=True)
class Case:
    """A question with answers that are right and answers that are wrong."""

    name: str
    skill: str
    question: str
    expect: Expect
    right: list[str]
    wrong: list[str]


CASES = [
    Case(
        "first mention passes over the question",
        "color",
        "What color is the heart behind the blue star?",
        Expect("first", ("red",), "color"),
        ["It is red.", "The heart behind the blue star is Red, not green."],
        ["It is blue.", "Green.", "", "I cannot see it."],
    ),
    Case(
        "the last number counts in words or digits",
        "count",
        "How many stars are there?",
        Expect("last", ("three",), "number"),
        ["There are 3.", "The red star is number one and so on. So there are three stars."],
        ["There are two.", "Three or four."],
    ),
    Case(
        "a wrong difference is wrong even if its numbers are there",
        "arithmetic",
        "What is 10 minus 5?",
        Expect("last", ("5",), "number"),
        ["The difference between 10 and 5 is 5."],
        ["The difference between 10 and 5 is 10.", "The difference between 10 and 5 is 6."],
    ),
    Case(
        "positions are whole",
        "position",
        "Where is the star?",
        Expect("first", ("center",), "position"),
        ["It is in the center of the picture."],
        ["It is in the top center of the picture.", "In the top left."],
    ),
    Case(
        "options need text and letter",
        "reasoning",
        "How many? Options: two (A), three (B).",
        Expect("option", ("three", "B")),
        ["Three. So the answer is three (B)."],
        ["So the answer is three (A).", "So the answer is two (B).", "B", "So the answer is (B)."],
    ),
    Case(
        "quotes are compared in order without case",
        "words",
        "What does it say?",
        Expect("quotes", ("Stop", "42")),
        ['It says "STOP" and "42".'],
        ['It says "42" and "STOP".', 'It says "STOP".', "It says Stop 42."],
    ),
    Case(
        "yes or no",
        "existence",
        "Is there a red star?",
        Expect("last", ("no",), "yes or no"),
        ["So the answer is no."],
        ["Yes.", "None of them."],
    ),
    Case(
        "captions need every object in its place and no other",
        "caption",
        "Describe it.",
        Expect("facts", ("in the top left, | large red star", "in the center, | small blue circle", "white")),
        [
            "The background is white. In the top left, there is a large red star. In the center, there is a small blue circle."
        ],
        [
            "The background is white. In the center, there is a large red star. In the top left, there is a small blue circle.",
            "The background is white. In the top left, there is a large red star.",
            "The background is gray. In the top left, there is a large red star. In the center, there is a small blue circle.",
            "The background is white. In the top left, there is a large red star. In the center, there is a small blue circle. In the "
            "top right, there is a pink heart.",
        ],
    ),
    Case(
        "sets in any order",
        "color",
        "What colors are they?",
        Expect("set", ("red", "blue"), "color"),
        ["Blue and red.", "Red, blue."],
        ["Red.", "Red and green."],
    ),
]
"""Also judged by the app, see `golden_judge.py`."""


class Judge(unittest.TestCase):
    def test_cases(self) -> None:
        for case in CASES:
            asked = Asked(case.question, case.expect)
            for text in case.right:
                self.assertTrue(is_right(case.skill, asked, text), (case.name, text))
            for text in case.wrong:
                self.assertFalse(is_right(case.skill, asked, text), (case.name, text))

    def test_unknown_names_are_refused(self) -> None:
        for skill, rule, domain in (
            ("smell", "first", "color"),
            ("color", "best", "color"),
            ("color", "first", "smell"),
        ):
            with self.assertRaises(ValueError):
                is_right(skill, Asked("?", Expect(rule, ("red",), domain)), "red")

    def test_the_golden_file_holds_this_judge_and_its_word_classes(self) -> None:
        path = Path(__file__).resolve().parents[3] / "tests" / "golden" / "judge.jsonl"
        classes, *lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
        self.assertEqual(classes, classes_file(), "write it again: python3 models/train/tests/golden_judge.py")
        self.assertGreater(len(lines), 100)
        for line in lines:
            expect = Expect(line["expect"]["rule"], tuple(line["expect"]["values"]), line["expect"]["domain"])
            asked = Asked(line["question"], expect)
            for text in line["right"]:
                self.assertTrue(is_right(line["skill"], asked, text), (line["question"], text))
            for text in line["wrong"]:
                self.assertFalse(is_right(line["skill"], asked, text), (line["question"], text))

    def test_only_ascii_makes_words(self) -> None:
        # The app's judge has other tables of letters, so only ASCII counts in both.
        self.assertEqual(mentions("\u00e9red \u0663 3 YE\u017f yes", "number"), ["3"])
        self.assertEqual(mentions("\u00e9red, Red\u00e9 but not reddish", "color"), ["red", "red"])
        self.assertEqual(mentions("YE\u017f yes", "yes or no"), ["yes"])

    def test_generated_answers_are_right_and_those_of_other_turns_are_not(self) -> None:
        for turn in exercises():
            self.assertTrue(is_right(turn.skill, turn, str(turn.answer)), turn)
        rng = random.Random(1)
        by_kind: dict[str, list] = {}
        for _, turn in turns():
            by_kind.setdefault(turn.kind, []).append(turn)
        for kind, found in by_kind.items():
            for _ in range(min(40, len(found))):
                a, b = rng.choice(found), rng.choice(found)
                asked = set(re.findall(r"\w+", b.question.lower()))
                if a.expect.rule == "first" and asked & set(" ".join(a.expect.values).lower().split()):
                    continue  # the value is given in the other question and cannot be its answer
                # a word may be on another sign in other letters, and is read alike
                ours, theirs = (sorted(value.lower() for value in turn.expect.values) for turn in (a, b))
                if a.expect.rule != "facts" and ours != theirs:
                    self.assertFalse(
                        is_right(a.skill, Asked(b.question, a.expect), str(b.answer)), (kind, a.expect, str(b.answer))
                    )


if __name__ == "__main__":
    unittest.main()
