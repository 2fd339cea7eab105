"""Stage `heads-evaluate`: how many tokens of each head's greedy chains the target accepts on held-out samples."""

from __future__ import annotations

import json
from pathlib import Path

from .answering import Answerer
from .checkpoints import load_model
from .evaluate import answer_samples, samples_of
from .heads.acceptance import DEPTH, Acceptance, measure
from .heads.blinding import BLINDINGS
from .schedule import Schedule
from .stage_evaluate import FIRST_SEED
from .stage_heads import load_heads
from .tokenizer import Tokenizer
from .workers import Worker

PER_TOPIC = 30


def evaluate_heads(worker: Worker, schedule: Schedule, folder: Path) -> None:
    """Prints MAT of greedy chains and acceptance by depth per kind and class of word; writes heads-evaluation.json."""
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    target, heads = load_model(schedule, folder, tokenizer, "target"), load_heads(schedule, folder, tokenizer)
    samples = samples_of(FIRST_SEED, PER_TOPIC, schedule.view)
    answered = answer_samples(Answerer(target, tokenizer), samples, schedule.view)
    results = measure(heads, target, answered, tokenizer)
    print(table(results))
    print("\nimage words drafted right at the first step, by what a head sees")
    print(f"{'':30}" + "".join(f"{kind:>9}" for kind in results))
    for sight, blinding in BLINDINGS.items():
        seen = measure(heads, target, answered, tokenizer, blinding)
        shares = (one.classes["image words"].shares()[0] for one in seen.values())
        print(f"{sight:30}" + "".join("        -" if share is None else f"{share:9.3f}" for share in shares), flush=True)
    (folder / "heads-evaluation.json").write_text(json.dumps({kind: _entry(one) for kind, one in results.items()}, indent=1) + "\n")


def table(results: dict[str, Acceptance]) -> str:
    """A line per kind and class: MAT, then accepted / tried at each depth of a chain accepted so far."""
    lines = [f"chains of {DEPTH}: accepted at a depth, of those accepted before it", f"{'head':9}{'MAT':>5}  {'drafted token':13}" + "".join(f"{d + 1:7}" for d in range(DEPTH)) + "  tried at 1"]
    for kind, one in results.items():
        for name, depths in one.classes.items():
            shares = "".join("      -" if share is None else f"{share:7.3f}" for share in depths.shares())
            lines.append(f"{kind:9}{one.mat:5.2f}  {name:13}{shares}  {depths.tried[0]}")
    return "\n".join(lines)


def _entry(one: Acceptance) -> dict[str, object]:
    depths = {name: {"tried": each.tried, "accepted": each.accepted} for name, each in one.classes.items()}
    return {"mat": one.mat, "rounds": one.rounds, "tokens": one.tokens, "depths": depths}
