"""Models as the GGUF files that llama.cpp runs: a decoder of the `llama` architecture, and a projector file beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from .gguf_library import gguf_library
from .language import CONTEXT
from .tokenizer import SPECIAL, Tokenizer
from .vlm import Model

# exact ChatML: the Jinja template and llama.cpp's built-in one then give the same text. The beginning token is no part of
# it, since llama.cpp adds that by itself
TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
NORMAL, CONTROL, UNUSED = 1, 3, 5
"""types of tokens"""
MOSTLY_F16 = 1
LICENSE = "MIT"

DECODER = {
    "attn_norm": "attention_norm",
    "attn_q": "q",
    "attn_k": "k",
    "attn_v": "v",
    "attn_output": "out",
    "ffn_norm": "inner_norm",
    "ffn_gate": "gate",
    "ffn_up": "up",
    "ffn_down": "down",
}
"""tensors of a block by their names in the file"""
VISION = {"ln1": "ln1", "ln2": "ln2", "attn_out": "out", "ffn_up": "up", "ffn_down": "down"}


@dataclass(frozen=True)
class About:
    """What a file says of itself."""

    name: str
    description: str


Network = TypeVar("Network", bound=nn.Module)


def is_half(name: str, tensor: Tensor) -> bool:
    """Whether a tensor is stored as float16. Norms, biases and positions are not: llama.cpp adds or multiplies them as float32."""
    return tensor.dim() > 1 and "position" not in name


def round_as_exported(model: Network) -> Network:
    """The model with the weights its files have, still computing in float32; changes the model."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if is_half(name, parameter):
                parameter.copy_(parameter.half().float())
    return model


def decoder_tensors(model: Model) -> Iterator[tuple[str, Tensor]]:
    """The decoder's tensors by their names in the file. There is no `output.weight`: the embeddings serve for it."""
    language = model.language
    yield "token_embd.weight", language.embedding.weight
    yield "output_norm.weight", language.norm.weight
    for index, block in enumerate(language.blocks):
        for name, ours in DECODER.items():
            yield f"blk.{index}.{name}.weight", block.get_submodule(ours).weight


def projector_tensors(model: Model) -> Iterator[tuple[str, Tensor]]:
    """Tensors of the vision model and the projector by their names in the file."""
    vision = model.vision
    width, patch = vision.size.width, vision.size.patch
    yield "v.patch_embd.weight", vision.patch.weight.view(width, 3, patch, patch)
    yield "v.patch_embd.bias", vision.patch.bias
    yield "v.position_embd.weight", vision.positions
    for index, block in enumerate(vision.blocks):
        for part in ("weight", "bias"):
            thirds = getattr(block.qkv, part).chunk(3)
            for name, third in zip(("attn_q", "attn_k", "attn_v"), thirds):
                yield f"v.blk.{index}.{name}.{part}", third
            for name, ours in VISION.items():
                yield f"v.blk.{index}.{name}.{part}", getattr(block.get_submodule(ours), part)
    for name, layer in (("v.post_ln", vision.post), ("mm.0", model.project_in), ("mm.2", model.project_out)):
        yield f"{name}.weight", layer.weight
        yield f"{name}.bias", layer.bias


def write_decoder(file: Path, model: Model, tokenizer: Tokenizer, about: About) -> None:
    """Writes the decoder with its vocabulary and chat template."""
    size = model.language.size
    writer = gguf_library().GGUFWriter(file, "llama")
    describe(writer, about, "model")
    writer.add_vocab_size(size.vocabulary)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(size.width)
    writer.add_block_count(size.layers)
    writer.add_feed_forward_length(size.inner)
    writer.add_head_count(size.heads)
    writer.add_head_count_kv(size.heads)
    writer.add_layer_norm_rms_eps(model.language.norm.epsilon)
    writer.add_rope_dimension_count(size.width // size.heads)
    writer.add_rope_freq_base(10000.0)
    _add_vocabulary(writer, tokenizer)
    write_tensors(writer, decoder_tensors(model))


def _add_vocabulary(writer: Any, tokenizer: Tokenizer) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokenizer.vocabulary)
    writer.add_token_types([_token_type(token) for token in tokenizer.vocabulary])
    writer.add_token_merges([f"{first} {second}" for first, second in tokenizer.merges])
    writer.add_bos_token_id(tokenizer.bos)
    writer.add_eos_token_id(tokenizer.end)
    writer.add_eot_token_id(tokenizer.end)
    writer.add_pad_token_id(tokenizer.pad)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_chat_template(TEMPLATE)


