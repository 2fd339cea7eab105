"""Trained models from their checkpoints."""

from __future__ import annotations

from pathlib import Path

import torch

from .schedule import Schedule
from .tokenizer import Tokenizer
from .vlm import Model


def new_model(schedule: Schedule, tokenizer: Tokenizer, name: str) -> Model:
    """An untrained model of the schedule."""
    size = schedule.models[name]
    torch.manual_seed(schedule.seed)
    return Model(size.language(len(tokenizer)), size.eyes(schedule.view))


def saved_state(folder: Path, stage: str) -> dict[str, torch.Tensor]:
    """The weights that a stage saved."""
    file = folder / f"{stage}.pt"
    if not file.exists():
        raise FileNotFoundError(f"{file} is missing; run the stage {stage} first")
    return torch.load(file, map_location="cpu")["model"]


def with_eyes(model: Model, folder: Path, name: str) -> Model:
    """The model with the vision model that the stage `vision-NAME` trained.

    :raises FileNotFoundError: when that stage has not run.
    :raises ValueError: when it was run for another size.
    """
    try:
        model.load_state_dict(saved_state(folder, f"vision-{name}"), strict=False)
    except RuntimeError as error:
        raise ValueError(f"vision-{name}.pt: made for another size of model; delete it and run its stage again") from error
    return model


def with_words(model: Model, folder: Path, name: str) -> Model:
    """The model with the decoder that the stage `words-NAME` trained.

    :raises FileNotFoundError: when that stage has not run.
    :raises ValueError: when it was run for another size.
    """
    try:
        model.language.load_state_dict(saved_state(folder, f"words-{name}"))
    except RuntimeError as error:
        raise ValueError(f"words-{name}.pt: made for another size of model; delete it and run its stage again") from error
    return model


def load_model(schedule: Schedule, folder: Path, tokenizer: Tokenizer, name: str) -> Model:
    """A trained model: target, draft-vlm or draft-text.

    :raises FileNotFoundError: when its stage has not run.
    """
    model = new_model(schedule, tokenizer, name)
    model.load_state_dict(saved_state(folder, name))
    return model.eval()
