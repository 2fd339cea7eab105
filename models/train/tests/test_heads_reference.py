"""The reference rounds are those of the chains that are measured, and the files hold the heads."""

from __future__ import annotations

import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

import head_support
from head_support import heads, target
from training_support import HEADS, VIEW, samples, tokenizer, torch

import numpy as np

from specula_train.batches import batch_of_texts, pixels_of
from specula_train.evaluate import Answered, follow
from specula_train.export import write_heads
from specula_train.gguf_files import check_tensors, read_tensors, round_as_exported
from specula_train.gguf_library import gguf_library
from specula_train.heads.acceptance import measure
from specula_train.heads.gguf import head_tensors
from specula_train.heads.kinds import HeadSet
from specula_train.heads.reference import DEPTH, chain_rounds, reference_turns
from specula_train.heads.shown import show

try:
    gguf = gguf_library()
except (FileNotFoundError, ModuleNotFoundError) as error:
    raise unittest.SkipTest(f"gguf-py cannot be used: {error}") from error

SIZE = head_support.SIZE.language(len(tokenizer()))
MOST = 10


class TestReference(unittest.TestCase):
    def setUp(self) -> None:
        self.sample = next(sample for sample in samples() if len(sample.turns) > 1)
        self.questions = [turn.question for turn in self.sample.turns][:2]

    def turns(self, made: HeadSet) -> list:
        pixels = torch.from_numpy(pixels_of(self.sample.picture.image, self.sample.picture.view.side))
        return reference_turns(made, target(), tokenizer(), pixels, self.questions, MOST)

    def test_rounds_lead_to_the_answer(self) -> None:
        for turn in self.turns(heads()):
            self.assertEqual(list(turn.rounds), HEADS.kinds)
            for kind, rounds in turn.rounds.items():
                longest, at = HEADS.medusa if kind == "medusa" else DEPTH, 0
                for one in rounds:
                    self.assertEqual(len(one.drafted), min(longest, MOST - at - 2))
                    right = turn.answer.ids[at + 1 : at + 1 + one.accepted]
                    self.assertEqual(one.drafted[: one.accepted], right)
                    at += one.accepted + 1
                    self.assertTrue(all(0 < chance <= 1 for chance in one.probabilities))
                self.assertIn(len(turn.answer.ids) - at, (1, 2 if len(turn.answer.ids) == MOST else 1))

    def test_accepted_tokens_are_those_that_are_measured(self) -> None:
        """Of an answer that begins with what a head drafts: two tokens of the first round are accepted."""
        made = heads()
        talk = replace(self.sample, turns=self.sample.turns[:1])
        first = self.turns(made)[0]
        for kind, head in made.items():
            root, drafted = first.answer.ids[0], first.rounds[kind][0].drafted
            other = next(token for token in range(9, 99) if token != drafted[2])
            said = [root, *drafted[:2], other]
            answered = Answered(talk, [said])
            batch = batch_of_texts(tokenizer(), [follow(answered, tokenizer())], [talk.picture], VIEW)
            shown = show(target(), batch)
            answer = replace(first.answer, ids=[*said, tokenizer().end])
            rounds = chain_rounds(head, head.drafter(shown), target(), answer, 99)
            self.assertEqual(rounds[0].drafted, drafted, kind)
            self.assertEqual(rounds[0].accepted, 2, kind)
            self.assertEqual(1 + sum(one.accepted + 1 for one in rounds), len(answer.ids), kind)
            one = HeadSet(SIZE, replace(HEADS, kinds=[kind]))
            one.heads[kind] = head
            result = measure(one, target(), [answered], tokenizer())[kind]
            self.assertEqual((result.rounds, result.tokens), (1 + len(rounds), len(answer.ids)), kind)


