"""Finds gguf-py, the library that reads and writes GGUF files; it comes with the sources of llama.cpp."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[3]
CACHE = ROOT / "node_modules" / ".cache" / "specula"
"""where the build of the native engine unpacks the sources of llama.cpp"""


def gguf_library() -> ModuleType:
    """The module `gguf`: of the folder that GGUF_PY names, else the installed one, else that of the native engine's sources.

    :raises FileNotFoundError: when it is nowhere.
    """
    named = os.environ.get("GGUF_PY")
    if named:
        if not (Path(named) / "gguf").is_dir():
            raise FileNotFoundError(f"GGUF_PY={named}: there is no gguf in it; name the folder gguf-py of llama.cpp's sources")
        return _import_from(Path(named))
    try:
        return importlib.import_module("gguf")
    except ModuleNotFoundError as error:
        if error.name != "gguf":
            raise
    found = sorted(CACHE.glob("llama.cpp-*/gguf-py"))
    if not found:
        raise FileNotFoundError(
            'gguf-py is missing: run "npm run setup", which unpacks the sources of llama.cpp, '
            "or set GGUF_PY to the folder gguf-py of such sources"
        )
    return _import_from(found[-1])


def _import_from(folder: Path) -> ModuleType:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return importlib.import_module("gguf")
