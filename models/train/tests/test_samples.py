"""Whole samples: determinism, coverage, language, vocabulary, one wording per question."""

import random
import re
import unittest
from collections import defaultdict

from support import FIRST_SEED, exercises, samples, turns

from specula_data import build
from specula_data.build import make_exercises, make_packed, make_sample
from specula_data.sample import SKILLS, TOPICS
from specula_data.seeds import HELD_OUT, TRAINING, VALIDATION, split_of
from specula_data.view import View
from specula_data.vocabulary import START_WORDS, TEMPLATE_WORDS, answer_words, spelled_words

KINDS = """
color; shape; size; where; what; background; count; count shape; count color; exists; beside; side; inside; in front of; around; behind;
hidden; detailed caption; short caption; sign caption; sign word; sign number; sign code; sign text; sign line; sign border; sign letters;
word length; sign compare; larger number; bar value; bar largest; bar smallest; bar count; slice value; slice largest; slice smallest;
slice count; row value; row largest; row smallest; row count; describe bar chart; describe pie chart; describe table; title; difference;
sum; larger value; point value; line highest; line lowest; trend; describe line chart; line color; higher line; cell; row sum;
column highest; next box; box before; path end; path begin; box color; box letter; describe diagram; steps; scene total; scene compare;
sum of values; difference of values; spread; sum of a row; steps with options; path with options; digit sum; length with options;
talk place; talk it size; talk same color; talk behind all; talk two colors; talk that one; talk the other; talk both sizes; talk inside;
talk in front of; talk where it is; talk over the edge; talk list; talk how many; talk last one; talk sign; talk sign letters;
talk sign border; talk other sign; talk both borders; talk word length; talk highest; talk its value; talk lowest; talk gap; talk value;
talk what about; talk larger; talk together; talk highest point; talk lowest point; talk line gap; talk line value; talk other line;
talk higher line; talk arrow; talk from there; talk its color; talk highest read; talk lowest read
"""
EXERCISES = """exercise sum; exercise difference; exercise count; exercise compare; exercise exists; exercise option; exercise greater; exercise extreme; exercise repeat; exercise pairs; exercise beside; exercise look up; exercise follow"""


def split(text: str) -> set[str]:
    return {name.strip() for name in text.replace("\n", " ").split(";")}


class Determinism(unittest.TestCase):
    def test_the_same_seed_gives_the_same_bytes(self) -> None:
        for k in range(60):
            for make in (make_sample, make_packed):
                a, b = make(k), make(k)
                self.assertEqual(a.picture.image.tobytes(), b.picture.image.tobytes())
                self.assertEqual(a.turns, b.turns)
        self.assertEqual(make_exercises(5), make_exercises(5))

    def test_other_seeds_give_other_samples(self) -> None:
        self.assertGreater(len({make_sample(k).picture.image.tobytes() for k in range(100)}), 98)

    def test_ranges_of_seeds_do_not_overlap(self) -> None:
        self.assertLessEqual(TRAINING.stop, VALIDATION.start)
        self.assertLessEqual(VALIDATION.stop, HELD_OUT.start)
        self.assertEqual(
            [split_of(0), split_of(VALIDATION.start), split_of(HELD_OUT.start)], ["training", "validation", "held-out"]
        )
        with self.assertRaises(ValueError):
            split_of(-1)


class Coverage(unittest.TestCase):
    def test_every_kind_of_question_occurs(self) -> None:
        kinds = {turn.kind for _, turn in turns()}
        self.assertEqual(kinds, split(KINDS))
        self.assertEqual({turn.kind for turn in exercises()}, split(EXERCISES))

    def test_every_topic_picture_and_skill_occurs(self) -> None:
        self.assertEqual({s.topic for s in samples()}, set(TOPICS))
        self.assertEqual({s.picture.kind for s in samples()}, set(build.PICTURES))
        skills = {turn.skill for _, turn in turns()} | {turn.skill for turn in exercises()}
        self.assertEqual(skills, set(SKILLS))

    def test_talks_have_two_to_four_turns_and_others_one(self) -> None:
        lengths = defaultdict(set)
        for sample in samples():
            lengths[sample.topic].add(len(sample.turns))
        self.assertEqual(lengths.pop("multi-turn conversation"), {2, 3, 4})
        self.assertTrue(all(found == {1} for found in lengths.values()))

    def test_pictures_are_at_least_384_pixels_long_in_several_shapes(self) -> None:
        sizes = {s.picture.image.size for s in samples()}
        self.assertEqual(sizes, set(View().sizes()))
        self.assertTrue(all(max(size) >= 384 for size in sizes))

    def test_other_views_work_too(self) -> None:
        for view in (View(96, 12), View(192, 16), View(168, 14)):
            for k in range(60):
                make_sample(FIRST_SEED + k, view=view)


