"""Where the knowledge ends: what exactly is missing, and the nearest that is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.market.drafting import Ask, Draft
from bot.market.knowledge import Row
from bot.market.likely import THINGS, likeliest
from bot.market.linking import Mention
from bot.market.lookup import NAMED, content, ended_first, lookup
from bot.market.naming import compact
from bot.market.reading import Reading, Unit
from bot.market.retrieval import Scored
from bot.market.text import fold, words
from prompts import has

_NEAREST = 2
_NEARLY = 0.12
_HALF = 0.5
_STRONG = 2.0
_STRANGER = 4  # how far things are that have nothing to do with each other
_SMALL = 8  # facts


def unknown(ask: Ask) -> Draft:
    """Say what exactly is missing, and the nearest that is known."""
    reading = ask.reading
    version = next((m for m in reading.mentions if m.version), None)
    if version:
        return _unknown_version(ask, version)
    places = [u for u in reading.units if u.kind == "place"]
    asks_place = "availability" in reading.asked or not content(
        [u for u in reading.units if u.kind != "place"]
    )
    if places and reading.mentions and asks_place:
        return _unknown_place(ask, places[0].text)
    ranked = ask.retriever.rank(reading, limit=3)
    is_small = bool(ranked) and len(ask.knowledge.rows_of[ranked[0].row.owner]) <= _SMALL
    least = 0.0 if is_small and reading.mentions else 0.25
    near = [s for s in ranked if s.cover >= least and (not reading.mentions or s.named >= NAMED)]
    if not near and reading.mentions:
        about = replace(reading, units=())
        near = [s for s in ask.retriever.rank(about, limit=1) if s.named >= NAMED]
    near = _close(ask, near)
    if not reading.mentions:  # likeness in the field alone says nothing of an unknown name
        near = [s for s in near if s.cover >= _HALF or "unknown" not in _kinds(s.missing)]
    missing = _missing_words(reading, ranked)
    event = _event(ask, missing)
    rows = (_ownership(ask) if event else []) or _of_kin(ask) or [s.row for s in near]
    nearest = " ".join([*ended_first(ask, rows or _any_row(ask)), *ask.sentences(rows)])
    missing = _missing_words(reading, ranked)
    owners = reading.entities[:1]
    if reading.mentions and event and has("answer_unknown.event", ask.locale):
        name = _as_spelled(reading, reading.mentions[0])
        text = ask.say("answer_unknown.event", event=event, subject=name, nearest=nearest)
    elif reading.mentions and missing:
        name = ask.name(owners[0])
        text = ask.say("answer_unknown.detail", missing=missing, subject=name, nearest=nearest)
    elif missing:
        text = ask.say("answer_unknown.words", missing=missing, nearest=nearest)
    else:
        what = " ".join(m.text for m in reading.mentions) or reading.text[:80]
        text = ask.say("answer_unknown.words", missing=what, nearest=nearest)
    return Draft(
        sentences=(text,), entities=owners, abstained=True, reason="unknown_fact", is_gap=True
    )


def _any_row(ask: Ask) -> list[Row]:
    owners = ask.reading.entities[:1]
    return [ask.knowledge.rows[i] for o in owners for i in ask.knowledge.rows_of[o][:1]]


def _of_kin(ask: Ask) -> list[Row]:
    """Give what is recorded of the field asked for at the plans, sisters or maker of a thing."""
    asked = [f for u in ask.reading.units if u.weight >= _STRONG for f in u.fields]
    if not ask.reading.mentions or not asked:
        return []
    owner = likeliest(ask, ask.reading.mentions[0])
    thing = ask.knowledge.entities[owner]
    if thing.kind not in THINGS or any(ask.knowledge.facts(owner, f) for f in asked):
        return []
    kin = sorted((_distance(ask, owner, i), i) for i in range(len(ask.knowledge.entities)))
    near = [i for distance, i in kin if distance < _STRANGER and i != owner]
    found = [r for i in near for f in asked for r in ask.knowledge.facts(i, f)]
    return [r for r in dict.fromkeys(found) if r.fact.is_current][:_NEAREST]


def _distance(ask: Ask, owner: int, other: int) -> int:
    """Tell how near two things are: a plan or a sister, the maker, something else of the maker."""
    thing, kin = ask.knowledge.entities[owner], ask.knowledge.entities[other]
    if thing.id in kin.related or kin.id in thing.related:
        return 0 if kin.kind == "plan" else 1
    makers = {compact(r.fact.value or "") for r in ask.knowledge.facts(owner, "vendor")}
    if compact(kin.name) in makers:
        return 2
    theirs = {compact(r.fact.value or "") for r in ask.knowledge.facts(other, "vendor")}
    return 3 if kin.kind in THINGS and makers & theirs else _STRANGER


def _ownership(ask: Ask) -> list[Row]:
    """Give the newest round or valuation of a firm: what is known nearest to its being bought."""
    for owner in ask.reading.entities:
        if ask.knowledge.entities[owner].kind == "company":
            found = [r for f in ("valuation", "funding") for r in ask.knowledge.facts(owner, f)]
            found = [r for r in found if r.fact.is_current and not r.fact.conflict]
            return sorted(found, key=lambda r: r.fact.as_of)[-1:]
    return []


def _close(ask: Ask, near: Sequence[Scored]) -> list[Scored]:
    """Keep what is about as near as the best; of things with few facts more of them."""
    if not near:
        return []
    owner = near[0].row.owner
    is_small = len(ask.knowledge.rows_of[owner]) <= _SMALL
    if is_small and ask.reading.mentions:
        return [s for s in near if s.row.owner == owner]
    return [s for s in near[:_NEAREST] if s.score >= near[0].score - _NEARLY]


def _unknown_place(ask: Ask, place: str) -> Draft:
    """Say that nothing is recorded for a place, and where the thing is known to be offered."""
    owner = likeliest(ask, ask.reading.mentions[0])
    rows = [r for r in ask.knowledge.facts(owner, "availability") if r.fact.is_current][:2]
    ended = ended_first(
        ask, rows or [ask.knowledge.rows[i] for i in ask.knowledge.rows_of[owner]][:1]
    )
    nearest = " ".join(ask.sentences(rows))
    text = ask.say("answer_unknown.detail", missing=place, subject=ask.name(owner), nearest=nearest)
    return Draft(
        sentences=(*ended, text),
        entities=(owner,),
        abstained=True,
        reason="unknown_fact",
        is_gap=True,
    )


def no_rates(ask: Ask) -> Draft:
    """Say that prices are not converted, and give the price as the sources have it."""
    units = tuple(u for u in ask.reading.units if "price" in u.fields)
    found = lookup(replace(ask, reading=replace(ask.reading, units=units)))
    known = found.sentences[:2] if found else ()
    return Draft(
        sentences=(ask.say("answer_unknown.rates"), *known),
        entities=found.entities if found else (),
        abstained=True,
        reason="unknown_fact",
    )


def _as_spelled(reading: Reading, mention: Mention) -> str:
    """Give a name in the asker's own spelling: it may mean several things."""
    found = re.search(re.escape(mention.text), reading.text, re.IGNORECASE)
    return found.group() if found else mention.text


