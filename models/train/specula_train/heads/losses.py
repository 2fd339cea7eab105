"""The losses of the heads: each kind's own, from the papers, on tokens of the target's own answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from ..language import LanguageModel
from ..loop import Numbers
from ..schedule import HeadSizes
from .eagle3 import Eagle3Head
from .head import DraftHead
from .kinds import HeadSet
from .rows import Rows
from .shown import Shown

CROSS_ENTROPY = 0.1
"""weight of EAGLE's and MSD's soft cross-entropy beside the distance of features"""
LATER = 0.8
"""EAGLE-3 and Medusa: weight of a step as a part of that of the step before"""
RANKING = 0.01
"""ViSpec: weight of the order of the target's likeliest tokens beside the distance of distributions (10 and 0.1 there)"""
RANKED = 10
FIRST_PART = 0.5
"""ViSpec: part of the training that is EAGLE's, before its own loss"""


@dataclass(frozen=True)
class Step:
    """The pairs drafted at one step of their rounds (N): what the head gave and what the target has there."""

    index: int
    output: Tensor
    """N x width"""
    features: Tensor
    """N x width"""
    probabilities: Tensor
    """N x vocabulary"""


def soft_cross_entropy(scores: Tensor, probabilities: Tensor) -> Tensor:
    """Mean over rows of the cross-entropy of scores against a distribution."""
    return -(probabilities * torch.log_softmax(scores, -1)).sum(-1).mean()


def list_loss(scores: Tensor, order: Tensor) -> Tensor:
    """ListMLE (F. Xia and others, 2008): -log of the chance to draw `order` (N x k ids) one by one, divided by k; mean over rows."""
    ranked = scores.gather(-1, order)
    rest = ranked.flip(-1).logcumsumexp(-1).flip(-1)
    return (rest - ranked).mean()


def eagle_loss(head: DraftHead, language: LanguageModel, step: Step, compute: torch.dtype) -> Tensor:
    """SmoothL1 on features, and cross-entropy against the target's distribution."""
    distance = F.smooth_l1_loss(step.output, step.features)
    scores = head.scores(step.output, language, step.index, compute)
    return distance + CROSS_ENTROPY * soft_cross_entropy(scores, step.probabilities)


def medusa_loss(head: DraftHead, language: LanguageModel, step: Step, compute: torch.dtype) -> Tensor:
    """Cross-entropy against the target's distribution (Medusa-1 with self-distillation)."""
    return soft_cross_entropy(head.scores(step.output, language, step.index, compute), step.probabilities)


def vispec_loss(head: DraftHead, language: LanguageModel, step: Step, compute: torch.dtype) -> Tensor:
    """Distance of distributions, and the order of the target's likeliest tokens."""
    scores = head.scores(step.output, language, step.index, compute)
    distance = (torch.softmax(scores, -1) - step.probabilities).abs().sum(-1).mean()
    return distance + RANKING * list_loss(scores, step.probabilities.topk(RANKED).indices)


def eagle3_loss(head: Eagle3Head, language: LanguageModel, step: Step, compute: torch.dtype) -> Tensor:
    """Cross-entropy over the draft tokens, where the target's choice is one of them."""
    inside = (step.probabilities.argmax(-1)[:, None] == head.ids).any(-1)
    if not inside.any():
        return step.output.sum() * 0
    wanted = step.probabilities[inside][:, head.ids]
    scores = head.scores(step.output[inside], language, step.index, compute)
    return soft_cross_entropy(scores, wanted / wanted.sum(-1, keepdim=True))


StepLoss = Callable[..., Tensor]


def _plan(kind: str, sizes: HeadSizes, progress: float) -> tuple[StepLoss, list[float]]:
    """The loss of a step, and the weights of the steps; progress: part of the training that is done."""
    if kind == "eagle3":
        return eagle3_loss, [LATER**step for step in range(sizes.unrolled)]
    if kind == "medusa":
        return medusa_loss, [LATER**step for step in range(sizes.medusa)]
    if kind == "vispec" and progress >= FIRST_PART:
        # the second step reads the first one's outputs, so that the head does not merely copy features
        return vispec_loss, [0.5, 0.5]
    return eagle_loss, [1.0]


def heads_loss(
    heads: HeadSet,
    language: LanguageModel,
    exact: Shown,
    blurred: Shown,
    rows: Rows,
    sizes: HeadSizes,
    progress: float,
    compute: torch.dtype,
) -> tuple[Tensor, Numbers]:
    """Sum of all heads' losses, and per head the share of tokens drafted as the target's at the first and last step.

    EAGLE-3 reads the exact states, the others features with noise.
    """
    features = rows.of(exact.features, 1)
    with torch.no_grad():
        probabilities = language.logits(features, compute).softmax(-1)
    choice = probabilities.argmax(-1)
    total = features.new_zeros(())
    numbers: Numbers = {}
    for kind, head in heads.items():
        step_loss, weights = _plan(kind, sizes, progress)
        outputs = head.steps(exact if kind == "eagle3" else blurred, rows, len(weights), compute)
        for index, (weight, output) in enumerate(zip(weights, outputs)):
            reached = rows.reached(index)
            if not reached.any():
                continue
            step = Step(index, output[reached], features[reached], probabilities[reached])
            total = total + weight * step_loss(head, language, step, compute)
            if index in (0, len(weights) - 1):
                with torch.no_grad():
                    drafted = head.token_ids(head.scores(step.output, language, index, compute).argmax(-1))
                numbers[f"{kind} {index + 1}"] = (drafted == choice[reached]).float().mean().item()
    return total, numbers
