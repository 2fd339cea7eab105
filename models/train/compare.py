#!/usr/bin/env python3
"""Asks PyTorch and the engine about the same held-out samples and prints what differs; exit code 1 if anything does.

PyTorch computes in float32 with the weights rounded as in the files that the stage export wrote; these must be of the
same checkpoints.

python3 models/train/compare.py [--schedule cpu] [--samples 60] [--models target draft-vlm draft-text]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from specula_data.sample import TOPICS
from specula_data.seeds import HELD_OUT
from specula_train.checkpoints import load_model
from specula_train.compare import compare, report
from specula_train.evaluate import samples_of
from specula_train.export import DESCRIPTIONS, files_of
from specula_train.schedule import load_schedule
from specula_train.tokenizer import Tokenizer

HERE = Path(__file__).resolve().parent
FIRST_SEED = HELD_OUT.start + 60_000_000
"""apart from the samples that are shipped and those that are evaluated"""


def main() -> int:
    """Compares the models named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schedule", default="cpu", help="name of a file in models/train/schedules")
    parser.add_argument("--run", type=Path, default=HERE / "runs", help="folder of checkpoints (default: models/train/runs)")
    parser.add_argument("--out", type=Path, default=HERE.parent, help="folder of the GGUF files (default: models)")
    parser.add_argument("--samples", type=int, default=60, help="samples, shared out among the six topics")
    parser.add_argument("--models", nargs="+", choices=DESCRIPTIONS, default=list(DESCRIPTIONS), help="default: all")
    parser.add_argument("--max-tokens", type=int, default=220, help="longest answer (default: 220)")
    arguments = parser.parse_args()
    if arguments.samples < len(TOPICS):
        parser.error(f"--samples {arguments.samples}: at least {len(TOPICS)}, one of each topic")
    torch.set_num_threads(1)
    try:
        schedule = load_schedule(HERE / "schedules" / f"{arguments.schedule}.toml")
        folder = arguments.run / schedule.name
        tokenizer = Tokenizer.load(folder / "tokenizer.json")
        samples = samples_of(FIRST_SEED, arguments.samples // len(TOPICS), schedule.view)
        equal = True
        for name in arguments.models:
            model = load_model(schedule, folder, tokenizer, name)
            pairs = compare(model, tokenizer, files_of(arguments.out, name, model), samples, arguments.max_tokens)
            equal = equal and all(pair.same_prompt and pair.same_answer for pair in pairs)
            print(f"{name}: {report(pairs, tokenizer)}", flush=True)
    except (ValueError, FileNotFoundError) as error:
        sys.exit(f"compare.py: {error}")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