def _event(ask: Ask, missing: str) -> str | None:
    """Call what is missing by its noun: nobody bought it, there is no purchase."""
    said = {w.text for w in words(fold(missing))}
    return next((noun for word, noun in ask.lexicon.events.items() if word in said), None)


def _kinds(units: Sequence[Unit]) -> set[str]:
    return {u.kind for u in units}


def _missing_words(reading: Reading, ranked: Sequence[Scored]) -> str:
    missing = ranked[0].missing if ranked else reading.units
    strong = [u for u in missing if u.weight >= 1 and u.text]
    if not strong and ranked:  # what the best fact only touches on
        strong = [u for u in reading.units if u.text in ranked[0].weak and u.weight >= 1]
    strong = strong or [u for u in reading.units if u.weight >= 1 and u.text]
    strong = strong or [u for u in reading.units if u.text]
    strong.sort(key=lambda u: u.start)
    return " ".join(dict.fromkeys(u.text for u in strong))[:120]


def _mentioned_only(ask: Ask, mention: Mention) -> list[Row]:
    """Give facts of other versions that name this one, such as a successor not yet out."""
    key = compact(mention.text)
    found = {i for o in mention.all for i in ask.knowledge.postings(f"e:{o}")}
    rows = [ask.knowledge.rows[i] for i in sorted(found)]
    return [r for r in rows if key in compact(f"{r.fact.claim} {r.fact.value or ''}")][:2]


def _unknown_version(ask: Ask, mention: Mention) -> Draft:
    newest = max(mention.all, key=lambda o: ask.knowledge.ranks[o])
    said = _mentioned_only(ask, mention)
    if said and not content(ask.reading.units):
        return Draft(sentences=tuple(ask.sentences(said)), entities=(newest,))
    rows = [
        *ask.knowledge.facts(newest, "released")[:1],
        *ask.knowledge.facts(newest, "announced")[:1],
        *ask.knowledge.facts(newest, "status")[:1],
    ]
    nearest = " ".join(ask.sentences((said or rows)[:2]))
    text = ask.say("answer_unknown.version", asked=mention.text, nearest=nearest)
    return Draft(
        sentences=(text,), entities=(newest,), abstained=True, reason="unknown_fact", is_gap=True
    )
