"""The loss of a model that sees: next tokens, patch labels, and where image-dependent words should look."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from specula_data.labels import CLASSES
from specula_data.words import COLORS, ITEMS, LABELS, SHAPES, plural

from .batches import Batch
from .functions import Cut
from .loop import Numbers
from .schedule import Losses
from .tokenizer import Tokenizer
from .vlm import Model

LITTLE = 1e-4
"""added to a share of attention before its logarithm"""
GROUNDED_HEADS = 2
"""heads of the last two layers that are told where to look; the others are free"""
REFERENCE_LAYER = 1


class References:
    """Which token ids name a color, a shape, an item or a lettered thing, as classes of the patch labels (0: none of the kind)."""

    def __init__(self, tokenizer: Tokenizer, vocabulary: int) -> None:
        names: dict[str, Sequence[tuple[str, ...]]] = {
            "color": [(name,) for name in COLORS],
            "shape": [(name, plural(name)) for name in SHAPES],
            "item": [(name,) for name in ITEMS],
            "character": [(name,) if name in LABELS else () for name in CLASSES["character"]],
        }
        self.classes = {kind: torch.zeros(vocabulary, dtype=torch.long) for kind in names}
        for kind, classes in names.items():
            for index, words in enumerate(classes, start=1):
                for word in words:
                    ids = tokenizer.encode(f" {word}")
                    if len(ids) == 1:
                        self.classes[kind][ids[0]] = index

    def loss(self, shares: Tensor, batch: Batch) -> Tensor:
        """Words that name one of the classes should attend, with the free heads, to the patches that show it.

        shares: B x heads x text tokens x patches, the attention of layer `REFERENCE_LAYER` at each token.
        """
        total = torch.zeros((), device=shares.device)
        for kind, classes in self.classes.items():
            named = classes.to(batch.ids.device)[batch.ids]
            rows, tokens = torch.nonzero(named, as_tuple=True)
            shown = (batch.labels[kind][rows] == named[rows, tokens][:, None]).float()
            some = shown.sum(1) > 0
            if not some.any():
                continue
            rows, tokens, shown = rows[some], tokens[some], shown[some]
            looks = shares[rows, GROUNDED_HEADS:, tokens].mean(1)
            wanted = shown / shown.sum(1, keepdim=True)
            total = total - (wanted * torch.log(looks + LITTLE)).sum(1).mean()
        return total


def token_loss(scores: Tensor, batch: Batch, image_word: float, question: float, pad: int) -> tuple[Tensor, Numbers]:
    """Weighted cross-entropy of the text tokens, and the share of answer tokens guessed right, by class.

    scores: B x T x vocabulary, for each token of `batch.ids` those computed one position before it.
    """
    each = F.cross_entropy(scores.flatten(0, 1), batch.ids.flatten(), reduction="none").view_as(batch.ids)
    answer, seen = batch.answer.float(), batch.seen.float()
    asked = ((~batch.answer) & (batch.ids != pad)).float()
    weights = answer * (1 + (image_word - 1) * seen) + question * asked
    right = scores.argmax(-1) == batch.ids
    other = batch.answer & ~batch.seen
    numbers = {"other words" if batch.pixels is not None or batch.seen.any() else "exercises": _share(right, other)}
    if batch.seen.any():
        numbers["image words"] = _share(right, batch.seen)
    return (each * weights).sum() / weights.sum(), numbers


def _share(right: Tensor, among: Tensor) -> float:
    return ((right & among).sum() / among.sum().clamp(min=1)).item()


def seeing_loss(
    model: Model, batch: Batch, losses: Losses, references: References, pad: int, compute: torch.dtype
) -> tuple[Tensor, Numbers]:
    """Loss of a batch, with or without pictures, and numbers to report."""
    size = model.language.size
    if batch.pixels is None:
        embeddings = model.place(batch.opening, None, batch.ids)
        hidden, _, _ = model.language(embeddings, compute)
        before = hidden[:, batch.opening.shape[1] - 1 : -1]
        return token_loss(model.language.logits(before, compute), batch, losses.image_word, losses.question, pad)
    features, image = model.see(batch.pixels, compute)
    image_at = batch.opening.shape[1]
    text_at = image_at + image.shape[1]
    top = (size.layers - 2, size.layers - 1)
    keep = tuple({*top, min(REFERENCE_LAYER, size.layers - 1)})
    embeddings = model.place(batch.opening, image, batch.ids)
    # the attention on the picture's patches from the position before the first text token on
    cut = Cut(text_at - 1, image_at, image.shape[1])
    hidden, shares, _ = model.language(embeddings, compute, keep_weights=keep, cut=cut)
    scores = model.language.logits(hidden[:, text_at - 1 : -1], compute)
    loss, numbers = token_loss(scores, batch, losses.image_word, losses.question, pad)
    if features.requires_grad:
        labels, right = model.patch_labels.loss(features, batch.labels)
        loss = loss + losses.labels * labels
        numbers |= {kind: right[kind] for kind in ("shape", "character") if kind in right}
    rows, tokens, shown = batch.looks
    if len(rows):
        for layer in top:
            looks = shares[layer][rows, :GROUNDED_HEADS, tokens].mean(1)
            off = -torch.log((looks * shown).sum(1) + LITTLE).mean()
            loss = loss + losses.grounding * off
            numbers[f"off target {layer}"] = off.item()
    if losses.reference:
        loss = loss + losses.reference * references.loss(shares[min(REFERENCE_LAYER, size.layers - 1)][:, :, 1:], batch)
    share = shares[size.layers - 1][:, :, :-1].sum(-1).mean(1)
    other = batch.answer & ~batch.seen
    if losses.band:
        outside = F.relu(share[other] - losses.band_high) + F.relu(losses.band_low - share[other])
        loss = loss + losses.band * outside.mean()
    numbers["looks image"] = share[batch.seen].mean().item() if batch.seen.any() else 0.0
    numbers["looks other"] = share[other].mean().item()
    return loss, numbers
