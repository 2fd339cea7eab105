"""The compiled steps against PyTorch's in float32: values and gradients, within what bfloat16 can hold."""

from __future__ import annotations

import unittest
from collections.abc import Callable, Sequence

from training_support import torch

from torch import Tensor

from specula_train.functions import Cut, gated, silu
from specula_train.kernels import kernels_for
from specula_train.layers import RMSNorm, attention, rotary_table, rotate

NARROW = torch.bfloat16
COMPILED = kernels_for(torch.zeros(1, dtype=NARROW)) is not None


@unittest.skipUnless(COMPILED, "no C compiler (cc)")
class TestKernels(unittest.TestCase):
    def setUp(self) -> None:
        torch.manual_seed(5)

    def compare(self, function: Callable[..., Sequence[Tensor]], *inputs: Tensor) -> None:
        """The function's results and its inputs' gradients in bfloat16 (compiled) and float32 (not compiled)."""
        found = []
        for kind in (NARROW, torch.float32):
            given = [one.to(kind).detach().requires_grad_() for one in inputs]
            results = [result.float() for result in function(*given)]
            for part in results:
                self.assertTrue(torch.isfinite(part).all())
            torch.manual_seed(6)
            sum((result * torch.randn_like(result)).sum() for result in results).backward()
            found.append([*results, *(one.grad.float() for one in given)])
        for ours, theirs in zip(*found):
            torch.testing.assert_close(ours, theirs, rtol=0.04, atol=0.04 * theirs.abs().max().item())

    def narrow(self, *shape: int, by: float = 1.0) -> Tensor:
        """Random numbers that bfloat16 holds exactly."""
        return (torch.randn(*shape) * by).to(NARROW).float()

    def test_silu_from_one_end_to_the_other(self) -> None:
        self.compare(lambda x: [silu(x)], torch.linspace(-120, 120, 999).to(NARROW).float())

    def test_gated(self) -> None:
        self.compare(lambda gate, up: [gated(gate, up)], self.narrow(3, 37, by=4), self.narrow(3, 37))

    def test_attention_with_and_without_what_comes_after(self) -> None:
        for causal in (False, True):
            for rows, columns in ((17, 17), (5, 40)):
                q, k, v = (self.narrow(2, 3, length, 8, by=1.5) for length in (rows, columns, columns))
                self.compare(lambda q, k, v: attention(q, k, v, causal=causal), q, k, v)

    def test_a_cut_of_the_weights_and_what_it_teaches(self) -> None:
        for causal, cut in ((True, Cut(4, 1, 3)), (False, Cut(0, 5, 4))):
            q, k, v = (self.narrow(2, 3, 9, 8, by=1.5) for _ in range(3))
            self.compare(lambda q, k, v: attention(q, k, v, causal=causal, cut=cut), q, k, v)
            shown = attention(q, k, v, causal=causal, cut=cut)[1]
            whole = attention(q, k, v, causal=causal)[1]
            torch.testing.assert_close(shown, whole[:, :, cut.first :, cut.left : cut.left + cut.width])

    def test_nothing_is_seen_of_what_comes_after(self) -> None:
        q, k, v = (self.narrow(1, 2, 9, 8).to(NARROW) for _ in range(3))
        weights = attention(q, k, v, causal=True)[1].float()
        self.assertEqual(weights.triu(1).abs().sum().item(), 0)
        torch.testing.assert_close(weights.sum(-1), torch.ones(1, 2, 9), rtol=0, atol=0.02)

    def test_rotation_of_split_heads(self) -> None:
        cos, sin = rotary_table(11, 8)
        self.compare(lambda x: [rotate(x.view(2, 11, 3, 8).transpose(1, 2), cos, sin)], self.narrow(2, 11, 24))

    def test_norm(self) -> None:
        norm, x = RMSNorm(40), self.narrow(2, 7, 40, by=3)
        torch.nn.init.normal_(norm.weight)
        found = []
        for kind in (NARROW, torch.float32):
            given = x.clone().requires_grad_()
            out = norm(given, kind).float()
            norm.weight.grad = None
            (out * torch.arange(40.0)).sum().backward()
            found.append((out, given.grad, norm.weight.grad))
        for ours, theirs in zip(*found):
            torch.testing.assert_close(ours, theirs, rtol=0.02, atol=0.02 * theirs.abs().max().item())


if __name__ == "__main__":
    unittest.main()
