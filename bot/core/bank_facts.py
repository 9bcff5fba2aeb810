"""A bank's own facts: as the store keeps them, as the market reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from bot.market.schema import Entity
    from storage import KnowledgeRow


def fact_row(
    *, name: str, kind: str, claim: str, url: str, as_of: str, publisher: str = ""
) -> dict[str, Any]:
    """Give a fact as the store keeps it. `as_of` is YYYY, YYYY-MM or YYYY-MM-DD."""
    host = urlsplit(url).hostname or url
    return {
        "name": name,
        "kind": kind,
        "claim": claim,
        "as_of": as_of,
        "source": {
            "url": url,
            "title": publisher or host,
            "publisher": publisher or host,
            "date": as_of,
        },
    }


def entities_of(rows: Iterable[KnowledgeRow], built_in: Collection[str]) -> list[Entity]:
    """Give the bank's entities to lay over the built-in ones; proposed facts are left out.

    A retired row takes the built-in fact with the same claim out. Of an entity that is not built
    in there is nothing to take out: its retired facts are just not there.
    """
    from bot.market.schema import Entity  # noqa: PLC0415  with the market only

    by_entity: dict[str, list[KnowledgeRow]] = {}
    for row in rows:
        if row.state == "live" or (row.state == "retired" and row.entity_id in built_in):
            by_entity.setdefault(row.entity_id, []).append(row)
    return [
        Entity(
            id=entity_id,
            name=str(own[0].fact.get("name", entity_id)),
            kind=str(own[0].fact.get("kind", "product")),
            facts=tuple(_fact(row.fact, is_retired=row.state == "retired") for row in own),
        )
        for entity_id, own in by_entity.items()
    ]


def _fact(kept: Mapping[str, Any], *, is_retired: bool) -> Any:
    from bot.market.schema import Fact, Source  # noqa: PLC0415  with the market only

    return Fact(
        claim=str(kept["claim"]),
        as_of=str(kept["as_of"]),
        source=Source(**kept["source"]),
        field=kept.get("field"),
        value=kept.get("value"),
        until=str(kept["as_of"]) if is_retired else None,
    )
