"""Holds the engine's draft heads to PyTorch: the same chains in every round, with the same probabilities."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from specula_data.folder import write_folder
from specula_data.sample import Sample

from .batches import pixels_of
from .compare import answer_of, engine_lines, names_of
from .export import Files, head_file
from .gguf_files import check_tensors, check_written, round_as_exported
from .heads.gguf import head_tensors
from .heads.kinds import HeadSet
from .heads.reference import DEPTH, Round, Turn, reference_turns
from .tokenizer import Tokenizer
from .vlm import Model


@dataclass(frozen=True)
class Compared:
    """One turn with one kind of head, drafted by both."""

    name: str
    same_answer: bool
    torch: list[Round]
    engine: list[Round]

    @property
    def same(self) -> int:
        """Rounds with the same draft and the same tokens accepted, up to the first that differs."""
        pairs = zip(self.torch, self.engine)
        alike = [(a.drafted, a.accepted) == (b.drafted, b.accepted) for a, b in pairs]
        return next((k for k, one in enumerate(alike) if not one), len(alike))

    @property
    def equal(self) -> bool:
        """Whether nothing differs but rounding."""
        return self.same_answer and self.same == len(self.torch) == len(self.engine)

    @property
    def off(self) -> float:
        """The largest difference of the logarithm of a drafted token's probability, in the rounds that are the same."""
        rounds = list(zip(self.torch, self.engine))[: self.same]
        chances = [pair for a, b in rounds for pair in zip(a.probabilities, b.probabilities)]
        return max((abs(math.log(a / b)) for a, b in chances), default=0.0)


def references(
    heads: HeadSet, target: Model, tokenizer: Tokenizer, samples: Sequence[Sample], most: int
) -> dict[str, list[Turn]]:
    """What PyTorch drafts, by name of sample; rounds the weights as their files have them."""
    round_as_exported(target).eval()
    round_as_exported(heads).eval()
    turns: dict[str, list[Turn]] = {}
    for name, sample in names_of(samples).items():
        pixels = torch.from_numpy(pixels_of(sample.picture.image, sample.picture.view.side))
        questions = [turn.question for turn in sample.turns]
        turns[name] = reference_turns(heads, target, tokenizer, pixels, questions, most)
    return turns


def written(turns: dict[str, list[Turn]]) -> str:
    """The references as JSON, a line per sample."""
    lines = [json.dumps({"id": name, "turns": list(map(asdict, own))}) for name, own in turns.items()]
    return "".join(f"{line}\n" for line in lines)


def compare_kind(
    kind: str, heads: HeadSet, target: Model, samples: Sequence[Sample], turns: dict[str, list[Turn]], files: Files, most: int
) -> list[Compared]:
    """Asks the engine for the chains of one kind.

    :raises FileNotFoundError: when a file is missing.
    :raises ValueError: when a file was written from other weights, or the engine fails.
    """
    file = head_file(files.decoder.parent, kind)
    check_tensors(file, head_tensors(heads.heads[kind]))
    for own in filter(None, (files.decoder, files.projector)):
        check_written(own, target)
    options = ["--head", str(file.resolve()), "--kind", kind, "--depth", str(DEPTH)]
    with tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder), names_of(samples).items())
        lines = engine_lines(files, Path(folder), most, options)
    return [
        _compared(f"{line['id']} turn {index + 1}", kind, ours, theirs)
        for line in lines
        for index, (ours, theirs) in enumerate(zip(turns[line["id"]], line["turns"], strict=True))
    ]


def _compared(name: str, kind: str, ours: Turn, theirs: dict[str, Any]) -> Compared:
    answer = answer_of(theirs)
    same = (answer.prompt, answer.ids) == (ours.answer.prompt, ours.answer.ids)
    return Compared(name, same, ours.rounds[kind], [Round(**one) for one in theirs["rounds"]])


def report(compared: Sequence[Compared]) -> str:
    """Counts of what is equal, and the first round of each turn that is not."""
    rounds, same = sum(len(one.torch) for one in compared), sum(one.same for one in compared)
    lines = [
        f"answers identical {sum(one.same_answer for one in compared)}/{len(compared)}, rounds with the same draft "
        f"{same}/{rounds}, largest difference of a drafted token's log-probability {max(one.off for one in compared):.2g}"
    ]
    for one in compared:
        if not one.equal:
            lines.append(f"{one.name}: differs from round {one.same + 1}")
            lines += [f"  {side}  {rounds[one.same : one.same + 1]}" for side, rounds in (("torch ", one.torch), ("engine", one.engine))]
    return "\n".join(lines)
