"""What the text of a value means: a typed quantity in the one unit of its field.

The types and what they give as `number`: duration (seconds), resolution (short side in pixels),
price_per_second, price_per_clip and price_per_month (US dollars), money (units of `currency`),
memory (GB), rate (frames per second), parameters and count (how many), percent, points, date (a
number that sorts, 20260301), yes_no (1 or 0), list, choice, company and text (no number). Nothing
is guessed: what does not have exactly the form of its type is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from bot.market.schema import FACTS_FOLDER, Fact

TEXT: Final = "text"
CURRENCIES: Final = ("USD", "EUR", "GBP", "CNY", "HKD", "KRW", "AUD", "JPY")
# In this market 2K means 2560x1440, not the 2048x1080 of cinema.
NAMED_SIZES: Final = {"2K": 1440, "4K": 2160, "8K": 4320}

_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_DURATION = re.compile(rf"(?:{_NUMBER}-)?{_NUMBER} (s|min|h|days|weeks|months|years)")
_PIXELS = re.compile(r"(\d{3,5})x(\d{3,5})")
_LINES = re.compile(r"(\d{3,4})(?:p|px)")
_MONEY = re.compile(rf"{_NUMBER}([KMB])? ({'|'.join(CURRENCIES)})")
_PRICE = re.compile(rf"{_NUMBER} USD(/s|/month)?")
_MEMORY = re.compile(rf"{_NUMBER} GB")
_RATE = re.compile(rf"{_NUMBER} fps")
_PARAMETERS = re.compile(rf"{_NUMBER}([MB])")
_COUNT = re.compile(rf"{_NUMBER}(?: (thousand|million|billion))?")
_PERCENT = re.compile(rf"{_NUMBER}%")
_PLAIN = re.compile(_NUMBER)
_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?")
_SECONDS = {
    "s": 1,
    "min": 60,
    "h": 3600,
    "days": 86_400,
    "weeks": 604_800,
    "months": 2_592_000,
    "years": 31_536_000,
}
_SCALES = {"": 1, "K": 1e3, "M": 1e6, "B": 1e9, "thousand": 1e3, "million": 1e6, "billion": 1e9}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value that was understood; `type` is "text" where it was not."""

    type: str
    text: str  # as it stands in the file
    number: float | None = None  # in the unit of the type; the upper end of a range
    low: float | None = None  # the lower end of a range, else None
    currency: str | None = None
    items: tuple[str, ...] = ()  # of a list

    @property
    def label(self) -> str:
        """Give the usual name of a picture size ("4K" for 3840x2160), else the text."""
        if self.type != "resolution" or self.number is None:
            return self.text
        names = {lines: name for name, lines in NAMED_SIZES.items()}
        return names.get(int(self.number), f"{int(self.number)}p")


@dataclass(frozen=True, slots=True)
class Field:
    """A machine field: the type of its values and the words that it allows, if only some."""

    id: str
    type: str
    values: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()  # kinds of entities that the line is for; all if empty
    note: str = ""
    check_after_days: int | None = None  # the age from which it should be looked at again


def load_fields(path: Path = FACTS_FOLDER / "_fields.yaml") -> Mapping[str, Sequence[Field]]:
    """Read the list of fields, by id; a field may have one line for each kind of entity."""
    fields: dict[str, list[Field]] = {}
    for row in yaml.safe_load(path.read_text("utf-8")):
        allowed = tuple(map(str, row.get("values", ())))
        kinds = tuple(row.get("kinds", ()))
        days = row.get("check_after_days")
        field = Field(row["id"], row["type"], allowed, kinds, row.get("note", ""), days)
        fields.setdefault(field.id, []).append(field)
    return fields


@cache
def _built_in_fields() -> Mapping[str, Sequence[Field]]:
    return load_fields()


def field_of(field: str | None, kind: str) -> Field:
    """Give what is known about a field for entities of a kind; a text field if nothing is."""
    for known in _built_in_fields().get(field or "", ()):
        if not known.kinds or kind in known.kinds:
            return known
    return Field(field or "", TEXT)


