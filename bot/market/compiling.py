"""Turns entities into an index, and keeps the result as JSON so that the next start is quick."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

from bot.market.knowledge import Knowledge, Row
from bot.market.lexicon import FOLDER as LEXICON_FOLDER
from bot.market.lexicon import Lexicon, read_lexicon
from bot.market.schema import Entity, Fact, Source, load_entities
from bot.market.text import fold, is_cjk, pieces, stem, words
from bot.market.values import Quantity, parse, quantity

_FORMAT = 8  # raise when the compiled form changes
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DATE = re.compile(r"\b(?:19|20)\d\d(?:-\d\d){0,2}\b")
_SPLIT = re.compile(r" / | \(|\)")
SIDE_KINDS = ("figure", "guide", "term", "hardware")  # no subjects: found beside them
_SPLIT_KINDS = ("model", "product", "company", "family", "name")
_SOFT_KINDS = ("usecase", "regulation")
_DATES = ("released", "api_since", "announced", "launch", "published")
_MIN_FAMILY = 3
_LONGEST_NAME = 7  # pieces
_SECOND = 82  # weight of a field that answers a question less directly
_MIN_SPELLED = 4  # shorter words are not corrected
_CODE_FILES = ("text.py", "lexicon.py", "compiling.py", "schema.py", "knowledge.py", "values.py")

Compiled = dict[str, Any]


def fingerprint(facts_dir: Path) -> str:
    """Hash the facts, the lexicon and the code that compiles them."""
    digest = hashlib.sha256(str(_FORMAT).encode())
    here = Path(__file__).parent
    files = [*sorted(facts_dir.glob("*.yaml")), *sorted(LEXICON_FOLDER.glob("*.yaml"))]
    for path in [*files, *(here / name for name in _CODE_FILES)]:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def load_compiled(facts_dir: Path, cache_dir: Path | None) -> Compiled:
    """Give the compiled knowledge from the cache, or compile it and try to keep it there.

    Raises:
        KnowledgeError: a file of the facts cannot be read.
    """
    key = fingerprint(facts_dir)
    path = cache_dir / f"market-{key[:16]}.json" if cache_dir else None
    cached = _read(path, key) if path else None
    if cached is not None:
        return cached
    lexicon = read_lexicon()
    compiled = compile_entities(load_entities(facts_dir), Lexicon(lexicon))
    compiled["key"] = key
    compiled["lexicon"] = lexicon
    if path:
        _write(path, compiled)
    return compiled


def _read(path: Path, key: str) -> Compiled | None:
    """Give the cached form, None if it is missing, broken or of another state."""
    try:
        found = json.loads(path.read_bytes())
        restore(found)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None
    return found if found.get("key") == key else None


def _write(path: Path, compiled: Compiled) -> None:
    """Keep the compiled form; a folder that cannot be written to only costs time."""
    temporary = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(compiled, separators=(",", ":")), "utf-8")
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
            value = Quantity(*raw[:5], items=tuple(raw[5])) if raw else None
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


def _entity(raw: Compiled) -> Entity:
    lists = {k: tuple(v) for k, v in raw.items() if isinstance(v, list)}
    facts = tuple(Fact(**{**f, "source": Source(**f["source"])}) for f in raw["facts"])
    return Entity(**{**raw, **lists, "facts": facts})


def compile_entities(entities: Sequence[Entity], lexicon: Lexicon) -> Compiled:
    """Build the index over entities; takes about a second per 2,000 facts."""
    names = _names(entities, lexicon)
    index = _Index(lexicon, names)
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
        "side_names": _side_names(entities),
        "vocabulary": sorted(index.vocabulary | _name_words(entities)),
        "ranks": _ranks(entities),
    }


def _ranks(entities: Sequence[Entity]) -> list[float]:
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


def compact(text: str) -> str:
    """Write a name without spaces and punctuation: MiniMax-H3 -> minimaxh3, Kling 3.0 -> kling3."""
    return "".join(p.text for p in pieces(fold(text)))


def _names(entities: Sequence[Entity], lexicon: Lexicon) -> dict[str, list[tuple[int, int]]]:
    """Map every compact name to entities; tags shared by several uses are no names."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    families: dict[str, set[int]] = defaultdict(set)
    position = {e.id: i for i, e in enumerate(entities)}
    for owner, entity in enumerate(entities):
        if entity.kind in SIDE_KINDS:
            continue
        if entity.may_mean:
            _add_meanings(found, entity, position)
            continue
        for spelling in _spellings(entity, lexicon):
            key = compact(spelling)
            if not _is_name(key, spelling, entity, lexicon):
                continue
            if (owner, 0) not in found[key]:
                found[key].append((owner, 0))
            if entity.kind == "model" and (family := family_key(spelling, lexicon)):
                families[family].add(owner)
    for key, members in families.items():
        for owner in sorted(members):
            if (owner, 0) not in found[key] and (owner, 1) not in found[key]:
                found[key].append((owner, 1))
    return dict(found)


