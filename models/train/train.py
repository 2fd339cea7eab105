#!/usr/bin/env python3
"""Trains the built-in models, one stage per command: python3 models/train/train.py STAGE [--schedule cpu] [--run FOLDER].

Stages, in order: tokenizer, vision-target, words-target, target, vision-draft-vlm, answers, draft-vlm, draft-text, heads,
evaluate, heads-evaluate, export.
A stage that was stopped goes on from its last checkpoint when it is started again.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Runs one stage."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stage")
    parser.add_argument("--schedule", default="cpu", help="name of a file in models/train/schedules (cpu, gpu, smoke)")
    parser.add_argument("--run", type=Path, default=HERE / "runs", help="folder of checkpoints (default: models/train/runs)")
    parser.add_argument("--workers", type=int, help="processes, instead of the schedule's")
    parser.add_argument("--out", type=Path, default=HERE.parent, help="folder that the stage export writes to and import reads (default: models)")
    arguments = parser.parse_args()
    sys.path.insert(0, str(HERE))
    from specula_train import stages
    from specula_train.schedule import load_schedule

    try:
        schedule = load_schedule(HERE / "schedules" / f"{arguments.schedule}.toml")
        folder = arguments.run / schedule.name
        folder.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        stages.run_stage(arguments.stage, schedule, folder, arguments.workers, arguments.out)
        print(f"stage {arguments.stage}: {(time.monotonic() - began) / 60:.1f} min", flush=True)
    except (ValueError, FileNotFoundError) as error:
        sys.exit(f"train.py: {error}")


if __name__ == "__main__":
    main()
