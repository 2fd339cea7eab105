"""The GGUF files hold the models, and the manifest describes the files."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import unittest
from dataclasses import asdict
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from training_support import EYES, SIZES, STAGE, VIEW, schedule, tiny_model, tokenizer, torch

from specula_train.export import export_models
from specula_train.gguf_files import About, check_written, read_tensors, round_as_exported, write_decoder, write_projector
from specula_train.gguf_library import gguf_library
from specula_train.language import CONTEXT
from specula_train.vlm import Model, parameters_in_millions

try:
    gguf = gguf_library()
except FileNotFoundError as error:
    raise unittest.SkipTest(str(error)) from error


def metadata(file: Path) -> dict[str, Any]:
    """All keys of a file, its own and gguf's."""
    return {name: field.contents() for name, field in gguf.GGUFReader(file).fields.items()}


class InFolder(unittest.TestCase):
    def setUp(self) -> None:
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)


class TestFiles(InFolder):
    def setUp(self) -> None:
        super().setUp()
        self.model = tiny_model()
        self.decoder, self.projector = self.folder / "decoder.gguf", self.folder / "projector.gguf"
        write_decoder(self.decoder, self.model, tokenizer(), About("a name", "a description"))
        write_projector(self.projector, self.model, About("a name", "a description"))

    def half(self, stored: np.ndarray, weights: torch.Tensor) -> None:
        self.assertEqual(stored.dtype, np.float16)
        np.testing.assert_array_equal(stored, weights.detach().numpy().astype(np.float16))

    def whole(self, stored: np.ndarray, weights: torch.Tensor) -> None:
        self.assertEqual(stored.dtype, np.float32)
        np.testing.assert_array_equal(stored, weights.detach().numpy())

    def test_the_decoders_tensors(self) -> None:
        stored, weights = read_tensors(self.decoder), self.model.language.state_dict()
        self.half(stored.pop("token_embd.weight"), weights.pop("embedding.weight"))
        self.whole(stored.pop("output_norm.weight"), weights.pop("norm.weight"))
        names = {"attn_q": "q", "attn_k": "k", "attn_v": "v", "attn_output": "out"}
        names |= {"ffn_gate": "gate", "ffn_up": "up", "ffn_down": "down"}
        for layer in range(SIZES["target"].layers):
            for theirs, ours in names.items():
                self.half(stored.pop(f"blk.{layer}.{theirs}.weight"), weights.pop(f"blocks.{layer}.{ours}.weight"))
            for theirs, ours in {"attn_norm": "attention_norm", "ffn_norm": "inner_norm"}.items():
                self.whole(stored.pop(f"blk.{layer}.{theirs}.weight"), weights.pop(f"blocks.{layer}.{ours}.weight"))
        # llama.cpp refuses a decoder with tensors it does not know
        self.assertEqual((list(stored), list(weights)), ([], []))

    def test_the_projectors_tensors(self) -> None:
        stored, vision, width = read_tensors(self.projector), self.model.vision, EYES["width"]
        patches = torch.from_numpy(stored["v.patch_embd.weight"].astype(np.float32))
        picture = torch.rand(1, 3, VIEW.side, VIEW.side)
        by_convolution = torch.nn.functional.conv2d(picture, patches, stride=VIEW.patch).flatten(2).transpose(1, 2)
        grid, patch = VIEW.grid, VIEW.patch
        cut = picture.view(1, 3, grid, patch, grid, patch).permute(0, 2, 4, 1, 3, 5).reshape(1, grid**2, -1)
        torch.testing.assert_close(by_convolution, cut @ vision.patch.weight.half().float().T, rtol=1e-4, atol=1e-4)
        self.whole(stored["v.position_embd.weight"], vision.positions)
        for layer, block in enumerate(vision.blocks):
            for index, name in enumerate(("attn_q", "attn_k", "attn_v")):
                rows = slice(index * width, (index + 1) * width)
                self.half(stored[f"v.blk.{layer}.{name}.weight"], block.qkv.weight[rows])
                self.whole(stored[f"v.blk.{layer}.{name}.bias"], block.qkv.bias[rows])
            self.half(stored[f"v.blk.{layer}.ffn_up.weight"], block.up.weight)
            self.half(stored[f"v.blk.{layer}.ffn_down.weight"], block.down.weight)
            self.whole(stored[f"v.blk.{layer}.ln2.weight"], block.ln2.weight)
        self.half(stored["mm.0.weight"], self.model.project_in.weight)
        self.half(stored["mm.2.weight"], self.model.project_out.weight)
        self.assertEqual(len(stored), 3 + 16 * EYES["layers"] + 6)

    def test_the_decoders_metadata(self) -> None:
        keys, size, vocabulary = metadata(self.decoder), SIZES["target"], tokenizer().vocabulary
        wanted = {
            "general.architecture": "llama",
            "general.type": "model",
            "general.name": "a name",
            "general.description": "a description",
            "general.license": "MIT",
            "general.file_type": 1,
            "llama.context_length": CONTEXT,
            "llama.embedding_length": size.width,
            "llama.block_count": size.layers,
            "llama.attention.head_count": size.heads,
            "llama.rope.dimension_count": size.width // size.heads,
            "tokenizer.ggml.model": "gpt2",
            "tokenizer.ggml.pre": "gpt-2",
            "tokenizer.ggml.tokens": vocabulary,
            "tokenizer.ggml.bos_token_id": vocabulary.index("<|bos|>"),
            "tokenizer.ggml.eos_token_id": vocabulary.index("<|im_end|>"),
            "tokenizer.ggml.eot_token_id": vocabulary.index("<|im_end|>"),
            "tokenizer.ggml.padding_token_id": vocabulary.index("<|pad|>"),
            "tokenizer.ggml.add_bos_token": True,
            "tokenizer.ggml.add_eos_token": False,
        }
        self.assertEqual({name: keys.get(name) for name in wanted}, wanted)
        types = dict(zip(vocabulary, keys["tokenizer.ggml.token_type"], strict=True))
        self.assertEqual([types[token] for token in ("<|bos|>", "<|im_start|>", "<|im_end|>", "<|pad|>")], [3] * 4)
        self.assertEqual({types[token] for token in vocabulary if token.startswith("<|unused")}, {5})
        self.assertEqual({kind for token, kind in types.items() if not token.startswith("<|")}, {1})

    def test_the_projectors_metadata(self) -> None:
        keys = metadata(self.projector)
        wanted = {
            "general.architecture": "clip",
            "general.type": "mmproj",
            "clip.projector_type": "mlp",
            "clip.use_gelu": True,
            "clip.vision.image_size": VIEW.side,
            "clip.vision.patch_size": VIEW.patch,
            "clip.vision.projection_dim": SIZES["target"].width,
            "clip.vision.feature_layer": [EYES["layers"]],
            "clip.vision.image_mean": [0.5] * 3,
            "clip.vision.image_std": [0.5] * 3,
        }
        self.assertEqual({name: keys.get(name) for name in wanted}, wanted)

    def test_rounded_weights_are_those_of_the_file(self) -> None:
        rounded = round_as_exported(tiny_model())
        self.assertFalse(torch.equal(rounded.language.embedding.weight, self.model.language.embedding.weight))
        self.assertTrue(torch.equal(rounded.vision.positions, self.model.vision.positions))
        for file in (self.decoder, self.projector):
            check_written(file, rounded)

    def test_a_file_of_other_weights_is_told(self) -> None:
        other = tiny_model()
        with torch.no_grad():
            other.language.blocks[1].k.weight[0, 0] += 1
            other.vision.blocks[0].ln1.bias[0] += 1
        for file in (self.decoder, self.projector):
            with self.assertRaisesRegex(ValueError, "other weights"):
                check_written(file, other)
        with self.assertRaisesRegex(FileNotFoundError, "run the stage export"):
            check_written(self.folder / "none.gguf", other)

    def test_weights_that_are_no_numbers_are_refused(self) -> None:
        for value in (float("nan"), 1e6):
            model = tiny_model()
            with torch.no_grad():
                model.language.blocks[0].up.weight[1, 1] = value
            with self.assertRaisesRegex(ValueError, "blk.0.ffn_up.weight"):
                write_decoder(self.folder / "broken.gguf", model, tokenizer(), About("x", "x"))


