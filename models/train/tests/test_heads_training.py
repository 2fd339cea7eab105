"""The heads learn, each by its own loss; a stopped stage goes on to the bit; what is measured is what a chain would do."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from head_support import batch, heads, rows, shown, target
from training_support import HEADS, VIEW, WORKER, samples, schedule, tiny_model, tokenizer, torch

from specula_data.build import make_packed
from specula_train import loop
from specula_train.evaluate import Answered, follow
from specula_train.heads.acceptance import DEPTH, chain_hits, count_rounds, measure
from specula_train.heads.kinds import KINDS, HeadSet
from specula_train.heads.losses import heads_loss, list_loss, soft_cross_entropy
from specula_train.heads.shown import NOISE
from specula_train.muon import hidden_matrices
from specula_train.stage_heads import frequencies, load_heads, new_heads, train_heads
from specula_train.stage_heads_evaluate import table
from specula_train.tokenizer import Tokenizer


class TestLosses(unittest.TestCase):
    def test_every_head_gets_better_at_its_own_loss(self) -> None:
        for kind in KINDS:
            for progress in (0.0, 1.0) if kind == "vispec" else (0.0,):
                sizes = replace(HEADS, kinds=[kind])
                made = new_heads(replace(schedule(), heads=sizes), tokenizer())
                made.begin(target().language, torch.bincount(batch().ids.flatten(), minlength=len(tokenizer())))
                optimizer = torch.optim.Adam(made.parameters(), 5e-3)
                losses, first, last = [], {}, {}
                for _ in range(12):
                    loss, numbers = heads_loss(
                        made, target().language, shown(), shown(), rows(), sizes, progress, torch.float32
                    )
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    losses.append(loss.item())
                    first, last = first or numbers, numbers
                self.assertLess(losses[-1], 0.97 * losses[0], kind)
                self.assertTrue(all(parameter.grad is not None for parameter in made.parameters()), kind)
                self.assertGreater(sum(last.values()), sum(first.values()), kind)

    def test_a_perfect_head_has_no_loss_but_what_is_uncertain(self) -> None:
        scores = torch.tensor([[2.0, 0.5, -1.0, 0.0]])
        chance = scores.softmax(-1)
        self.assertAlmostEqual(soft_cross_entropy(scores, chance).item(), -(chance * chance.log()).sum().item(), places=5)
        order = torch.tensor([[0, 1, 3]])
        among = torch.tensor([2.0, 0.5, 0.0]).softmax(-1)
        wanted = -(among[0].log() + (among[1] / (among[1] + among[2])).log()) / 3
        self.assertAlmostEqual(list_loss(scores, order).item(), wanted.item(), places=5)
        self.assertGreater(list_loss(scores, order.flip(-1)).item(), wanted.item())

    def test_noise_is_as_wide_as_said_and_the_same_for_a_seed(self) -> None:
        one, two = (shown().blurred(torch.Generator().manual_seed(7)) for _ in range(2))
        self.assertTrue(torch.equal(one.features, two.features))
        off = (one.features - shown().features).abs()
        self.assertLessEqual(off.max().item(), NOISE / 2 + 1e-6)
        self.assertGreater(off.max().item(), NOISE / 2 * 0.95)
        self.assertTrue(torch.equal(one.embeddings, shown().embeddings))

    def test_muon_takes_the_matrices_between_hidden_states(self) -> None:
        made = heads()
        chosen = {id(matrix) for matrix in hidden_matrices(made)}
        others = [name for name, parameter in made.named_parameters() if parameter.dim() > 1 and id(parameter) not in chosen]
        outputs = [f"heads.medusa.outputs.{k}.weight" for k in range(HEADS.medusa)]
        self.assertEqual(others, [*outputs, "heads.eagle3.output.weight", "heads.vispec.adaptor.query"])


class TestStage(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        tokenizer().save(self.folder / "tokenizer.json")
        torch.save({"model": tiny_model().state_dict(), "step": 6}, self.folder / "target.pt")
        talks = [make_packed(500_000_000 + k, VIEW) for k in range(6)]
        lines = [
            {"seed": talk.seed, "answers": [tokenizer().encode(str(turn.answer)) for turn in talk.turns]} for talk in talks
        ]
        (self.folder / "answers-0.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))

    def train(self) -> HeadSet:
        with contextlib.redirect_stdout(io.StringIO()):
            train_heads(WORKER, schedule(), self.folder)
        return load_heads(schedule(), self.folder, tokenizer())

    def test_a_resumed_stage_gives_the_same_heads(self) -> None:
        whole = self.train().state_dict()
        (self.folder / "heads.pt").unlink()

        class Stopped(Exception):
            pass

        def stopping(*arguments: object) -> object:
            if arguments[6] >= 0.5:
                raise Stopped
            return heads_loss(*arguments)

        with patch("specula_train.stage_heads.heads_loss", stopping), patch.object(loop, "SAVE_SECONDS", -1):
            with self.assertRaises(Stopped):
                self.train()
        resumed = self.train().state_dict()
        self.assertEqual(whole.keys(), resumed.keys())
        for name, weights in whole.items():
            self.assertTrue(torch.equal(weights, resumed[name]), name)
        begun = new_heads(schedule(), tokenizer()).state_dict()
        same = [name for name, weights in whole.items() if torch.equal(begun[name], weights)]
        self.assertEqual(same, [])

    def test_other_kinds_or_no_checkpoint_are_told(self) -> None:
        with self.assertRaisesRegex(FileNotFoundError, "heads.pt is missing; run the stage heads first"):
            load_heads(schedule(), self.folder, tokenizer())
        self.train()
        fewer = replace(schedule(), heads=replace(HEADS, kinds=["eagle"]))
        with self.assertRaisesRegex(ValueError, "other kinds or sizes"):
            load_heads(fewer, self.folder, tokenizer())
        with self.assertRaisesRegex(ValueError, "heads.pt: made with other kinds or sizes"):
            train_heads(WORKER, fewer, self.folder)
        with self.assertRaisesRegex(ValueError, "unknown kind eagle4; known are medusa, eagle"):
            new_heads(replace(schedule(), heads=replace(HEADS, kinds=["eagle4"])), tokenizer())
        with self.assertRaisesRegex(ValueError, "draft_vocabulary 9999 is more than"):
            new_heads(replace(schedule(), heads=replace(HEADS, draft_vocabulary=9999)), tokenizer())

    def test_frequencies_count_answers_and_their_ends(self) -> None:
        counted = frequencies({1: [[3, 5], [3]], 2: [[]]}, tokenizer())
        self.assertEqual((counted[3], counted[5], counted[tokenizer().end], counted.sum()), (2, 1, 3, 6))


class TestAcceptance(unittest.TestCase):
    def test_rounds_of_an_answer(self) -> None:
        self.assertEqual(count_rounds([0, 0, 0], 4), 4)
        self.assertEqual(count_rounds([2, 0, 1, 0], 5), 3)
        self.assertEqual(count_rounds([3, 9, 9], 4), 2)
        self.assertEqual(count_rounds([2, 9, 9], 4), 2, "the end is the target's own token, drafted right or not")
        self.assertEqual(count_rounds([], 1), 1)

    def test_a_hit_is_a_chain_that_was_right_up_to_there(self) -> None:
        found, made = rows(), heads()
        for kind, head in made.items():
            drafted = [head.token_ids(head.scores(output, target().language, step).argmax(-1)) for step, output in enumerate(head.steps(shown(), found, DEPTH))]
            # every token is what some depth drafts there: the first three rows what depth 0 does, the next what depth 1 does
            ids = torch.zeros(shown().features.shape[:2], dtype=torch.long)
            for talk, row in found.real.nonzero().tolist():
                ids[talk, found.pairs[talk, row] + 2] = drafted[min(row // 3 % 2, len(drafted) - 1)][talk, row]
            hits = chain_hits(head, target(), shown(), found, ids)
            self.assertGreater(sum(int(hit.sum()) for hit in hits[1:]), 0, kind)
            for depth, hit in enumerate(hits):
                for talk, row in found.real.nonzero().tolist():
                    path = [(d, row - depth + d) for d in range(depth + 1)]
                    wanted = bool(found.reached(depth)[talk, row]) and all(
                        drafted[d][talk, r] == ids[talk, found.pairs[talk, r] + 2] for d, r in path
                    )
                    self.assertEqual(bool(hit[talk, row]), wanted, f"{kind} {depth} {talk} {row}")

    def test_all_tokens_are_counted_once(self) -> None:
        made = heads()
        chosen = [sample for sample in samples() if len(sample.turns) > 1][:2]
        answered = [Answered(sample, [tokenizer().encode(str(turn.answer)) for turn in sample.turns]) for sample in chosen]
        result = measure(made, target(), answered, tokenizer())
        self.assertEqual(list(result), list(made.heads))
        words = sum(sum(follow(one, tokenizer()).answer) for one in answered)
        turns = sum(len(one.answers) for one in answered)
        for kind, one in result.items():
            everything = one.classes["all words"]
            self.assertEqual(everything.tried[0], words - turns, kind)
            self.assertEqual(one.tokens, words)
            self.assertGreaterEqual(one.mat, 1)
            for depths in one.classes.values():
                self.assertTrue(all(a <= t for a, t in zip(depths.accepted, depths.tried)))
        text = table(result)
        self.assertEqual(len(text.splitlines()), 2 + 3 * len(result))


if __name__ == "__main__":
    unittest.main()