def _token_type(token: str) -> int:
    if token in SPECIAL:
        return CONTROL
    return UNUSED if token.startswith("<|unused") else NORMAL


def write_projector(file: Path, model: Model, about: About) -> None:
    """Writes vision model and projector.

    :raises ValueError: when the model has no vision model.
    """
    if model.vision is None:
        raise ValueError(f"{file.name}: the model has no vision model to write")
    size = model.vision.size
    writer = gguf_library().GGUFWriter(file, "clip")
    describe(writer, about, "mmproj")
    writer.add_clip_has_vision_encoder(True)
    writer.add_clip_projector_type("mlp")
    if model.vision.activation == "silu":
        writer.add_vision_use_silu(True)
    else:
        writer.add_vision_use_gelu(True)
    writer.add_vision_image_size(size.side)
    writer.add_vision_patch_size(size.patch)
    writer.add_vision_embedding_length(size.width)
    writer.add_vision_feed_forward_length(size.inner)
    writer.add_vision_block_count(size.layers)
    writer.add_vision_head_count(size.heads)
    writer.add_vision_projection_dim(model.language.size.width)
    writer.add_vision_attention_layernorm_eps(model.vision.post.eps)
    writer.add_vision_image_mean([0.5, 0.5, 0.5])
    writer.add_vision_image_std([0.5, 0.5, 0.5])
    # otherwise llama.cpp leaves out the last layer, as LLaVA does
    writer.add_vision_feature_layers([size.layers])
    write_tensors(writer, projector_tensors(model))


def describe(writer: Any, about: About, kind: str) -> None:
    """Adds what every file says of itself; kind: `general.type`."""
    writer.add_type(kind)
    writer.add_name(about.name)
    writer.add_description(about.description)
    writer.add_license(LICENSE)
    writer.add_file_type(MOSTLY_F16)


def read_tensors(file: Path) -> dict[str, np.ndarray]:
    """The tensors of a GGUF file by name, in PyTorch's order of dimensions and as they are stored."""
    return {tensor.name: np.array(tensor.data) for tensor in gguf_library().GGUFReader(file).tensors}


def check_written(file: Path, model: Model) -> None:
    """As `check_tensors`, for the decoder's or the projector's file of a model."""
    sees = file.exists() and "mm.0.weight" in read_tensors(file)
    check_tensors(file, projector_tensors(model) if sees else decoder_tensors(model))


def check_tensors(file: Path, ours: Iterator[tuple[str, Tensor]]) -> None:
    """Checks that a file holds these tensors.

    :raises FileNotFoundError: when there is no such file.
    :raises ValueError: when it was written from others.
    """
    if not file.exists():
        raise FileNotFoundError(f"{file} is missing; run the stage export with the same folders first")
    stored = read_tensors(file)
    wanted = {name: as_stored(name, tensor) for name, tensor in ours}
    if wanted.keys() != stored.keys() or not all(np.array_equal(stored[name], wanted[name]) for name in wanted):
        raise ValueError(f"{file}: holds other weights than the checkpoint; run the stage export again")


def as_stored(name: str, tensor: Tensor) -> np.ndarray:
    """A tensor's values in the type its file has them in; numbers that are no weights stay whole."""
    if not tensor.is_floating_point():
        return tensor.detach().cpu().numpy()
    values = tensor.detach().to("cpu", torch.float32).numpy()
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(values.astype(np.float16) if is_half(name, tensor) else values)


def write_tensors(writer: Any, tensors: Iterator[tuple[str, Tensor]]) -> None:
    """Writes the file with these tensors.

    :raises ValueError: when a weight is no number or too large for float16.
    """
    for name, tensor in tensors:
        stored = as_stored(name, tensor)
        if not np.isfinite(stored).all():
            raise ValueError(f"{name}: has weights that are no number or too large for float16; train the model again")
        writer.add_tensor(name, stored)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
