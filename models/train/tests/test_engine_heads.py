"""The app's engine drafts with every kind of head what PyTorch drafts, also with heads of random weights."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

from head_support import SIZE, heads
from training_support import HEADS, samples, tiny_model, tokenizer

from specula_train.compare import NODE
from specula_train.compare_heads import compare_kind, references
from specula_train.export import files_of, write_heads, write_model
from specula_train.gguf_library import ROOT, gguf_library

try:
    gguf_library()
except FileNotFoundError as error:
    raise unittest.SkipTest(str(error)) from error
if not NODE.exists() or not list((ROOT / "src-native" / "build").glob("engine.*.node")):
    raise unittest.SkipTest('the engine is not built; run "npm run setup"')

MOST = 8


class TestHeads(unittest.TestCase):
    def test_every_kind_drafts_the_same_chains(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            target, made = tiny_model(size=SIZE), heads()
            write_model(Path(folder), "target", target, tokenizer())
            write_heads(Path(folder), made, SIZE.language(len(tokenizer())))
            chosen = [sample for sample in samples() if len(sample.turns) == 1][:2] + [samples()[5]]
            turns = references(made, target, tokenizer(), chosen, MOST)
            for kind in HEADS.kinds:
                files = files_of(Path(folder), "target", target)
                for one in compare_kind(kind, made, target, chosen, turns, files, MOST):
                    self.assertTrue(one.same_answer, f"{kind}: {one.name}")
                    self.assertLess(one.off, 0.05, f"{kind}: {one.name}")
                    if not one.equal:
                        # near-ties may fall differently: rounding differs between the two
                        ours, theirs = one.torch[one.same], one.engine[one.same]
                        at = next(k for k, (a, b) in enumerate(zip(ours.drafted, theirs.drafted)) if a != b)
                        self.assertAlmostEqual(ours.probabilities[at], theirs.probabilities[at], delta=0.01, msg=f"{kind}: {one.name}")


if __name__ == "__main__":
    unittest.main()
