"""Lays a bank's own facts over compiled knowledge without compiling all of it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.market.compiling import ranks_of
from bot.market.indexing import Index
from bot.market.knowledge import Knowledge, Row
from bot.market.lexicon import Lexicon
from bot.market.merging import extend
from bot.market.naming import Names, compact, name_words, names_of, side_names
from bot.market.schema import Entity
from bot.market.values import quantity

Raw = tuple[list[int], list[int]]


def overlay(knowledge: Knowledge, extra: Iterable[Entity], lexicon: Lexicon) -> Knowledge:
    """Give knowledge that also holds `extra`; `knowledge` stays as it is.

    Entities that change get new rows at the end; rows of others are indexed again only where they
    hold a name that is new or means something else now.
    """
    entities = extend(knowledge.entities, extra)
    names = names_of(entities, lexicon)
    changed = [i for i, e in enumerate(entities) if not _is_same(knowledge, i, e)]
    rows, rows_of = list(knowledge.rows), [list(r) for r in knowledge.rows_of]
    rows_of += [[] for _ in entities[len(rows_of) :]]
    gone = {row for owner in changed for row in rows_of[owner]}
    again = _naming(knowledge, _fresh(knowledge.names, names)) - gone
    index = Index(lexicon, names, entities)
    for position in sorted(again):
        row = rows[position]
        index.add(row.owner, entities[row.owner], row.fact, at=position)
    for owner in changed:
        entity = entities[owner]
        rows_of[owner] = list(range(len(rows), len(rows) + len(entity.facts)))
        for fact in entity.facts:
            index.add(owner, entity, fact, at=len(rows))
            asks = tuple(lexicon.fields_of(fact.field, entity.kind))
            rows.append(Row(len(rows), owner, fact, asks, quantity(fact, entity.kind)))
    return Knowledge(
        entities=entities,
        rows=rows,
        rows_of=rows_of,
        names=names,
        raw_postings=_changed(knowledge.raw_postings, gone | again, index.postings()),
        position={e.id: i for i, e in enumerate(entities)},
        ranks=ranks_of(entities),
        vocabulary=_vocabulary(knowledge, index, [entities[i] for i in changed]),
        side_names=side_names(entities),
    )


def _is_same(knowledge: Knowledge, owner: int, entity: Entity) -> bool:
    return owner < len(knowledge.entities) and knowledge.entities[owner] is entity


def _fresh(before: Mapping[str, Sequence[Sequence[int]]], names: Names) -> list[str]:
    """Give the names that mean something else than before."""
    return [
        key
        for key, meanings in names.items()
        if [tuple(m) for m in before.get(key, ())] != [tuple(m) for m in meanings]
    ]


def _naming(knowledge: Knowledge, keys: Sequence[str]) -> set[int]:
    """Give the rows in whose text or name one of the names stands."""
    if not keys:
        return set()
    found = set()
    for owner, rows in enumerate(knowledge.rows_of):
        name = compact(knowledge.entities[owner].name)
        for row in rows:
            fact = knowledge.rows[row].fact
            text = f"{name} {compact(fact.claim)} {compact(fact.value or '')}"
            if any(key in text for key in keys):
                found.add(row)
    return found


def _changed(before: Mapping[str, Raw], gone: set[int], added: Mapping[str, Raw]) -> dict[str, Raw]:
    """Give postings without the rows that are gone and with those that were added."""
    found = {}
    for key, (rows, weights) in before.items():
        if gone.isdisjoint(rows):
            found[key] = (rows, weights)
            continue
        kept = [(r, w) for r, w in zip(rows, weights, strict=True) if r not in gone]
        if kept:
            found[key] = ([r for r, _ in kept], [w for _, w in kept])
    for key, (rows, weights) in added.items():
        old = found.get(key, ([], []))
        found[key] = (old[0] + rows, old[1] + weights)
    return found


def _vocabulary(knowledge: Knowledge, index: Index, changed: Sequence[Entity]) -> list[str]:
    return sorted({*knowledge.vocabulary, *index.vocabulary, *name_words(changed)})
