"""Several questions in one message: where to cut it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from bot.market.reading import Reading, Unit
from bot.market.talk import sentences

MOST = 4
_ASKING = (
    r"(?:who|whose|what|when|where|why|how|which|is|are|does|do|did|can|will|was|were|has|have|should|could|"
    r"(?:who|what|when|where|why|how)(?:\'?s|\'?re)|isnt|isn\'t|doesnt|doesn\'t|"
    r"(?:since|until) when|seit wann|bis wann|depuis quand|desde cu[aá]ndo|hasta cu[aá]ndo|"
    r"desde quando|"
    r"wer|wann|wo|wie|warum|welche[rsnm]?|gibt|kann|darf|"
    r"quand|qui|combien|comment|pourquoi|quel(?:le)?s?|est-ce|"
    r"qui[eé]n|cu[aá]ndo|cu[aá]nto|c[oó]mo|qu[eé]|cu[aá]l(?:es)?|"
    r"quem|quando|quanto|como|qual|quais)"
)
_AND = r"(?:and|und|et|y|e|also|plus|sowie|&|\+)"
# Behind `and is` these go on saying something of what was asked about, and ask nothing new.
_PREDICATE = (
    r"(?:is|are|was|were|has|have|do|does|did|can|will)\s+(?:made|based|from|in|under|over|below|"
    r"above|available|open|able|free|not|still|also|at|by|licensed|cheap|cheaper|usable|native|"
    r"support|supports|run|runs|make|makes|cost|costs|sound|audio|no|an?|more|less|both|\d)"
)
_CUT = re.compile(
    rf"(?:(?:,|;)?\s+{_AND}\s+(?:also\s+)?|[,;:]\s+)(?={_ASKING}\b)(?!{_PREDICATE}\b)",
    re.IGNORECASE,
)
_LEADS = re.compile(rf"^(?:(?:and|but|so|ok|okay|also|plus)\s+)?{_ASKING}\b", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:^|\s)\(?[1-9a-d][.)]\s")
_CORRECTION = re.compile(
    r"\s*[.!?…]+\s+"
    r"(?=(?:no,? wait|wait,? no|oh wait|sorry|i mean|i meant|or rather|scratch that)\b)",
    re.IGNORECASE,
)
_MIN_WORDS = 2
_LINKS = frozenset(
    (
        "and",
        "plus",
        "und",
        "et",
        "y",
        "e",
        "sowie",
        "also",
        "&",
        "+",
        ",",
        "/",
        "or",
        "vs",
        "和",
        "と",
    )
)
_STRONG = 2.0


def parts_of(text: str) -> list[str]:
    """Cut a message at the ends of its sentences and before question words."""
    numbered = [p for p in _NUMBERED.split(text) if p.strip()]
    if len(numbered) > 1 and _NUMBERED.search(text):
        return [p.strip(" ,;") for p in numbered]
    whole = _CORRECTION.sub(", ", text)
    return [p.strip() for s in sentences(whole) for p in _CUT.split(s) if p.strip()]


def is_numbered(text: str) -> bool:
    """Tell whether somebody counts what is asked: `1) the price 2) the length`."""
    return len(_NUMBERED.findall(text)) > 1


def without_orders(text: str) -> str:
    """Give the one question of a message that also orders the bot about; else all of it."""
    asking = [s for s in sentences(text) if asks(s)]
    return asking[0] if len(asking) == 1 else text


def asks(part: str) -> bool:
    """Tell whether a part of a message is a question by its form."""
    is_long = len(part.split()) >= _MIN_WORDS
    return is_long and (part.endswith(("?", "？")) or bool(_LEADS.match(part)))


def by_variants(reading: Reading) -> list[Reading]:
    """Cut `Veo 3.1 / Fast / Lite` into one reading per tier; one where one tier is named."""
    tiers = [u for u in reading.units if u.kind == "variant"]
    own = sorted((u for u in tiers if u.start >= 0), key=lambda u: u.start)
    is_one_name = len({m.key for m in reading.mentions}) == 1
    linked = all(_are_linked(reading, a, b) for a, b in itertools.pairwise(own))
    if not is_one_name or len(tiers) < 2 or len(own) < 2 or not linked:  # noqa: PLR2004
        return [reading]
    rest = tuple(u for u in reading.units if u.kind != "variant")
    base = [] if len(tiers) > len(own) else [replace(reading, units=rest)]
    return [*base, *(replace(reading, units=(unit, *rest)) for unit in tiers)][:MOST]


def by_years(reading: Reading) -> list[Reading]:
    """Cut `funding in 2025 vs 2024` into one reading per year; one where a thing is named."""
    years = [u for u in reading.units if u.kind == "date" and u.start >= 0]
    linked = all(_are_linked(reading, a, b) for a, b in itertools.pairwise(years))
    if reading.mentions or not 1 < len(years) <= MOST or not linked:
        return [reading]
    rest = tuple(u for u in reading.units if u not in years)
    tags = reading.tags - {"op:compare"}
    return [replace(reading, units=(*rest, year), tags=tags) for year in years]


def by_fields(reading: Reading) -> list[Reading]:
    """Cut `its price and its length` into two readings; one where only one thing is asked."""
    strong = [
        u for u in reading.units if u.kind == "field" and u.weight >= _STRONG and u.start >= 0
    ]
    strong.sort(key=lambda u: u.start)
    groups: list[list[Unit]] = []
    for unit in strong:
        if groups and not _are_linked(reading, groups[-1][-1], unit):
            groups[-1].append(unit)
        else:
            groups.append([unit])
    if len({m.key for m in reading.mentions}) != 1 or not 1 < len(groups) <= MOST:
        return [reading]
    ends = [group[-1].start for group in groups]
    own = [
        [u for u in reading.units if _leads(u, group[0], ends[i - 1] if i else -1, reading)]
        for i, group in enumerate(groups)
    ]
    taken = {id(u) for units in own for u in units}
    rest = [u for u in reading.units if u not in strong and id(u) not in taken]
    return [
        replace(reading, units=(*group, *units, *rest))
        for group, units in zip(groups, own, strict=True)
    ]


def _leads(unit: Unit, field: Unit, after: int, reading: Reading) -> bool:
    """Tell whether a word belongs to the one field behind it: `the image-to-video release`."""
    if unit.kind not in ("word", "number", "variant") or not after < unit.start < field.start:
        return False
    words = reading.words
    between = reading.folded[words[unit.start].end : words[field.start].start]
    names = any(
        words[unit.start].start < m.start < words[field.start].start for m in reading.mentions
    )
    return not names and not _LINKS & set(_split(between))


def _are_linked(reading: Reading, before: Unit, unit: Unit) -> bool:
    """Tell whether an `and` or a comma stands between two things that are asked for."""
    words = reading.words
    end = before.start + len(before.text.split())
    between = reading.folded[words[min(end, len(words)) - 1].end : words[unit.start].start]
    has_name = any(
        words[before.start].start < m.start < words[unit.start].start for m in reading.mentions
    )
    return not has_name and bool(_LINKS & set(_split(between)))


def _split(text: str) -> Sequence[str]:
    return re.findall(r"[^\W\d_]+|[,&+/]", text)
