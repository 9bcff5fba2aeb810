"""Follow-ups: what a message takes over from what was said before in the thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from bot.market.amounts import amounts
from bot.market.linking import Mention
from bot.market.model import Turn
from bot.market.reader import Reader
from bot.market.reading import Reading, Unit

_FOLLOWING_WORDS = 9
_KEPT_TURNS = 12
_LONGEST = 1000  # characters of a turn that are read
_THINGS = ("model", "product", "plan")
_NARROWING = ("variant", "place", "number")
_LISTING = ("c:", "k:", "p:")

Said = Callable[[], Reading | None]  # reads what was answered last, when it is needed


def carry(reading: Reading, turns: Sequence[Turn], reader: Reader) -> Reading:
    """Complete a reading by names, fields and conditions of earlier turns, where it lacks them."""
    state: Reading | None = None
    answer: Turn | None = None
    for turn in turns[-_KEPT_TURNS:]:
        if turn.role == "assistant":
            answer = turn
            continue
        heard = reader.read(turn.text[:_LONGEST])
        state = _completed(heard, state, _lazily(answer, reader), reader) if state else heard
        answer = None
    return _completed(reading, state, _lazily(answer, reader), reader) if state else reading


def _lazily(answer: Turn | None, reader: Reader) -> Said:
    return lambda: reader.read(answer.text[:_LONGEST]) if answer else None


def _completed(reading: Reading, before: Reading, said: Said, reader: Reader) -> Reading:
    if _is_list(before, reader) and _narrows(reading, reader):
        return replace(reading, before=before, tags=reading.tags | _conditions(before))
    if reading.mentions:
        return _with_own_name(reading, before, reader)
    return _without_name(reading, before, said, reader) if follows(reading) else reading


def _with_own_name(reading: Reading, before: Reading, reader: Reader) -> Reading:
    """Complete a message that names something: the same question, a seller, a rival."""
    is_more = _names_sellers(reading, before, reader) or _compares_with(reading, before, reader)
    if is_more:
        return replace(reading, mentions=(*before.mentions, *reading.mentions))
    return _same_for(reading, before, reader)


def _without_name(reading: Reading, before: Reading, said: Said, reader: Reader) -> Reading:
    """Complete a message that names nothing by what was spoken of."""
    asked_list = not before.mentions and bool(_conditions(before))
    mentions = () if asked_list else _mentions(before, said())
    if not before.mentions and not asked_list:
        kinds = ("word", "unknown") if _content(reading.units) else ("word", "unknown", "field")
        about = (u for u in before.units if u.kind in kinds or _is_term(u, before))
        topic = _moved(u for u in about if u.weight >= 1)
        reading = replace(reading, units=(*reading.units, *topic))
    if not before.mentions:
        reading = replace(reading, units=(*reading.units, *_where(reading, before)))
    reading, mentions = _other_version(reading, mentions, reader)
    units = reading.units
    asks_other = reading.has("when") and not _content(units)
    if (not _content(units) and not asks_other) or reading.has("older", "newer"):
        narrowing = _narrowing(before, units)
        if reading.has("base"):
            narrowing = tuple(u for u in narrowing if u.kind != "variant")
        units = (*units, *_moved(_content(before.units)), *narrowing)
        reading = _with_amounts(reading, before)
    elif mentions and mentions == before.mentions:
        units = (*units, *(u for u in _narrowing(before, units) if u.kind == "variant"))
    return replace(
        _on_the_same_card(reading, before, reader),
        mentions=mentions,
        units=units,
        carried=tuple(u for u in before.units if u not in units),
        tags=reading.tags | _conditions(before),
    )


def _where(reading: Reading, before: Reading) -> tuple[Unit, ...]:
    """Give the place that was spoken of: `I am in Seoul`, then `and the fines`."""
    if any(u.kind == "place" for u in reading.units):
        return ()
    return _moved(u for u in before.units if u.kind == "place")


def _is_term(unit: Unit, before: Reading) -> bool:
    """Tell whether something was explained just before: `what is VBench`, `how many dimensions`."""
    is_subject = unit.kind == "field" and before.has("define")
    return is_subject or _stands_in(unit, before.sides, before)


def _is_list(before: Reading, reader: Reader) -> bool:
    """Tell whether a list or a ranking was asked for: it can be narrowed down."""
    if before.before is not None:
        return True
    listing = any(t[:2] in _LISTING or t.startswith("top:") for t in before.tags)
    return listing and not _names_things(before, reader) and not before.has("define")


def _narrows(reading: Reading, reader: Reader) -> bool:
    """Tell whether a message only adds a condition: `not Chinese`, `nothing from xAI`, `in 4K`."""
    if _names_things(reading, reader) or len(reading.words) > _FOLLOWING_WORDS:
        return False
    has_condition = (
        any(t[:2] in ("c:", "p:") or t.startswith("top:") for t in reading.tags)
        or bool(reading.denied)
        or bool(amounts(reading.folded))
        or bool(reading.mentions and follows(reading))
    )
    spans = [h for h in reading.hits if h.tag[:2] in _LISTING or h.tag.startswith("top:")]
    kinds = ("word", "unknown") if reading.has("those") else ("field", "word", "unknown")
    asks_else = any(
        u.weight >= 1 and u.kind in kinds and not any(h.start <= u.start < h.end for h in spans)
        for u in reading.units
    )
    return has_condition and not asks_else


def _names_things(reading: Reading, reader: Reader) -> bool:
    kinds = {reader.kind(e) for m in reading.mentions for e in m.exact or m.all}
    return bool(kinds & set(_THINGS))


def _names_sellers(reading: Reading, before: Reading, reader: Reader) -> bool:
    """Tell whether only firms are named, as where to get what was spoken of: `and on Comfy?`."""
    only_firms = all(reader.kind(e) == "company" for m in reading.mentions for e in m.all)
    is_said_so = any(h.tag == "op:seller" for h in reading.hits)
    return only_firms and is_said_so and _names_things(before, reader)


def _compares_with(reading: Reading, before: Reading, reader: Reader) -> bool:
    """Tell whether one thing is compared with what was spoken of: `and is Kling cheaper?`."""
    is_comparing = any(t.startswith("than:") for t in reading.tags)
    named = {m.key for m in reading.mentions}
    is_new = all(m.key not in named for m in before.mentions)
    return is_comparing and len(named) == 1 and is_new and _names_things(before, reader)


def _other_version(
    reading: Reading, mentions: tuple[Mention, ...], reader: Reader
) -> tuple[Reading, tuple[Mention, ...]]:
    """Read `the older one` as the version before what was spoken of, `the newer one` after it."""
    if len(mentions) != 1:
        return reading, mentions
    meant = reader.other_of(mentions[0], reading)
    if meant or reading.has("base"):
        dropped = ("number", *(("variant", "denied") if reading.has("base") else ()))
        spans = [h for h in reading.hits if h.tag == "op:base"]
        kept = (u for u in reading.units if u.kind not in dropped)
        units = tuple(u for u in kept if not any(h.start <= u.start < h.end for h in spans))
        return replace(reading, units=units), (meant or replace(mentions[0], extra=()),)
    if len(mentions) != 1 or not reading.has("older", "newer"):
        return reading, mentions
    other = reader.version_beside(mentions[0].all[0], older=reading.has("older"))
    if other is None:
        return reading, mentions
    spans = [h for h in reading.hits if h.tag in ("op:older", "op:newer")]
    units = tuple(
        u
        for u in reading.units
        if not any(h.start <= u.start < h.end or h.start < 0 for h in spans)
    )
    return replace(reading, units=units), (replace(mentions[0], exact=(other,), family=()),)


def _narrowing(before: Reading, units: Sequence[Unit]) -> tuple[Unit, ...]:
    """Give what narrowed the question before down and is not said otherwise: a tier, a place."""
    said = {u.kind for u in units}
    kept = (u for u in before.units if u.kind in _NARROWING and u.kind not in said)
    return _moved(kept)


def _with_amounts(reading: Reading, before: Reading) -> Reading:
    """Keep a budget or a length that was named before: `50 dollars`, then `and in 720p?`."""
    said = {a.field for a in amounts(reading.folded)}
    kept = [a.text for a in amounts(before.folded) if a.field not in said]
    return replace(reading, folded=" , ".join((reading.folded, *kept))) if kept else reading


def _on_the_same_card(reading: Reading, before: Reading, reader: Reader) -> Reading:
    """Keep the graphics card that was spoken of: `and Ovi on that?`."""
    if any(reader.kind(s[0]) == "hardware" for s in reading.sides):
        return reading
    cards = tuple((s[0], -1, -1) for s in before.sides if reader.kind(s[0]) == "hardware")
    asks_it = reading.has("hardware", "pronouns") or not _content(reading.units)
    if not cards or not asks_it:
        return reading
    tags = reading.tags | {t for t in before.tags if t == "op:hardware"}
    return replace(reading, sides=(*reading.sides, *cards), tags=tags)


def follows(reading: Reading) -> bool:
    """Tell whether a message without a name leans on what was said before."""
    if reading.has("pronouns", "follow"):
        return True
    return len(reading.words) <= _FOLLOWING_WORDS


def _conditions(before: Reading) -> frozenset[str]:
    return frozenset(t for t in before.tags if t[:2] in ("c:", "k:") or t.startswith("top:"))


def _mentions(before: Reading, said: Reading | None) -> tuple[Mention, ...]:
    """Take the names of the last question; of a line of models, the one that was answered about."""
    if said is None:
        return before.mentions
    if not before.mentions:
        return said.mentions[:1]
    exact = {e for m in said.mentions for e in m.exact}
    kept = []
    for mention in before.mentions:
        narrowed = tuple(e for e in mention.all if e in exact)
        is_line = len(mention.all) > 1
        kept.append(
            replace(mention, exact=narrowed, family=()) if narrowed and is_line else mention
        )
    if (
        len(before.mentions) == 1
        and not set(before.entities) & exact
        and before.mentions[0].version
    ):
        return said.mentions[:1] or before.mentions
    return tuple(kept)


def _same_for(reading: Reading, before: Reading, reader: Reader) -> Reading:
    """`and Seedance 2.5?` asks the same as the question before."""
    if _content(reading.units):
        return replace(reading, carried=before.units)
    if not follows(reading):
        return reading
    cards = [s for s in before.sides if reader.kind(s[0]) == "hardware"]
    kept = _moved(
        u
        for u in before.units
        if u.weight >= 1 and u.kind != "variant" and not _stands_in(u, cards, before)
    )
    reading = _with_amounts(_on_the_same_card(reading, before, reader), before)
    units = (*reading.units, *kept)
    return replace(reading, units=units, tags=reading.tags | before.tags)


def _stands_in(unit: Unit, spans: Sequence[tuple[int, int, int]], reading: Reading) -> bool:
    if not 0 <= unit.start < len(reading.words):
        return False
    return any(start <= reading.words[unit.start].start < end for _, start, end in spans)


def _moved(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Take units out of their own text: their word positions mean nothing in another one."""
    return tuple(replace(u, start=-1) for u in units)


def _content(units: Sequence[Unit]) -> list[Unit]:
    """Give the parts that ask for something, not those that only narrow it down."""
    return [u for u in units if u.weight >= 1 and u.kind in ("field", "word", "unknown")]
