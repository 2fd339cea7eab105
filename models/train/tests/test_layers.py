"""The building blocks against their definitions."""

from __future__ import annotations

import cmath
import unittest

from training_support import torch

import torch.nn.functional as F

from specula_train.functions import silu, softmax
from specula_train.layers import RMSNorm, attention, gelu, rotary_table, rotate


class TestActivations(unittest.TestCase):
    def setUp(self) -> None:
        torch.manual_seed(1)
        self.x = torch.randn(3, 7, dtype=torch.double) * 3

    def test_values_are_those_of_pytorch(self) -> None:
        for ours, theirs in (
            (gelu, lambda x: F.gelu(x, approximate="tanh")),
            (silu, F.silu),
            (softmax, lambda x: F.softmax(x, -1)),
        ):
            torch.testing.assert_close(ours(self.x), theirs(self.x), rtol=0, atol=1e-9)

    def test_gradients(self) -> None:
        for function in (gelu, silu, softmax):
            self.assertTrue(torch.autograd.gradcheck(function, self.x.requires_grad_()))


class TestRotary(unittest.TestCase):
    def test_pairs_turn_by_position_and_frequency(self) -> None:
        torch.manual_seed(2)
        length, width = 50, 8
        x = torch.randn(length, width)
        turned = rotate(x, *rotary_table(length, width))
        for position in (0, 1, 7, 49):
            for pair in range(width // 2):
                angle = position * 10000 ** (-2 * pair / width)
                wanted = complex(*x[position, 2 * pair : 2 * pair + 2].tolist()) * cmath.exp(1j * angle)
                got = complex(*turned[position, 2 * pair : 2 * pair + 2].tolist())
                self.assertAlmostEqual(got, wanted, places=5)


class TestNormAndAttention(unittest.TestCase):
    def test_rms_norm(self) -> None:
        torch.manual_seed(3)
        norm, x = RMSNorm(6), torch.randn(4, 6)
        torch.nn.init.normal_(norm.weight)
        for row, normed in zip(x, norm(x)):
            size = (sum(value**2 for value in row.tolist()) / 6 + 1e-5) ** 0.5
            wanted = torch.tensor([value / size for value in row.tolist()]) * norm.weight
            torch.testing.assert_close(normed, wanted)

    def test_attention_mixes_values_by_softmax_of_products(self) -> None:
        torch.manual_seed(4)
        q, k, v = torch.randn(2, 3, 4, 5), torch.randn(2, 3, 6, 5), torch.randn(2, 3, 6, 5)
        mask = torch.zeros(4, 6)
        mask[0, 3:] = float("-inf")
        mix, weights = attention(q, k, v, mask)
        self.assertEqual(weights[:, :, 0, 3:].abs().sum().item(), 0)
        for row in range(4):
            products = (k[1, 2] @ q[1, 2, row]) / 5**0.5 + mask[row]
            shares = products.exp() / products.exp().sum()
            torch.testing.assert_close(weights[1, 2, row], shares)
            torch.testing.assert_close(mix[1, row, 10:], shares @ v[1, 2])


if __name__ == "__main__":
    unittest.main()
