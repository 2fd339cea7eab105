"""Stages `vision-...`: a vision model alone learns the labels of the patches. Without it, nothing is grounded for long."""

from __future__ import annotations

from pathlib import Path

from torch import Tensor, nn

from specula_data.build import make_vision_picture

from .batches import picture_tensors
from .loop import Numbers, Training
from .schedule import Schedule
from .vision import VisionModel
from .vlm import PatchLabels, parameters_in_millions
from .workers import Worker


Drawn = tuple[Tensor, dict[str, Tensor]]
"""pixels and patch labels"""


class Eyes(nn.Module):
    """A vision model with the heads of the patch labels."""

    def __init__(self, model: VisionModel) -> None:
        super().__init__()
        self.vision = model
        self.patch_labels = PatchLabels(model.size.width)


def train_vision(worker: Worker, schedule: Schedule, folder: Path, name: str) -> None:
    """Trains the vision model of the model `name`; writes vision-NAME.pt."""
    size = schedule.models[name].eyes(schedule.view)
    if size is None:
        raise ValueError(f"models.{name} has no vision model to train")
    stage = schedule.stages[f"vision-{name}"]
    eyes = Eyes(VisionModel(size)).to(worker.device)
    training = Training(worker, stage, eyes, folder / f"vision-{name}.pt")
    if worker.leads:
        print(f"vision model of {name}: {parameters_in_millions(eyes.vision):.2f} M parameters", flush=True)

    def draw(step: int) -> Drawn:
        first = stage.first_seed + (step * worker.count + worker.index) * stage.batch
        pictures = [make_vision_picture(first + k, schedule.view) for k in range(stage.batch)]
        return picture_tensors(pictures, schedule.view)

    def loss_of(drawn: Drawn) -> tuple[Tensor, Numbers]:
        pixels, labels = drawn
        features = eyes.vision(pixels.to(worker.device), worker.compute)
        return eyes.patch_labels.loss(features, {kind: values.to(worker.device) for kind, values in labels.items()})

    training.run(draw, loss_of)