def fields_for(kind: str) -> list[Field]:
    """Give the machine fields of a kind of entity, in the order of the list."""
    lines = (line for lines in _built_in_fields().values() for line in lines)
    return [line for line in lines if not line.kinds or kind in line.kinds]


def quantity(fact: Fact, kind: str) -> Quantity | None:
    """Read the value of a fact of an entity of a kind; None where it has no value."""
    return None if fact.value is None else parse(fact.value, field_of(fact.field, kind).type)


def parse(text: str, type_: str) -> Quantity:
    """Read a value of a type; gives type "text" where it does not have the form of the type."""
    reader = _READERS.get(type_)
    found = reader(text) if reader else None
    return found or Quantity(TEXT, text)


def _float(digits: str) -> float:
    return float(digits.replace(",", ""))


def _plain(type_: str, pattern: re.Pattern[str]) -> Callable[[str], Quantity | None]:
    """Read a number that stands before its unit, with a scale in group 2 if there is one."""

    def read(text: str) -> Quantity | None:
        match = pattern.fullmatch(text)
        if not match:
            return None
        scale = match[2] or "" if pattern.groups > 1 else ""
        return Quantity(type_, text, round(_float(match[1]) * _SCALES[scale], 6))

    return read


def _duration(text: str) -> Quantity | None:
    match = _DURATION.fullmatch(text)
    if not match:
        return None
    unit = _SECONDS[match[3]]
    low = _float(match[1]) * unit if match[1] else None
    return Quantity("duration", text, _float(match[2]) * unit, low)


def _resolution(text: str) -> Quantity | None:
    if text in NAMED_SIZES:
        return Quantity("resolution", text, NAMED_SIZES[text])
    if match := _PIXELS.fullmatch(text):
        return Quantity("resolution", text, min(float(match[1]), float(match[2])))
    if match := _LINES.fullmatch(text):
        return Quantity("resolution", text, float(match[1]))
    return None


def _price(type_: str, suffix: str) -> Callable[[str], Quantity | None]:
    def read(text: str) -> Quantity | None:
        match = _PRICE.fullmatch(text)
        if not match or (match[2] or "") != suffix:
            return None
        return Quantity(type_, text, _float(match[1]), currency="USD")

    return read


def _money(text: str) -> Quantity | None:
    match = _MONEY.fullmatch(text)
    if not match:
        return None
    number = round(_float(match[1]) * _SCALES[match[2] or ""], 2)
    return Quantity("money", text, number, currency=match[3])


def _date(text: str) -> Quantity | None:
    match = _DATE.fullmatch(text)
    if not match:
        return None
    return Quantity("date", text, float("".join(part or "00" for part in match.groups())))


def _yes_no(text: str) -> Quantity | None:
    known = {"yes": 1.0, "no": 0.0}
    return Quantity("yes_no", text, known[text]) if text in known else None


def _list(text: str) -> Quantity:
    return Quantity("list", text, items=tuple(item.strip() for item in text.split(",")))


def _word(type_: str) -> Callable[[str], Quantity | None]:
    return lambda text: Quantity(type_, text, items=(text,))


_READERS: Final[Mapping[str, Callable[[str], Quantity | None]]] = {
    "duration": _duration,
    "resolution": _resolution,
    "price_per_second": _price("price_per_second", "/s"),
    "price_per_clip": _price("price_per_clip", ""),
    "price_per_month": _price("price_per_month", "/month"),
    "money": _money,
    "memory": _plain("memory", _MEMORY),
    "rate": _plain("rate", _RATE),
    "parameters": _plain("parameters", _PARAMETERS),
    "count": _plain("count", _COUNT),
    "percent": _plain("percent", _PERCENT),
    "points": _plain("points", _PLAIN),
    "date": _date,
    "yes_no": _yes_no,
    "list": _list,
    "choice": _word("choice"),
    "company": _word("company"),
}
TYPES: Final = (*_READERS, TEXT)
