"""Answers of a batch are those that each talk gets alone, and those of the simple way."""

from __future__ import annotations

import unittest

from training_support import VIEW, samples, tiny_model, tokenizer, torch

from specula_train.answering import Answerer
from specula_train.evaluate import pixels_tensor
from specula_train.plain import plain_answers
from specula_train.vlm import Model

MOST = 14


def ending_model(name: str) -> Model:
    """A model of random weights that now and then ends an answer: its end token's scores vary more than the others'."""
    model = tiny_model(name, seed=4)
    with torch.no_grad():
        model.language.embedding.weight[tokenizer().end] *= 3
    return model


class TestAnswering(unittest.TestCase):
    def setUp(self) -> None:
        self.samples = [sample for sample in samples() if len(str(sample.turns[0].answer)) < 200][:14]
        self.talks = [[turn.question for turn in sample.turns] for sample in self.samples]
        self.pixels = pixels_tensor(self.samples, VIEW)

    def test_together_as_one_by_one(self) -> None:
        self.assertGreater(len({len(talk) for talk in self.talks}), 1)
        for name, pixels in (("target", self.pixels), ("draft-text", None)):
            answerer = Answerer(ending_model(name), tokenizer())
            together = answerer.answer(pixels, self.talks, MOST)
            lengths = {len(ids) for talk in together for ids in talk}
            self.assertIn(MOST, lengths)
            self.assertGreater(len(lengths), 2, "some answers should end by themselves")
            for row, talk in enumerate(self.talks):
                alone = answerer.answer(None if pixels is None else pixels[row : row + 1], [talk], MOST)
                self.assertEqual(together[row], alone[0], f"{name}, talk {row}")

    def test_first_answers_are_those_of_the_simple_way(self) -> None:
        model = ending_model("target")
        together = Answerer(model, tokenizer()).answer(self.pixels, self.talks, MOST)
        for row, talk in enumerate(self.talks):
            plain = plain_answers(model, tokenizer(), self.pixels[row], talk[:1], MOST)[0]
            self.assertEqual(together[row][0], [token for token in plain.ids if token != tokenizer().end])
            self.assertEqual(len(plain.prompt), len(tokenizer().opening) + VIEW.grid**2 + len(tokenizer().encode(talk[0])) + len(tokenizer().asked))
            self.assertTrue(all(0 < p <= 1 for p in plain.probabilities) and min(plain.margins) >= 0)

    def test_the_picture_matters(self) -> None:
        answerer = Answerer(ending_model("target"), tokenizer())
        seeing = answerer.answer(self.pixels, self.talks, MOST)
        swapped = answerer.answer(self.pixels.flip(0), self.talks, MOST)
        self.assertNotEqual(seeing, swapped)


if __name__ == "__main__":
    unittest.main()
