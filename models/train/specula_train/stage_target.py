"""Stage `target`: the whole model learns to answer, its vision model already knowing the patches."""

from __future__ import annotations

import random
from pathlib import Path

from torch import Tensor

from specula_data.build import make_packed

from .batches import Batch, batch_of_samples
from .checkpoints import new_model, with_eyes, with_words
from .exercises import exercise_batch
from .loop import Numbers, Training
from .losses import References, seeing_loss
from .schedule import Schedule, Stage
from .tokenizer import Tokenizer
from .vlm import parameters_in_millions
from .workers import Worker

TOGETHER = 8
"""Batches that are drawn together and sorted by length, so that little of a batch is padding."""


class Stream:
    """The batches of one worker; each depends only on its step, so that a resumed stage sees what it would have."""

    def __init__(self, worker: Worker, schedule: Schedule, stage: Stage, tokenizer: Tokenizer) -> None:
        self.worker, self.schedule, self.stage, self.tokenizer = worker, schedule, stage, tokenizer
        self._group = -1
        self._batches: list[Batch] = []

    def batch(self, step: int) -> Batch:
        """The batch of a step."""
        every = self.stage.exercises_every
        if every and step % every == every - 1:
            return exercise_batch(self.worker, self.stage, self.schedule, self.tokenizer, step)
        group, index = divmod(step, TOGETHER)
        if group != self._group:
            self._group, self._batches = group, self._draw(group)
        return self._batches[index]

    def _first(self, place: int, count: int) -> int:
        return self.stage.first_seed + (place * self.worker.count + self.worker.index) * count

    def _draw(self, group: int) -> list[Batch]:
        count = self.stage.batch * TOGETHER
        first = self._first(group, count)
        samples = [make_packed(first + k, self.schedule.view, self.stage.questions) for k in range(count)]
        samples.sort(key=lambda sample: sum(len(str(turn.answer)) + len(turn.question) for turn in sample.turns))
        parts = [samples[k : k + self.stage.batch] for k in range(0, count, self.stage.batch)]
        # the same order for all workers: each step then takes them about as long
        random.Random(group).shuffle(parts)
        return [batch_of_samples(self.tokenizer, part, self.schedule.view) for part in parts]


def train_target(worker: Worker, schedule: Schedule, folder: Path) -> None:
    """Trains the target; writes target.pt."""
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    stage = schedule.stages["target"]
    model = new_model(schedule, tokenizer, "target")
    model = with_words(with_eyes(model, folder, "target"), folder, "target").to(worker.device)
    training = Training(worker, stage, model, folder / "target.pt", slow=model.vision)
    stream = Stream(worker, schedule, stage, tokenizer)
    references = References(tokenizer, len(tokenizer))
    if worker.leads:
        print(
            f"target: {parameters_in_millions(model.language):.2f} M parameters, "
            f"vision {parameters_in_millions(model.vision):.2f} M",
            flush=True,
        )

    def loss_of(batch: Batch) -> tuple[Tensor, Numbers]:
        on_device = batch.to(worker.device)
        return seeing_loss(model, on_device, schedule.losses, references, tokenizer.pad, worker.compute)

    training.run(stream.batch, loss_of)
