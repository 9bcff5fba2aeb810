"""Writes entities as the YAML that `load_entities` reads, in the shape of facts/README.md."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from bot.market.schema import Entity, Fact

_ENTITY = (
    *("id", "name", "kind", "extends", "family", "predecessor", "successor", "aliases"),
    *("may_mean", "members", "related", "regions", "industries", "topics"),
)
_FACT = (
    *("claim", "field", "value", "variant", "resolution", "sound", "seconds", "seller", "region"),
    *("condition", "as_of", "until", "superseded", "conflict", "source", "verified"),
)
_SOURCE = ("url", "title", "publisher", "date", "kind")
_WIDTH = 100


def to_yaml(entities: Iterable[Entity]) -> str:
    """Give entities as one file; nothing but their line numbers is lost."""
    return "\n".join(_entity(entity) for entity in entities)


def _entity(entity: Entity) -> str:
    head = {name: _plain(getattr(entity, name)) for name in _ENTITY}
    text = "- " + textwrap.indent(_dump(_given(head)), "  ").lstrip()
    if not entity.facts:
        return text
    facts = _dump([_fact(fact) for fact in entity.facts])
    return f"{text}  facts:\n{textwrap.indent(facts, '    ')}"


def _fact(fact: Fact) -> dict[str, Any]:
    found = {name: getattr(fact, name) for name in _FACT if name not in ("source", "verified")}
    source = {name: getattr(fact.source, name) for name in _SOURCE}
    return {**_given(found), "source": source, "verified": fact.verified}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing: None, empty lists, flags that are not set."""
    return {name: value for name, value in values.items() if value not in (None, [], False)}


def _dump(value: Any) -> str:
    text: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=_WIDTH)
    return text