def _side_names(entities: Sequence[Entity]) -> dict[str, int]:
    """Map compact names of terms and cards to entities."""
    return {
        compact(spelling): owner
        for owner, entity in enumerate(entities)
        if entity.kind in ("term", "hardware")
        for spelling in (entity.name, *entity.aliases, *_SPLIT.split(entity.name))
        if compact(spelling)
    }


def _add_meanings(
    found: dict[str, list[tuple[int, int]]], entity: Entity, position: dict[str, int]
) -> None:
    """Let a family or a word with several meanings stand for what it may mean."""
    for spelling in (entity.name, *entity.aliases):
        for identifier in (*entity.may_mean, *entity.members):
            if identifier in position:
                meaning = (position[identifier], 1)
                if meaning not in found[compact(spelling)]:
                    found[compact(spelling)].append(meaning)


def _name_words(entities: Sequence[Entity]) -> set[str]:
    texts = (fold(text) for e in entities for text in (e.name, *e.aliases))
    found = {p.text for text in texts for p in pieces(text)}
    return {w for w in found if len(w) >= _MIN_SPELLED and w.isalpha()}


def _spellings(entity: Entity, lexicon: Lexicon) -> list[str]:
    names = (entity.name, *entity.aliases) if entity.kind in _SPLIT_KINDS else ()
    parts = [p.strip() for n in names for p in _SPLIT.split(n)]
    if entity.kind == "company":
        parts += [_without_suffix(entity.name, lexicon)]
    return list(dict.fromkeys([entity.name, *entity.aliases, *(p for p in parts if p)]))


def _without_suffix(name: str, lexicon: Lexicon) -> str:
    """Cut what firms are called by: Luma AI -> Luma."""
    kept = name.split()
    while len(kept) > 1 and fold(kept[-1]).strip(".") in lexicon.firm_endings:
        kept.pop()
    return " ".join(kept)


def _is_name(key: str, spelling: str, entity: Entity, lexicon: Lexicon) -> bool:
    if not key or key.isdigit() or (len(key) == 1 and not is_cjk(key)):
        return False
    plain = spelling.islower() and spelling.isascii() and spelling.replace(" ", "").isalpha()
    if entity.kind in _SOFT_KINDS and plain:
        return False
    single = stem(fold(spelling))
    return not (single in lexicon.light or fold(spelling) in lexicon.stop) or not plain


def family_key(spelling: str, lexicon: Lexicon) -> str | None:
    """Give the name before the version: Kling 4.0 Flash -> kling; None if nothing is cut."""
    parts = pieces(fold(spelling))
    kept: list[str] = []
    for position, part in enumerate(parts):
        following = parts[position + 1].text if position + 1 < len(parts) else ""
        is_letter_version = len(part.text) == 1 and following[:1].isdigit()
        if part.text[0].isdigit() or is_letter_version or (kept and part.text in lexicon.variants):
            break
        kept.append(part.text)
    key = "".join(kept)
    is_word = stem(key) in lexicon.light or key in lexicon.stop
    return key if len(key) >= _MIN_FAMILY and len(kept) < len(parts) and not is_word else None


