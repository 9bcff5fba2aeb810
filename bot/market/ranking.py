"""Superlatives and comparatives: what comes first by a typed value, and what nobody recorded."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.market.compare import cell, of_tier
from bot.market.conditions import Condition, Conditions
from bot.market.drafting import Ask, Draft
from bot.market.knowledge import Row
from bot.market.linking import Mention
from bot.market.lists import Match, kind_of, matches, table_of, usable
from bot.market.lookup import ended_first
from bot.market.model import Table
from bot.market.naming import compact

_TOP = 6
_MOST = 20

_ONE = 0.7  # of one thing a fact in the very words says more


_TWO = 2  # things at least are compared
_STRONG_UNIT = 2.0
_KINDS = {"valuation": "company", "funding": "company", "users": "company", "plan": "plan"}


_PLACES = re.compile(
    r"\b(?:top|first|the)[ -](\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)\b"
    r"(?! ?(?:s|k|p|gb|sec|seconds?|min|minutes?)\b)"
)


def superlative(ask: Ask, conditions: Conditions) -> Draft | None:
    """Rank things by the field that a superlative names; None where there is none."""
    positions = [int(t[4:]) for t in ask.reading.tags if t.startswith("top:")]
    positions = [p for p in positions if _field_of(ask, ask.lexicon.superlatives[p])]
    if not positions:
        return None
    entry = ask.lexicon.superlatives[_most_exact(ask, positions)]
    field, low = _ranked_by(ask, entry, conditions), entry["end"] == "low"
    kind = _KINDS.get(field) or kind_of(ask)
    wanted = [c for c in conditions.read(ask.reading) if c.field != field or not c.holds]
    owners = _scope(ask)
    found = matches(ask, wanted, kind if kind in ("model", "company", "plan") else "model")
    found = [m for m in found if not owners or m.owner in owners]
    if owners and not found:
        found = [Match(o, {}) for o in owners]
    ranked = _ranked(ask, found, (field, low), wanted)
    if ranked and len(owners) == 1 and not ask.reading.before:
        best = ask.sentence(ranked[0][2])
        return Draft(sentences=(best,), entities=(ranked[0][1].owner,), strength=_ONE)
    if not ranked:
        return None
    return _podium(ask, ranked[: _how_many(ask)], (field, low), wanted)


def _ranked_by(ask: Ask, entry: Mapping[str, Any], conditions: Conditions) -> str:
    """Give the field to rank by: of `longest extension` the one named beside, if of its unit."""
    field = _field_of(ask, entry)
    if field == "price" and "plan" in ask.reading.asked:
        return "plan"
    spans = [h for h in ask.reading.hits if h.tag.startswith("top:")]
    beside = [
        f
        for u in ask.reading.units
        if u.weight >= _STRONG_UNIT
        and not any(h.start <= u.start < h.end for h in spans)
        and not conditions.denied_before(ask.reading, u.start)
        for f in u.fields
    ]
    unit = ask.lexicon.fields[field].unit
    alike = [f for f in beside if unit and ask.lexicon.fields[f].unit == unit]
    return alike[0] if alike and field not in alike else field


def _how_many(ask: Ask) -> int:
    """Give how many places of a ranking are asked for: `top 3`."""
    found = _PLACES.search(ask.reading.folded)
    number = ask.lexicon.numbers.get(found.group(1), found.group(1)) if found else ""
    return min(max(int(number), 1), _MOST) if number.isdigit() else _TOP


def _most_exact(ask: Ask, positions: Sequence[int]) -> int:
    """Prefer the superlative whose phrase is longest: `longest clip` before `best`."""
    lengths = {h.tag: h.end - h.start for h in ask.reading.hits if h.tag.startswith("top:")}
    return max(positions, key=lambda p: (lengths.get(f"top:{p}", 0), -p))


def _is_firm(ask: Ask, owner: int, mention: Mention) -> bool:
    entity = ask.knowledge.entities[owner]
    return entity.kind == "company" and compact(entity.name) == mention.key


def ranked_among(ask: Ask, owners: Sequence[int], conditions: Conditions) -> Draft | None:
    """Answer `which is cheaper, A or B`: the things named, ranked, and what nobody recorded."""
    entry = _comparing(ask)
    if entry is None or len(owners) < _TWO:
        return None
    field, low = _field_of(ask, entry), entry["end"] == "low"
    if not field:
        return None
    wanted = [c for c in conditions.read(ask.reading) if c.field in ("resolution", "audio")]
    ranked = [
        (number, match, row)
        for owner in owners
        for number, match, row in _ranked(ask, [Match(owner, {})], (field, low), wanted, base=True)
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
    draft = _podium(ask, ranked, (field, low), wanted)
    ended = [s for o in owners for s in ended_first(ask, ask.knowledge.facts(o, "price")[:1])]
    rows = [
        (ask.name(m.owner), cell(ask, _with_first(ask, m, field, wanted))) for _, m, _ in ranked
    ]
    return Draft(
        sentences=(*ended, *draft.sentences, *said),
        table=Table(("", label), tuple(rows)),
        entities=draft.entities,
        is_gap=bool(missing),
    )


def _with_first(ask: Ask, match: Match, field: str, wanted: Sequence[Condition]) -> list[Row]:
    """Give the facts for a cell; of the date of something the one that ranked it."""
    rows = of_tier(ask, match.owner, usable(ask, match.owner, field, wanted))
    return rows if field != "released" else [match.evidence.get(field) or rows[0]] if rows else []


def _field_of(ask: Ask, entry: Mapping[str, Any]) -> str:
    """Give the field that things are compared by: `which has the higher valuation` names it."""
    if entry["field"] != "asked":
        return str(entry["field"])
    first = next(iter(ask.reading.asked), None)
    unit = ask.lexicon.fields[first].unit if first else ""
    return first if first and unit and unit not in ("yes_no", "date") else ""


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
        if any(_is_firm(ask, e, mention) for e in mention.all):
            continue  # a condition on the maker says it better
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
    days = [k for u in ask.reading.units if u.kind == "date" for k, _ in u.keys[:1]]
    if field == "released":
        return _by_age(ask, found, oldest_first=low)
    entries = []
    newest = ""
    for match in found:
        rows = [
            r
            for r in of_tier(ask, match.owner, usable(ask, match.owner, field, wanted))
            if r.number is not None
            and r.value is not None
            and r.value.type == unit
            and (unit != "money" or _is_ranked_money(ask, r, field))
            and (any(_is_of(r, d) for d in days) if days else r.fact.is_current)
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


def _is_ranked_money(ask: Ask, row: Row, field: str) -> bool:
    """Tell whether a sum can stand in a ranking: of the very field, in dollars, as paid.

    Other currencies are not converted, and a round is no valuation.
    """
    is_dollars = row.value is not None and row.value.currency == "USD"
    return is_dollars and ask.lexicon.fields[field].is_first(row.fact.field or "")


def _is_of(row: Row, day: str) -> bool:
    """Tell whether a fact holds for a year, a month of it (d:2026-04) or a month (m:04)."""
    if day.startswith("m:"):
        return row.fact.as_of[5:7] == day[2:]
    return row.fact.as_of.startswith(day[2:])


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
        rows += [ask.knowledge.rows[i] for i in ask.knowledge.rows_of[match.owner][:1]]
        if rows:  # the last one only stands in for a day that nobody recorded
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
    shown = {field, "released", "announced", "status"}
    found = [
        Match(m.owner, {**m.evidence, field: row} if shown & set(row.asks) else m.evidence)
        for _, m, row in ranked
    ]
    lead = ask.sentence(ranked[0][2])
    return Draft(
        sentences=(head, lead),
        table=table_of(ask, found, list(dict.fromkeys([field, *others]))),
        entities=tuple(m.owner for m in found),
    )
