"""Industries, embeddings and look-alikes.

Names are loaded when they are first asked for, so that a command which tags nothing pays nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.tagging.corrections import Example
    from bot.tagging.embedder import find_embedder, load_embedder
    from bot.tagging.evaluate import evaluate_duplicates, evaluate_tags
    from bot.tagging.ideas import reads_like_idea, why_not
    from bot.tagging.model import Embedder, Industry, Match, Tag, Tagging
    from bot.tagging.retag import Kept, Move, moves
    from bot.tagging.similar import Likeness
    from bot.tagging.tagger import Tagger
    from bot.tagging.taxonomy import Add, Merge, Rename, Retire, Taxonomy, TaxonomyError
    from bot.tagging.vectors import VectorIndex

_HOMES = {
    "corrections": ("Example",),
    "embedder": ("find_embedder", "load_embedder"),
    "evaluate": ("evaluate_duplicates", "evaluate_tags"),
    "ideas": ("reads_like_idea", "why_not"),
    "model": ("Embedder", "Industry", "Match", "Tag", "Tagging"),
    "similar": ("Likeness",),
    "retag": ("Kept", "Move", "moves"),
    "tagger": ("Tagger",),
    "taxonomy": ("Add", "Merge", "Rename", "Retire", "Taxonomy", "TaxonomyError"),
    "vectors": ("VectorIndex",),
}
_MODULES = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Add", "Embedder", "Example", "Industry", "Kept", "Likeness", "Match", "Merge", "Move",
    "Rename", "Retire", "Tag", "Tagger", "Tagging", "Taxonomy", "TaxonomyError", "VectorIndex",
    "evaluate_duplicates", "evaluate_tags", "find_embedder", "load_embedder", "moves",
    "reads_like_idea", "why_not",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(name)
    return getattr(import_module(f"bot.tagging.{_MODULES[name]}"), name)
