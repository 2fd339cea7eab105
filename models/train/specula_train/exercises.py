"""Batches of exercises without pictures, and the stage `words-...`, in which a decoder alone learns them."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor

from specula_data.build import make_exercises

from .batches import Batch, batch_of_texts, text_of
from .checkpoints import new_model
from .loop import Numbers, Training
from .losses import token_loss
from .schedule import Schedule, Stage
from .tokenizer import Tokenizer
from .vlm import parameters_in_millions
from .workers import Worker

PER_TALK = 3
"""Longer talks cost more attention and teach no more."""
TALKS = 2
"""per sample of a batch: without a picture they are short"""


def exercise_batch(worker: Worker, stage: Stage, schedule: Schedule, tokenizer: Tokenizer, step: int) -> Batch:
    """Talks of exercises, `TALKS` for each sample of the worker's batch."""
    count = TALKS * stage.batch
    first = stage.first_seed + (step * worker.count + worker.index) * count
    talks = [make_exercises(first + k, PER_TALK) for k in range(count)]
    return batch_of_texts(tokenizer, [text_of(tokenizer, turns, None) for turns in talks], None, schedule.view)


def train_words(worker: Worker, schedule: Schedule, folder: Path, name: str) -> None:
    """Trains the decoder of the model `name` on exercises alone; writes words-NAME.pt."""
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    stage = schedule.stages[f"words-{name}"]
    model = new_model(schedule, tokenizer, name).to(worker.device)
    decoder = model.language
    training = Training(worker, stage, decoder, folder / f"words-{name}.pt")
    if worker.leads:
        print(f"decoder of {name}: {parameters_in_millions(decoder):.2f} M parameters", flush=True)

    def draw(step: int) -> Batch:
        return exercise_batch(worker, stage, schedule, tokenizer, step)

    def loss_of(batch: Batch) -> tuple[Tensor, Numbers]:
        on_device = batch.to(worker.device)
        hidden, _, _ = decoder(model.place(on_device.opening, None, on_device.ids), worker.compute)
        before = hidden[:, on_device.opening.shape[1] - 1 : -1]
        weights = schedule.losses
        return token_loss(
            decoder.logits(before, worker.compute), on_device, weights.image_word, weights.question, tokenizer.pad
        )

    training.run(draw, loss_of)
