"""Look-ups: the facts that cover a question best, quoted; or what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.market.drafting import Ask, Draft, age_days
from bot.market.foreign import in_words
from bot.market.knowledge import Row
from bot.market.reading import Reading, Unit
from bot.market.retrieval import Scored
from bot.market.verify import numbers

ENOUGH = 0.65  # of the question's weight must be covered by the best fact
ENOUGH_UNNAMED = 0.65  # more where no name holds the answer to its subject
_CLOSE = 0.12
_SAME_FIELD = 0.3
_STORY = 0.55
_MOST = 4
_STRONG = 2.0
_ANSWERED = 0.5
NAMED = 0.55
_WELL = 0.65
_HELD = 0.35  # a larger region that holds the place
_BY_PLACE = {"availability", "licence", "commercial_use", "limits", "kind", "status"}
_ALMOST = 0.69
_TRIED = 3  # of the best facts, so many are looked at
_TRIED_UNNAMED = 10  # and without a name, where the best may lack what is asked for
_CLOSE_UNNAMED = 0.25
_FOCUS = 3.3  # weight of a rare word behind `which`: without it there is no answer
_NAMED_PARTLY = 0.45


def lookup(ask: Ask) -> Draft | None:
    """Quote the facts that answer a reading; None where too little of it is covered."""
    ranked = [s for s in ask.retriever.rank(ask.reading, limit=24) if not _is_plan(ask, s.row)]
    if not ranked:
        return None
    tried, close = (_TRIED, _CLOSE) if ask.reading.mentions else (_TRIED_UNNAMED, _CLOSE_UNNAMED)
    near = [s for s in ranked[:tried] if s.score >= ranked[0].score - close]
    first = next((i for i, s in enumerate(near) if is_enough(ask.reading, s)), None)
    if first is None:
        return _in_place(ask)
    ranked = ranked[first:]
    chosen = _choose(ask, ranked)
    rows = [s.row for s in chosen]
    rows += [r for r in _other_parts(ask, chosen) if r not in rows]
    rows = [r for r in rows if r.index not in {c.index for c in _conflicts(ask, rows)}]
    rows += [r for r in _replacement(ask, rows) if r not in rows]
    missing = [*_disagreeing(ask, rows), *_unanswered(ask, rows)]
    sentences = [
        *_passed(ask, rows),
        *_still(ask, rows),
        *ended_first(ask, rows),
        *in_words(ask, rows),
        *ask.sentences(rows),
        *missing,
    ]
    owners = tuple(dict.fromkeys(r.owner for r in rows))
    return Draft(
        sentences=tuple(sentences),
        entities=owners,
        rows=tuple(r.index for r in rows),
        strength=ranked[0].cover,
        is_gap=bool(_unanswered(ask, rows)),
    )


def _is_plan(ask: Ask, row: Row) -> bool:
    """Tell whether a fact gives a price a month where one per clip or second is asked for."""
    is_monthly = row.value is not None and row.value.type == "price_per_month"
    return is_monthly and ask.reading.has("each")


def _replacement(ask: Ask, rows: Sequence[Row]) -> list[Row]:
    """Give what to use instead where it is asked whether something has ended."""
    asks_end = {"shutdown", "status"} & set(ask.reading.asked)
    if not asks_end or len(rows) >= _MOST or not any(map(_ends, rows)):
        return []
    own = [ask.knowledge.rows[i] for i in ask.knowledge.rows_of[rows[0].owner]]
    named = [r for r in own if "successor" in r.asks and "status" not in r.asks]
    said = ask.knowledge.postings("s:successor")
    found = named or [r for r in own if r.index in said and _ends(r)]
    found = [r for r in found if r.fact.is_current]
    if any(r.index in said for r in rows):
        return []
    return sorted(found, key=lambda r: r.fact.as_of)[-1:]


def _ends(row: Row) -> bool:
    return bool({"shutdown", "status"} & set(row.asks))


def _conflicts(ask: Ask, rows: Sequence[Row]) -> list[Row]:
    """Give facts that say something else than the first one about the same field."""
    first = rows[0]
    if not first.fact.field or first.fact.conflict:
        return []
    own = (ask.knowledge.rows[i] for i in ask.knowledge.rows_of[first.owner])
    return [r for r in own if r.fact.conflict and r.fact.field == first.fact.field][:2]


def _disagreeing(ask: Ask, rows: Sequence[Row]) -> list[str]:
    """Say that the sources disagree, with what the others say."""
    found = _conflicts(ask, rows)
    if not found:
        return []
    return [ask.say("answer.conflict", claims=" ".join(_dated(ask, r) for r in found))]


def _dated(ask: Ask, row: Row) -> str:
    """Quote a fact with its day, also where its field does not age."""
    said, day = ask.sentence(row), ask.month(row.fact.as_of)
    return said if day in said else f"{said.removesuffix('.')} ({day})."


def _in_place(ask: Ask) -> Draft | None:
    """Answer `is it free to use in Germany`: the rule, and what is said of that place."""
    places = [u for u in ask.reading.units if u.kind == "place"]
    rest = tuple(u for u in ask.reading.units if u.kind != "place")
    is_open_to = set(ask.reading.asked) & _BY_PLACE
    if (
        not places
        or not is_open_to
        or not ask.reading.mentions
        or len(rest) == len(ask.reading.units)
    ):
        return None
    there = ask.retriever.rank(ask.reading, limit=1, units=places)
    if not there or there[0].cover < _HELD or there[0].named < NAMED:
        return None
    found = lookup(replace(ask, reading=replace(ask.reading, units=rest)))
    if found is None:
        return None
    sentences = dict.fromkeys((*found.sentences, ask.sentence(there[0].row)))
    return replace(found, sentences=tuple(sentences))


def is_enough(reading: Reading, best: Scored) -> bool:
    """Tell whether a fact covers enough of a question to be its answer."""
    strong = [u for u in reading.units if u.weight >= _STRONG and u.kind in ("field", "word")]
    strong.sort(key=lambda u: u.start)
    is_weak = bool(strong) and all(u.text in best.weak for u in strong)
    if is_weak or any(u.kind in ("word", "field") and u.weight >= _FOCUS for u in best.missing):
        return False
    if _lacks_what_is_asked(reading, strong[:1], best):
        return False
    sizes = [u for u in reading.units if u.kind == "number" and reading.mentions]
    if not (content(reading.units) or sizes) or not _is_tolerable(best):
        return False
    if len(reading.mentions) > 1 and best.cover >= _WELL:
        return best.named >= _NAMED_PARTLY
    if reading.mentions:
        return best.cover >= ENOUGH and best.named >= NAMED
    return best.cover >= ENOUGH_UNNAMED


def _lacks_what_is_asked(reading: Reading, first: Sequence[Unit], best: Scored) -> bool:
    """Tell whether a fact says nothing of what a question without a name asks for first."""
    return not reading.mentions and any(u.kind == "field" and u in best.missing for u in first)


def _is_tolerable(best: Scored) -> bool:
    """Tell whether nothing is missing that an answer may not lack.

    One word that no fact uses may be another way to say something, where the rest is covered well.
    """
    lacking = best.critical
    is_odd_word = len(lacking) == 1 and lacking[0].kind == "unknown"
    is_asked = is_odd_word and lacking[0].weight >= _FOCUS
    return not lacking or (is_odd_word and not is_asked and best.cover >= _ALMOST)


def content(units: Sequence[Unit]) -> list[Unit]:
    """Give the parts of a question that say what it is about."""
    return [u for u in units if u.weight >= 1 and u.kind not in ("number", "date")]


def _choose(ask: Ask, ranked: Sequence[Scored]) -> list[Scored]:
    top = ranked[0]
    chosen = [top]
    for other in ranked[1:]:
        if len(chosen) >= _MOST:
            break
        is_close = other.score >= top.score - _CLOSE
        is_same = other.row.owner == top.row.owner and set(other.row.asks) & set(top.row.asks)
        is_story = other.row.owner == top.row.owner and _is_story(ask, top.row)
        if any(_says_no_more(other.row, s.row) for s in chosen):
            continue
        if is_close or (
            (is_same or is_story)
            and other.score >= top.score - (_STORY if is_story else _SAME_FIELD)
        ):
            chosen.append(other)
    if _wants_newest(ask):
        chosen.sort(key=lambda s: s.row.fact.as_of, reverse=True)
    elif all(s.row.owner != top.row.owner for s in chosen[1:]) and len(chosen) > 1:
        chosen.sort(key=lambda s: -ask.knowledge.ranks[s.row.owner])  # newest of a line first
    return chosen


def _wants_newest(ask: Ask) -> bool:
    """Tell whether the latest of something that changes is asked for."""
    tops = [ask.lexicon.superlatives[int(t[4:])] for t in ask.reading.tags if t[:4] == "top:"]
    return any(e["field"] == "released" and e["end"] == "high" for e in tops)


def _says_no_more(row: Row, said: Row) -> bool:
    """Tell whether a fact repeats numbers that another one of the same thing has given."""
    if row.owner != said.owner or not set(row.asks) & set(said.asks):
        return False
    found = numbers(row.fact.claim)
    return bool(found) and found <= numbers(said.fact.claim)


def _is_story(ask: Ask, row: Row) -> bool:
    """Tell whether the facts of an entity tell one story and are few: a use of video."""
    return ask.knowledge.entities[row.owner].kind == "usecase"


def _other_parts(ask: Ask, chosen: Sequence[Scored]) -> list[Row]:
    """Give the best fact for each strong part of the question that the chosen ones leave open."""
    found = []
    for unit in _open_parts(ask, [s.row for s in chosen]):
        best = ask.retriever.rank(ask.reading, limit=1, units=[unit])
        is_about = best and best[0].cover >= _ANSWERED and best[0].named >= NAMED
        if is_about:
            found.append(best[0].row)
    return found


def _open_parts(ask: Ask, rows: Sequence[Row]) -> list[Unit]:
    if not ask.reading.mentions:
        return []
    match = ask.retriever.match
    return [
        u
        for u in ask.reading.units
        if u.kind == "field"
        and u.weight >= _STRONG
        and all(match(u, r.index) < _ANSWERED for r in rows)
    ]


def _unanswered(ask: Ask, rows: Sequence[Row]) -> list[str]:
    """Say which strong parts of the question nothing answers."""
    return [
        ask.say("answer_unknown.part", missing=u.text) for u in _open_parts(ask, rows) if u.text
    ]


def _passed(ask: Ask, rows: Sequence[Row]) -> list[str]:
    """Say that an end lies behind us where a fact tells of it as of a day to come."""
    if not {"status", "shutdown"} & set(ask.reading.asked):
        return []
    owners = {r.owner for r in rows}
    ends = [
        r
        for o in owners
        for r in ask.knowledge.facts(o, "shutdown")
        if r.value and r.value.type == "date" and r.fact.is_current and not r.fact.conflict
    ]
    ends = [r for r in ends if not any(r.fact.qualifiers)]
    past = [r for r in ends if age_days(r.fact.value or "", ask.today) > 0]
    told = [r for r in past if r.fact.as_of <= (r.fact.value or "")]
    return [
        ask.say(
            "answer.passed",
            subject=ask.name(r.owner),
            date=ask.month(r.fact.value or ""),
            mark=ask.notes.mark(r),
        )
        for r in told[:1]
    ]


def _still(ask: Ask, rows: Sequence[Row]) -> list[str]:
    """Say how things stand first where it is asked whether something still goes on."""
    owner = rows[0].owner
    if not ask.reading.has("still") or any({"status", "shutdown"} & set(r.asks) for r in rows[:1]):
        return []
    current = [r for r in ask.knowledge.facts(owner, "status") if r.fact.is_current]
    newest = max(current, key=lambda r: r.fact.as_of, default=None)
    is_model = ask.knowledge.entities[owner].kind in ("model", "product")
    return [] if newest is None or is_model else [ask.sentence(newest)]


def has_ended(ask: Ask, row: Row) -> bool:
    """Tell whether a fact says that something has ended."""
    ends = ask.lexicon.conditions["discontinued"]["holds"]
    value = (row.fact.value or "").lower()
    return "status" in row.asks and any(w in value for w in ends)


def ended_first(ask: Ask, rows: Sequence[Row]) -> list[str]:
    """Say first that a product has ended, unless the facts say so themselves."""
    owners = list(dict.fromkeys(r.owner for r in rows))
    if len(owners) != 1 or any({"status", "shutdown"} & set(r.asks) for r in rows):
        return []
    status = next(iter(ask.knowledge.facts(owners[0], "status")), None)
    if status is None or ask.knowledge.entities[owners[0]].kind not in ("model", "product"):
        return []
    if not has_ended(ask, status):
        return []
    return [ask.say("answer.ended", claims=ask.sentence(status))]
