"""The decoder: a cache changes nothing, nothing later is seen, padding is passed over."""

from __future__ import annotations

import unittest

from training_support import tiny_model, tokenizer, torch

LENGTH = 12


@torch.no_grad()
def outputs(ids: torch.Tensor, **options: torch.Tensor) -> torch.Tensor:
    language = tiny_model().language
    return language.logits(language(language.embedding(ids), **options)[0])


class TestLanguageModel(unittest.TestCase):
    def setUp(self) -> None:
        torch.manual_seed(5)
        self.ids = torch.randint(len(tokenizer()), (2, LENGTH))

    def close(self, got: torch.Tensor, wanted: torch.Tensor) -> None:
        torch.testing.assert_close(got, wanted, rtol=1e-4, atol=1e-4)

    def test_a_cache_changes_nothing(self) -> None:
        language = tiny_model().language
        whole, past, parts = outputs(self.ids), None, []
        with torch.no_grad():
            for start, end in ((0, 5), (5, 6), (6, 7), (7, LENGTH)):
                hidden, _, past = language(language.embedding(self.ids[:, start:end]), past=past)
                parts.append(language.logits(hidden))
        self.close(torch.cat(parts, 1), whole)

    def test_a_token_changes_only_what_comes_from_it_on(self) -> None:
        before = outputs(self.ids)
        for place in range(LENGTH):
            other = self.ids.clone()
            other[:, place] = (other[:, place] + 1) % len(tokenizer())
            changed = (outputs(other) - before).abs().amax((0, 2))
            self.assertLess(changed[:place].sum().item(), 1e-4)
            self.assertGreater(changed[place:].min().item(), 1e-4)

    def test_padding_before_and_between_is_passed_over(self) -> None:
        wanted = outputs(self.ids[:1])
        pads = (0, 0, 4, 9)
        row, hidden = [], []
        for index in range(LENGTH):
            for _ in range(pads.count(index)):
                row.append(tokenizer().pad)
                hidden.append(True)
            row.append(int(self.ids[0, index]))
            hidden.append(False)
        padding = torch.tensor([hidden])
        positions = ((~padding).long().cumsum(1) - 1).clamp(min=0)
        got = outputs(torch.tensor([row]), hidden_keys=padding, positions=positions)
        self.assertFalse(got.isnan().any())
        self.close(got[~padding][None], wanted)

    def test_kept_weights_are_shares_of_what_came_before(self) -> None:
        language = tiny_model().language
        with torch.no_grad():
            _, kept, _ = language(language.embedding(self.ids), keep_weights=(1,))
        self.assertEqual(list(kept), [1])
        torch.testing.assert_close(kept[1].sum(-1), torch.ones(2, 4, LENGTH))
        self.assertEqual(kept[1].triu(1).abs().sum().item(), 0)


if __name__ == "__main__":
    unittest.main()
