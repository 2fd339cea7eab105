"""Stage `import`: checkpoints from the shipped files, so that heads can be trained without training their target again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from .checkpoints import new_model
from .export import DESCRIPTIONS, files_of
from .gguf_files import decoder_tensors, projector_tensors, read_tensors
from .gguf_library import gguf_library
from .schedule import Schedule
from .tokenizer import Tokenizer
from .vision import Activation
from .vlm import Model


def import_models(schedule: Schedule, folder: Path, models: Path) -> None:
    """Writes a checkpoint for each exported model in the folder `models`, with the weights as float16 left them.

    Label heads and optimizers are not in the files, so none of these trainings can go on from here.

    :raises FileNotFoundError: without a tokenizer (run that stage first), or when there is no exported target.
    :raises ValueError: when a file is of another size or kind than the schedule's model.
    """
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    for name in DESCRIPTIONS:
        model = new_model(schedule, tokenizer, name)
        files = files_of(models, name, model)
        if not files.decoder.exists():
            if name == "target":
                raise FileNotFoundError(f"{files.decoder} is missing; nothing to import")
            continue
        _check_vocabulary(files.decoder, tokenizer)
        _read(files.decoder, decoder_tensors(model))
        if files.projector:
            model.vision.activation = _activation(files.projector)
            _read(files.projector, projector_tensors(model))
        _write(folder / f"{name}.pt", model, schedule.stages[name].steps)


def _activation(file: Path) -> Activation:
    """The weights of both kinds look alike."""
    reader = gguf_library().GGUFReader(file)
    kinds: tuple[Activation, ...] = ("silu", "gelu")
    for kind in kinds:
        field = reader.get_field(f"clip.use_{kind}")
        if field is not None and field.contents():
            return kind
    raise ValueError(f"{file}: its vision model has neither SiLU nor GELU, which is all that this code knows")


def _check_vocabulary(file: Path, tokenizer: Tokenizer) -> None:
    """The same ids must mean the same text."""
    tokens = gguf_library().GGUFReader(file).get_field("tokenizer.ggml.tokens")
    if tokens is None or tokens.contents() != tokenizer.vocabulary:
        raise ValueError(f"{file}: has another vocabulary than tokenizer.json; train it with the generator of its time")


def _read(file: Path, ours: Iterator[tuple[str, Tensor]]) -> None:
    stored = read_tensors(file)
    with torch.no_grad():
        for name, tensor in ours:
            values = stored.get(name)
            if values is None or values.shape != tuple(tensor.shape):
                found = "missing" if values is None else f"of shape {values.shape}"
                raise ValueError(f"{file}: {name} is {found}, the schedule's model wants {tuple(tensor.shape)}")
            tensor.copy_(torch.from_numpy(values.astype("float32")))


def _write(file: Path, model: Model, steps: int) -> None:
    if file.exists():
        raise ValueError(f"{file} is there already; delete it to import the shipped model in its place")
    torch.save({"model": model.state_dict(), "step": steps, "stage": "imported"}, file)
    print(f"{file.name}: imported")
