"""Loads kernels.c, compiled for this processor: on a CPU, PyTorch's own steps between the products cost more than the products.

Without a C compiler, for other types than bfloat16 and on a GPU, `functions.py` uses PyTorch's operators.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

SOURCE = Path(__file__).with_name("kernels.c")
OPTIONS = ("-O3", "-march=native", "-ffast-math", "-fopenmp-simd", "-shared", "-fPIC")


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL | None:
    compiler = shutil.which("cc")
    if compiler is None:
        return _without("no C compiler (cc) was found")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "kernels.so"
        command = [compiler, *OPTIONS, str(SOURCE), "-o", str(library), "-lm"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            return _without(f"kernels.c could not be compiled ({' '.join(done.stderr.split())[:300]})")
        return ctypes.CDLL(str(library))


def _without(reason: str) -> None:
    print(f"{reason}: training takes about 1.5 times as long", file=sys.stderr, flush=True)


def kernels_for(*tensors: Tensor) -> ctypes.CDLL | None:
    """The compiled functions if they can take these tensors: whole bfloat16 ones on the CPU."""
    fits = all(one.device.type == "cpu" and one.dtype == torch.bfloat16 and one.is_contiguous() for one in tensors)
    return _library() if fits else None


def at(tensor: Tensor) -> ctypes.c_void_p:
    """Where its numbers are."""
    return ctypes.c_void_p(tensor.data_ptr())


def long(number: int) -> ctypes.c_long:
    """A size."""
    return ctypes.c_long(number)
