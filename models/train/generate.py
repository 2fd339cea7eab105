#!/usr/bin/env python3
"""Writes synthetic samples in MMSpec's folder format; see README.md in this folder."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from specula_data.build import make_sample
from specula_data.folder import write_folder
from specula_data.fonts import MissingFont
from specula_data.preview import write_sheet
from specula_data.sample import TOPICS
from specula_data.seeds import split_of
from specula_data.view import View


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seed", type=int, required=True, help="seed of the first sample; held-out seeds begin at 2000000000"
    )
    parser.add_argument(
        "--count", type=int, required=True, help="number of samples, shared out evenly among the topics"
    )
    parser.add_argument(
        "--topics", nargs="+", default=list(TOPICS), choices=TOPICS, metavar="TOPIC", help="only these topics"
    )
    parser.add_argument(
        "--side", type=int, default=144, help="side of the model's square picture in pixels (default %(default)s)"
    )
    parser.add_argument("--patch", type=int, default=12, help="side of its patches in pixels (default %(default)s)")
    parser.add_argument("--prefix", default="specula", help="samples are called PREFIX_001 and so on")
    parser.add_argument("--out", type=Path, help="folder to write")
    parser.add_argument("--preview", type=Path, metavar="SHEET.png", help="contact sheet to draw")
    args = parser.parse_args()
    if args.out is None and args.preview is None:
        parser.error("nothing to write; give --out FOLDER or --preview SHEET.png")
    if args.count < 1:
        parser.error(f"--count {args.count}: at least 1 sample is needed")
    try:
        split = split_of(args.seed)
        if split_of(args.seed + args.count - 1) != split:
            parser.error("the seeds run over the end of their range; choose a smaller seed or count")
        view = View(args.side, args.patch)
        started = time.perf_counter()
        samples = [
            make_sample(args.seed + k, args.topics[k * len(args.topics) // args.count], view) for k in range(args.count)
        ]
        seconds = time.perf_counter() - started
        print(f"{args.count} samples from {split} seeds, {args.count / seconds:.0f} per second")
        if args.out is not None:
            width = max(3, len(str(args.count)))
            write_folder(
                args.out, [(f"{args.prefix}_{k:0{width}}", sample) for k, sample in enumerate(samples, start=1)]
            )
        if args.preview is not None:
            write_sheet(args.preview, samples)
    except (MissingFont, FileExistsError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
