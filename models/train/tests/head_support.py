"""What the tests of the draft heads share: heads of random weights, and what a target of random weights shows them."""

from __future__ import annotations

from functools import lru_cache

from training_support import EYES, HEADS, VIEW, samples, tiny_model, tokenizer, torch

from specula_train.batches import Batch, batch_of_samples
from specula_train.heads.kinds import HeadSet
from specula_train.heads.rows import Rows, answer_places, rows_of
from specula_train.heads.shown import Shown, show
from specula_train.schedule import ModelSize
from specula_train.vlm import Model

SIZE = ModelSize(32, 3, 4, 64, EYES)
"""of the target: three layers, so that those that EAGLE-3 reads differ"""


@lru_cache(maxsize=1)
def target() -> Model:
    """A target of random weights."""
    return tiny_model(size=SIZE).requires_grad_(False)


@lru_cache(maxsize=1)
def batch() -> Batch:
    """Three packed samples, one with several questions."""
    chosen = [sample for sample in samples() if len(sample.turns) > 1][:2] + [samples()[0]]
    made = batch_of_samples(tokenizer(), chosen, VIEW)
    return made


@lru_cache(maxsize=1)
def shown() -> Shown:
    """What the target shows of the batch."""
    return show(target(), batch())


def answers() -> torch.Tensor:
    """B x L: which places have answer tokens."""
    return answer_places(batch().answer, shown().image.stop)


def rows() -> Rows:
    """The rows of the batch."""
    return rows_of(answers())


def heads(seed: int = 3) -> HeadSet:
    """Heads with weights large enough that all of their parts matter."""
    torch.manual_seed(seed)
    made = HeadSet(SIZE.language(len(tokenizer())), HEADS)
    made.begin(target().language, torch.arange(len(tokenizer())) % 7)
    with torch.no_grad():
        for name, parameter in made.named_parameters():
            if parameter.dim() > 1:
                parameter.normal_(std=1 / parameter.shape[1] ** 0.5)
            elif "norm" not in name:
                parameter.normal_(std=0.3)
    return made.eval()
