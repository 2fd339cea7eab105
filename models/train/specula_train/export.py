"""Stage `export`: the trained models as GGUF files, and the manifest by which the app finds them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from .checkpoints import load_model
from .gguf_files import About, LICENSE, write_decoder, write_projector
from .heads.gguf import write_head
from .heads.kinds import HeadSet
from .schedule import Schedule
from .sizes import LanguageSize
from .stage_heads import load_heads
from .tokenizer import Tokenizer
from .vlm import Model, parameters_in_millions

ORIGIN = "Trained from scratch by this project on pictures that it draws itself (models/train)"
TARGET = "specula-tiny-target"
TAUGHT = "Its attention is partly trained in: words that need the picture were taught where to look."
DESCRIPTIONS = {
    "target": "Small vision-language model that answers questions about drawn pictures",
    "draft-vlm": "Draft that sees the picture, trained on what the target says",
    "draft-text": "Draft that never sees the picture, trained on what the target says",
}
"""of the models by the names of their stages, in the order of the manifest"""
HEADS = {
    "medusa": "Medusa: each head guesses one later token from the target's feature",
    "eagle": "EAGLE-1 and EAGLE-2: one layer over tokens and the target's features",
    "eagle3": "EAGLE-3: one layer over three of the target's layers, with scores of its own",
    "msd": "MSD: an EAGLE layer that reads the image embeddings as they are",
    "vispec": "ViSpec: an EAGLE layer with a few vectors in place of the image and a global one",
}
"""of the draft heads by their kinds"""


@dataclass(frozen=True)
class Files:
    """A model as the engine loads it."""

    decoder: Path
    projector: Path | None


@dataclass(frozen=True)
class Exported:
    """One file and its place in the manifest."""

    file: Path
    role: str
    note: str
    head: str | None = None
    """the kind of a draft head of the target"""

    @property
    def id(self) -> str:
        """The file's name without type and ending."""
        return self.file.name.removesuffix("-f16.gguf")

    def entry(self) -> dict[str, Any]:
        """What the manifest says of it."""
        content = self.file.read_bytes()
        return {
            "id": self.id,
            "file": self.file.name,
            "role": self.role,
            **({"head": self.head, "target": TARGET} if self.head else {}),
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "origin": ORIGIN,
            "licence": LICENSE,
            "note": self.note,
        }


def export_models(schedule: Schedule, folder: Path, out: Path) -> None:
    """Writes those of target, draft-vlm, draft-text and the heads that have a checkpoint in `folder`, and manifest.json, to `out`.

    :raises FileNotFoundError: without a target, or without gguf-py.
    """
    tokenizer = Tokenizer.load(folder / "tokenizer.json")
    out.mkdir(parents=True, exist_ok=True)
    written: list[Exported] = []
    for name in DESCRIPTIONS:
        if name == "target" or (folder / f"{name}.pt").exists():
            _tell_if_unfinished(schedule, folder, name)
            written += write_model(out, name, load_model(schedule, folder, tokenizer, name), tokenizer)
        else:
            print(f"{name}: no checkpoint in {folder}; left out")
    if (folder / "heads.pt").exists():
        _tell_if_unfinished(schedule, folder, "heads")
        size = schedule.models["target"].language(len(tokenizer))
        written += write_heads(out, load_heads(schedule, folder, tokenizer), size)
    else:
        print(f"heads: no checkpoint in {folder}; left out")
    manifest = {"files": [one.entry() for one in written], "sets": sets_of({one.id for one in written})}
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    for entry in manifest["files"]:
        print(f"{entry['file']}: {entry['bytes'] / 1e6:.2f} MB, {entry['note']}")


def _tell_if_unfinished(schedule: Schedule, folder: Path, name: str) -> None:
    file, steps = folder / f"{name}.pt", schedule.stages[name].steps
    if file.exists():
        step = torch.load(file, map_location="cpu")["step"]
        if step < steps:
            print(f"{name}: the checkpoint is of step {step} of {steps}; run the stage {name} to its end and export again")


