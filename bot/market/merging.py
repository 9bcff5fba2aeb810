"""Lays entities over others of the same id: a bank's own facts, or a file that extends another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.market.schema import Entity


def extend(entities: Iterable[Entity], extra: Iterable[Entity]) -> list[Entity]:
    """Lay entities over those of the same id; new ones stand at the end.

    Facts of a known id are added to it. An added fact with field and value replaces one of the same
    field and qualifiers; a fact with `until` takes out the one with that claim, and is gone itself.
    """
    merged = {e.id: e for e in entities}
    for added in extra:
        known = merged.get(added.id)
        if known:
            merged[added.id] = _merge(known, added)
        elif facts := tuple(f for f in added.facts if not f.until):
            merged[added.id] = replace(added, facts=facts, extends=False)
    return list(merged.values())


def _merge(known: Entity, added: Entity) -> Entity:
    replaced = {(f.field, f.qualifiers) for f in added.facts if f.field and f.value}
    claims = {f.claim for f in added.facts}
    kept = tuple(
        f
        for f in known.facts
        if f.claim not in claims and not (f.field and (f.field, f.qualifiers) in replaced)
    )
    return replace(
        known,
        name=added.name or known.name,
        aliases=tuple(dict.fromkeys((*known.aliases, *added.aliases))),
        family=added.family or known.family,
        predecessor=added.predecessor or known.predecessor,
        successor=added.successor or known.successor,
        may_mean=known.may_mean or added.may_mean,
        members=tuple(dict.fromkeys((*known.members, *added.members))),
        related=tuple(dict.fromkeys((*known.related, *added.related))),
        industries=tuple(dict.fromkeys((*known.industries, *added.industries))),
        topics=tuple(dict.fromkeys((*known.topics, *added.topics))),
        facts=(*kept, *(f for f in added.facts if not f.until)),
    )
