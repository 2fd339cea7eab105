"""Muon: what its updates are, and which weights get it."""

from __future__ import annotations

import unittest

from training_support import tiny_model, torch

from specula_train.muon import Muon, hidden_matrices, orthogonal


class TestOrthogonal(unittest.TestCase):
    def test_singular_values_come_near_one_and_directions_stay(self) -> None:
        torch.manual_seed(1)
        for rows, columns in ((12, 40), (40, 12), (16, 16)):
            matrix = torch.randn(1, rows, columns, dtype=torch.double)
            made = orthogonal(matrix, torch.double)[0].double()
            values = torch.linalg.svdvals(made)
            self.assertGreater(values.min().item(), 0.3)
            self.assertLess(values.max().item(), 1.3)
            u, _, v = torch.linalg.svd(matrix[0], full_matrices=False)
            along = u.T @ made @ v.T
            self.assertLess((along - torch.diag(along.diag())).abs().max().item(), 1e-4)

    def test_stacked_parts_are_made_orthogonal_one_by_one(self) -> None:
        torch.manual_seed(2)
        weight = torch.nn.Parameter(torch.zeros(18, 6))
        weight.grad = torch.randn(18, 6) * torch.tensor([1.0, 100.0, 0.01]).repeat_interleave(6)[:, None]
        Muon([weight], lr=1.0, weight_decay=0.0, compute=torch.float32).step()
        for part in weight.detach().split(6):
            self.assertAlmostEqual(part.norm().item(), 0.2 * 6**0.5 * 6**0.5, delta=0.2)


class TestMuon(unittest.TestCase):
    def test_only_weights_between_hidden_states(self) -> None:
        model = tiny_model()
        names = {id(parameter): name for name, parameter in model.named_parameters()}
        chosen = {names[id(matrix)] for matrix in hidden_matrices(model)}
        self.assertIn("language.blocks.0.q.weight", chosen)
        self.assertIn("vision.blocks.0.qkv.weight", chosen)
        self.assertIn("project_in.weight", chosen)
        for name in ("language.embedding.weight", "vision.positions", "vision.patch.weight", "language.norm.weight"):
            self.assertNotIn(name, chosen)

    def test_it_goes_downhill(self) -> None:
        torch.manual_seed(3)
        weight, wanted = torch.nn.Parameter(torch.randn(5, 9)), torch.randn(5, 9)
        optimizer = Muon([weight], lr=0.2, weight_decay=0.0, compute=torch.float32)
        first = (weight - wanted).square().sum().item()
        for _ in range(150):
            weight.grad = None
            (weight - wanted).square().sum().backward()
            optimizer.step()
        self.assertLess((weight - wanted).square().sum().item(), 0.05 * first)


if __name__ == "__main__":
    unittest.main()
