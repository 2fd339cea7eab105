"""Stages `draft-vlm` and `draft-text`: small models learn to say what the target says, one with the picture, one without."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from torch import Tensor

from specula_data.build import make_packed

from .batches import Batch, batch_of_texts, text_of
from .checkpoints import new_model, with_eyes
from .loop import Numbers, Training
from .losses import References, seeing_loss, token_loss
from .schedule import Schedule
from .stage_answers import Answers, read_answers
from .tokenizer import Tokenizer
from .vlm import Model, parameters_in_millions
from .workers import Worker


class Said:
    """Batches of the target's own answers; every sample once before any comes again."""

    def __init__(self, schedule: Schedule, tokenizer: Tokenizer, answers: Answers, size: int, pictures: bool) -> None:
        self.schedule, self.tokenizer, self.answers = schedule, tokenizer, answers
        self.size, self.pictures = size, pictures
        self._round = -1
        self._order: list[list[int]] = []

    def batch(self, place: int) -> Batch:
        """The batch at a place of the endless sequence; depends on nothing else."""
        parts = len(self.answers) // self.size
        around, index = divmod(place, parts)
        if around != self._round:
            self._round, self._order = around, self._shuffled(around)
        seeds = self._order[index]
        samples = [make_packed(seed, self.schedule.view) for seed in seeds]
        texts = [text_of(self.tokenizer, sample.turns, sample.picture, self.answers[sample.seed]) for sample in samples]
        pictures = [sample.picture for sample in samples] if self.pictures else None
        return batch_of_texts(self.tokenizer, texts, pictures, self.schedule.view)

    def _shuffled(self, around: int) -> list[list[int]]:
        rng = random.Random(f"{self.schedule.seed}:{around}")
        seeds = list(self.answers)
        rng.shuffle(seeds)
        lengths = {seed: sum(map(len, self.answers[seed])) for seed in seeds}
        parts = []
        for start in range(0, len(seeds), self.size * 8):
            near = sorted(seeds[start : start + self.size * 8], key=lengths.__getitem__)
            parts += [near[k : k + self.size] for k in range(0, len(near), self.size)]
        parts = [part for part in parts if len(part) == self.size]
        rng.shuffle(parts)
        return parts


def train_draft(worker: Worker, schedule: Schedule, folder: Path, name: str) -> None:
    """Trains a draft; writes NAME.pt."""
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    stage = schedule.stages[name]
    model = new_model(schedule, tokenizer, name)
    if model.vision:
        model = with_eyes(model, folder, name)
    training = Training(worker, stage, model.to(worker.device), folder / f"{name}.pt", slow=model.vision)
    said = Said(schedule, tokenizer, read_answers(folder), stage.batch, pictures=model.vision is not None)
    references = References(tokenizer, len(tokenizer))
    losses = replace(schedule.losses, band=0.0)
    if worker.leads:
        print(f"{name}: {parameters_in_millions(model):.2f} M parameters", flush=True)

    def loss_of(batch: Batch) -> tuple[Tensor, Numbers]:
        on_device = batch.to(worker.device)
        if model.vision:
            return seeing_loss(model, on_device, losses, references, tokenizer.pad, worker.compute)
        return _blind_loss(model, on_device, schedule, tokenizer, worker)

    training.run(lambda step: said.batch(step * worker.count + worker.index), loss_of)


def _blind_loss(
    model: Model, batch: Batch, schedule: Schedule, tokenizer: Tokenizer, worker: Worker
) -> tuple[Tensor, Numbers]:
    hidden, _, _ = model.language(model.place(batch.opening, None, batch.ids), worker.compute)
    scores = model.language.logits(hidden[:, batch.opening.shape[1] - 1 : -1], worker.compute)
    return token_loss(scores, batch, 1.0, schedule.losses.question, tokenizer.pad)