def files_of(out: Path, name: str, model: Model) -> Files:
    """Where the files of a model are written."""
    projector = "specula-tiny-draft-mmproj" if name == "draft-vlm" else "specula-tiny-mmproj"
    return Files(out / f"specula-tiny-{name}-f16.gguf", out / f"{projector}-f16.gguf" if model.vision else None)


def write_model(out: Path, name: str, model: Model, tokenizer: Tokenizer) -> list[Exported]:
    """Writes the files of one model: its decoder, and its projector where it sees."""
    files, about = files_of(out, name, model), DESCRIPTIONS[name]
    write_decoder(files.decoder, model, tokenizer, About(f"Specula tiny {name}", about))
    written = [Exported(files.decoder, name.split("-")[0], _decoder_note(name, model))]
    if files.projector:
        write_projector(files.projector, model, About(f"Specula tiny {name} projector", f"Projector of: {about}"))
        written.append(Exported(files.projector, "projector", _projector_note(name, model)))
    return written


def head_file(out: Path, kind: str) -> Path:
    """Where a head is written."""
    return out / f"specula-tiny-head-{kind}-f16.gguf"


def write_heads(out: Path, heads: HeadSet, size: LanguageSize) -> list[Exported]:
    """Writes the files of all heads; size: the target's."""
    written: list[Exported] = []
    for kind, head in heads.items():
        file = head_file(out, kind)
        write_head(file, kind, head, size, About(f"Specula tiny head {kind}", HEADS[kind]), "Specula tiny target")
        note = f"Draft head of specula-tiny-target, trained on what it says. {HEADS[kind]}. {parameters_in_millions(head):.2f} M parameters."
        written.append(Exported(file, "head", note, kind))
    return written


def _decoder_note(name: str, model: Model) -> str:
    size = model.language.size
    shape = f"{size.layers} layers, width {size.width}, {size.heads} heads, {size.vocabulary} tokens"
    millions = parameters_in_millions(model.language)
    note = f"{DESCRIPTIONS[name]}. llama architecture, {shape}, {millions:.2f} M parameters."
    return f"{note} {TAUGHT}" if model.vision else note


def _projector_note(name: str, model: Model) -> str:
    size = model.vision.size
    parts = (model.vision, model.project_in, model.project_out)
    millions = sum(parameters_in_millions(part) for part in parts)
    return (
        f"Vision transformer ({size.layers} layers, width {size.width}) and MLP projector of specula-tiny-{name}, "
        f"{size.side} x {size.side} px in {size.grid} x {size.grid} = {size.patches} image tokens, {millions:.2f} M parameters."
    )


def sets_of(ids: set[str]) -> list[dict[str, Any]]:
    """The sets of files that work together: the target with the draft that sees nothing, and with the one that sees."""
    seeing = "specula-tiny-draft-vlm" in ids
    blind = "specula-tiny-draft-text" in ids
    toys = "Toy models of our own on drawn pictures"
    by_construction = "The gate works by construction here: the target's attention was partly trained in."
    sets = [
        _set("specula-tiny", "Specula tiny", "specula-tiny-draft-text" if blind else None, None, f"{toys}. {by_construction}")
    ]
    if seeing:
        note = f"{toys}; the draft sees the picture too. {by_construction}"
        sets.append(_set("specula-tiny-vlm", "Specula tiny, the draft sees too", "specula-tiny-draft-vlm", "specula-tiny-draft-mmproj", note))
    return sets


def _set(name: str, title: str, draft: str | None, draft_projector: str | None, note: str) -> dict[str, Any]:
    return {
        "id": name,
        "name": title,
        "target": TARGET,
        "projector": "specula-tiny-mmproj",
        "draft": draft,
        "draftProjector": draft_projector,
        "note": note,
    }
