"""Introductions: what something is that is only named, and what a term means."""

from __future__ import annotations

from bot.market.drafting import Ask, Draft
from bot.market.knowledge import Row
from bot.market.likely import likeliest
from bot.market.lookup import ended_first, has_ended

_TOUCHED = 0.3  # of words that say little, where there are no others

_PROFILE = (
    "vendor",
    "kind",
    "released",
    "announced",
    "status",
    "length",
    "resolution",
    "audio",
    "price",
)


def profile(ask: Ask) -> Draft | None:
    """Introduce what is only named: who makes it, since when, what it does, what it costs."""
    owners = ask.reading.entities
    if not owners:
        return None
    owner = likeliest(ask, ask.reading.mentions[0])
    rows = []
    if ask.knowledge.entities[owner].kind in ("model", "product"):
        for asked in _PROFILE:
            rows += ask.knowledge.facts(owner, asked)[:1]
    else:
        ranked = ask.retriever.rank(ask.reading, owners=[owner])
        rows = [s.row for s in ranked if "country" not in s.row.asks]
    best = ask.retriever.rank(ask.reading, owners=[owner], limit=1) if ask.reading.units else []
    rows = [*(s.row for s in best if s.cover >= _TOUCHED), *rows]
    rows = list(dict.fromkeys(rows))[:6] + _uses(ask, owner)
    rows.sort(key=lambda r: not has_ended(ask, r))
    if not rows:
        return None
    return Draft(sentences=(*ended_first(ask, rows), *ask.sentences(rows)), entities=(owner,))


def define(ask: Ask) -> Draft | None:
    """Explain a term of the field; None where something else is asked too."""
    terms = [s for s in ask.reading.sides if ask.knowledge.entities[s[0]].kind == "term"]
    spans = [(start, end) for _, start, end in terms]
    is_other = any(not any(s <= m.start < e for s, e in spans) for m in ask.reading.mentions)
    if not terms or is_other:
        return None
    tokens = ask.reading.words
    asking = [h for h in ask.reading.hits if h.tag in ("op:define", "op:compare")]
    left = [
        u
        for u in ask.reading.units
        if u.weight >= 1
        and u.start >= 0
        and not any(h.start <= u.start < h.end for h in asking)
        and not any(start <= tokens[u.start].start < end for start, end in spans)
    ]
    if left:
        return None
    owners = list(dict.fromkeys(t[0] for t in terms))
    each = 3 if len(owners) == 1 else 1
    rows = [ask.knowledge.rows[i] for o in owners for i in ask.knowledge.rows_of[o][:each]]
    return Draft(sentences=tuple(ask.sentences(rows)), entities=tuple(owners))


def _uses(ask: Ask, owner: int) -> list[Row]:
    """Give what a firm is known to use or make video for."""
    if ask.knowledge.entities[owner].kind != "company":
        return []
    rows = [ask.knowledge.rows[i] for i in ask.knowledge.postings(f"e:{owner}")]
    return [r for r in rows if "industry" in r.asks][:2]
