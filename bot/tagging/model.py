"""The values that tagging and look-alikes take and give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# A text, since numpy takes a fifth of a second to load, and an export needs the names alone.
Vectors: TypeAlias = "npt.NDArray[np.float32]"


@dataclass(frozen=True, slots=True)
class Industry:
    """One industry of a taxonomy; codes are prefixes (NAICS 2022, ISIC Rev. 4)."""

    id: str
    name: str
    description: str
    keywords: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    naics: tuple[str, ...] = ()
    isic: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)  # locale -> name


@dataclass(frozen=True, slots=True)
class Tag:
    """An industry with its confidence (0 to 1) and the words of the text that decided it."""

    industry: str
    confidence: float
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tagging:
    """The primary industry first, then up to three more. No idea at all: `other`, is_idea False."""

    tags: tuple[Tag, ...]
    is_idea: bool
    why_not: str | None = None  # "question", "greeting", "promotion", "prompt", "empty"
    taxonomy_version: int = 1

    @property
    def primary(self) -> str:
        """Give the id of the primary industry."""
        return self.tags[0].industry


@dataclass(frozen=True, slots=True)
class Match:
    """A look-alike: its id as handed in, likeness 0 to 1, and the words that both share."""

    id: str
    score: float
    shared: tuple[str, ...] = ()


class Embedder(Protocol):
    """Turns texts into normalised float32 rows; `model_id` and `dimension` go with every vector."""

    model_id: str
    dimension: int

    def encode(self, texts: list[str]) -> Vectors:
        """Give one row of `dimension` numbers per text; blocks for milliseconds per text."""
        ...
