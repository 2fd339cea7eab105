"""Holds the engine to PyTorch: the same prompts in tokens, the same greedy answers, the same probabilities."""

from __future__ import annotations

import json
import math
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from specula_data.folder import write_folder
from specula_data.sample import Sample

from .batches import pixels_of
from .export import Files
from .gguf_files import check_written, round_as_exported
from .gguf_library import ROOT
from .plain import PlainAnswer, plain_answers
from .tokenizer import Tokenizer
from .vlm import Model

NODE = ROOT / "node_modules" / ".bin" / "node"
SCRIPT = ROOT / "models" / "train" / "engine-answers.ts"


@dataclass(frozen=True)
class Pair:
    """One turn, answered by both."""

    name: str
    torch: PlainAnswer
    engine: PlainAnswer

    @property
    def same_prompt(self) -> bool:
        """Whether both read the same tokens."""
        return self.torch.prompt == self.engine.prompt

    @property
    def same_answer(self) -> bool:
        """Whether both wrote the same tokens."""
        return self.torch.ids == self.engine.ids

    @property
    def same_start(self) -> int:
        """How many tokens of the answers are the same before they part."""
        pairs = zip(self.torch.ids, self.engine.ids)
        return next((k for k, (a, b) in enumerate(pairs) if a != b), min(len(self.torch.ids), len(self.engine.ids)))

    @property
    def off(self) -> float:
        """The largest difference of the logarithm of a token's probability, over the tokens that are the same."""
        both = list(zip(self.torch.probabilities, self.engine.probabilities))[: self.same_start]
        return max((abs(math.log(a / b)) for a, b in both), default=0.0)


def engine_lines(files: Files, folder: Path, most: int, more: Sequence[str] = ()) -> list[dict[str, Any]]:
    """What the engine says of each sample of a data-set folder; `more`: further options of `engine-answers.ts`.

    :raises FileNotFoundError: when the app is not set up.
    :raises ValueError: with the engine's own words when it fails.
    """
    if not NODE.exists():
        raise FileNotFoundError(f'{NODE} is missing; run "npm run setup"')
    command = [str(NODE), str(SCRIPT), "--data-set", str(folder), "--target", str(files.decoder.resolve())]
    if files.projector:
        command += ["--projector", str(files.projector.resolve())]
    done = subprocess.run([*command, "--max-tokens", str(most), *more], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(f"the engine: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def answer_of(turn: dict[str, Any]) -> PlainAnswer:
    """The answer of one turn of such a line."""
    return PlainAnswer(turn["prompt"], turn["ids"], turn["probabilities"], turn["margins"])


def names_of(samples: Sequence[Sample]) -> dict[str, Sample]:
    """The samples by names for a data set."""
    return {f"{sample.topic.replace(' ', '-')}-{sample.seed}": sample for sample in samples}


def compare(model: Model, tokenizer: Tokenizer, files: Files, samples: Sequence[Sample], most: int) -> list[Pair]:
    """Asks both about the samples; rounds the model's weights as its files have them.

    :raises FileNotFoundError: when a file of the model is missing.
    :raises ValueError: when a file was written from other weights, or the engine fails.
    """
    round_as_exported(model).eval()
    for file in filter(None, (files.decoder, files.projector)):
        check_written(file, model)
    named = names_of(samples)
    with tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder), named.items())
        engine = {line["id"]: list(map(answer_of, line["turns"])) for line in engine_lines(files, Path(folder), most)}
    pairs: list[Pair] = []
    for name, sample in named.items():
        pixels = torch.from_numpy(pixels_of(sample.picture.image, sample.picture.view.side)) if model.vision else None
        ours = plain_answers(model, tokenizer, pixels, [turn.question for turn in sample.turns], most)
        pairs += [Pair(f"{name} turn {k + 1}", *both) for k, both in enumerate(zip(ours, engine[name], strict=True))]
    return pairs


def report(pairs: Sequence[Pair], tokenizer: Tokenizer) -> str:
    """Counts of what is equal, and every answer that is not."""
    prompts, answers = sum(pair.same_prompt for pair in pairs), sum(pair.same_answer for pair in pairs)
    tokens = sum(len(pair.torch.ids) for pair in pairs)
    lines = [
        f"prompts in the same tokens {prompts}/{len(pairs)}, greedy answers identical {answers}/{len(pairs)} "
        f"({tokens} tokens), largest difference of a token's log-probability {max(pair.off for pair in pairs):.2g}"
    ]
    for pair in pairs:
        if not pair.same_prompt:
            lines.append(f"{pair.name}: prompts differ\n  torch  {pair.torch.prompt}\n  engine {pair.engine.prompt}")
        elif not pair.same_answer:
            at = pair.same_start
            lead = f", where PyTorch's choice leads by {pair.torch.margins[at]:.2g} logits" if at < len(pair.torch.ids) else ""
            lines.append(f"{pair.name}: answers differ from token {at}{lead}")
            lines += [f"  torch  {tokenizer.decode(pair.torch.ids)}", f"  engine {tokenizer.decode(pair.engine.ids)}"]
    return "\n".join(lines)
