"""Stage `heads`: draft heads of all kinds learn together from the target's own answers, sharing each of its passes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor

from .batches import Batch
from .checkpoints import load_model, saved_state
from .heads.kinds import HeadSet
from .heads.losses import heads_loss
from .heads.rows import answer_places, rows_of
from .heads.shown import show
from .loop import Numbers, Training
from .schedule import Schedule
from .stage_answers import Answers, read_answers
from .stage_draft import Said
from .tokenizer import Tokenizer
from .vlm import parameters_in_millions
from .workers import Worker


def train_heads(worker: Worker, schedule: Schedule, folder: Path) -> None:
    """Trains the heads of the schedule; writes heads.pt."""
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    stage, sizes = schedule.stages["heads"], schedule.heads
    target = load_model(schedule, folder, tokenizer, "target").requires_grad_(False)
    answers = read_answers(folder)
    heads = new_heads(schedule, tokenizer)
    heads.begin(target.language, frequencies(answers, tokenizer))
    target.to(worker.device)
    file = folder / "heads.pt"
    try:
        training = Training(worker, stage, heads.to(worker.device), file)
    except RuntimeError as error:
        raise ValueError(f"{file}: made with other kinds or sizes of heads; delete it, or put the settings back") from error
    said = Said(schedule, tokenizer, answers, stage.batch, pictures=True)
    if worker.leads:
        millions = "  ".join(f"{kind} {parameters_in_millions(head):.2f}" for kind, head in heads.items())
        print(f"heads, M parameters: {millions}", flush=True)

    def loss_of(batch: Batch) -> tuple[Tensor, Numbers]:
        batch = batch.to(worker.device)
        exact = show(target, batch, worker.compute)
        # the noise depends on the step alone, so that a resumed stage sees what it would have
        noise = torch.Generator().manual_seed((schedule.seed << 40) + training.step * worker.count + worker.index)
        rows = rows_of(answer_places(batch.answer, exact.image.stop))
        progress = training.step / stage.steps
        return heads_loss(heads, target.language, exact, exact.blurred(noise), rows, sizes, progress, worker.compute)

    training.run(lambda step: said.batch(step * worker.count + worker.index), loss_of)


def new_heads(schedule: Schedule, tokenizer: Tokenizer) -> HeadSet:
    """Untrained heads of the schedule."""
    torch.manual_seed(schedule.seed)
    return HeadSet(schedule.models["target"].language(len(tokenizer)), schedule.heads)


def load_heads(schedule: Schedule, folder: Path, tokenizer: Tokenizer) -> HeadSet:
    """The trained heads.

    :raises FileNotFoundError: when the stage `heads` has not run.
    :raises ValueError: when it was run for other kinds or sizes.
    """
    heads = new_heads(schedule, tokenizer)
    try:
        heads.load_state_dict(saved_state(folder, "heads"))
    except RuntimeError as error:
        raise ValueError("heads.pt: made with other kinds or sizes of heads; delete it and run the stage heads again") from error
    return heads.eval()


def frequencies(answers: Answers, tokenizer: Tokenizer) -> Tensor:
    """How often the answers use each token, end tokens included."""
    talks: Iterable[list[int]] = (ids for talk in answers.values() for ids in talk)
    used = torch.tensor([token for ids in talks for token in (*ids, tokenizer.end)])
    return torch.bincount(used, minlength=len(tokenizer))
