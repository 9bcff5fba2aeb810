"""Lists, filters and superlatives over typed values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.market.compare import value
from bot.market.conditions import Condition, Conditions
from bot.market.drafting import Ask, Draft
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
    named = [c for c in wanted if c.field not in ("country", "vendor")]
    if not wanted or not ("k:model" in ask.reading.tags or named or kind != "model"):
        return None
    if kind == "model" and not _asks_for_things(ask):
        return None
    found = matches(ask, wanted, kind)
    if not found:
        return _closest(ask, wanted, kind)
    found.sort(key=lambda m: -ask.knowledge.ranks[m.owner])
    fields = list(dict.fromkeys(c.field for c in wanted))
    head = ask.say("answer_table.matches", conditions=[c.label for c in wanted])
    more = [ask.say("answer_table.more")] if len(found) > _MOST else []
    return Draft(
        sentences=(head, *more),
        table=table_of(ask, found[:_MOST], fields),
        entities=tuple(m.owner for m in found[:_MOST]),
    )


def kind_of(ask: Ask) -> str:
    """Give the kind of thing that is to be listed; models if nothing is said."""
    kinds = [k for k in ("company", "regulation", "usecase") if f"k:{k}" in ask.reading.tags]
    return "model" if "k:model" in ask.reading.tags or not kinds else kinds[0]


def _asks_for_things(ask: Ask) -> bool:
    return "k:model" in ask.reading.tags or ask.reading.has("list") or _is_top(ask)


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
            row = condition.test(ask.knowledge.facts(owner, condition.field))
            if row is None:
                break
            evidence[condition.field] = row
        else:
            found.append(Match(owner, evidence))
    return found


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
            best += matches(ask, rest, kind)[:3]
    if not best:
        return None
    unique = list({m.owner: m for m in best}.values())[:_TOP]
    fields = list(dict.fromkeys(c.field for c in wanted))
    return Draft(
        sentences=(text, ask.say("answer_table.closest")),
        table=table_of(ask, unique, fields),
        entities=tuple(m.owner for m in unique),
        strength=0.4,
    )


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
    ranked = _ranked(ask, found, (field, low))
    if not ranked or len(owners) == 1:
        return None  # nothing to rank: a fact about the one thing says more
    return _podium(ask, ranked[:_TOP], (field, low), wanted)


def _most_exact(ask: Ask, positions: Sequence[int]) -> int:
    """Prefer the superlative whose phrase is longest: `longest clip` before `best`."""
    lengths = {h.tag: h.end - h.start for h in ask.reading.hits if h.tag.startswith("top:")}
    return max(positions, key=lambda p: (lengths.get(f"top:{p}", 0), -p))


def _scope(ask: Ask) -> set[int]:
    """Give the models named in the question: a superlative of Wan ranks the Wan models."""
    found: set[int] = set()
    for mention in ask.reading.mentions:
        models = [e for e in mention.all if ask.knowledge.entities[e].kind == "model"]
        if models and (mention.family or len(models) > 1 or mention.exact):
            found.update(models)
    return found


def _ranked(
    ask: Ask, found: Sequence[Match], by: tuple[str, bool]
) -> list[tuple[float, Match, Row]]:
    field, low = by
    unit = ask.lexicon.fields[field].unit
    days = [k[2:] for u in ask.reading.units if u.kind == "date" for k, _ in u.keys[:1]]
    if field == "released":
        return _by_age(ask, found, oldest_first=low)
    entries = []
    newest = ""
    for match in found:
        sounds = "audio" in match.evidence and match.evidence["audio"].fact.value == "yes"
        rows = [
            r
            for r in ask.knowledge.facts(match.owner, field)
            if r.number is not None
            and r.value is not None
            and not (sounds and r.fact.sound == "no")
            and r.value.type == unit
            and (any(r.fact.as_of.startswith(d) for d in days) if days else r.fact.is_current)
            and not r.fact.conflict
            and r.fact.verified
        ]
        if field == "arena_score":
            newest = max([newest, *(r.fact.as_of for r in rows)])
        if rows:
            best = (min if low else max)(rows, key=lambda r: r.number or 0.0)
            entries.append((best.number or 0.0, match, best))
    if newest and not any(u.kind == "date" for u in ask.reading.units):
        entries = [e for e in entries if e[2].fact.as_of == newest]
    return sorted(entries, key=lambda e: (e[0] if low else -e[0], e[1].owner))


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
    others = [c.field for c in wanted if c.field != field]
    found = [Match(m.owner, {**m.evidence, field: row}) for _, m, row in ranked]
    lead = ask.sentence(ranked[0][2])
    return Draft(
        sentences=(head, lead),
        table=table_of(ask, found, list(dict.fromkeys([field, *others]))),
        entities=tuple(m.owner for m in found),
    )
