"""Lists, filters and superlatives over typed values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.market.compare import value
from bot.market.conditions import Condition, Conditions
from bot.market.drafting import Ask, Draft
from bot.market.fitting import fitting
from bot.market.knowledge import Row
from bot.market.model import Table

_MOST = 20
_ALIKE = {"model": ("model", "product")}
_TOP = 6
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
    if kind == "model" and not (_asks_for_things(ask) or only_conditions(ask, wanted)):
        return None
    return list_of(ask, wanted, kind)


def list_of(ask: Ask, wanted: Sequence[Condition], kind: str) -> Draft | None:
    """List what meets all of some conditions, else what comes closest; None if nothing does."""
    line = _line(ask)
    found = [m for m in matches(ask, wanted, kind) if not line or m.owner in line]
    limited = [c for c in wanted if not c.holds]  # a number makes it a list without `models`
    if not found:
        is_list = {f"k:{kind}", "op:hardware"} & ask.reading.tags or ask.reading.before or limited
        return _closest(ask, wanted, kind) if is_list else None
    by_price = any(c.field == "price" and c.at_most is not None for c in wanted)
    found.sort(key=lambda m: _price_of(m) if by_price else -ask.knowledge.ranks[m.owner])
    fields = list(dict.fromkeys([*(c.field for c in wanted if c.field), *shown_too(ask)]))
    found = [_with_asked(ask, m, fields, wanted) for m in found[: _MOST + 1]]
    fields = [f for f in fields if any(f in m.evidence for m in found)]
    labels = [c.label for c in wanted]
    head = ask.say("answer_table.matches", conditions=labels, by_price=by_price)
    more = [ask.say("answer_table.more")] if len(found) > _MOST else []
    return Draft(
        sentences=(head, *more),
        table=table_of(ask, found[:_MOST], fields),
        entities=tuple(m.owner for m in found[:_MOST]),
    )


def _line(ask: Ask) -> set[int]:
    """Give the models that a list is to be made of: `which Wan models are open`; all if empty."""
    kinds = ask.knowledge.entities
    return {
        e
        for m in ask.reading.mentions
        if len(m.family) > 1
        for e in m.family
        if kinds[e].kind == "model" and not any(kinds[o].kind == "company" for o in m.exact)
    }


def shown_too(ask: Ask) -> list[str]:
    """Give the fields that a list shows besides its conditions: `4K models and their price`."""
    asked = [f for u in ask.reading.units if u.kind == "field" for f in u.fields]
    is_narrowed = ask.reading.before is not None
    return [f for f in dict.fromkeys(asked) if is_narrowed or ask.lexicon.fields[f].table][:3]


def _with_asked(
    ask: Ask, match: Match, fields: Sequence[str], wanted: Sequence[Condition]
) -> Match:
    """Add the fact that a column shows: the lowest price, the highest of everything else."""
    evidence = dict(match.evidence)
    for field in fields:
        rows = [r for r in usable(ask, match.owner, field, wanted) if r.fact.is_current]
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


def only_conditions(ask: Ask, wanted: Sequence[Condition]) -> bool:
    """Tell whether nothing but conditions is said: `30 s with sound, not Kling`."""
    spans = [h for h in ask.reading.hits if h.tag[:2] in ("c:", "p:")]
    left = [
        u
        for u in ask.reading.units
        if u.kind in ("word", "unknown", "date", "variant")
        or (u.kind == "field" and not any(h.start <= u.start < h.end for h in spans))
    ]
    return len(wanted) > 1 and not left and not ask.reading.mentions


def _is_top(ask: Ask) -> bool:
    return any(t.startswith("top:") for t in ask.reading.tags)


def matches(ask: Ask, wanted: Sequence[Condition], kind: str) -> list[Match]:
    """Give everything of a kind that meets all conditions."""
    found = []
    asks_status = any(c.field in ("status", "kind") for c in wanted) or _asks_oldest(ask)
    is_of_maker = all(c.field == "vendor" and not c.denied for c in wanted)
    asks_status = asks_status or (is_of_maker and not _is_top(ask))
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
            rows = _comparable(ask, owner, condition, wanted)
            row = condition.test(rows)
            if row is None and condition.unless_said and not rows:
                continue
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
    rows = usable(ask, owner, condition.field, wanted)
    if condition.holds:
        return rows
    unit = ask.lexicon.fields[condition.field].unit
    is_size = condition.field == "vram"  # the weights alone do not say what a card must hold
    rows = [r for r in rows if not (is_size and "weights" in (r.fact.field or ""))]
    return [r for r in rows if r.value and r.value.type == unit]


def usable(ask: Ask, owner: int, field: str, wanted: Sequence[Condition]) -> list[Row]:
    """Give the facts of a field that may be compared: prices only at the size asked for."""
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
