"""The dry run of a change: which ideas would move to another industry, and which may not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.tagging.corrections import Example
from bot.tagging.model import Vectors
from bot.tagging.tagger import Tagger


@dataclass(frozen=True, slots=True)
class Kept:
    """An idea as it is kept: its primary industry and whether a person chose that."""

    id: str
    text: str
    primary: str
    chosen_by_person: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """An idea that would get another primary industry; `because` as in a tag."""

    id: str
    before: str
    after: str
    because: tuple[str, ...] = ()


def moves(
    ideas: Iterable[Kept],
    tagger: Tagger,
    *,
    examples: Sequence[Example] = (),
    vectors: Vectors | None = None,
) -> list[Move]:
    """List what would move if all ideas were tagged by this tagger (of the changed taxonomy).

    A person's choice moves only where its industry was merged or retired: with a merge to the one
    that took its place, otherwise to what the tagger says.
    """
    kept = list(ideas)
    tagged = tagger.tag_many([k.text for k in kept], examples=examples, vectors=vectors)
    found = []
    for idea, tagging in zip(kept, tagged, strict=True):
        current = tagger.taxonomy.current(idea.primary)
        if idea.chosen_by_person and current is not None:
            move = Move(idea.id, idea.primary, current)
        else:
            move = Move(idea.id, idea.primary, tagging.primary, tagging.tags[0].because)
        if move.after != move.before:
            found.append(move)
    return found
