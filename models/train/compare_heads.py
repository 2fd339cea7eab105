#!/usr/bin/env python3
"""Asks PyTorch and the engine what the draft heads draft on the same held-out samples; exit code 1 if anything differs.

Every round is a greedy chain. PyTorch computes in float32 with the weights rounded as in the files that the stage export
wrote; these must be of the same checkpoints. With --write, PyTorch's rounds are written and the engine is not asked.

python3 models/train/compare_heads.py [--schedule cpu] [--samples 12] [--kinds medusa eagle eagle3 msd vispec]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from specula_data.sample import TOPICS
from specula_data.seeds import HELD_OUT
from specula_train.checkpoints import load_model
from specula_train.compare_heads import compare_kind, references, report, written
from specula_train.evaluate import samples_of
from specula_train.export import files_of
from specula_train.schedule import load_schedule
from specula_train.stage_heads import load_heads
from specula_train.tokenizer import Tokenizer

HERE = Path(__file__).resolve().parent
FIRST_SEED = HELD_OUT.start + 70_000_000
"""apart from all other held-out samples in use"""


def main() -> int:
    """Compares the kinds named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--schedule", default="cpu", help="name of a file in models/train/schedules")
    parser.add_argument("--run", type=Path, default=HERE / "runs", help="folder of checkpoints (default: models/train/runs)")
    parser.add_argument("--out", type=Path, default=HERE.parent, help="folder of the GGUF files (default: models)")
    parser.add_argument("--samples", type=int, default=12, help="samples, shared out among the six topics")
    parser.add_argument("--kinds", nargs="+", help="default: all that the schedule has")
    parser.add_argument("--max-tokens", type=int, default=220, help="longest answer (default: 220)")
    parser.add_argument("--write", type=Path, help="writes PyTorch's answers and rounds as JSON, a line per sample")
    arguments = parser.parse_args()
    if arguments.samples < len(TOPICS):
        parser.error(f"--samples {arguments.samples}: at least {len(TOPICS)}, one of each topic")
    torch.set_num_threads(1)
    try:
        schedule = load_schedule(HERE / "schedules" / f"{arguments.schedule}.toml")
        folder = arguments.run / schedule.name
        tokenizer = Tokenizer.load(folder / "tokenizer.json")
        target, heads = load_model(schedule, folder, tokenizer, "target"), load_heads(schedule, folder, tokenizer)
        kinds = arguments.kinds or schedule.heads.kinds
        if unknown := set(kinds) - set(heads.heads):
            parser.error(f"--kinds {' '.join(sorted(unknown))}: the schedule has {' '.join(heads.heads)}")
        samples = samples_of(FIRST_SEED, arguments.samples // len(TOPICS), schedule.view)
        turns = references(heads, target, tokenizer, samples, arguments.max_tokens)
        if arguments.write:
            arguments.write.write_text(written(turns), encoding="utf-8")
            return 0
        equal = True
        for kind in kinds:
            compared = compare_kind(
                kind, heads, target, samples, turns, files_of(arguments.out, "target", target), arguments.max_tokens
            )
            equal = equal and all(one.equal for one in compared)
            print(f"{kind}: {report(compared)}", flush=True)
    except (ValueError, FileNotFoundError) as error:
        sys.exit(f"compare_heads.py: {error}")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
