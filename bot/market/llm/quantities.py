"""Numbers with their units in prose, in the languages of quantities.yaml."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.market.text import fold

_RUN = r"\d+(?:[.,]\d+)*"  # the whole run: 1,5000.40 is no 1,500 with something behind it
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in one spelling, scaled, with its unit where one stands beside it: s, USD, USD/s."""

    number: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class _Tables:
    words: Mapping[str, Mapping[str, str]]  # language -> pattern of a folded word -> number or ""
    numerals: re.Pattern[str]
    quantity: re.Pattern[str]
    units: Mapping[str, str]
    scales: Mapping[str, int]


@cache
def _tables() -> _Tables:
    text = Path(__file__).with_suffix(".yaml").read_text("utf-8")
    # `null` and `no` are words here, as in the lexicon
    raw: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  texts, lists, mappings
    units = {fold(w): unit for unit, ws in raw["units"].items() for w in ws}
    scales = {fold(w): int(scale) for scale, ws in raw["scales"].items() for w in ws}
    unit, scale = _any_of(units), _any_of(scales)
    return _Tables(
        words={
            language: {fold(w): n for w, n in words.items()}
            for language, words in raw["words"].items()
        },
        numerals=re.compile(f"[{raw['numerals']}]+\\s*[{re.escape(raw['counters'])}]"),
        quantity=re.compile(
            rf"(?P<sign>us\$|[$€£¥₩])?\s?(?P<number>{_RUN})"
            rf"(?:[\s-]?(?P<scale>{scale}))?(?:[\s-]?(?P<unit>{unit}))?"
            rf"(?:\s?(?:{_any_of(dict.fromkeys(raw['per']))})\s?(?P<per>{unit}))?"
        ),
        units=units,
        scales=scales,
    )


def agree(unit: str | None, held: Collection[str | None]) -> bool:
    """Tell whether a number may have a unit where the evidence has it with those of `held`.

    A number that the evidence has without unit somewhere ("4, 6 or 8 seconds") may have any.
    """
    if unit is None or None in held:
        return True
    return any(h == unit or (h or "").startswith(f"{unit}/") for h in held)


def _any_of(words: Mapping[str, object]) -> str:
    """Match any of some words, the longest first; those of letters end where a word ends."""
    longest = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(w) + (r"(?![a-z])" if w[-1].isascii() else "") for w in longest)


def languages() -> frozenset[str]:
    """Give the languages whose numbers can be read."""
    return frozenset(_tables().words)


def quantities(text: str) -> Iterator[Quantity]:
    """Give the numbers of a text that are written in digits."""
    tables = _tables()
    for found in tables.quantity.finditer(fold(text)):
        sign, unit = found["sign"], found["unit"]
        named = tables.units[unit] if unit else tables.units[sign] if sign else None
        if named and found["per"]:
            named = f"{named}/{tables.units[found['per']]}"
        yield Quantity(spelled(found["number"], tables.scales.get(found["scale"] or "", 1)), named)


def spelled(number: str, scale: int = 1) -> str:
    """Write a number in one way: 1,080.0 -> 1080; what is no number stays as it is."""
    if not _NUMBER.fullmatch(number):
        return number
    value = Decimal(number.replace(",", "")) * scale
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def written_out(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Give the numbers of a text that are written as words, each with its number or ""."""
    tables, folded = _tables(), fold(text)
    known = {**tables.words["en"], **tables.words.get(language, {})}
    patterns = [p for p in known if "*" in p]
    for word in _WORD.findall(folded):
        if word in known:
            yield word, known[word]
        elif any(fnmatchcase(word, p) for p in patterns):
            yield word, ""
    for run in tables.numerals.findall(folded):
        yield run, ""