class _Index:
    """Collects the postings of all facts."""

    def __init__(self, lexicon: Lexicon, names: dict[str, list[tuple[int, int]]]) -> None:
        self._lexicon = lexicon
        self._names = names
        self._phrases = lexicon.phrases("en")
        self._found: dict[str, dict[int, int]] = defaultdict(dict)
        self._count = 0
        self.vocabulary: set[str] = set()

    def add(self, owner: int, entity: Entity, fact: Fact) -> None:
        """Index one fact, in the order of the rows."""
        qualifiers = " ".join(q for q in fact.qualifiers if q)
        field = (fact.field or "").replace("_", " ")
        self._text(f"{fact.claim} {fact.value or ''} {qualifiers}", 100, owner=owner)
        self._text(field, 95)
        self._text(entity.name, 85)
        self._mentions(fold(entity.name), owner)
        self._text(" ".join(entity.aliases), 70)
        self._text(" ".join((*entity.industries, *entity.topics)), 90)
        self._text(fact.source.title, 35, plain=True)
        self._text(fact.source.publisher, 35, plain=True)
        for word in words(fold(fact.source.publisher)):
            self._put(f"b:{stem(word.text)}", 80)
        for asked in self._lexicon.fields_of(fact.field, entity.kind):
            is_first = self._lexicon.fields[asked].is_first(fact.field or "")
            self._put(f"f:{asked}", 100 if is_first else _SECOND)
        self._put(f"e:{owner}", 100)
        self._dates(fact)
        self._count += 1

    def postings(self) -> dict[str, tuple[list[int], list[int]]]:
        """Give key -> (rows, weights in per cent)."""
        return {k: (list(rows), list(rows.values())) for k, rows in self._found.items()}

    def _put(self, key: str, weight: int) -> None:
        rows = self._found[key]
        if rows.get(self._count, 0) < weight:
            rows[self._count] = weight

    def _text(
        self, text: str, weight: int, *, owner: int | None = None, plain: bool = False
    ) -> None:
        folded = fold(text)
        spelled = [w.text for w in words(folded)]
        found = [stem(w) for w in spelled]
        for word in found:
            self._put(f"w:{word}", weight)
        for before, letter in itertools.pairwise(found):
            if len(letter) == 1 and letter.isalpha():
                self._put(f"w:{before}_{letter}", weight)
        if plain:
            return
        self.vocabulary.update(w for w in spelled if len(w) >= _MIN_SPELLED and w.isalpha())
        for hit in self._lexicon.synonyms.find(found):
            self._put(hit.tag, int(weight * 0.85))
        for hit in self._phrases.find(found):
            if hit.tag.startswith("f:"):
                if hit.end - hit.start > 1 or found[hit.start] not in self._lexicon.light:
                    self._put(hit.tag, int(weight * (0.6 if hit.end - hit.start > 1 else 0.45)))
            elif hit.tag.startswith("p:"):
                self._put(hit.tag, weight)
        if owner is not None:
            self._mentions(folded, owner)

    def _mentions(self, folded: str, owner: int) -> None:
        parts = [p.text for p in pieces(folded)]
        for start in range(len(parts)):
            for end in range(start + 1, min(len(parts), start + _LONGEST_NAME) + 1):
                key = "".join(parts[start:end])
                others = [n for n in self._names.get(key, ()) if n[0] != owner]
                for other, is_family in others:
                    self._put(f"e:{other}", 30 if is_family else 80)
                if others:
                    self._put(f"n:{key}", 80)

    def _dates(self, fact: Fact) -> None:
        for year in _YEAR.findall(f"{fact.claim} {fact.value or ''}"):
            self._put(f"d:{year}", 100)
        for text, weight in ((fact.value or "", 100), (fact.as_of, 80)):
            if _YEAR.match(text):
                self._put(f"d:{text[:4]}", weight)
                if len(text) >= 7 and text[4] == "-":
                    self._put(f"d:{text[:7]}", weight)
        self._months(fact.claim)

    def _months(self, claim: str) -> None:
        found = [w.text for w in words(fold(claim))]
        years = [w for w in found if _YEAR.fullmatch(w)]
        for word in found:
            month = self._lexicon.months.get(word)
            if month and (word != "may" or "May" in claim):
                for year in years:
                    self._put(f"d:{year}-{month:02}", 100)
                self._put(f"m:{month:02}", 100)


def extend(entities: Iterable[Entity], extra: Iterable[Entity]) -> list[Entity]:
    """Lay a bank's own entities over the built-in ones.

    Facts of a known id are added to it. An added fact with field and value replaces a built-in one
    of the same field and qualifiers; a fact with `until` retires the built-in one with that claim.
    """
    merged = {e.id: e for e in entities}
    for added in extra:
        known = merged.get(added.id)
        merged[added.id] = _merge(known, added) if known else added
    return list(merged.values())


def _merge(known: Entity, added: Entity) -> Entity:
    replaced = {(f.field, f.qualifiers) for f in added.facts if f.field and f.value}
    claims = {f.claim for f in added.facts}
    kept = tuple(
        f
        for f in known.facts
        if f.claim not in claims and not (f.field and (f.field, f.qualifiers) in replaced)
    )
    texts = {k: getattr(added, k) or getattr(known, k) for k in ("family", "predecessor")}
    return Entity(
        id=known.id,
        name=added.name or known.name,
        kind=known.kind,
        aliases=tuple(dict.fromkeys((*known.aliases, *added.aliases))),
        family=texts["family"],
        predecessor=texts["predecessor"],
        successor=added.successor or known.successor,
        may_mean=known.may_mean or added.may_mean,
        members=tuple(dict.fromkeys((*known.members, *added.members))),
        related=tuple(dict.fromkeys((*known.related, *added.related))),
        industries=tuple(dict.fromkeys((*known.industries, *added.industries))),
        topics=tuple(dict.fromkeys((*known.topics, *added.topics))),
        facts=(*kept, *(f for f in added.facts if not f.until)),
        file=known.file,
        line=known.line,
    )
