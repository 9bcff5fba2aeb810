"""Lists, filters and superlatives over typed values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.market.compare import cell, value
from bot.market.conditions import Condition, Conditions
from bot.market.drafting import Ask, Draft
from bot.market.fitting import fitting
from bot.market.knowledge import Row
from bot.market.lookup import ended_first
from bot.market.model import Table

_MOST = 20
_ALIKE = {"model": ("model", "product")}
_TOP = 6
_TWO = 2  # things at least are compared
_ENDED = ("discontinued", "retired", "research")
_FIELDS = {"price": "price", "length": "length"}


@dataclass(frozen=True, slots=True)
class Match:
    """An entity on a list with the facts that put it there, by lexicon field."""

    owner: int
    evidence: dict[str, Row]


def listing(ask: Ask, conditions: Conditions) -> Draft | None:
    """List what meets all conditions of a question; None where it has none."""
    wanted = conditions.read(ask.reading)
    kind = kind_of(ask)
    named = [c for c in wanted if c.field not in ("country", "vendor")] or ask.reading.before
    if not wanted or not ("k:model" in ask.reading.tags or named or kind != "model"):
        return None
    if kind == "model" and not _asks_for_things(ask):
        return None
    return list_of(ask, wanted, kind)


def list_of(ask: Ask, wanted: Sequence[Condition], kind: str) -> Draft | None:
    """List what meets all of some conditions, else what comes closest; None if nothing does."""
    found = matches(ask, wanted, kind)
    if not found:
        return _closest(ask, wanted, kind)
    by_price = any(c.field == "price" and c.at_most is not None for c in wanted)
    found.sort(key=lambda m: _price_of(m) if by_price else -ask.knowledge.ranks[m.owner])
    fields = list(dict.fromkeys([*(c.field for c in wanted if c.field), *shown_too(ask)]))
    found = [_with_asked(ask, m, fields, wanted) for m in found[: _MOST + 1]]
    labels = [c.label for c in wanted]
    head = ask.say("answer_table.matches", conditions=labels, by_price=by_price)
    more = [ask.say("answer_table.more")] if len(found) > _MOST else []
    return Draft(
        sentences=(head, *more),
        table=table_of(ask, found[:_MOST], fields),
        entities=tuple(m.owner for m in found[:_MOST]),
    )


def shown_too(ask: Ask) -> list[str]:
    """Give the fields that a list shows besides its conditions: `4K models and their price`."""
    asked = [f for u in ask.reading.units if u.kind == "field" for f in u.fields]
    return [f for f in dict.fromkeys(asked) if ask.lexicon.fields[f].table]


def _with_asked(
    ask: Ask, match: Match, fields: Sequence[str], wanted: Sequence[Condition]
) -> Match:
    """Add the fact that a column shows: the lowest price, the highest of everything else."""
    evidence = dict(match.evidence)
    for field in fields:
        rows = [r for r in _usable(ask, match.owner, field, wanted) if r.fact.is_current]
        unit = ask.lexicon.fields[field].unit
        typed = [r for r in rows if _counts(r) and r.value and r.value.type == unit]
        typed.sort(key=lambda r: (r.number or 0.0) * (1 if field == "price" else -1))
        best = typed or rows
        if field not in evidence and best:
            evidence[field] = best[0]
    return Match(match.owner, evidence)


def _price_of(match: Match) -> float:
    row = match.evidence.get("price")
    return (row.number if row else None) or 0.0


def kind_of(ask: Ask) -> str:
    """Give the kind of thing that is to be listed; models if nothing is said."""
    kinds = [k for k in ("company", "regulation", "usecase") if f"k:{k}" in ask.reading.tags]
    return "model" if "k:model" in ask.reading.tags or not kinds else kinds[0]


def _asks_for_things(ask: Ask) -> bool:
    is_list = ask.reading.has("list") or ask.reading.before is not None
    return "k:model" in ask.reading.tags or is_list or _is_top(ask)


def _is_top(ask: Ask) -> bool:
    return any(t.startswith("top:") for t in ask.reading.tags)


def matches(ask: Ask, wanted: Sequence[Condition], kind: str) -> list[Match]:
    """Give everything of a kind that meets all conditions."""
    found = []
    asks_status = any(c.field in ("status", "kind") for c in wanted) or _asks_oldest(ask)
    for owner, entity in enumerate(ask.knowledge.entities):
        if entity.kind not in _ALIKE.get(kind, (kind,)) or (
            not asks_status and is_ended(ask, owner)
        ):
            continue
        evidence: dict[str, Row] = {}
        for condition in wanted:
            if owner in condition.besides:
                break
            if not condition.field:
                continue
            row = condition.test(_comparable(ask, owner, condition, wanted))
            if row is None:
                break
            evidence[condition.field] = row
        else:
            found.append(Match(owner, evidence))
    return found


def _comparable(
    ask: Ask, owner: int, condition: Condition, wanted: Sequence[Condition]
) -> list[Row]:
    """Give the facts that a condition can be tested on: numbers only in the unit of the field."""
    rows = _usable(ask, owner, condition.field, wanted)
    if condition.holds:
        return rows
    unit = ask.lexicon.fields[condition.field].unit
    is_size = condition.field == "vram"  # the weights alone do not say what a card must hold
    rows = [r for r in rows if not (is_size and "weights" in (r.fact.field or ""))]
    return [r for r in rows if r.value and r.value.type == unit]


def _usable(ask: Ask, owner: int, field: str, wanted: Sequence[Condition]) -> list[Row]:
    rows = ask.knowledge.facts(owner, field)
    return fitting(rows, wanted) if field == "price" else rows


def _asks_oldest(ask: Ask) -> bool:
    found = [ask.lexicon.superlatives[int(t[4:])] for t in ask.reading.tags if t[:4] == "top:"]
    return any(e["field"] == "released" and e["end"] == "low" for e in found)


def is_ended(ask: Ask, owner: int) -> bool:
    """Tell whether something has ended or was never offered."""
    rows = [r for r in ask.knowledge.facts(owner, "status") if r.fact.is_current]
    rows += ask.knowledge.facts(owner, "kind")
    return any(w in (r.fact.value or "").lower() for r in rows for w in _ENDED)


def table_of(ask: Ask, found: Sequence[Match], fields: Sequence[str]) -> Table:
    """Draw a table of matches with one column per field."""
    labels = [ask.lexicon.fields[f].named(ask.locale) for f in fields]
    rows = tuple(
        (
            ask.name(m.owner),
            *(value(ask, m.evidence[f]) if f in m.evidence else "-" for f in fields),
        )
        for m in found
    )
    return Table(("", *labels), rows)


def _closest(ask: Ask, wanted: Sequence[Condition], kind: str) -> Draft | None:
    """Say that nothing meets everything, and show what misses one condition only."""
    labels = [c.label for c in wanted]
    text = ask.say("answer_table.none_match", conditions=labels)
    best: list[Match] = []
    for left_out in wanted:
        rest = [c for c in wanted if c is not left_out]
        if rest and len(best) < _TOP:
            best += _nearest(ask, matches(ask, rest, kind), left_out, wanted)[:3]
    if not best:
        return None
    unique = list({m.owner: m for m in best}.values())[:_TOP]
    fields = list(dict.fromkeys(c.field for c in wanted if c.field))
    return Draft(
        sentences=(text, ask.say("answer_table.closest")),
        table=table_of(ask, unique, fields),
        entities=tuple(m.owner for m in unique),
        strength=0.4,
    )


def _nearest(
    ask: Ask, found: list[Match], missed: Condition, wanted: Sequence[Condition]
) -> list[Match]:
    """Add how far off each match is from the condition that it misses, the nearest first."""
    if missed.holds or not missed.field:
        return found
    low = missed.at_most is not None
    near = []
    for match in found:
        rows = [r for r in _comparable(ask, match.owner, missed, wanted) if _counts(r)]
        rows.sort(key=lambda r: (r.number or 0.0) if low else -(r.number or 0.0))
        if rows:
            distance = (rows[0].number or 0.0) if low else -(rows[0].number or 0.0)
            near.append((distance, Match(match.owner, {**match.evidence, missed.field: rows[0]})))
    return [m for _, m in sorted(near, key=lambda pair: pair[0])] or found


def _counts(row: Row) -> bool:
    return row.number is not None and row.fact.is_current and not row.fact.conflict


def superlative(ask: Ask, conditions: Conditions) -> Draft | None:
    """Rank things by the field that a superlative names; None where there is none."""
    positions = [int(t[4:]) for t in ask.reading.tags if t.startswith("top:")]
    if not positions:
        return None
    entry = ask.lexicon.superlatives[_most_exact(ask, positions)]
    field, low = str(entry["field"]), entry["end"] == "low"
    kind = "company" if field in ("valuation", "funding", "users") else kind_of(ask)
    wanted = [c for c in conditions.read(ask.reading) if c.field != field or not c.holds]
    owners = _scope(ask)
    found = matches(ask, wanted, kind if kind in ("model", "company") else "model")
    found = [m for m in found if not owners or m.owner in owners]
    if owners and not found:
        found = [Match(o, {}) for o in owners]
    ranked = _ranked(ask, found, (field, low), wanted)
    if not ranked or len(owners) == 1:
        return None  # nothing to rank: a fact about the one thing says more
    return _podium(ask, ranked[:_TOP], (field, low), wanted)


def _most_exact(ask: Ask, positions: Sequence[int]) -> int:
    """Prefer the superlative whose phrase is longest: `longest clip` before `best`."""
    lengths = {h.tag: h.end - h.start for h in ask.reading.hits if h.tag.startswith("top:")}
    return max(positions, key=lambda p: (lengths.get(f"top:{p}", 0), -p))


def ranked_among(ask: Ask, owners: Sequence[int]) -> Draft | None:
    """Answer `which is cheaper, A or B`: the things named, ranked, and what nobody recorded."""
    entry = _comparing(ask)
    if entry is None or len(owners) < _TWO:
        return None
    field, low = str(entry["field"]), entry["end"] == "low"
    ranked = [
        (number, match, row)
        for owner in owners
        for number, match, row in _ranked(ask, [Match(owner, {})], (field, low), [], base=True)
    ]
    if not ranked:
        return None
    ranked.sort(key=lambda e: e[0] if low else -e[0])
    missing = [o for o in owners if all(m.owner != o for _, m, _ in ranked)]
    label = ask.lexicon.fields[field].named(ask.locale)
    said = [ask.say("answer_unknown.field", what=label, subject=ask.name(o)) for o in missing]
    if len(ranked) == 1:
        lead = ask.sentence(ranked[0][2])
        return Draft(sentences=(*said, lead), entities=tuple(owners), is_gap=True)
    draft = _podium(ask, ranked, (field, low), [])
    ended = [s for o in owners for s in ended_first(ask, ask.knowledge.facts(o, "price")[:1])]
    rows = [(ask.name(m.owner), cell(ask, _with_first(ask, m, field))) for _, m, _ in ranked]
    return Draft(
        sentences=(*ended, *draft.sentences, *said),
        table=Table(("", label), tuple(rows)),
        entities=draft.entities,
        is_gap=bool(missing),
    )


def _with_first(ask: Ask, match: Match, field: str) -> list[Row]:
    """Give the facts for a cell; of the date of something the one that ranked it."""
    rows = ask.knowledge.facts(match.owner, field)
    return rows if field != "released" else [match.evidence.get(field) or rows[0]] if rows else []


def _comparing(ask: Ask) -> Mapping[str, Any] | None:
    """Give what things named are compared by; the longest phrase counts."""
    hits = [h for h in ask.reading.hits if h.tag.startswith(("than:", "top:"))]
    if not hits:
        return None
    sort, _, position = max(hits, key=lambda h: h.end - h.start).tag.partition(":")
    lexicon = ask.lexicon
    return (lexicon.superlatives if sort == "top" else lexicon.comparatives)[int(position)]


def _scope(ask: Ask) -> set[int]:
    """Give the models named in the question: a superlative of Wan ranks the Wan models."""
    found: set[int] = set()
    for mention in ask.reading.mentions:
        models = [e for e in mention.all if ask.knowledge.entities[e].kind == "model"]
        if models and (mention.family or len(models) > 1 or mention.exact):
            found.update(models)
    return found


def _ranked(
    ask: Ask,
    found: Sequence[Match],
    by: tuple[str, bool],
    wanted: Sequence[Condition],
    *,
    base: bool = False,
) -> list[tuple[float, Match, Row]]:
    """Rank matches by their best value; with `base` by what holds with the fewest conditions."""
    field, low = by
    unit = ask.lexicon.fields[field].unit
    days = [k[2:] for u in ask.reading.units if u.kind == "date" for k, _ in u.keys[:1]]
    if field == "released":
        return _by_age(ask, found, oldest_first=low)
    entries = []
    newest = ""
    for match in found:
        rows = [
            r
            for r in _usable(ask, match.owner, field, wanted)
            if r.number is not None
            and r.value is not None
            and r.value.type == unit
            and (any(r.fact.as_of.startswith(d) for d in days) if days else r.fact.is_current)
            and not r.fact.conflict
            and r.fact.verified
        ]
        if base and rows:
            least = min(map(_special, rows))
            rows = [r for r in rows if _special(r) == least]
        if field == "arena_score":
            newest = max([newest, *(r.fact.as_of for r in rows)])
        if rows:
            best = (min if low else max)(rows, key=lambda r: r.number or 0.0)
            entries.append((best.number or 0.0, match, best))
    if newest and not any(u.kind == "date" for u in ask.reading.units):
        entries = [e for e in entries if e[2].fact.as_of == newest]
    return sorted(entries, key=lambda e: (e[0] if low else -e[0], e[1].owner))


def _special(row: Row) -> int:
    """Count what narrows a value down: a tier, a condition, being without sound."""
    fact = row.fact
    return (fact.variant is not None) + (fact.condition is not None) + (fact.sound == "no")


def _by_age(
    ask: Ask, found: Sequence[Match], *, oldest_first: bool
) -> list[tuple[float, Match, Row]]:
    """Rank by when things came out, also where the very day is not known."""
    entries = []
    for match in found:
        facts = ask.knowledge.facts
        rows = [*facts(match.owner, "released"), *facts(match.owner, "announced")]
        rows += facts(match.owner, "status")
        if rows:
            entries.append((ask.knowledge.ranks[match.owner], match, rows[0]))
    return sorted(entries, key=lambda e: (e[0] if oldest_first else -e[0], e[1].owner))


def _podium(
    ask: Ask,
    ranked: Sequence[tuple[float, Match, Row]],
    by: tuple[str, bool],
    wanted: Sequence[Condition],
) -> Draft:
    field, low = by
    label = ask.lexicon.fields[field].named(ask.locale)
    first = ask.name(ranked[0][1].owner)
    head = ask.say(
        "answer_table.ranked",
        label=label,
        first=f"**{first}**",
        low=low,
        scope=", ".join(c.label for c in wanted),
    )
    others = [c.field for c in wanted if c.field and c.field != field]
    found = [Match(m.owner, {**m.evidence, field: row}) for _, m, row in ranked]
    lead = ask.sentence(ranked[0][2])
    return Draft(
        sentences=(head, lead),
        table=table_of(ask, found, list(dict.fromkeys([field, *others]))),
        entities=tuple(m.owner for m in found),
    )
