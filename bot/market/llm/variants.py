"""Keeps the values of one passage apart: what holds for the Lite tier is not the price of all."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from bot.market.text import fold, words
from bot.market.verify import numbers

# A line of a passage ends "(field: value; qualifiers; as of ...", see drafting.py.
_QUALIFIERS = re.compile(r"\((?:\w+: [^;]*)?; (?P<held>.*?); as of \d")
_SAY_NOTHING = frozenset({"yes", "no", "api", "app", "users", "sound", "model", "price", "clip"})


@dataclass(frozen=True, slots=True)
class _Line:
    """One fact of a passage: for what it holds, its numbers and all its words."""

    held_for: frozenset[str]
    numbers: frozenset[str]
    words: frozenset[str]


def _lines(passages: str, common: Collection[str]) -> Iterator[_Line]:
    for line in passages.splitlines():
        found = _QUALIFIERS.search(line)
        held = {w.text for w in words(fold(found["held"]))} if found else set()
        yield _Line(
            frozenset(held - _SAY_NOTHING - set(common)),
            frozenset(numbers(line)),
            frozenset(w.text for w in words(fold(line))),
        )


def is_mixed_up(text: str, stated: Collection[str], passages: str, common: Collection[str]) -> bool:
    """Tell whether a number is said of another variant, size or seller than its fact's.

    Args:
        text: what is said, folded.
        stated: its numbers in one spelling.
        passages: what it cites, a fact a line.
        common: words that say nothing.
    """
    lines = list(_lines(passages, common))
    said = {w.text for w in words(text)}
    named = said & frozenset().union(*(line.held_for for line in lines))
    for number in stated:
        holding = [line for line in lines if number in line.numbers]
        if named and holding and not any(named & line.words for line in holding):
            return True
        if holding and all(line.held_for and not line.held_for & said for line in holding):
            return True
    return False
