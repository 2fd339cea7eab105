"""A head as a GGUF file, in the layout that models/README.md describes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ..gguf_files import About, describe, write_tensors
from ..gguf_library import gguf_library
from ..sizes import LanguageSize
from .eagle import EagleHead
from .eagle3 import Eagle3Head
from .head import DraftHead
from .medusa import MedusaHead
from .pair_head import PairHead
from .shown import tapped_layers
from .vispec import VispecHead

ARCHITECTURE = "specula-head"
LAYOUT = 1
BLOCK = {
    "attn_q": "q",
    "attn_k": "k",
    "attn_v": "v",
    "attn_output": "out",
    "ffn_norm": "inner_norm",
    "ffn_gate": "gate",
    "ffn_up": "up",
    "ffn_down": "down",
}
"""tensors of the layer by their names in the file"""


def head_tensors(head: DraftHead) -> Iterator[tuple[str, Tensor]]:
    """The head's tensors by their names in the file."""
    if isinstance(head, MedusaHead):
        for index, (block, output) in enumerate(zip(head.blocks, head.outputs)):
            yield f"medusa.{index}.weight", block.weight
            yield f"medusa.{index}.bias", block.bias
            yield f"medusa.{index}.output.weight", output.weight
    if isinstance(head, EagleHead):
        yield "fc.weight", head.project_pair.weight
        yield "fc.bias", head.project_pair.bias
    if isinstance(head, Eagle3Head):
        yield "fc.weight", head.project_taps.weight
        yield "blk.0.attn_norm.weight", head.embedding_norm.weight
        yield "blk.0.attn_norm_2.weight", head.feature_norm.weight
        yield "output_norm.weight", head.norm.weight
        yield "output.weight", head.output.weight
        yield "d2t", (head.ids - torch.arange(len(head.ids), device=head.ids.device)).int()
    if isinstance(head, PairHead):
        for name, ours in BLOCK.items():
            yield f"blk.0.{name}.weight", head.block.get_submodule(ours).weight
    if isinstance(head, VispecHead):
        adaptor = head.adaptor
        yield "vision.query.weight", adaptor.query
        yield "vision.k.weight", adaptor.project_k.weight
        yield "vision.v.weight", adaptor.project_v.weight
        yield "vision.output.weight", adaptor.project_out.weight
        yield "img_fc.weight", head.project_feature.weight
        yield "img_fc.bias", head.project_feature.bias


def write_head(file: Path, kind: str, head: DraftHead, size: LanguageSize, about: About, target: str) -> None:
    """Writes a head; size: the target's; target: its name."""
    writer = gguf_library().GGUFWriter(file, ARCHITECTURE)
    describe(writer, about, "model")
    _add(writer, "string", kind=kind, target_name=target, source="models/train")
    _add(writer, "uint32", layout=LAYOUT, embedding_length=size.width, vocab_size=size.vocabulary)
    if isinstance(head, PairHead):
        _add(writer, "uint32", head_count=size.heads, head_count_kv=size.heads, head_length=size.width // size.heads)
        _add(writer, "uint32", feed_forward_length=size.inner)
        _add(writer, "float32", rms_epsilon=head.block.inner_norm.epsilon, rope_base=10000.0)
        _add(writer, "string", rope_type="norm")
    if isinstance(head, Eagle3Head):
        _add(writer, "array", feature_layers=list(tapped_layers(size.layers)))
        _add(writer, "uint32", draft_vocab_size=len(head.ids))
    if isinstance(head, MedusaHead):
        _add(writer, "uint32", medusa_heads=len(head.blocks))
    if isinstance(head, VispecHead):
        _add(writer, "uint32", queries=len(head.adaptor.query), query_heads=head.adaptor.heads)
    write_tensors(writer, head_tensors(head))


def _add(writer: Any, form: str, /, **values: Any) -> None:
    for key, value in values.items():
        getattr(writer, f"add_{form}")(f"{ARCHITECTURE}.{key}", value)

