"""Several questions in one message: where to cut it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.market.reading import Reading, Unit
from bot.market.talk import sentences

MOST = 4
_ASKING = (
    r"(?:who|what|when|where|why|how|which|is|are|does|do|did|can|will|was|were|has|have|should|could|"
    r"(?:who|what|when|where|why|how)(?:\'?s|\'?re)|isnt|isn\'t|doesnt|doesn\'t|"
    r"wer|wann|wo|wie|warum|welche[rsnm]?|gibt|kann|darf|"
    r"quand|qui|combien|comment|pourquoi|quel(?:le)?s?|est-ce|"
    r"qui[eé]n|cu[aá]ndo|cu[aá]nto|c[oó]mo|qu[eé]|cu[aá]l(?:es)?|"
    r"quem|quando|quanto|como|qual|quais)"
)
_AND = r"(?:and|und|et|y|e|also|plus|sowie)"
_CUT = re.compile(rf"(?:(?:,|;)?\s+{_AND}\s+(?:also\s+)?|[,;:]\s+)(?={_ASKING}\b)", re.IGNORECASE)
_LEADS = re.compile(rf"^(?:(?:and|but|so|ok|okay|also|plus)\s+)?{_ASKING}\b", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:^|\s)\(?[1-9a-d][.)]\s")
_MIN_WORDS = 2
_LINKS = frozenset(
    ("and", "plus", "und", "et", "y", "e", "sowie", "also", "&", "+", ",", "和", "と")
)
_STRONG = 2.0


def parts_of(text: str) -> list[str]:
    """Cut a message at the ends of its sentences and before question words."""
    numbered = [p for p in _NUMBERED.split(text) if p.strip()]
    if len(numbered) > 1 and _NUMBERED.search(text):
        return [p.strip(" ,;") for p in numbered]
    return [p.strip() for s in sentences(text) for p in _CUT.split(s) if p.strip()]


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
    rest = tuple(u for u in reading.units if u not in strong)
    return [replace(reading, units=(*group, *rest)) for group in groups]


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
    return re.findall(r"[^\W\d_]+|[,&+]", text)
