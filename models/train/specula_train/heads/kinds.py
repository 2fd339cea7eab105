"""The kinds of heads by name, and sets of them that are trained together."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from ..language import LanguageModel
from ..schedule import HeadSizes
from ..sizes import LanguageSize
from .eagle import EagleHead
from .eagle3 import Eagle3Head
from .head import DraftHead
from .medusa import MedusaHead
from .msd import MsdHead
from .vispec import VispecHead

KINDS: dict[str, Callable[[LanguageSize, HeadSizes], DraftHead]] = {
    "medusa": lambda size, heads: MedusaHead(size, heads.medusa),
    "eagle": lambda size, _: EagleHead(size),
    "eagle3": lambda size, heads: Eagle3Head(size, heads.draft_vocabulary),
    "msd": lambda size, _: MsdHead(size),
    "vispec": lambda size, heads: VispecHead(size, heads.queries),
}
"""by their names in a file; EAGLE-1 and EAGLE-2 share `eagle`"""


class HeadSet(nn.Module):
    """Heads of one target by kind."""

    def __init__(self, size: LanguageSize, sizes: HeadSizes) -> None:
        super().__init__()
        unknown = [kind for kind in sizes.kinds if kind not in KINDS]
        if unknown:
            raise ValueError(f"heads: unknown kind {', '.join(unknown)}; known are {', '.join(KINDS)}")
        self.heads = nn.ModuleDict({kind: KINDS[kind](size, sizes) for kind in sizes.kinds})

    def items(self) -> list[tuple[str, DraftHead]]:
        """Kinds and heads."""
        return list(self.heads.items())

    def begin(self, language: LanguageModel, frequencies: Tensor) -> None:
        """See `DraftHead.begin`; frequencies: how often the target's answers use each token."""
        for _, head in self.items():
            head.begin(language, frequencies)
