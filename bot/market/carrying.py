"""Follow-ups: what a message takes over from what was said before in the thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.market.linking import Mention
from bot.market.model import Turn
from bot.market.reader import Reader
from bot.market.reading import Reading, Unit

_SELF_SUFFICIENT = 3.0  # weight of a question that stands on its own without a name
_FOLLOWING_WORDS = 9
_KEPT_TURNS = 6


def carry(reading: Reading, turns: Sequence[Turn], reader: Reader) -> Reading:
    """Complete a reading by names and fields of earlier turns, where it lacks them."""
    earlier = [reader.read(t.text[:1000]) for t in turns[-_KEPT_TURNS:] if t.role == "user"]
    said = [reader.read(t.text[:1000]) for t in turns[-_KEPT_TURNS:] if t.role == "assistant"]
    if not earlier:
        return reading
    before = _with_names(earlier)
    if reading.mentions:
        return _same_for(reading, before)
    if not follows(reading):
        return reading
    asked_list = not before.mentions and bool(_conditions(before))
    mentions = () if asked_list else _mentions(before, said[-1] if said else None)
    if not before.mentions and not asked_list:
        kinds = ("word", "unknown") if _content(reading.units) else ("word", "unknown", "field")
        topic = tuple(u for u in before.units if u.kind in kinds and u.weight >= 1)
        reading = replace(reading, units=(*reading.units, *topic))
    mentions = _other_version(reading, mentions, reader)
    units = reading.units
    asks_other = reading.has("when") and not _content(units)
    if (not _content(units) and not asks_other) or reading.has("older", "newer"):
        units = (*units, *_content(before.units))
    return replace(
        reading,
        mentions=mentions,
        units=units,
        carried=tuple(u for u in before.units if u not in units),
        tags=reading.tags | _conditions(before),
    )


def _other_version(
    reading: Reading, mentions: tuple[Mention, ...], reader: Reader
) -> tuple[Mention, ...]:
    """Read `the older one` as the version before what was spoken of, `the newer one` after it."""
    if len(mentions) != 1 or not reading.has("older", "newer"):
        return mentions
    other = reader.version_beside(mentions[0].all[0], older=reading.has("older"))
    return (replace(mentions[0], exact=(other,), family=()),) if other is not None else mentions


def follows(reading: Reading) -> bool:
    """Tell whether a message without a name leans on what was said before."""
    if reading.has("pronouns", "follow"):
        return True
    return len(reading.words) <= _FOLLOWING_WORDS


def _conditions(before: Reading) -> frozenset[str]:
    return frozenset(t for t in before.tags if t[:2] in ("c:", "k:") or t.startswith("top:"))


def _with_names(earlier: Sequence[Reading]) -> Reading:
    """Give the last turn; one that leaned on turns before it gets their names."""
    last = earlier[-1]
    if last.mentions:
        return last
    named = next((r for r in reversed(earlier) if r.mentions), None)
    return replace(last, mentions=named.mentions) if named and follows(last) else last


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


def _same_for(reading: Reading, before: Reading) -> Reading:
    """`and Seedance 2.5?` asks the same as the question before."""
    if _content(reading.units):
        return replace(reading, carried=before.units)
    if not follows(reading):
        return reading
    units = (*reading.units, *(u for u in before.units if u.weight >= 1 and u.kind != "variant"))
    return replace(reading, units=units, tags=reading.tags | before.tags)


def _content(units: Sequence[Unit]) -> list[Unit]:
    """Give the parts that ask for something, not those that only narrow it down."""
    return [u for u in units if u.weight >= 1 and u.kind in ("field", "word", "unknown")]
