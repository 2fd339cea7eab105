"""Two processes that share a step follow the gradient of their batches together."""

from __future__ import annotations

import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

from training_support import schedule, torch

from specula_train.workers import Worker, run_workers

INPUTS = torch.tensor([[1.0, 2.0], [3.0, -1.0]])


def module() -> torch.nn.Module:
    """A layer that both processes have, and one that only the second uses."""
    layers = torch.nn.ModuleDict({"both": torch.nn.Linear(2, 1, bias=False), "second": torch.nn.Linear(2, 1, bias=False)})
    with torch.no_grad():
        for layer in layers.values():
            layer.weight.fill_(0.5)
    return layers


def write_gradients(worker: Worker, folder: Path) -> None:
    """What each process does: a loss of its own input, then the mean of the gradients."""
    layers, x = module(), INPUTS[worker.index]
    loss = layers["both"](x).square().sum()
    if worker.index == 1:
        loss = loss + layers["second"](x).square().sum()
    loss.backward()
    worker.average_gradients(layers)
    torch.save({name: layer.weight.grad for name, layer in layers.items()}, folder / f"{worker.index}.pt")


class TestWorkers(unittest.TestCase):
    def test_gradients_are_the_mean_of_both(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            run_workers(replace(schedule().machine, workers=2), write_gradients, Path(folder))
            got = [torch.load(Path(folder) / f"{index}.pt") for index in range(2)]
        # the gradient of (w x)^2 is 2 (w x) x
        each = [2 * (0.5 * x.sum()) * x for x in INPUTS]
        for gradients in got:
            torch.testing.assert_close(gradients["both"][0], (each[0] + each[1]) / 2)
            torch.testing.assert_close(gradients["second"][0], each[1] / 2)


if __name__ == "__main__":
    unittest.main()
