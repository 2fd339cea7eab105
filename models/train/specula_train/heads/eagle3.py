"""EAGLE-3 (Y. Li and others, arXiv 2503.01840): reads three layers of the target and has scores of its own."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..language import LanguageModel
from ..layers import Linear, RMSNorm
from ..sizes import LanguageSize
from .head import COMPUTE
from .pair_head import Entered, PairHead, Slots
from .shown import Shown


class Eagle3Head(PairHead):
    """q, k and v read [normed embedding; normed feature]; the feature is fc of three hidden states, and in drafted pairs
    the head's own output before its final norm. Scores are those of `words` draft tokens.
    """

    def __init__(self, size: LanguageSize, words: int) -> None:
        if words > size.vocabulary:
            raise ValueError(f"heads: draft_vocabulary {words} is more than the {size.vocabulary} tokens there are")
        super().__init__(size, 2 * size.width)
        self.project_taps = Linear(3 * size.width, size.width, bias=False)
        self.embedding_norm, self.feature_norm, self.norm = (RMSNorm(size.width) for _ in range(3))
        self.output = Linear(size.width, words, bias=False)
        self.register_buffer("ids", torch.arange(words))

    def begin(self, language: LanguageModel, frequencies: Tensor) -> None:
        """The draft tokens are the most frequent ones; their scores start as the target's."""
        frequent = torch.argsort(frequencies, descending=True, stable=True)[: len(self.ids)]
        with torch.no_grad():
            self.ids.copy_(frequent.sort().values)
            self.output.weight.copy_(language.embedding.weight[self.ids])
            self.norm.weight.copy_(language.norm.weight)

    def enter(self, embedding: Tensor, feature: Tensor, overview: Tensor | None, compute: torch.dtype) -> Entered:
        return Entered(torch.cat([self.embedding_norm(embedding), self.feature_norm(feature)], -1), feature)

    def slots(self, shown: Shown, compute: torch.dtype) -> Slots:
        feature = self.project_taps(shown.taps[:, :-1].to(compute)).float()
        entered = self.enter(shown.embeddings[:, 1:], feature, None, compute)
        return Slots(entered, torch.arange(feature.shape[1], device=feature.device))

    def scores(self, output: Tensor, language: LanguageModel, step: int, compute: torch.dtype = COMPUTE) -> Tensor:
        return self.output(self.norm(output).to(compute)).float()

    def token_ids(self, drafted: Tensor) -> Tensor:
        return self.ids[drafted]
