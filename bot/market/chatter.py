"""What people say around a question: `I read a crazy number`, `everybody talks about it`."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.market.amounts import amounts
from bot.market.reading import Reading, Unit

_CUTS = re.compile(r"[,;.!?()\n:]+(?:\s|$)|\s[-/|]+\s|\.{2,}")
_ASIDE = ("word", "unknown", "light", "field")
_TELLING = ("c:", "k:", "p:", "top:", "than:")
_STRONG = 2.0


def without_chatter(reading: Reading, starts: frozenset[str], hearsay: frozenset[str]) -> Reading:
    """Leave out the words of clauses that somebody says of himself or of others.

    `starts` are the words that such clauses begin with, `hearsay` those among them behind which
    not even the word of a field asks for it: `everybody talks about it`. A clause that names,
    limits or asks something stays, and so does all of a message in which no other clause does.
    """
    clauses = _clauses(reading)
    if len(clauses) < 2:  # noqa: PLR2004  one clause is the question
        return reading
    telling = [_tells(reading, span, hearsay) for span in clauses]
    aside = [
        span
        for span, is_telling in zip(clauses, telling, strict=True)
        if not is_telling and reading.words[span[0]].text in starts
    ]
    if not any(telling) or not aside:
        return reading
    return replace(
        reading,
        units=tuple(u for u in reading.units if not _is_aside(u, aside)),
    )


def _is_aside(unit: Unit, aside: list[tuple[int, int]]) -> bool:
    return unit.kind in _ASIDE and _within(unit, aside)


def _within(unit: Unit, spans: list[tuple[int, int]]) -> bool:
    return any(start <= unit.start < end for start, end in spans)


def _clauses(reading: Reading) -> list[tuple[int, int]]:
    """Give the clauses of a message as spans of words."""
    cuts = [m.start() for m in _CUTS.finditer(reading.folded)]
    found: list[tuple[int, int]] = []
    start = 0
    for cut in [*cuts, len(reading.folded) + 1]:
        end = sum(1 for w in reading.words if w.start < cut)
        if end > start:
            found.append((start, end))
        start = max(start, end)
    return found


def _tells(reading: Reading, span: tuple[int, int], hearsay: frozenset[str]) -> bool:
    """Tell whether a clause names something, limits it, or asks for a field of it."""
    start, end = reading.words[span[0]].start, reading.words[span[1] - 1].end
    if any(start <= m.start < end for m in reading.mentions):
        return True
    if any(start <= s[1] < end for s in reading.sides):
        return True
    if any(start <= a.start < end for a in amounts(reading.folded)):
        return True
    is_hearsay = reading.words[span[0]].text in hearsay
    kinds = {"place", "date", "must", "variant", *(() if is_hearsay else ("field",))}
    strong = (u for u in reading.units if u.weight >= _STRONG and _within(u, [span]))
    if any(u.kind in kinds for u in strong):
        return True
    return not is_hearsay and any(
        span[0] <= h.start < span[1] and h.tag.startswith(_TELLING) for h in reading.hits
    )
