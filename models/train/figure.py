#!/usr/bin/env python3
"""Draws the spread of the target's attention from evaluation.json: python3 models/train/figure.py [--schedule cpu] [--out FILE]."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("agg")
from matplotlib import pyplot

HERE = Path(__file__).resolve().parent
BINS = np.linspace(0, 1, 51)
CLASSES = (("seen", "words that need the picture", "#0072b2"), ("told", "other words", "#d55e00"))
"""keys of evaluation.json, labels, and two of Okabe and Ito's colors, which the color-blind can tell apart"""


def main() -> None:
    """Writes the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schedule", default="cpu", help="name of a file in models/train/schedules")
    parser.add_argument("--run", type=Path, default=HERE / "runs", help="folder of checkpoints (default: models/train/runs)")
    parser.add_argument("--out", type=Path, default=HERE.parent / "attention.png")
    arguments = parser.parse_args()
    file = arguments.run / arguments.schedule / "evaluation.json"
    if not file.exists():
        sys.exit(f"figure.py: {file} is missing; run the stage evaluate first")
    looks = json.loads(file.read_text())["looks"]
    pyplot.rcParams.update({"font.family": "sans-serif", "font.size": 9})
    figure, axes = pyplot.subplots(figsize=(5.5, 2.4), layout="constrained")
    for key, label, color in CLASSES:
        values = np.array(looks[key])
        weights = np.full(len(values), 100 / len(values))
        axes.hist(values, BINS, weights=weights, alpha=0.6, color=color, label=f"{label} (n = {len(values):,})")
        axes.axvline(float(np.median(values)), color=color, linewidth=1, linestyle="--")
    axes.set(xlabel="last layer's attention on the picture (mean of the heads)", ylabel="share of tokens (%)", xlim=(0, 1))
    axes.set_title(f"AUC {looks['auc']:.3f}; dashed: medians", fontsize=9, loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_ylim(top=axes.get_ylim()[1] * 1.3)
    axes.legend(frameon=False, loc="upper right")
    figure.savefig(arguments.out, dpi=160)
    print(arguments.out)


if __name__ == "__main__":
    main()
