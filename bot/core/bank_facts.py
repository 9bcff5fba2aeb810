"""A bank's own facts: as the store keeps them, as the market reads them, as they are sent on.

A kept fact holds the texts of `bot.market.schema.Fact` with name and kind of what it is
about. A proposal has its `action`, and in `replaces` the claim that would go; one that was rejected
is kept as retired, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from bot.market.schema import Entity, Fact
    from storage import KnowledgeRow

QUALIFIERS = ("variant", "resolution", "sound", "seconds", "seller", "region", "condition")
_PROPOSAL = ("action", "replaces")


def fact_row(
    *,
    name: str,
    kind: str,
    claim: str,
    url: str,
    as_of: str,
    title: str = "",
    publisher: str = "",
    **typed: str,
) -> dict[str, Any]:
    """Give a fact as the store keeps it. `as_of` is YYYY, YYYY-MM or YYYY-MM-DD.

    `typed` holds field, value and what the value holds for; empty ones are left out.
    """
    host = urlsplit(url).hostname or url
    return {
        "name": name,
        "kind": kind,
        "claim": claim,
        "as_of": as_of,
        **{key: value for key, value in typed.items() if value},
        "source": {
            "url": url,
            "title": title or publisher or host,
            "publisher": publisher or host,
            "date": as_of,
        },
    }


def row_of(entity: Entity, fact: Fact) -> dict[str, Any]:
    """Give a fact that the knowledge has as the store keeps it."""
    source = fact.source
    texts = {key: getattr(fact, key) for key in ("field", "value", *QUALIFIERS)}
    return {
        "name": entity.name,
        "kind": entity.kind,
        "claim": fact.claim,
        "as_of": fact.as_of,
        **{key: value for key, value in texts.items() if value},
        "source": {
            "url": source.url,
            "title": source.title,
            "publisher": source.publisher,
            "date": source.date,
            "kind": source.kind,
        },
    }


def decided(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Give a proposed fact without what made it a proposal."""
    return {key: value for key, value in kept.items() if key not in _PROPOSAL}


def entities_of(
    rows: Iterable[KnowledgeRow], built_in: Mapping[str, Entity] | Iterable[str]
) -> list[Entity]:
    """Give the bank's entities to lay over the built-in ones; proposed facts are left out.

    A retired row takes the built-in fact with the same claim out. Of an entity that is not built
    in there is nothing to take out: its retired facts are just not there.
    """
    from bot.market.schema import Entity  # noqa: PLC0415  with the market only

    known = frozenset(built_in)
    by_entity: dict[str, list[KnowledgeRow]] = {}
    for row in rows:
        if row.fact.get("is_rejected"):
            continue
        if row.state == "live" or (row.state == "retired" and row.entity_id in known):
            by_entity.setdefault(row.entity_id, []).append(row)
    return [
        Entity(
            id=entity_id,
            name=str(own[0].fact.get("name", entity_id)),
            kind=str(own[0].fact.get("kind", "product")),
            facts=tuple(_fact(row.fact, is_retired=row.state == "retired") for row in own),
            extends=entity_id in known,
        )
        for entity_id, own in by_entity.items()
    ]


def to_send_on(rows: Iterable[KnowledgeRow], built_in: Mapping[str, Entity]) -> list[Entity]:
    """Give what a bank knows otherwise, so that it stands beside the built-in files.

    A fact that the bank itself added and took back is nobody else's business and left out.
    """
    found = []
    for entity in entities_of(rows, built_in):
        base = built_in.get(entity.id)
        claims = {fact.claim for fact in base.facts} if base else set()
        facts = tuple(f for f in entity.facts if not f.until or f.claim in claims)
        if facts:
            found.append(replace(entity, facts=facts))
    return sorted(found, key=lambda entity: entity.id)


def _fact(kept: Mapping[str, Any], *, is_retired: bool) -> Fact:
    from bot.market.schema import Fact, Source  # noqa: PLC0415  with the market only

    texts = {key: kept[key] for key in ("field", "value", *QUALIFIERS) if kept.get(key)}
    return Fact(
        claim=str(kept["claim"]),
        as_of=str(kept["as_of"]),
        source=Source(**kept["source"]),
        until=str(kept["as_of"]) if is_retired else None,
        **texts,
    )
