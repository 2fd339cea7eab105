"""How many tokens of greedy chains the target would accept, from its own answers alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from ..batches import Text, batch_of_texts
from ..evaluate import Answered, follow, told
from ..tokenizer import Tokenizer
from ..vlm import Model
from .blinding import Blinding
from .head import DraftHead
from .kinds import HeadSet
from .rows import Rows, answer_places, rows_of, shifted
from .shown import Shown, show

DEPTH = 6
"""tokens in a chain; Medusa's ends with its heads"""
TOGETHER = 8
CLASSES = ("image words", "other words", "all words")


@dataclass
class Depths:
    """At each depth: chains whose tokens before were all accepted, and those accepted at that depth too."""

    tried: list[int] = field(default_factory=lambda: [0] * DEPTH)
    accepted: list[int] = field(default_factory=lambda: [0] * DEPTH)

    def shares(self) -> list[float | None]:
        """Accepted / tried at each depth."""
        return [a / t if t else None for a, t in zip(self.accepted, self.tried)]


@dataclass
class Acceptance:
    """What one head achieves."""

    classes: dict[str, Depths] = field(default_factory=lambda: {name: Depths() for name in CLASSES})
    """by the class of the drafted token, over chains from every token of the answers"""
    rounds: int = 0
    tokens: int = 0

    @property
    def mat(self) -> float:
        """New tokens per round, the target's own included, as the app counts them: the prompt's last row is a round."""
        return self.tokens / self.rounds


def chain_hits(head: DraftHead, target: Model, shown: Shown, rows: Rows, ids: Tensor) -> list[Tensor]:
    """For each depth, B x R: whether the row is drafted right at that depth of a chain that was right before.

    ids: B x L, the tokens of all places.
    """
    wanted = rows.of(ids, 2)
    hits: list[Tensor] = []
    for step, output in enumerate(head.steps(shown, rows, DEPTH)):
        right = head.token_ids(head.scores(output, target.language, step).argmax(-1)) == wanted
        before = shifted(hits[-1], 1) if hits else torch.ones_like(right)
        hits.append(right & before & rows.reached(step))
    return hits


def count_rounds(accepted: Sequence[int], tokens: int) -> int:
    """Rounds of an answer of `tokens` tokens, its end token included; the last one is always the target's own.

    accepted: for the root at each token but the last, how many of the tokens behind it are drafted right.
    """
    rounds, at = 1, 0
    while at < tokens - 1:
        rounds, at = rounds + 1, at + accepted[at] + 1
    return rounds


@torch.no_grad()
def measure(
    heads: HeadSet, target: Model, answered: Sequence[Answered], tokenizer: Tokenizer, blinding: Blinding = lambda shown: shown
) -> dict[str, Acceptance]:
    """Acceptance of all heads on a target's own answers, by kind; `blinding` takes from them what they are not to see."""
    results = {kind: Acceptance() for kind, _ in heads.items()}
    texts = sorted(((follow(one, tokenizer), one) for one in answered), key=lambda pair: len(pair[0].ids))
    for start in range(0, len(texts), TOGETHER):
        part = texts[start : start + TOGETHER]
        _measure_part(heads, target, [text for text, _ in part], [one for _, one in part], tokenizer, blinding, results)
    return results


def _measure_part(
    heads: HeadSet,
    target: Model,
    texts: Sequence[Text],
    answered: Sequence[Answered],
    tokenizer: Tokenizer,
    blinding: Blinding,
    results: dict[str, Acceptance],
) -> None:
    pictures = [one.sample.picture for one in answered]
    batch = batch_of_texts(tokenizer, texts, pictures, pictures[0].view)
    shown = blinding(show(target, batch))
    text_at, places = shown.image.stop, shown.features.shape[1]
    answer = answer_places(batch.answer, text_at)
    rows = rows_of(answer)
    ids = torch.cat([batch.ids.new_zeros(len(texts), text_at), batch.ids], 1)
    told_marks = torch.zeros(len(texts), places, dtype=torch.bool)
    for row, text in enumerate(texts):
        told_marks[row, text_at : text_at + len(text.ids)] = torch.tensor(told(text))
    seen = answer_places(batch.seen, text_at)
    marks = {"image words": rows.of(seen, 2), "other words": rows.of(told_marks, 2), "all words": rows.real}
    for kind, head in heads.items():
        hits = chain_hits(head, target, shown, rows, ids)
        for depth, hit in enumerate(hits):
            tried = rows.reached(depth) & (shifted(hits[depth - 1], 1) if depth else rows.real)
            for name, mark in marks.items():
                results[kind].classes[name].tried[depth] += int((tried & mark).sum())
                results[kind].classes[name].accepted[depth] += int((hit & mark).sum())
        lengths = torch.zeros_like(rows.pairs)
        for depth, hit in enumerate(hits):
            lengths += hit.roll(-depth, 1)
        for talk in range(len(texts)):
            _add_rounds(results[kind], answer[talk], rows.pairs[talk], rows.real[talk], lengths[talk])


def _add_rounds(result: Acceptance, answer: Tensor, pairs: Tensor, real: Tensor, lengths: Tensor) -> None:
    by_root = {int(pair) + 1: int(length) for pair, length in zip(pairs[real], lengths[real])}
    place, places = 0, len(answer)
    while place < places:
        if not answer[place]:
            place += 1
            continue
        stop = place
        while stop < places and answer[stop]:
            stop += 1
        result.rounds += count_rounds([by_root[root] for root in range(place, stop - 1)], stop - place)
        result.tokens += stop - place
        place = stop
