"""Draft heads: the pairs that count, what each kind reads of the picture, and that all ways to run one agree."""

from __future__ import annotations

import unittest
from dataclasses import replace

from head_support import answers, batch, heads, rows, shown, target
from training_support import HEADS, torch

from specula_train.heads.blinding import BLINDINGS
from specula_train.heads.block import DraftBlock
from specula_train.heads.pair_head import PairHead
from specula_train.heads.rows import rows_of
from specula_train.heads.shown import Shown, tapped_layers
from specula_train.layers import rotary_table, rotate

COUNT = 3
PAIRED = ("eagle", "eagle3", "msd", "vispec")


def close(ours: torch.Tensor, wanted: torch.Tensor, msg: str | None = None) -> None:
    """Equal but for rounding."""
    torch.testing.assert_close(ours, wanted, rtol=1e-4, atol=1e-4, msg=msg)


def plain_layer(block: DraftBlock, inputs: torch.Tensor, residual: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
    """The layer over one sequence of pairs the textbook way: a causal mask and nothing else. T x width."""
    length = len(positions)
    cos, sin = (table[positions] for table in rotary_table(4096, block.cos.shape[1] * 2))
    q, k, v = (layer(inputs).view(length, block.heads, -1).transpose(0, 1) for layer in (block.q, block.k, block.v))
    q, k = rotate(q, cos, sin), rotate(k, cos, sin)
    scores = q @ k.transpose(1, 2) / q.shape[-1] ** 0.5
    weights = scores.masked_fill(torch.ones(length, length).triu(1).bool(), float("-inf")).softmax(-1)
    x = residual + block.out((weights @ v).transpose(0, 1).flatten(1))
    normed = block.inner_norm(x)
    gate = block.gate(normed)
    return x + block.down(gate * gate.sigmoid() * block.up(normed))


def plain_chain(head: PairHead, of: Shown, talk: int, place: int, count: int) -> list[torch.Tensor]:
    """Outputs of a chain of the true tokens from the root at a place, one whole sequence after the other."""
    one = Shown(*(part[talk : talk + 1] for part in (of.embeddings, of.features, of.taps)), of.image)
    slots = head.slots(one, torch.float32)
    known = slots.positions < place
    inputs, residual = slots.entered.inputs[0, known], slots.entered.residual[0, known]
    positions = slots.positions[known]
    outputs = []
    for step in range(count):
        if step:
            embedding = one.embeddings[:, place + step : place + step + 1]
            entered = head.enter(embedding, outputs[-1][None, None], slots.overview, torch.float32)
            inputs, residual = torch.cat([inputs, entered.inputs[0]]), torch.cat([residual, entered.residual[0]])
            positions = torch.cat([positions, torch.tensor([place - 1 + step])])
        outputs.append(plain_layer(head.block, inputs, residual, positions)[-1])
    return outputs


class TestRows(unittest.TestCase):
    def test_pairs_draft_an_answer_token_behind_another(self) -> None:
        marks = answers()
        found = rows()
        for talk, mark in enumerate(marks.tolist()):
            wanted = [i for i in range(len(mark) - 2) if mark[i + 1] and mark[i + 2]]
            self.assertEqual(found.pairs[talk][found.real[talk]].tolist(), wanted)
            self.assertGreater(len(wanted), 2)
            for step in range(4):
                reached = found.pairs[talk][found.reached(step)[talk]].tolist()
                self.assertEqual(reached, [i for i in wanted if all(mark[i - step + 1 : i + 3])])
        self.assertFalse(found.real.all(), "some row should be padding")

    def test_two_short_answers_are_not_taken_for_one(self) -> None:
        found = rows_of(torch.tensor([[0, 0, 1, 1, 0, 1, 1, 1, 0]], dtype=torch.bool))
        self.assertEqual(found.pairs.tolist(), [[1, 4, 5]])
        self.assertEqual([found.reached(step)[0].tolist() for step in range(3)], [[True] * 3, [False, False, True], [False] * 3])


class TestBlinding(unittest.TestCase):
    def test_only_what_is_named_becomes_its_mean_at_image_places(self) -> None:
        whole, found = shown(), rows()
        image = slice(whole.image.start, whole.image.stop)
        blind = BLINDINGS["neither"](whole)
        for ours, was in ((blind.features, whole.features), (blind.taps, whole.taps), (blind.embeddings, whole.embeddings)):
            close(ours[:, image], was[:, image].mean(1, keepdim=True).expand_as(was[:, image]))
            self.assertTrue(torch.equal(ours[:, image.stop :], was[:, image.stop :]))
        self.assertTrue(torch.equal(BLINDINGS["not its embeddings"](whole).features, whole.features))
        for kind, head in heads().items():
            for sight in ("not the target's states of it", "not its embeddings"):
                pairs = zip(head.steps(BLINDINGS[sight](whole), found, COUNT), head.steps(whole, found, COUNT))
                same = all(torch.equal(a[found.reached(k)], b[found.reached(k)]) for k, (a, b) in enumerate(pairs))
                # Medusa reads no image place at all
                self.assertEqual(same, kind == "medusa", f"{kind}, {sight}")


class TestShown(unittest.TestCase):
    def test_states_are_those_of_the_layers(self) -> None:
        self.assertEqual(tapped_layers(5), (0, 2, 4))
        language, of = target().language, shown()
        low, middle, last = of.taps.chunk(3, -1)
        close(language.norm(last), of.features)
        for one, other in ((low, middle), (middle, last), (low, last)):
            self.assertFalse(torch.equal(one, other))
        start = batch().opening.shape[1]
        self.assertEqual(of.image, range(start, start + 64))
        close(of.embeddings[:, of.image.stop :], language.embedding(batch().ids))
        again, _, _ = language(of.embeddings)
        close(again, of.features)


class TestSteps(unittest.TestCase):
    def setUp(self) -> None:
        self.heads, self.rows = heads(), rows()

    def test_many_rounds_at_once_are_each_round_alone(self) -> None:
        for kind in PAIRED:
            head = self.heads.heads[kind]
            outputs = head.steps(shown(), self.rows, COUNT)
            for talk in range(3):
                starts = [r for r in range(self.rows.pairs.shape[1] - COUNT) if self.rows.reached(COUNT - 1)[talk, r + COUNT - 1]]
                for row in starts[:: max(1, len(starts) // 4)]:
                    wanted = plain_chain(head, shown(), talk, int(self.rows.pairs[talk, row]) + 1, COUNT)
                    for step in range(COUNT):
                        close(outputs[step][talk, row + step], wanted[step], msg=f"{kind} {step}")

    def test_node_by_node_as_many_rounds_at_once(self) -> None:
        ids = torch.cat([torch.zeros(3, shown().image.stop, dtype=torch.long), batch().ids], 1)
        for kind, head in self.heads.items():
            outputs = head.steps(shown(), self.rows, COUNT)
            one = Shown(shown().embeddings[:1], shown().features[:1], shown().taps[:1], shown().image)
            drafter = head.drafter(one)
            row = next(r for r in range(99) if self.rows.reached(COUNT - 1)[0, r + COUNT - 1])
            place = int(self.rows.pairs[0, row]) + 1
            node = drafter.root(place)
            for step in range(COUNT):
                close(node.output[0, 0], outputs[step][0, row + step], msg=f"{kind} {step}")
                other = drafter.child(node, target().language.embedding(torch.tensor([[5]]))) if step + 1 < COUNT else None
                if other is None:
                    break
                token = ids[:1, place + step + 1 : place + step + 2]
                node = drafter.child(node, target().language.embedding(token))
                if kind != "medusa":
                    self.assertFalse(torch.allclose(other.output, node.output), "siblings are not the same")

    def test_nothing_reads_what_comes_later(self) -> None:
        cut = int(self.rows.pairs[0, 6]) + 2
        changed = Shown(*(torch.cat([part[:, :cut], part[:, cut:] + 1], 1) for part in (shown().embeddings, shown().features, shown().taps)), shown().image)
        for kind, head in self.heads.items():
            for step, (before, after) in enumerate(zip(*(head.steps(of, self.rows, COUNT) for of in (shown(), changed)))):
                known = self.rows.reached(step) & (self.rows.pairs <= cut - 2)
                close(before[known], after[known], msg=f"{kind} {step}")
                later = self.rows.reached(step) & (self.rows.pairs > cut + COUNT)
                self.assertGreater((before[later] - after[later]).abs().max(), 1e-2, kind)

    def differs(self, kind: str, changed: Shown) -> bool:
        head = self.heads.heads[kind]
        pair = [head.steps(of, self.rows, 1)[0][self.rows.real] for of in (shown(), changed)]
        return (pair[0] - pair[1]).abs().max().item() > 1e-3

    def test_what_each_kind_reads_of_the_picture(self) -> None:
        image = shown().image
        inner = slice(image.start, image.stop - 1)
        """the last image place's feature belongs to the first pair of text"""

        def moved(values: torch.Tensor, places: slice) -> torch.Tensor:
            values = values.clone()
            values[:, places] += 1
            return values

        features = replace(shown(), features=moved(shown().features, inner))
        embeddings = replace(shown(), embeddings=moved(shown().embeddings, slice(image.start, image.stop)))
        taps = replace(shown(), taps=moved(shown().taps, inner))
        read = {kind: [self.differs(kind, of) for of in (features, embeddings, taps)] for kind in self.heads.heads}
        self.assertEqual(
            read,
            {
                "medusa": [False, False, False],
                "eagle": [True, True, False],
                "eagle3": [False, True, True],
                "msd": [False, True, False],
                "vispec": [False, True, False],
            },
        )

    def test_slots_of_the_picture(self) -> None:
        of, image = shown(), shown().image
        places = of.features.shape[1]
        msd = self.heads.heads["msd"].slots(of, torch.float32)
        self.assertEqual(msd.positions.tolist(), list(range(places - 1)))
        close(msd.entered.inputs[:, image.start - 1 : image.stop - 1], of.embeddings[:, image.start : image.stop])
        head = self.heads.heads["vispec"]
        vispec = head.slots(of, torch.float32)
        vectors = head.adaptor(of.embeddings[:, image.start : image.stop], torch.float32)
        kept = HEADS.queries - 1
        self.assertEqual(
            vispec.positions.tolist(), [*range(image.start - 1), *range(image.stop - 1 - kept, places - 1)]
        )
        close(vispec.entered.inputs[:, image.start - 1 : image.start - 1 + kept], vectors[:, :kept])
        close(vispec.overview, vectors[:, kept:])
        text = head.enter(of.embeddings[:, -1:], of.features[:, -2:-1], vectors[:, kept:], torch.float32)
        close(vispec.entered.inputs[:, -1:], text.inputs)
        first = head.enter(of.embeddings[:, 1:2], of.features[:, :1], None, torch.float32)
        close(vispec.entered.inputs[:, :1], first.inputs)

    def test_a_talk_without_a_picture(self) -> None:
        of = Shown(shown().embeddings, shown().features, shown().taps, range(4, 4))
        eagle, msd, vispec = (self.heads.heads[kind] for kind in ("eagle", "msd", "vispec"))
        msd.load_state_dict(eagle.state_dict())
        for step in range(COUNT):
            close(*(head.steps(of, self.rows, COUNT)[step] for head in (eagle, msd)))
        self.assertTrue(vispec.steps(of, self.rows, 1)[0].isfinite().all())

    def test_draft_tokens_of_eagle3_are_the_most_frequent(self) -> None:
        head = self.heads.heads["eagle3"]
        self.assertEqual(len(head.ids), HEADS.draft_vocabulary)
        self.assertEqual(head.ids.tolist(), sorted(head.ids.tolist()))
        self.assertEqual(set((head.ids % 7).tolist()), {5, 6})
        scores = head.scores(shown().features, target().language, 0)
        self.assertEqual(scores.shape[-1], HEADS.draft_vocabulary)
        self.assertEqual(head.token_ids(torch.tensor([0, 3])).tolist(), head.ids[[0, 3]].tolist())


if __name__ == "__main__":
    unittest.main()
