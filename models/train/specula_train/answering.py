"""Greedy answers of many samples at once, turn after turn, each turn seeing the model's own earlier answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .language import Cache
from .tokenizer import Tokenizer
from .vlm import Model

MOST_TOKENS = 220
"""An answer is cut after this many tokens; the longest reference answers have about 180."""


@dataclass
class _State:
    """What the rows of a batch have in common while they are decoded: slots filled so far, padding among them."""

    cache: Cache | None
    hidden: Tensor
    """B x slots: true for padding"""
    length: Tensor
    """B: real tokens of each row so far, and so its next position"""


class Answerer:
    """Answers batches of talks. Without pixels the model is asked as text only."""

    def __init__(self, model: Model, tokenizer: Tokenizer, compute: torch.dtype = torch.float32) -> None:
        self.model, self.tokenizer, self.compute = model.eval(), tokenizer, compute

    @torch.no_grad()
    def answer(
        self, pixels: Tensor | None, talks: Sequence[Sequence[str]], most: int = MOST_TOKENS
    ) -> list[list[list[int]]]:
        """Token ids of the answers without end token: per talk, per question.

        pixels: B x 3 x side x side, or none; talks: the questions of each of the B talks.
        """
        device = self.model.language.embedding.weight.device
        rows = len(talks)
        image = None if pixels is None else self.model.see(pixels.to(device), self.compute)[1]
        answers: list[list[list[int]]] = [[] for _ in talks]
        state = _State(None, torch.zeros(rows, 0, dtype=torch.bool, device=device), torch.zeros(rows, dtype=torch.long, device=device))
        for turn in range(max(map(len, talks))):
            asked = [self._question(talk, turn) for talk in talks]
            scores = self._read(state, asked, image if turn == 0 else None, turn == 0)
            asking = torch.tensor([turn < len(talk) for talk in talks], device=device)
            for row, ids in enumerate(self._continue(state, scores, asking, most)):
                if turn < len(talks[row]):
                    answers[row].append(ids)
        return answers

    def _question(self, talk: Sequence[str], turn: int) -> list[int]:
        if turn >= len(talk):
            return [self.tokenizer.pad]
        return self.tokenizer.ask(talk[turn], again=turn > 0)

    def _read(self, state: _State, asked: Sequence[Sequence[int]], image: Tensor | None, opens: bool) -> Tensor:
        """Reads a question in every row, padded on the left, so that all rows end together; scores after the last token."""
        longest, device = max(map(len, asked)), state.length.device
        ids = torch.tensor([[self.tokenizer.pad] * (longest - len(row)) + list(row) for row in asked], device=device)
        padding = torch.tensor([[True] * (longest - len(row)) + [False] * len(row) for row in asked], device=device)
        embed = self.model.language.embedding
        parts, hidden = [embed(ids)], [padding]
        if opens:
            opening = torch.tensor([self.tokenizer.opening] * len(asked), device=device)
            front = [embed(opening), *([] if image is None else [image])]
            parts = [*front, *parts]
            hidden.insert(0, padding.new_zeros(len(asked), sum(part.shape[1] for part in front)))
        return self._step(state, torch.cat(parts, 1), torch.cat(hidden, 1))

    def _step(self, state: _State, embeddings: Tensor, padding: Tensor) -> Tensor:
        """Runs new slots; scores after the last one."""
        real = (~padding).long()
        positions = (state.length[:, None] + real.cumsum(1) - 1).clamp(min=0)
        state.length = state.length + real.sum(1)
        state.hidden = torch.cat([state.hidden, padding], 1)
        output, _, state.cache = self.model.language(
            embeddings, self.compute, state.cache, hidden_keys=state.hidden, positions=positions
        )
        return self.model.language.logits(output[:, -1], self.compute)

    def _continue(self, state: _State, scores: Tensor, asking: Tensor, most: int) -> list[list[int]]:
        """Appends greedy tokens until every asking row has ended; the end token is read by the rows that reach it."""
        answers: list[list[int]] = [[] for _ in range(len(asking))]
        running = asking.clone()
        for _ in range(most):
            tokens = scores.argmax(-1)
            ended = tokens == self.tokenizer.end
            # an end token is part of the next question's opening (`asked` and `again` hold what surrounds it)
            read = running.clone()
            for row in torch.nonzero(running & ~ended).flatten().tolist():
                answers[row].append(int(tokens[row]))
            running = running & ~ended
            tokens = torch.where(read, tokens, torch.full_like(tokens, self.tokenizer.pad))
            scores = self._step(state, self.model.language.embedding(tokens)[:, None], ~read[:, None])
            if not running.any():
                break
        return answers