class TestFiles(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.heads = heads()
        self.written = write_heads(self.folder, self.heads, SIZE)

    def test_files_hold_the_heads_in_the_layout(self) -> None:
        self.assertEqual([one.head for one in self.written], HEADS.kinds)
        names: dict[str, set[str]] = {}
        for one, (kind, head) in zip(self.written, self.heads.items()):
            self.assertEqual(one.id, f"specula-tiny-head-{kind}")
            entry = one.entry()
            self.assertEqual((entry["role"], entry["head"], entry["target"]), ("head", kind, "specula-tiny-target"))
            check_tensors(one.file, head_tensors(head))
            stored = read_tensors(one.file)
            names[kind] = set(stored)
            for name, values in stored.items():
                wanted = np.int32 if name == "d2t" else np.float16 if values.ndim > 1 else np.float32
                self.assertEqual(values.dtype, wanted, name)
            parameters = sum(parameter.numel() for parameter in head.parameters())
            self.assertEqual(sum(values.size for name, values in stored.items() if name != "d2t"), parameters)
        layer = {f"blk.0.{name}.weight" for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_norm", "ffn_gate", "ffn_up", "ffn_down")}
        self.assertEqual(names["eagle"], layer | {"fc.weight", "fc.bias"})
        self.assertEqual(names["msd"], names["eagle"])
        vision = {f"vision.{name}.weight" for name in ("query", "k", "v", "output")}
        self.assertEqual(names["vispec"], names["eagle"] | vision | {"img_fc.weight", "img_fc.bias"})
        own = {"fc.weight", "blk.0.attn_norm.weight", "blk.0.attn_norm_2.weight", "output_norm.weight", "output.weight", "d2t"}
        self.assertEqual(names["eagle3"], layer | own)
        self.assertEqual(names["medusa"], {f"medusa.{k}.{part}" for k in range(HEADS.medusa) for part in ("weight", "bias", "output.weight")})
        with self.assertRaisesRegex(ValueError, "holds other weights"):
            check_tensors(self.written[0].file, head_tensors(heads(seed=9).heads["medusa"]))

    def test_draft_tokens_are_found_again(self) -> None:
        stored = read_tensors(self.folder / "specula-tiny-head-eagle3-f16.gguf")
        ids = self.heads.heads["eagle3"].ids
        self.assertEqual((np.arange(len(ids)) + stored["d2t"]).tolist(), ids.tolist())
        self.assertEqual(stored["output.weight"].shape, (HEADS.draft_vocabulary, SIZE.width))

    def test_what_a_file_says_of_itself(self) -> None:
        shared = {"layout": 1, "embedding_length": SIZE.width, "vocab_size": SIZE.vocabulary, "target_name": "Specula tiny target", "source": "models/train"}
        layer = {"head_count": SIZE.heads, "head_count_kv": SIZE.heads, "head_length": SIZE.width // SIZE.heads, "feed_forward_length": SIZE.inner, "rope_base": 10000.0, "rope_type": "norm"}
        own = {
            "medusa": {"medusa_heads": HEADS.medusa},
            "eagle": layer,
            "eagle3": {**layer, "feature_layers": [0, 1, 2], "draft_vocab_size": HEADS.draft_vocabulary},
            "msd": layer,
            "vispec": {**layer, "queries": HEADS.queries, "query_heads": SIZE.heads},
        }
        for one in self.written:
            fields = {name: field.contents() for name, field in gguf.GGUFReader(one.file).fields.items()}
            self.assertEqual(fields["general.architecture"], "specula-head")
            mine = {name.removeprefix("specula-head."): value for name, value in fields.items() if name.startswith("specula-head.")}
            epsilon = mine.pop("rms_epsilon", None)
            self.assertEqual(epsilon is None, one.head == "medusa")
            self.assertEqual(mine, {"kind": one.head, **shared, **own[one.head]})

    def test_rounding_is_that_of_the_files(self) -> None:
        rounded = round_as_exported(heads())
        for one, head in zip(self.written, rounded.heads.values()):
            stored = read_tensors(one.file)
            for name, tensor in head_tensors(head):
                np.testing.assert_array_equal(stored[name].astype(np.float32), tensor.detach().float().numpy())


if __name__ == "__main__":
    unittest.main()
