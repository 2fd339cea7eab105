"""Samples as tensors: which tokens are answers, which need the picture, and where they are to be seen."""

from __future__ import annotations

import unittest

from training_support import STAGE, VIEW, WORKER, exercises, samples, schedule, tokenizer, torch

from specula_data.view import letterbox, patches_of
from specula_train.batches import answer_marks, batch_of_samples, batch_of_texts, pixels_of, text_of
from specula_train.stage_draft import Said
from specula_train.stage_target import Stream


class TestMarks(unittest.TestCase):
    def test_tokens_that_touch_a_marked_span_are_seen(self) -> None:
        marked = 0
        for sample in samples():
            for turn in sample.turns:
                needed = {place for span in turn.answer.spans() for place in range(span.start, span.end)}
                encoded = tokenizer().encode_spans(str(turn.answer))
                ids, seen, _ = answer_marks(tokenizer(), turn.answer, sample.picture)
                self.assertEqual(ids, encoded.ids)
                self.assertEqual(seen, [not needed.isdisjoint(range(*span)) for span in encoded.spans])
                marked += sum(seen)
        self.assertGreater(marked, 100)

    def test_patches_are_those_of_the_word_or_the_character(self) -> None:
        spelled = whole = 0
        for sample in samples():
            for turn in sample.turns:
                encoded = tokenizer().encode_spans(str(turn.answer))
                _, _, patches = answer_marks(tokenizer(), turn.answer, sample.picture)
                for span in turn.answer.spans():
                    for index, (start, end) in enumerate(encoded.spans):
                        if end <= span.start or start >= span.end:
                            continue
                        first = max(start - span.start, 0)
                        regions = [span.regions[first]] if span.spelled else span.regions
                        shown = patches_of(regions, sample.picture.image.size, VIEW)
                        self.assertTrue(shown)
                        self.assertEqual(patches[index], shown)
                        spelled, whole = spelled + span.spelled, whole + (not span.spelled)
        self.assertGreater(min(spelled, whole), 20)

    def test_answers_are_marked_with_their_end_tokens(self) -> None:
        for sample in samples():
            text = text_of(tokenizer(), sample.turns, sample.picture)
            said = [token for token, own in zip(text.ids, text.answer) if own]
            wanted = [token for turn in sample.turns for token in [*tokenizer().encode(str(turn.answer)), tokenizer().end]]
            self.assertEqual(said, wanted)
            asked = tokenizer().decode(token for token, own in zip(text.ids, text.answer) if not own)
            # the newline behind an answer belongs to the next question
            self.assertEqual(asked, "\nuser\n".join(f"{turn.question}\nassistant\n" for turn in sample.turns))
            self.assertTrue(all(bool(where) == seen for where, seen in zip(text.patches, text.seen)))


class TestBatches(unittest.TestCase):
    def test_rows_are_padded_with_nothing_to_learn(self) -> None:
        some = samples()[:6]
        batch = batch_of_samples(tokenizer(), some, VIEW)
        for row, sample in enumerate(some):
            text = text_of(tokenizer(), sample.turns, sample.picture)
            length = len(text.ids)
            self.assertEqual(batch.ids[row, :length].tolist(), text.ids)
            self.assertEqual(set(batch.ids[row, length:].tolist()) - {tokenizer().pad}, set())
            self.assertFalse((batch.answer | batch.seen)[row, length:].any())
            where = {int(t): shown for r, t, shown in zip(*batch.looks) if r == row}
            self.assertEqual(sorted(where), [token for token, patches in enumerate(text.patches) if patches])
            for token, shown in where.items():
                self.assertEqual(torch.nonzero(shown).flatten().tolist(), sorted(text.patches[token]))

    def test_pixels_are_the_letterboxed_picture_from_minus_one_to_one(self) -> None:
        image = samples()[0].picture.image
        pixels, seen = pixels_of(image, VIEW.side), letterbox(image, VIEW.side)
        self.assertEqual(pixels.shape, (3, VIEW.side, VIEW.side))
        for x, y in ((0, 0), (50, 31), (95, 95)):
            for channel, value in enumerate(seen.getpixel((x, y))):
                self.assertAlmostEqual(pixels[channel, y, x], value / 127.5 - 1, places=6)

    def test_exercises_have_no_picture(self) -> None:
        texts = [text_of(tokenizer(), turns, None) for turns in exercises()]
        batch = batch_of_texts(tokenizer(), texts, None, VIEW)
        self.assertIsNone(batch.pixels)
        self.assertFalse(batch.seen.any())
        self.assertEqual(len(batch.looks[0]), 0)
        self.assertTrue(batch.answer.any())


class TestStreams(unittest.TestCase):
    def test_a_batch_depends_on_its_step_alone(self) -> None:
        stream = Stream(WORKER, schedule(), STAGE, tokenizer())
        in_order = [stream.batch(step).ids for step in range(7)]
        for step in (6, 1, 5, 0):
            again = Stream(WORKER, schedule(), STAGE, tokenizer()).batch(step).ids
            self.assertTrue(torch.equal(again, in_order[step]))
        self.assertFalse(torch.equal(in_order[0], in_order[1]))

    def test_what_the_target_said_is_learned_word_by_word(self) -> None:
        sample = next(one for one in samples() if len(one.turns) > 1 and one.turns[0].answer.spans())
        own = [tokenizer().encode(str(turn.answer)) for turn in sample.turns]
        right = text_of(tokenizer(), sample.turns, sample.picture, own)
        self.assertEqual(vars(right), vars(text_of(tokenizer(), sample.turns, sample.picture)))
        other = text_of(tokenizer(), sample.turns, sample.picture, [tokenizer().encode("No."), *own[1:]])
        said = [token for token, is_answer in zip(other.ids, other.answer) if is_answer]
        self.assertEqual(tokenizer().decode(said[: said.index(tokenizer().end)]), "No.")
        first = other.ids.index(said[0])
        self.assertFalse(any(other.seen[: first + len(tokenizer().encode("No."))]))

    def test_every_answered_sample_comes_once_before_any_comes_again(self) -> None:
        packed = [sample for sample in samples() if sample.topic][-8:]
        answers = {s.seed: [tokenizer().encode(str(turn.answer)) for turn in s.turns] for s in packed}
        said = Said(schedule(), tokenizer(), answers, 2, pictures=False)
        rows = [tuple(row.tolist()) for place in range(4) for row in self.without_padding(said.batch(place).ids)]
        self.assertEqual(len(set(rows)), 8)
        again = Said(schedule(), tokenizer(), answers, 2, pictures=False).batch(3).ids
        self.assertTrue(torch.equal(again, said.batch(3).ids))

    @staticmethod
    def without_padding(ids: torch.Tensor) -> list[torch.Tensor]:
        return [row[row != tokenizer().pad] for row in ids]


if __name__ == "__main__":
    unittest.main()
