"""Facts, a list, a ranking or a table: which of them a question wants."""

from __future__ import annotations

from dataclasses import replace

from bot.market.compare import compare, subjects
from bot.market.conditions import Conditions
from bot.market.drafting import Ask, Draft, joined
from bot.market.lists import listing, only_conditions, shown_too
from bot.market.lookup import lookup
from bot.market.ranking import ranked_among, superlative
from bot.market.reading import is_within
from bot.market.text import stem

_STRONG = 0.8  # cover from which a quoted fact goes before a list
_STRONG_UNIT = 2.0


def found_or_listed(ask: Ask, conditions: Conditions) -> Draft | None:
    """Quote facts, list what meets conditions, or both where both fit well."""
    narrowed = ask.reading.before is not None
    found = None if narrowed else _by_variant(ask) or lookup(ask)
    listed = None
    if not _is_about_one(ask):
        listed = _ranking(ask, conditions) or _listing(ask, conditions)
    is_bare = listed is not None and only_conditions(ask, conditions.read(ask.reading))
    if is_bare and listed:
        return listed
    if not listed or (found and listed.strength < found.strength):
        return found or listed
    if found and found.strength >= _STRONG and _says_so(ask, found):
        sentences = (*found.sentences[:2], *listed.sentences)
        return replace(listed, sentences=sentences, entities=found.entities + listed.entities)
    return listed


def _by_variant(ask: Ask) -> Draft | None:
    """Answer `Veo 3.1 or Veo 3.1 Fast`: one entity, once in general and once per variant."""
    mentions = ask.reading.mentions
    names = {m.all for m in mentions}
    if not ask.reading.has("compare") or len(mentions) == 1 or len(names) != 1:
        return None
    drafts = []
    for mention in mentions:
        units = tuple(
            u
            for u in ask.reading.units
            if u.kind != "variant" or u.text in mention.extra or u.start >= 0
        )
        reading = replace(ask.reading, mentions=(mention,), units=units)
        draft = lookup(replace(ask, reading=reading))
        if draft:
            drafts.append(replace(draft, sentences=draft.sentences[:2]))
    return joined(drafts) if len(drafts) > 1 else None


def _says_so(ask: Ask, found: Draft) -> bool:
    """Tell whether the fact quoted has the very word of the superlative: `best open model`."""
    spans = [h for h in ask.reading.hits if h.tag.startswith("top:")]
    said = {stem(ask.reading.words[h.start].text) for h in spans if h.start >= 0}
    rows = found.rows[:1]
    return any(
        ask.knowledge.postings(f"w:{word}").get(row, 0) >= 1 for word in said for row in rows
    )


def _ranking(ask: Ask, conditions: Conditions) -> Draft | None:
    spans = [h for h in ask.reading.hits if h.tag.startswith("top:")]
    spans += [h for h in ask.reading.hits if h.tag[:2] in ("c:", "k:", "f:", "p:")]
    left = [
        u
        for u in ask.reading.units
        if u.kind in ("word", "unknown") and u.weight >= 1 and not is_within(u, spans)
    ]
    if _asks_newest_fact(ask) or _asks_other_field(ask, conditions):
        return None
    names_things = "k:model" in ask.reading.tags or bool(ask.reading.mentions)
    if any(u.kind == "unknown" or not names_things for u in left):
        return None  # the best of something else
    return superlative(ask, conditions)


def _asks_other_field(ask: Ask, conditions: Conditions) -> bool:
    """Tell `smallest team: headcount of Pika` from a ranking of models by their size."""
    spans = [h for h in ask.reading.hits if h.tag.partition(":")[0] in ("top", "c", "k")]
    tops = {
        ask.lexicon.superlatives[int(t[4:])]["field"] for t in ask.reading.tags if t[:4] == "top:"
    }
    others = [
        u
        for u in ask.reading.units
        if u.kind == "field"
        and u.weight >= _STRONG_UNIT
        and not tops & set(u.fields)
        and not is_within(u, spans)
        and not conditions.denied_before(ask.reading, u.start)
    ]
    kinds = {ask.knowledge.entities[e].kind for e in ask.reading.entities}
    return bool(kinds & {"model", "product", "company"} and others)


def _asks_newest_fact(ask: Ask) -> bool:
    """Tell `latest valuation` from `latest model`."""
    tops = [ask.lexicon.superlatives[int(t[4:])] for t in ask.reading.tags if t[:4] == "top:"]
    fields = {f for u in ask.reading.units if u.kind == "field" for f in u.fields if u.weight >= 1}
    is_newest = any(e["field"] == "released" for e in tops)
    return is_newest and bool(fields) and not fields & {"released", "announced", "kind"}


def _listing(ask: Ask, conditions: Conditions) -> Draft | None:
    explained = {c.field for c in conditions.read(ask.reading)}
    explained |= set(shown_too(ask)) if explained else set()
    spans = [h for h in ask.reading.hits if h.tag[:2] in ("c:", "k:")]
    left = [
        u
        for u in ask.reading.units
        if u.weight >= _STRONG_UNIT
        and u.kind in ("field", "word", "unknown")
        and not explained & set(u.fields)
        and not is_within(u, spans)
    ]
    return None if left else listing(ask, conditions)


def _is_about_one(ask: Ask) -> bool:
    """Tell whether a question is about things that no list of models can answer."""
    spans = [h for h in ask.reading.hits if h.tag.startswith("c:") and h.start >= 0]
    texts = [" ".join(w.text for w in ask.reading.words[h.start : h.end]) for h in spans]
    named = [m for m in ask.reading.mentions if m.text not in texts]
    kinds = {ask.knowledge.entities[e].kind for m in named for e in m.all}
    if not kinds:
        return False
    is_top = any(t.startswith("top:") for t in ask.reading.tags)
    if kinds == {"figure"}:
        return not is_top
    is_line = ask.reading.has("list") and any(len(m.family) > 1 and not m.exact for m in named)
    return not kinds & {"model", "company"} or ("model" in kinds and not (is_top or is_line))


def compared(ask: Ask, conditions: Conditions) -> Draft | None:
    """Rank the things named, or set them side by side."""
    if ask.reading.has("when") or len(ask.reading.mentions) < 2:  # noqa: PLR2004
        return compare(ask)
    than = [h for h in ask.reading.hits if h.tag.startswith("than:")]
    asks_else = [
        u
        for u in ask.reading.units
        if u.kind == "field"
        and u.weight >= _STRONG_UNIT
        and not any(h.start <= u.start < h.end for h in than)
    ]
    if asks_else and ask.reading.has("those", "pronouns"):
        return compare(ask)
    return ranked_among(ask, subjects(ask), conditions) or compare(ask)