class OneAnswer(unittest.TestCase):
    def test_the_wording_follows_from_picture_and_question(self) -> None:
        for k, sample in enumerate(samples()[:300]):
            picture, rng = sample.picture, random.Random(k)
            answers: dict[str, str] = {t.question: str(t.answer) for t in sample.turns[:1]}
            for table in (build.QUESTIONS, build.CAPTIONS, build.REASONING):
                for maker, _ in table.get(picture.kind, ()):
                    for _ in range(4):
                        turn = maker(rng, picture.facts)
                        if turn:
                            self.assertEqual(answers.setdefault(turn.question, str(turn.answer)), str(turn.answer))
            for talk in build.TALKS.get(picture.kind, ()):
                turn = (talk(rng, picture.facts) or [None])[0]
                if turn:
                    self.assertEqual(answers.setdefault(turn.question, str(turn.answer)), str(turn.answer))


class Language(unittest.TestCase):
    def test_sentences_are_well_formed(self) -> None:
        for turn in [turn for _, turn in turns()] + list(exercises()):
            text = str(turn.answer)
            outside = re.sub(r'"[^"]*"', "X", text)
            self.assertRegex(text, r'^["A-Z0-9]', turn)
            self.assertRegex(text, r"\.$", turn)
            self.assertRegex(turn.question, r"[.?]$", turn)
            for sentence in re.split(r"(?<=\.) ", outside):
                self.assertRegex(sentence, r"^[A-Z0-9]", text)
            self.assertNotRegex(outside + turn.question, r"  | [.,]|\{|\}|,,|\.\.", text)
            self.assertNotRegex(outside, r"^A [aeiou]|\. A [aeiou]|\ba [aeiouAEIOU]|\b[Aa]n [^aeiou]", text)
            self.assertNotRegex(
                outside,
                r"\bone (objects|shapes|\w+ objects|lines|signs|boxes|bars|rows|slices|stars|circles|steps|arrows)\b",
                text,
            )
            self.assertNotRegex(
                outside,
                r"\b(zero|two|three|four|five|six|seven) (object|shape|line|sign|box|bar|row|slice|star|circle|step|arrow)\b",
                text,
            )
            self.assertNotRegex(
                outside, r"\bthere is (zero|two|three|four|five|six|seven)|there are one\b|sss|crosss\b", text
            )

    def test_what_asks_for_an_explanation_gets_one(self) -> None:
        found = [turn for _, turn in turns() if turn.question.endswith("Explain how you know.")]
        self.assertGreater(len(found), 50)
        for turn in found:
            *reasons, last = str(turn.answer).split(". ")
            self.assertTrue(reasons, turn)
            self.assertRegex(last, r"^(So the answer is|Read (letter by letter|digit by digit), the)", turn.question)

    def test_answers_have_a_useful_length(self) -> None:
        lengths: dict[str, list[int]] = defaultdict(list)
        for sample, turn in turns():
            lengths[sample.topic].append(len(re.findall(r"[A-Za-z]+|\d|[^\sA-Za-z\d]", str(turn.answer))))
        for topic, found in lengths.items():
            self.assertGreaterEqual(min(found), 9, topic)
            self.assertLessEqual(max(found), 180, topic)
            self.assertGreaterEqual(sum(found) / len(found), 16, topic)

    def test_the_vocabulary_is_complete_and_compact(self) -> None:
        used: set[str] = set()
        for turn in [turn for _, turn in turns()] + list(exercises()):
            used.update(re.findall(r"[A-Za-z]+", re.sub(r'"[^"]*"', "", str(turn.answer))))
        known = set(answer_words()) | set(spelled_words()) | {"a", "I"}
        self.assertEqual(used - known, set())
        self.assertEqual((set(TEMPLATE_WORDS) | set(START_WORDS)) - used - {"Seven", "Five", "Six"}, set())
        self.assertLess(len(answer_words()), 700)


if __name__ == "__main__":
    unittest.main()
