"""The exported files hold the weights in float16, what llama.cpp needs to know of them, and a manifest of both sets."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from training_support import EYES, HEADS, SIZES, VIEW, schedule, tiny_model, tokenizer, torch

import numpy as np

from specula_train.checkpoints import load_model
from specula_train.export import export_models
from specula_train.gguf_files import About, TEMPLATE, check_written, read_tensors, round_as_exported, write_decoder, write_projector
from specula_train.gguf_library import gguf_library
from specula_train.stage_heads import new_heads
from specula_train.stage_import import import_models
from specula_train.tokenizer import SPECIAL

try:
    gguf = gguf_library()
except (FileNotFoundError, ModuleNotFoundError) as error:
    raise unittest.SkipTest(f"gguf-py cannot be used: {error}") from error

ABOUT = About("A name", "What it is")
MODELS = ("target", "draft-vlm", "draft-text")


def fields_of(file: Path) -> dict[str, Any]:
    """Everything the file says besides its tensors."""
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
        with torch.no_grad():
            for parameter in self.model.parameters():
                if parameter.dim() == 1:
                    parameter.normal_()
        self.decoder, self.projector = self.folder / "decoder.gguf", self.folder / "projector.gguf"
        write_decoder(self.decoder, self.model, tokenizer(), ABOUT)
        write_projector(self.projector, self.model, ABOUT)

    def equal(self, stored: np.ndarray, tensor: torch.Tensor, half: bool) -> None:
        self.assertEqual(stored.dtype, np.float16 if half else np.float32)
        wanted = tensor.detach().half() if half else tensor.detach()
        np.testing.assert_array_equal(stored, wanted.numpy())

    def test_weights_of_the_decoder(self) -> None:
        stored, language = read_tensors(self.decoder), self.model.language
        self.assertEqual(len(stored), 2 + 9 * SIZES["target"].layers)
        self.assertNotIn("output.weight", stored)
        self.equal(stored["token_embd.weight"], language.embedding.weight, True)
        self.equal(stored["output_norm.weight"], language.norm.weight, False)
        block = language.blocks[1]
        self.equal(stored["blk.1.attn_norm.weight"], block.attention_norm.weight, False)
        self.equal(stored["blk.1.ffn_norm.weight"], block.inner_norm.weight, False)
        for name in ("q", "k", "v"):
            self.equal(stored[f"blk.1.attn_{name}.weight"], getattr(block, name).weight, True)
        for name, layer in (("attn_output", block.out), ("ffn_gate", block.gate), ("ffn_up", block.up), ("ffn_down", block.down)):
            self.equal(stored[f"blk.1.{name}.weight"], layer.weight, True)

    def test_weights_of_the_projector(self) -> None:
        stored, vision = read_tensors(self.projector), self.model.vision
        self.assertEqual(len(stored), 3 + 16 * EYES["layers"] + 6)
        self.equal(stored["v.patch_embd.weight"].reshape(EYES["width"], -1), vision.patch.weight, True)
        self.equal(stored["v.position_embd.weight"], vision.positions, False)
        block, width = vision.blocks[1], EYES["width"]
        for index, name in enumerate(("q", "k", "v")):
            part = slice(index * width, (index + 1) * width)
            self.equal(stored[f"v.blk.1.attn_{name}.weight"], block.qkv.weight[part], True)
            self.equal(stored[f"v.blk.1.attn_{name}.bias"], block.qkv.bias[part], False)
        self.equal(stored["v.blk.1.ffn_up.weight"], block.up.weight, True)
        self.equal(stored["v.blk.1.ffn_down.bias"], block.down.bias, False)
        self.equal(stored["mm.0.weight"], self.model.project_in.weight, True)
        self.equal(stored["mm.2.bias"], self.model.project_out.bias, False)

    def test_what_the_decoder_says_of_itself(self) -> None:
        fields, size = fields_of(self.decoder), SIZES["target"]
        wanted = {
            "general.architecture": "llama",
            "general.name": "A name",
            "general.license": "MIT",
            "llama.context_length": 4096,
            "llama.embedding_length": size.width,
            "llama.block_count": size.layers,
            "llama.feed_forward_length": size.inner,
            "llama.attention.head_count": size.heads,
            "llama.attention.head_count_kv": size.heads,
            "llama.rope.dimension_count": size.width // size.heads,
            "llama.rope.freq_base": 10000.0,
            "tokenizer.ggml.model": "gpt2",
            "tokenizer.ggml.pre": "gpt-2",
            "tokenizer.ggml.tokens": tokenizer().vocabulary,
            "tokenizer.ggml.merges": [" ".join(merge) for merge in tokenizer().merges],
            "tokenizer.ggml.bos_token_id": tokenizer().bos,
            "tokenizer.ggml.eos_token_id": tokenizer().end,
            "tokenizer.ggml.padding_token_id": tokenizer().pad,
            "tokenizer.ggml.add_bos_token": True,
            "tokenizer.ggml.add_eos_token": False,
            "tokenizer.chat_template": TEMPLATE,
        }
        self.assertEqual({name: fields.get(name) for name in wanted}, wanted)
        self.assertAlmostEqual(fields["llama.attention.layer_norm_rms_epsilon"], 1e-5)
        control = [token for token, kind in zip(tokenizer().vocabulary, fields["tokenizer.ggml.token_type"]) if kind == 3]
        self.assertEqual(control, list(SPECIAL))

    def test_what_the_projector_says_of_itself(self) -> None:
        fields = fields_of(self.projector)
        wanted = {
            "general.architecture": "clip",
            "clip.projector_type": "mlp",
            "clip.has_vision_encoder": True,
            "clip.use_silu": True,
            "clip.vision.image_size": VIEW.side,
            "clip.vision.patch_size": VIEW.patch,
            "clip.vision.embedding_length": EYES["width"],
            "clip.vision.feed_forward_length": EYES["inner"],
            "clip.vision.block_count": EYES["layers"],
            "clip.vision.attention.head_count": EYES["heads"],
            "clip.vision.projection_dim": SIZES["target"].width,
            "clip.vision.image_mean": [0.5, 0.5, 0.5],
            "clip.vision.image_std": [0.5, 0.5, 0.5],
            "clip.vision.feature_layer": [EYES["layers"]],
        }
        self.assertEqual({name: fields.get(name) for name in wanted}, wanted)
        self.assertAlmostEqual(fields["clip.vision.attention.layer_norm_epsilon"], 1e-6)

    def test_a_file_of_other_weights_is_told_from_its_own(self) -> None:
        for file in (self.decoder, self.projector):
            check_written(file, self.model)
            with self.assertRaisesRegex(ValueError, f"{file.name}: holds other weights"):
                check_written(file, tiny_model(seed=2))
        check_written(self.decoder, round_as_exported(self.model))
        with self.assertRaisesRegex(FileNotFoundError, "none.gguf is missing; run the stage export"):
            check_written(self.folder / "none.gguf", self.model)

    def test_weights_that_float16_cannot_hold_are_refused(self) -> None:
        with torch.no_grad():
            self.model.language.blocks[0].up.weight[3, 4] = 1e6
        with self.assertRaisesRegex(ValueError, r"blk\.0\.ffn_up\.weight.*too large for float16"), np.errstate(over="ignore"):
            write_decoder(self.folder / "again.gguf", self.model, tokenizer(), ABOUT)

    def test_a_model_without_eyes_has_no_projector(self) -> None:
        with self.assertRaisesRegex(ValueError, "no vision model to write"):
            write_projector(self.folder / "none.gguf", tiny_model("draft-text"), ABOUT)


class TestStage(InFolder):
    def export(self, *names: str, step: int = 6) -> tuple[dict[str, Any], str]:
        """The manifest of an export of these models, and what was printed."""
        tokenizer().save(self.folder / "tokenizer.json")
        for name in names:
            torch.save({"model": tiny_model(name).state_dict(), "step": step}, self.folder / f"{name}.pt")
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            export_models(schedule(), self.folder, self.folder / "out")
        return json.loads((self.folder / "out" / "manifest.json").read_text()), printed.getvalue()

    def test_all_models_make_two_sets(self) -> None:
        manifest, printed = self.export(*MODELS)
        self.assertNotIn("run the stage", printed)
        roles = [(file["id"], file["role"]) for file in manifest["files"]]
        self.assertEqual(
            roles,
            [
                ("specula-tiny-target", "target"),
                ("specula-tiny-mmproj", "projector"),
                ("specula-tiny-draft-vlm", "draft"),
                ("specula-tiny-draft-mmproj", "projector"),
                ("specula-tiny-draft-text", "draft"),
            ],
        )
        for entry in manifest["files"]:
            content = (self.folder / "out" / entry["file"]).read_bytes()
            self.assertEqual(entry["bytes"], len(content))
            self.assertEqual(entry["sha256"], hashlib.sha256(content).hexdigest())
        used = [[one["target"], one["projector"], one["draft"], one["draftProjector"]] for one in manifest["sets"]]
        own = ["specula-tiny-target", "specula-tiny-mmproj"]
        self.assertEqual(
            used,
            [[*own, "specula-tiny-draft-text", None], [*own, "specula-tiny-draft-vlm", "specula-tiny-draft-mmproj"]],
        )
        for name in MODELS:
            check_written(self.folder / "out" / f"specula-tiny-{name}-f16.gguf", tiny_model(name))
        check_written(self.folder / "out" / "specula-tiny-draft-mmproj-f16.gguf", tiny_model("draft-vlm"))

    def test_a_target_alone_is_a_set_without_draft(self) -> None:
        manifest, printed = self.export("target", step=4)
        self.assertEqual([file["id"] for file in manifest["files"]], ["specula-tiny-target", "specula-tiny-mmproj"])
        self.assertEqual([(one["id"], one["draft"]) for one in manifest["sets"]], [("specula-tiny", None)])
        self.assertIn("target: the checkpoint is of step 4 of 6", printed)
        self.assertIn("draft-vlm: no checkpoint", printed)

    def test_heads_are_listed_with_their_kind_and_target(self) -> None:
        torch.save({"model": new_heads(schedule(), tokenizer()).state_dict(), "step": 3}, self.folder / "heads.pt")
        manifest, printed = self.export("target")
        listed = [(one["id"], one["head"], one["target"]) for one in manifest["files"] if one["role"] == "head"]
        self.assertEqual(listed, [(f"specula-tiny-head-{kind}", kind, "specula-tiny-target") for kind in HEADS.kinds])
        self.assertIn("heads: the checkpoint is of step 3 of 6", printed)
        self.assertTrue(all("head" not in one for one in manifest["files"] if one["role"] != "head"))

    def test_exported_files_become_checkpoints_again(self) -> None:
        self.export(*MODELS)
        out = self.folder / "out"
        with self.assertRaisesRegex(ValueError, "target.pt is there already"):
            import_models(schedule(), self.folder, out)
        for name in MODELS:
            (self.folder / f"{name}.pt").unlink()
        with contextlib.redirect_stdout(io.StringIO()):
            import_models(schedule(), self.folder, out)
        for name in MODELS:
            check_written(out / f"specula-tiny-{name}-f16.gguf", load_model(schedule(), self.folder, tokenizer(), name))
        check_written(out / "specula-tiny-mmproj-f16.gguf", load_model(schedule(), self.folder, tokenizer(), "target"))
        with self.assertRaisesRegex(FileNotFoundError, "nothing to import"):
            import_models(schedule(), self.folder, self.folder / "none")

    def test_the_activation_of_a_vision_model_comes_back(self) -> None:
        out, file = self.folder / "out", self.folder / "out" / "specula-tiny-mmproj-f16.gguf"
        self.export("target")
        (self.folder / "target.pt").unlink()
        file.write_bytes(file.read_bytes().replace(b"clip.use_silu", b"clip.use_gelu"))
        with contextlib.redirect_stdout(io.StringIO()):
            import_models(schedule(), self.folder, out)
        model = load_model(schedule(), self.folder, tokenizer(), "target")
        self.assertEqual(model.vision.activation, "gelu")
        pixels = torch.rand(1, 3, VIEW.side, VIEW.side)
        gelu = model.vision(pixels)
        model.vision.activation = "silu"
        self.assertFalse(torch.allclose(gelu, model.vision(pixels)))
        model.vision.activation = "gelu"
        write_projector(self.folder / "again.gguf", model, ABOUT)
        self.assertTrue(fields_of(self.folder / "again.gguf")["clip.use_gelu"])
        (self.folder / "target.pt").unlink()
        file.write_bytes(file.read_bytes().replace(b"clip.use_gelu", b"clip.use_what"))
        with self.assertRaisesRegex(ValueError, "mmproj-f16.gguf: its vision model has neither SiLU nor GELU"):
            import_models(schedule(), self.folder, out)

    def test_another_vocabulary_is_refused(self) -> None:
        self.export("target")
        (self.folder / "target.pt").unlink()
        entry = json.loads((self.folder / "tokenizer.json").read_text())
        entry["vocabulary"][-1], entry["vocabulary"][-2] = entry["vocabulary"][-2:]
        (self.folder / "tokenizer.json").write_text(json.dumps(entry))
        with self.assertRaisesRegex(ValueError, "another vocabulary than tokenizer.json"):
            import_models(schedule(), self.folder, self.folder / "out")

    def test_without_a_target_its_stage_is_named(self) -> None:
        with self.assertRaisesRegex(FileNotFoundError, "target.pt is missing; run the stage target first"):
            self.export("draft-text")


if __name__ == "__main__":
    unittest.main()
