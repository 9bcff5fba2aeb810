"""Comparisons of two to five things: a table of what is asked, or of what is usually wanted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.market.drafting import Ask, Draft
from bot.market.knowledge import Row
from bot.market.likely import THINGS, likeliest
from bot.market.lookup import ended_first
from bot.market.model import Table
from bot.market.text import fold

_MOST = 5
_SCALED = re.compile(r"(\d)([MB])\b")
_SCALES = {"M": "million", "B": "billion"}
_MOST_VALUES = 4


def compare(ask: Ask) -> Draft | None:
    """Set two or more named things side by side; None if the question names fewer."""
    owners = subjects(ask)
    if _names_sellers(ask):
        return None
    is_asked = ask.reading.has("compare") or len({m.key for m in ask.reading.mentions}) > 1
    if len(owners) < 2 or not is_asked or _asks_else(ask):  # noqa: PLR2004  one thing cannot be compared
        return None
    named = (t[2:] for t in sorted(ask.reading.tags) if t.startswith("f:"))
    # `for a 30 s ad` says how long it is to be, and asks for everything
    has_field = any(u.kind == "field" for u in ask.reading.units)
    asked = (ask.reading.asked if has_field else ()) or tuple(named)
    fields = [f for f in asked if any(ask.knowledge.facts(o, f) for o in owners)]
    fields = fields[:4] or [f.id for f in ask.lexicon.fields.values() if f.table]
    rows = [[ask.lexicon.fields[f].named(ask.locale), *_cells(ask, owners, f)] for f in fields]
    rows = [r for r in rows if any(c != "-" for c in r[1:])]
    if not rows:
        return None
    notes = [s for o in owners for s in ended_first(ask, ask.knowledge.facts(o, "price")[:1])]
    if not asked:
        notes += _unlike(ask, owners)
    text = ask.say("answer_table.compared", names=[ask.name(o) for o in owners])
    table = Table(("", *(ask.name(o) for o in owners)), tuple(tuple(r) for r in rows))
    return Draft(sentences=(*notes, text), table=table, entities=tuple(owners))


def _unlike(ask: Ask, owners: Sequence[int]) -> list[str]:
    """Say first what each thing is where one is an app and the other a model."""
    kinds = [ask.knowledge.facts(o, "kind")[:1] for o in owners]
    values = {r.fact.value for rows in kinds for r in rows}
    is_mixed = "app" in values and len(values) > 1
    return ask.sentences(r for rows in kinds for r in rows) if is_mixed else []


def _names_sellers(ask: Ask) -> bool:
    """Tell whether one model is named, and firms only as those who sell it."""
    firsts = [m.exact[0] if m.exact else m.family[0] for m in ask.reading.mentions if m.all]
    kinds = [ask.knowledge.entities[o].kind for o in firsts]
    return kinds.count("company") == len(kinds) - 1 and "price" in ask.reading.asked


def _asks_else(ask: Ask) -> bool:
    """Tell whether the names stand in a question of another sort: `when did Google add Veo 2`."""
    if ask.reading.has("when"):
        return True
    return not ask.reading.has("compare") and any(
        u.weight >= 1 and u.kind in ("word", "unknown", "date") for u in ask.reading.units
    )


def subjects(ask: Ask) -> list[int]:
    """Give what is compared: each name's entity, of a line the newest one."""
    found = []
    for mention in ask.reading.mentions:
        exact = {o for m in ask.reading.mentions if m is not mention for o in m.exact}
        owner = likeliest(ask, mention, besides=exact if mention.family else set())
        answering = [o for o in (owner, *mention.all) if _answers(ask, o)]
        owner = answering[0] if answering else owner
        is_model = ask.knowledge.entities[owner].kind in THINGS
        is_thing = is_model or (bool(answering) and ask.reading.has("compare"))
        if is_thing and owner not in found:
            found.append(owner)
    return found[:_MOST]


def _answers(ask: Ask, owner: int) -> bool:
    """Tell whether an entity has any of the fields asked for: a firm has a valuation."""
    return any(ask.knowledge.facts(owner, f) for f in ask.reading.asked)


def _cells(ask: Ask, owners: Sequence[int], field: str) -> list[str]:
    return [cell(ask, of_tier(ask, o, ask.knowledge.facts(o, field))) for o in owners]


def of_tier(ask: Ask, owner: int, rows: Sequence[Row]) -> list[Row]:
    """Keep the facts of the tier that a name says: Lite in `Veo 3.1 Lite`; all if it says none."""
    named = [m for m in ask.reading.mentions if owner in m.all]
    tiers = {t for m in named if all(n.extra for n in named) for t in m.extra}
    held = [r for r in rows if tiers & set(fold(r.fact.variant or "").split())]
    return held or list(rows)


def cell(ask: Ask, rows: Sequence[Row]) -> str:
    """Write the values of a field into one cell, those that hold generally first."""
    current = [r for r in rows if r.fact.is_current] or list(rows)
    current.sort(key=lambda r: sum(q is not None for q in r.fact.qualifiers))
    texts = [value(ask, r) for r in current[:_MOST_VALUES]]
    return "; ".join(texts) or "-"


def value(ask: Ask, row: Row) -> str:
    """Write one value with what it holds for and its mark."""
    fact = row.fact
    sound = {"yes": "with sound", "no": "without sound"}.get(fact.sound or "")
    held = [fact.variant, fact.resolution, sound, fact.seconds, fact.seller, fact.region]
    held.append(fact.condition)
    shown = ", ".join(h for h in held if h)
    return f"{spelled(ask, row)}{f' ({shown})' if shown else ''} {ask.notes.mark(row)}"


def spelled(ask: Ask, row: Row) -> str:
    """Write the bare value of a fact in the language of the question."""
    value = row.fact.value or ""
    if row.value is not None and row.value.type == "money":
        return _SCALED.sub(lambda m: f"{m.group(1)} {_SCALES[m.group(2)]}", value)
    is_answer = row.value is not None and row.value.type == "yes_no" and value in ("yes", "no")
    return ask.say(f"answer_limits.{value}") if is_answer else value
