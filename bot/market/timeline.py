"""Timelines: what happened to something, in order."""

from __future__ import annotations

import re

from bot.market.drafting import Ask, Draft
from bot.market.knowledge import Row
from bot.market.text import stems

_MOST = 6
_NEWEST = 6
_SAME = 0.5  # of the words of a shorter claim: the same event told again
_NEWS = ("new", "latest", "news", "update", "updates")
_ROLES = ("role", "business", "products", "models", "form", "owns")
_OLDEST = 2  # of a long story, so many from its beginning, the rest from its end
_MENTIONED = 0.75
_DATED = ("released", "announced", "shutdown", "status", "effective")
_MEASURES = ("duration", "resolution", "rate", "memory", "yes_no", "parameters", "list", "count")
_DULL = (
    "commercial_use",
    "licence",
    "plan",
    "limits",
    "watermark",
    "free",
    "role",
    "vendor",
    "country",
    "kind",
    "inputs",
    "resolution",
    "fps",
    "audio",
    "model_id",
    "price",
)


def timeline(ask: Ask) -> Draft | None:
    """List dated facts about what is named, oldest first; None without a name."""
    reading = ask.reading
    if not reading.mentions:
        return None
    entries = _entries(ask)
    if not entries:
        return None
    shown = _shown(ask, _each_once(entries))
    lines = [f"- **{ask.month(day)}**: {ask.sentence(row)}" for day, row in shown]
    mention = reading.mentions[0]
    is_one = len(mention.all) == 1 and mention.exact
    name = ask.name(mention.exact[0]) if is_one else mention.text.title()
    head = ask.say("answer_table.timeline", subject=name)
    return Draft(
        sentences=(head + "\n" + "\n".join(lines),),
        entities=tuple(dict.fromkeys(r.owner for _, r in entries)),
    )


def _entries(ask: Ask) -> list[tuple[str, Row]]:
    """Give the dated facts about what is named, with their days, oldest first."""
    keys = [[k[2:] for k, _ in u.keys if k[:2] == "d:"] for u in ask.reading.units]
    days = {d for found in keys for d in (found[:-1] or found)}  # months go before their year
    found: dict[int, tuple[str, Row]] = {}
    shared = _about_all(ask)
    for owner in ask.reading.entities:
        for index, weight in ask.knowledge.postings(f"e:{owner}").items():
            row = ask.knowledge.rows[index]
            day = _day(row)
            is_then = not days or (day or "").startswith(tuple(days))
            is_shared = shared is None or index in shared
            if weight < _MENTIONED or not day or not is_then or not is_shared:
                continue
            if _is_event(row):
                found[index] = (day, row)
    return sorted(found.values(), key=lambda e: e[0])


def _about_all(ask: Ask) -> set[int] | None:
    """Give the facts about all of several things: `what happened between Cameo and OpenAI`."""
    named = {m.key: m for m in ask.reading.mentions}
    if len(named) < 2:  # noqa: PLR2004
        return None
    sets = [{i for e in m.all for i in ask.knowledge.postings(f"e:{e}")} for m in named.values()]
    return set.intersection(*sets) or None


def _each_once(entries: list[tuple[str, Row]]) -> list[tuple[str, Row]]:
    """Tell each event once, by the best source: the same day and mostly the same words."""
    kept: list[tuple[str, Row]] = []
    order = sorted(entries, key=lambda e: (not e[1].fact.verified, e[1].fact.source.rank))
    for day, row in order:
        told = {stem for stem in stems(row.fact.claim) if len(stem) > 2}  # noqa: PLR2004
        if not any(day == d and _is_alike(told, r) for d, r in kept):
            kept.append((day, row))
    return sorted(kept, key=lambda e: e[0])


def _is_alike(told: set[str], row: Row) -> bool:
    other = {stem for stem in stems(row.fact.claim) if len(stem) > 2}  # noqa: PLR2004
    return len(told & other) >= _SAME * min(len(told), len(other))


def _is_event(row: Row) -> bool:
    """Tell what happened from what a thing is like."""
    is_measure = row.value is not None and row.value.type in _MEASURES
    is_role = row.fact.field in _ROLES
    return not is_measure and not is_role and not set(row.asks) & set(_DULL)


def _shown(ask: Ask, entries: list[tuple[str, Row]]) -> list[tuple[str, Row]]:
    """Choose the newest for `what is new`, else the most telling of a long story."""
    spans = [h for h in ask.reading.hits if h.tag == "op:timeline"]
    said = {w.text for h in spans for w in ask.reading.words[h.start : h.end]}
    if said & set(_NEWS):
        return entries[-_NEWEST:]
    return _most_telling(entries) if len(entries) > _MOST else entries


def _day(row: Row) -> str | None:
    """Give the day a fact is about: its date value, else a precise day of validity."""
    fact = row.fact
    if row.value and row.value.type == "date":
        return fact.value
    return fact.as_of if re.match(r"\d{4}-\d\d", fact.as_of) else None


def _most_telling(entries: list[tuple[str, Row]]) -> list[tuple[str, Row]]:
    """Keep facts with a date of their own and the newest ones."""
    own = [e for e in entries if set(e[1].asks) & set(_DATED)]
    rest = [e for e in reversed(entries) if e not in own]
    own.sort(key=lambda e: e[0])
    kept = own if len(own) <= _MOST else [*own[:_OLDEST], *own[_OLDEST - _MOST :]]
    return sorted([*kept, *rest[: _MOST - len(kept)]], key=lambda e: e[0])