class TestExport(InFolder):
    def save(self, name: str) -> Model:
        model = tiny_model(name)
        torch.save({"model": model.state_dict(), "step": STAGE.steps, "stage": asdict(STAGE)}, self.folder / f"{name}.pt")
        return model

    def export(self) -> dict[str, Any]:
        tokenizer().save(self.folder / "tokenizer.json")
        out = self.folder / "out"
        with patch("builtins.print"):
            export_models(schedule(), self.folder, out)
        return json.loads((out / "manifest.json").read_text())

    def test_the_manifest_describes_the_files(self) -> None:
        models = {name: self.save(name) for name in SIZES}
        manifest = self.export()
        entries = {entry["id"]: entry for entry in manifest["files"]}
        roles = {name: entry["role"] for name, entry in entries.items()}
        self.assertEqual(
            roles,
            {
                "specula-tiny-target": "target",
                "specula-tiny-mmproj": "projector",
                "specula-tiny-draft-vlm": "draft",
                "specula-tiny-draft-mmproj": "projector",
                "specula-tiny-draft-text": "draft",
            },
        )
        for name, entry in entries.items():
            content = (self.folder / "out" / f"{name}-f16.gguf").read_bytes()
            self.assertEqual(entry["file"], f"{name}-f16.gguf")
            self.assertEqual((entry["bytes"], entry["sha256"]), (len(content), hashlib.sha256(content).hexdigest()))
        millions = parameters_in_millions(models["draft-text"])
        self.assertIn(f"{millions:.2f} M parameters", entries["specula-tiny-draft-text"]["note"])
        self.assertNotIn("prototype", json.dumps(manifest).lower())

    def test_two_sets_of_files_that_fit(self) -> None:
        for name in SIZES:
            self.save(name)
        blind, seeing = self.export()["sets"]
        self.assertEqual((blind["id"], blind["draft"], blind["draftProjector"]), ("specula-tiny", "specula-tiny-draft-text", None))
        self.assertEqual((seeing["draft"], seeing["draftProjector"]), ("specula-tiny-draft-vlm", "specula-tiny-draft-mmproj"))
        for one in (blind, seeing):
            self.assertEqual((one["target"], one["projector"]), ("specula-tiny-target", "specula-tiny-mmproj"))

    def test_models_without_a_checkpoint_are_left_out(self) -> None:
        self.save("target")
        manifest = self.export()
        self.assertEqual([entry["id"] for entry in manifest["files"]], ["specula-tiny-target", "specula-tiny-mmproj"])
        self.assertEqual([one["draft"] for one in manifest["sets"]], [None])

    def test_a_missing_target_is_told(self) -> None:
        self.save("draft-text")
        with self.assertRaisesRegex(FileNotFoundError, "run the stage target first"):
            self.export()


class TestLibrary(InFolder):
    def test_a_wrong_folder_is_told(self) -> None:
        with patch.dict(os.environ, {"GGUF_PY": str(self.folder)}), self.assertRaisesRegex(FileNotFoundError, "GGUF_PY"):
            gguf_library()


if __name__ == "__main__":
    unittest.main()
