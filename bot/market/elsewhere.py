"""Where nothing is filed under the name asked for: the version, the firm, another entry."""

from __future__ import annotations

from dataclasses import replace

from bot.market.drafting import Ask, Draft
from bot.market.likely import THINGS, likeliest
from bot.market.linking import Mention
from bot.market.lookup import lookup
from bot.market.naming import compact
from bot.market.reading import Unit

_SAID = 0.8
_STRONG = 2.0
_SEVERAL = 2  # words
_NAME_WEIGHT = 1.5
_OF_FIRMS = {
    *("lawsuit", "investigation", "ruling", "founded", "funding", "investors", "valuation"),
    *("revenue", "headcount", "shares", "vendor"),
}


def of_version(ask: Ask) -> Draft | None:
    """Quote a fact that names a version which is no entity of its own, such as Ray3.14."""
    found = lookup(ask)
    if not found or not found.rows:
        return None
    keys = [_last_part(m.text) for m in ask.reading.mentions if m.version]
    said = compact(ask.knowledge.rows[found.rows[0]].fact.claim)
    return found if all(k in said for k in keys) else None


def of_maker(ask: Ask) -> Draft | None:
    """Answer about the firm behind a model what is not known of the model: its lawsuits."""
    mentions = ask.reading.mentions
    asks_firm = any(u.weight >= _STRONG and _OF_FIRMS & set(u.fields) for u in ask.reading.units)
    if len(mentions) != 1 or not mentions[0].exact or not asks_firm:
        return None
    owner = mentions[0].exact[0]
    vendor = next(iter(ask.knowledge.facts(owner, "vendor")), None)
    key = compact(vendor.fact.value or "") if vendor else ""
    firm = tuple(e for e, level in ask.knowledge.names.get(key, ()) if level == 0)
    if not firm or owner in firm:
        return None
    asked = replace(mentions[0], exact=firm, family=(), key=key)
    units = tuple(u for u in ask.reading.units if "vendor" not in u.fields)
    return lookup(replace(ask, reading=replace(ask.reading, mentions=(asked,), units=units)))


def made_by(ask: Ask) -> Draft | None:
    """Answer `did Microsoft make Sora`: who made it, and that it was somebody else."""
    if ask.reading.has("compare"):
        return None
    firms = [m for m in ask.reading.mentions if _is_firm(ask, m)]
    things = [m for m in ask.reading.mentions if m not in firms]
    asks = [u for u in ask.reading.units if u.weight >= 1]
    asks_maker = all("vendor" in u.fields for u in asks)
    is_maker = bool(asks) or ask.reading.has("maker")
    if len(things) != 1 or not firms or not asks_maker or not is_maker:
        return None
    owner = likeliest(ask, things[0])
    rows = [r for r in ask.knowledge.facts(owner, "vendor") if r.fact.is_current][:1]
    if not rows or ask.knowledge.entities[owner].kind not in THINGS:
        return None
    said = compact(rows[0].fact.value or "")
    names = {compact(ask.name(e)) for m in firms for e in m.all} | {m.key for m in firms}
    is_so = any(n in said or said in n for n in names)
    first = [] if is_so else [ask.say("answer.not_so", subject=ask.name(owner))]
    return Draft(sentences=(*first, *ask.sentences(rows)), entities=(owner,))


def _is_firm(ask: Ask, mention: Mention) -> bool:
    """Tell whether a name is that of a firm, even if a model is called after it."""
    found = (ask.knowledge.entities[e] for e in mention.exact)
    return any(e.kind == "company" for e in found)


def of_others(ask: Ask) -> Draft | None:
    """Quote a fact that has all the words and the name, though it is filed under another."""
    reading = ask.reading
    asked = [u for u in reading.units if u.weight >= 1]
    if not reading.mentions or any(u.kind != "word" for u in asked) or len(asked) < _SEVERAL:
        return None
    names = [_as_unit(m) for m in reading.mentions]
    bare = replace(reading, mentions=(), units=(*reading.units, *names))
    best = ask.retriever.rank(bare, limit=1)
    said = [ask.retriever.match(u, s.row.index) for s in best for u in (*asked, *names)]
    return lookup(replace(ask, reading=bare)) if said and min(said) >= _SAID else None


def _as_unit(mention: Mention) -> Unit:
    """Let a name count like a word."""
    keys = ((f"n:{mention.key}", 1.0), *((f"e:{e}", 1.0) for e in mention.all))
    return Unit(mention.text, keys, _NAME_WEIGHT, "word")


def _last_part(text: str) -> str:
    """Cut the firm off a name: `luma ray3.14` -> ray3.14 is how facts write it."""
    parts = text.split()
    is_bare = len(parts) > 1 and not any(c.isalpha() for c in parts[-1])
    return compact(" ".join(parts[-2:] if is_bare else parts[-1:]))
