"""A stage that was stopped goes on as if it had not been, to the bit."""

from __future__ import annotations

import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from training_support import LOSSES, STAGE, WORKER, schedule, tiny_model, tokenizer, torch

from specula_train import loop
from specula_train.batches import Batch
from specula_train.loading import batches
from specula_train.loop import COOLDOWN, LAST_RATE, Numbers, Training, rate_at
from specula_train.losses import References, seeing_loss
from specula_train.stage_target import Stream


class Stopped(Exception):
    pass


class TestTraining(unittest.TestCase):
    def setUp(self) -> None:
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.file = Path(self.temporary.name) / "model.pt"

    def train(self, file: Path, stop_at: int | None = None) -> dict[str, torch.Tensor]:
        """Weights after the stage, from wherever the file is; `stop_at` breaks off in that step."""
        model = tiny_model()
        training = Training(WORKER, STAGE, model, file, slow=model.vision)
        stream = Stream(WORKER, schedule(), STAGE, tokenizer())
        references = References(tokenizer(), len(tokenizer()))

        def loss_of(batch: Batch) -> tuple[torch.Tensor, Numbers]:
            if training.step == stop_at:
                raise Stopped
            return seeing_loss(model, batch, LOSSES, references, tokenizer().pad, torch.float32)

        training.run(stream.batch, loss_of)
        return model.state_dict()

    def test_resumed_weights_are_those_of_an_uninterrupted_run(self) -> None:
        whole = self.train(self.file.with_name("whole.pt"))
        for stop_at in (2, 5):
            with patch.object(loop, "SAVE_SECONDS", -1), self.assertRaises(Stopped):
                self.train(self.file, stop_at)
            self.assertEqual(torch.load(self.file)["step"], stop_at)
        resumed = self.train(self.file)
        self.assertEqual(whole.keys(), resumed.keys())
        for name, weights in whole.items():
            same = torch.equal(weights, resumed[name]) if torch.is_tensor(weights) else weights == resumed[name]
            self.assertTrue(same, name)
        before = tiny_model().state_dict()
        self.assertTrue(all(not torch.equal(before[name], whole[name]) for name in ("language.norm.weight", "vision.positions")))

    def test_a_checkpoint_of_other_settings_is_refused(self) -> None:
        self.train(self.file)
        with self.assertRaisesRegex(ValueError, "other settings"):
            Training(WORKER, replace(STAGE, rate=2e-3), tiny_model(), self.file)

    def test_the_rate_rises_and_falls(self) -> None:
        stage = replace(STAGE, steps=100, warmup=10)
        rates = [rate_at(stage, step) for step in range(100)]
        self.assertEqual(rates.index(max(rates)), 9)
        self.assertEqual(max(rates), stage.rate)
        level = [rate for rate in rates if rate == stage.rate]
        self.assertAlmostEqual(len(level), 100 * (1 - COOLDOWN) - 9, delta=1)
        self.assertAlmostEqual(rate_at(stage, 100), stage.rate * LAST_RATE)
        self.assertEqual(rates[9:], sorted(rates[9:], reverse=True))

    def test_loading_processes_give_the_same_batches_in_order(self) -> None:
        alone, ahead = ([batch.tolist() for batch in batches(lambda step: torch.tensor([step]), 3, 9, n)] for n in (0, 2))
        self.assertEqual(alone, [[step] for step in range(3, 9)])
        self.assertEqual(ahead, alone)


if __name__ == "__main__":
    unittest.main()
