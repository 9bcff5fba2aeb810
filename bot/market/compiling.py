"""Turns entities into an index, and keeps the result as JSON so that the next start is quick."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

from bot.market.indexing import Index
from bot.market.knowledge import Knowledge, Row
from bot.market.lexicon import FOLDER as LEXICON_FOLDER
from bot.market.lexicon import Lexicon, read_lexicon
from bot.market.naming import name_words, names_of, side_names
from bot.market.schema import FACTS_FOLDER, Entity, Fact, Source, load_entities
from bot.market.values import Quantity, parse, quantity

_FORMAT = 12  # raise when the compiled form changes
_DATE = re.compile(r"\b(?:19|20)\d\d(?:-\d\d){0,2}\b")
_DATES = ("released", "api_since", "announced", "launch", "published")
_CODE_FILES = (
    *("text.py", "lexicon.py", "compiling.py", "schema.py", "knowledge.py", "values.py"),
    *("naming.py", "indexing.py", "merging.py"),
)

Compiled = dict[str, Any]

BUILT = Path(__file__).parent / "compiled.json"
"""What a wheel brings along; a checkout has none."""


def fingerprint(facts_dir: Path) -> str:
    """Hash the facts, the lexicon and the code that compiles them."""
    digest = hashlib.sha256(str(_FORMAT).encode())
    here = Path(__file__).parent
    files = [*sorted(facts_dir.glob("*.yaml")), *sorted(LEXICON_FOLDER.glob("*.yaml"))]
    for path in [*files, *(here / name for name in _CODE_FILES)]:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def load_compiled(facts_dir: Path, cache_dir: Path | None) -> tuple[Knowledge, Compiled]:
    """Give knowledge and lexicon as the wheel or the cache holds them, or compile and keep them.

    What was compiled from other facts, or by other code, is never used.

    Raises:
        KnowledgeError: a file of the facts cannot be read.
    """
    key = fingerprint(facts_dir)
    path = cache_dir / f"market-{key[:16]}.json" if cache_dir else None
    for kept in (BUILT, path):
        found = _read(kept, key) if kept else None
        if found is not None:
            return found
    compiled = _compiled(facts_dir, key)
    if path:
        _write(path, compiled)
    return restore(compiled), compiled["lexicon"]


def write_built(path: Path) -> None:
    """Compile the built-in facts to a file, for the wheel.

    Raises:
        KnowledgeError: a file of the facts cannot be read.
        OSError: the file cannot be written.
    """
    compiled = _compiled(FACTS_FOLDER, fingerprint(FACTS_FOLDER))
    path.write_text(_as_json(compiled), "utf-8")


def _compiled(facts_dir: Path, key: str) -> Compiled:
    lexicon = read_lexicon()
    compiled = compile_entities(load_entities(facts_dir), Lexicon(lexicon))
    return {**compiled, "key": key, "lexicon": lexicon}


def _as_json(compiled: Compiled) -> str:
    return json.dumps(compiled, separators=(",", ":"))


def _read(path: Path, key: str) -> tuple[Knowledge, Compiled] | None:
    """Give the cached form, None if it is missing, broken or of another state."""
    try:
        found = json.loads(path.read_bytes())
        if found["key"] != key:
            return None
        return restore(found), found["lexicon"]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError, StopIteration):
        return None


def _write(path: Path, compiled: Compiled) -> None:
    """Keep the compiled form; a folder that cannot be written to only costs time."""
    temporary = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(_as_json(compiled), "utf-8")
        temporary.replace(path)
    except OSError:
        return


def restore(compiled: Compiled) -> Knowledge:
    """Build the knowledge from its compiled form."""
    entities = [_entity(raw) for raw in compiled["entities"]]
    rows: list[Row] = []
    rows_of: list[list[int]] = []
    asks = iter(compiled["asks"])
    quantities = iter(compiled["quantities"])
    for owner, entity in enumerate(entities):
        rows_of.append(list(range(len(rows), len(rows) + len(entity.facts))))
        for fact in entity.facts:
            raw = next(quantities)
            value = _quantity(raw) if raw else None
            rows.append(Row(len(rows), owner, fact, tuple(next(asks)), value))
    return Knowledge(
        entities=entities,
        rows=rows,
        rows_of=rows_of,
        names=compiled["names"],
        raw_postings=compiled["postings"],
        position={e.id: i for i, e in enumerate(entities)},
        ranks=compiled["ranks"],
        vocabulary=compiled["vocabulary"],
        side_names=compiled["side_names"],
    )


def _quantity(raw: Sequence[Any]) -> Quantity:
    type_, text, number, low, currency, items = raw
    return Quantity(type_, text, number, low, currency, tuple(items))


def _entity(raw: Compiled) -> Entity:
    lists = {k: tuple(v) for k, v in raw.items() if isinstance(v, list)}
    facts = tuple(Fact(**{**f, "source": Source(**f["source"])}) for f in raw["facts"])
    return Entity(**{**raw, **lists, "facts": facts})


def compile_entities(entities: Sequence[Entity], lexicon: Lexicon) -> Compiled:
    """Build the index over entities; takes about a second per 2,000 facts."""
    names = names_of(entities, lexicon)
    index = Index(lexicon, names, entities)
    asks, quantities = [], []
    for owner, entity in enumerate(entities):
        for fact in entity.facts:
            value = quantity(fact, entity.kind)
            quantities.append(value and list(astuple(value)))
            asks.append(lexicon.fields_of(fact.field, entity.kind))
            index.add(owner, entity, fact)
    return {
        "entities": [asdict(e) for e in entities],
        "asks": asks,
        "quantities": quantities,
        "names": names,
        "postings": index.postings(),
        "side_names": side_names(entities),
        "vocabulary": sorted(index.vocabulary | name_words(entities)),
        "ranks": ranks_of(entities),
    }


def ranks_of(entities: Sequence[Entity]) -> list[float]:
    """Give how recent each entity is, as a date; never older than the version before it."""
    ranks = {e.id: _rank(e) for e in entities}
    for _ in range(3):  # lines of versions are short
        for entity in entities:
            before = ranks.get(entity.predecessor or "", 0.0)
            ranks[entity.id] = max(ranks[entity.id], before + 1 if before else 0.0)
    return [ranks[e.id] for e in entities]


def _rank(entity: Entity) -> float:
    """Give the date that an entity came out, as a number; the first day known of it otherwise."""
    for field in _DATES:
        found = [_first_date(f.value or "") for f in entity.facts if f.field == field]
        if any(found):
            return max(d for d in found if d)
    days = [parse(f.as_of, "date").number for f in entity.facts]
    return min((d for d in days if d), default=0.0)


def _first_date(value: str) -> float | None:
    """Read a date, also out of `between 2026-08 and 2026-11`."""
    match = _DATE.search(value)
    return parse(match.group(), "date").number if match else None
