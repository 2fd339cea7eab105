"""The loss of a model that sees: scores belong to the tokens they predict, attention to the words that are about to come."""

from __future__ import annotations

import unittest
from dataclasses import replace

from training_support import LOSSES, SIZES, VIEW, exercises, samples, tiny_model, tokenizer, torch

from specula_train.answering import Answerer
from specula_train.batches import Batch, batch_of_samples, batch_of_texts, text_of
from specula_train.evaluate import pixels_tensor
from specula_train.losses import GROUNDED_HEADS, LITTLE, References, seeing_loss, token_loss
from specula_train.vlm import Model

ONLY_WORDS = replace(LOSSES, labels=0, grounding=0, reference=0, band=0)


def loss_of(model: Model, batch: Batch, losses=LOSSES):
    references = References(tokenizer(), len(tokenizer()))
    return seeing_loss(model, batch, losses, references, tokenizer().pad, torch.float32)


class TestTokenLoss(unittest.TestCase):
    def setUp(self) -> None:
        self.batch = batch_of_samples(tokenizer(), samples()[:5], VIEW)

    def loss(self, ids: torch.Tensor, **weights: float):
        scores = 40.0 * torch.nn.functional.one_hot(ids, len(tokenizer()))
        return token_loss(scores, self.batch, weights.get("image_word", 1.5), weights.get("question", 0.05), tokenizer().pad)

    def test_certain_and_right_costs_nothing(self) -> None:
        loss, numbers = self.loss(self.batch.ids)
        self.assertLess(loss.item(), 1e-6)
        self.assertEqual(numbers, {"other words": 1.0, "image words": 1.0})

    def test_one_token_off_costs_much(self) -> None:
        loss, numbers = self.loss(self.batch.ids.roll(1, 1))
        self.assertGreater(loss.item(), 20)
        self.assertLess(numbers["other words"], 0.2)

    def test_weights_by_class(self) -> None:
        b = self.batch
        self.assertTrue((~b.answer & (b.ids == tokenizer().pad)).any())
        wrong_seen = torch.where(b.seen, (b.ids + 1) % len(tokenizer()), b.ids)
        seen, told = b.seen.sum().item(), (b.answer & ~b.seen).sum().item()
        asked = (~b.answer & (b.ids != tokenizer().pad)).sum().item()
        wanted = 40 * 3 * seen / (3 * seen + told + 0.5 * asked)
        loss, numbers = self.loss(wrong_seen, image_word=3.0, question=0.5)
        self.assertAlmostEqual(loss.item(), wanted, places=3)
        self.assertEqual(numbers, {"other words": 1.0, "image words": 0.0})


class TestSeeingLoss(unittest.TestCase):
    def test_a_learned_batch_is_said_word_by_word(self) -> None:
        some = sorted(samples(), key=lambda sample: len(str(sample.turns[0].answer)))[4:7]
        some = [replace(sample, turns=sample.turns[:1]) for sample in some]
        batch = batch_of_samples(tokenizer(), some, VIEW)
        torch.manual_seed(6)
        model = Model(SIZES["target"].language(len(tokenizer())), SIZES["target"].eyes(VIEW))
        optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
        first = off_first = None
        for _ in range(150):
            loss, numbers = loss_of(model, batch, replace(LOSSES, labels=0, reference=0))
            first, off_first = first or loss.item(), off_first or numbers["off target 1"]
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        words, _ = loss_of(model, batch, ONLY_WORDS)
        self.assertGreater(first, 4)
        self.assertLess(words.item(), 0.05)
        self.assertLess(numbers["off target 1"], off_first / 2)
        answers = Answerer(model, tokenizer()).answer(pixels_tensor(some, VIEW), [[s.turns[0].question] for s in some])
        self.assertEqual([tokenizer().decode(own[0]) for own in answers], [str(s.turns[0].answer) for s in some])

    def test_reported_attention_is_that_of_the_position_before_each_word(self) -> None:
        model, sample = tiny_model(), next(s for s in samples() if s.turns[0].answer.spans())
        batch = batch_of_samples(tokenizer(), [sample], VIEW)
        with torch.no_grad():
            _, numbers = loss_of(model, batch)
            _, image = model.see(batch.pixels)
            embeddings = model.place(batch.opening, image, batch.ids)
            _, kept, _ = model.language(embeddings, keep_weights=(0, 1))
        front = len(tokenizer().opening)
        first = front + VIEW.grid**2
        text = text_of(tokenizer(), sample.turns, sample.picture)
        seen, told = [], []
        for layer in (0, 1):
            offs = []
            for token, patches in enumerate(text.patches):
                looks = kept[layer][0, :, first + token - 1, front:first]
                if patches:
                    offs.append(-torch.log(looks[:GROUNDED_HEADS, patches].sum() / GROUNDED_HEADS + LITTLE).item())
                if layer == 1 and text.answer[token]:
                    (seen if text.seen[token] else told).append(looks.sum().item() / 4)
            self.assertAlmostEqual(numbers[f"off target {layer}"], sum(offs) / len(offs), places=4)
        self.assertAlmostEqual(numbers["looks image"], sum(seen) / len(seen), places=4)
        self.assertAlmostEqual(numbers["looks other"], sum(told) / len(told), places=4)

    def test_the_band_costs_what_lies_outside_it(self) -> None:
        model, batch = tiny_model(), batch_of_samples(tokenizer(), samples()[:2], VIEW)
        with torch.no_grad():
            free, numbers = loss_of(model, batch, ONLY_WORDS)
            inside, _ = loss_of(model, batch, replace(ONLY_WORDS, band=1.0, band_low=0.0, band_high=1.0))
            above, _ = loss_of(model, batch, replace(ONLY_WORDS, band=1.0, band_low=0.0, band_high=0.0))
            below, _ = loss_of(model, batch, replace(ONLY_WORDS, band=1.0, band_low=1.0, band_high=1.0))
        self.assertAlmostEqual(inside.item(), free.item(), places=5)
        self.assertAlmostEqual((above - free).item(), numbers["looks other"], places=4)
        self.assertAlmostEqual((below - free).item(), 1 - numbers["looks other"], places=4)

    def test_exercises_are_predicted_from_the_token_before(self) -> None:
        texts = [text_of(tokenizer(), turns, None) for turns in exercises()]
        batch, model = batch_of_texts(tokenizer(), texts, None, VIEW), tiny_model()
        with torch.no_grad():
            loss, numbers = loss_of(model, batch, replace(LOSSES, question=0.0))
            total = count = 0.0
            for text in texts:
                ids = torch.tensor([[*tokenizer().opening, *text.ids]])
                scores = model.language.logits(model.language(model.language.embedding(ids))[0])[0].log_softmax(-1)
                for token, own in enumerate(text.answer):
                    if own:
                        total -= scores[len(tokenizer().opening) + token - 1, text.ids[token]].item()
                        count += 1
        self.assertAlmostEqual(loss.item(), total / count, places=3)
        self.assertIn("exercises", numbers)


if __name__ == "__main__":
    unittest.main()
