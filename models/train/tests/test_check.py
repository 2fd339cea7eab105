"""The judge of answers that a model wrote on its own."""

import random
import re
import unittest
from dataclasses import dataclass

from support import exercises, turns

from specula_data.check import is_right
from specula_data.sample import Expect


@dataclass(frozen=True)
class Asked:
    question: str
    expect: Expect


class Judge(unittest.TestCase):
    def judge(self, skill: str, question: str, expect: Expect, right: list[str], wrong: list[str]) -> None:
        for text in right:
            self.assertTrue(is_right(skill, Asked(question, expect), text), text)
        for text in wrong:
            self.assertFalse(is_right(skill, Asked(question, expect), text), text)

    def test_first_mention_passes_over_the_question(self) -> None:
        self.judge(
            "color",
            "What color is the heart behind the blue star?",
            Expect("first", ("red",), "color"),
            ["It is red.", "The heart behind the blue star is Red, not green."],
            ["It is blue.", "Green.", "", "I cannot see it."],
        )

    def test_the_last_number_counts_in_words_or_digits(self) -> None:
        self.judge(
            "count",
            "How many stars are there?",
            Expect("last", ("three",), "number"),
            ["There are 3.", "The red star is number one and so on. So there are three stars."],
            ["There are two.", "Three or four."],
        )

    def test_a_wrong_difference_is_wrong_even_if_its_numbers_are_there(self) -> None:
        self.judge(
            "arithmetic",
            "What is 10 minus 5?",
            Expect("last", ("5",), "number"),
            ["The difference between 10 and 5 is 5."],
            ["The difference between 10 and 5 is 10.", "The difference between 10 and 5 is 6."],
        )

    def test_positions_are_whole(self) -> None:
        self.judge(
            "position",
            "Where is the star?",
            Expect("first", ("center",), "position"),
            ["It is in the center of the picture."],
            ["It is in the top center of the picture.", "In the top left."],
        )

    def test_options_need_text_and_letter(self) -> None:
        self.judge(
            "reasoning",
            "How many? Options: two (A), three (B).",
            Expect("option", ("three", "B")),
            ["Three. So the answer is three (B)."],
            ["So the answer is three (A).", "So the answer is two (B).", "B", "So the answer is (B)."],
        )

    def test_quotes_are_compared_in_order_without_case(self) -> None:
        self.judge(
            "words",
            "What does it say?",
            Expect("quotes", ("Stop", "42")),
            ['It says "STOP" and "42".'],
            ['It says "42" and "STOP".', 'It says "STOP".', "It says Stop 42."],
        )

    def test_yes_or_no(self) -> None:
        self.judge(
            "existence",
            "Is there a red star?",
            Expect("last", ("no",), "yes or no"),
            ["So the answer is no."],
            ["Yes.", "None of them."],
        )

    def test_captions_need_every_object_in_its_place_and_no_other(self) -> None:
        facts = Expect("facts", ("in the top left, | large red star", "in the center, | small blue circle", "white"))
        self.judge(
            "caption",
            "Describe it.",
            facts,
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
        )

    def test_sets_in_any_order(self) -> None:
        self.judge(
            "color",
            "What colors are they?",
            Expect("set", ("red", "blue"), "color"),
            ["Blue and red.", "Red, blue."],
            ["Red.", "Red and green."],
        )

    def test_unknown_names_are_refused(self) -> None:
        for skill, rule, domain in (
            ("smell", "first", "color"),
            ("color", "best", "color"),
            ("color", "first", "smell"),
        ):
            with self.assertRaises(ValueError):
                is_right(skill, Asked("?", Expect(rule, ("red",), domain)), "red")

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
                if a.expect.rule != "facts" and sorted(a.expect.values) != sorted(b.expect.values):
                    self.assertFalse(
                        is_right(a.skill, Asked(b.question, a.expect), str(b.answer)), (kind, a.expect, str(b.answer))
                    )


if __name__ == "__main__":
    unittest.main()
