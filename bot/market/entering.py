"""Values as people type them ("30 secs", "$0.10 a second", "24gb"), written as the facts have them.

Nothing is guessed: what has no clear meaning for the type of the field is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from bot.market.values import CURRENCIES, NAMED_SIZES, TEXT, Field, parse

EXAMPLES: Final[Mapping[str, str]] = {
    "duration": "30 s, 2 min",
    "resolution": "1080p, 4K, 1920x1080",
    "price_per_second": "0.10 USD/s",
    "price_per_clip": "0.50 USD",
    "price_per_month": "9.99 USD/month",
    "money": "1.2B USD, 500 EUR",
    "memory": "24 GB",
    "rate": "24 fps",
    "parameters": "14B, 1.3B",
    "count": "3000, 1.5 million",
    "percent": "70%",
    "points": "1482",
    "date": "2026-03-01, 2026-03",
    "yes_no": "yes, no",
    "list": "text, image",
    "company": "OpenAI",
}
"""How values of a type are written; what people are shown whose value was not understood."""

_NUMBER = r"(\d[\d,]*(?:\.\d+)?)"
_DOLLARS = rf"(?:us)?\$?\s*{_NUMBER}\s*(?:us\s*)?(?:usd|dollars?|bucks|\$)?"
_TIMES: Final = {
    "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s", "m": "min", "min": "min",
    "mins": "min", "minute": "min", "minutes": "min", "h": "h", "hour": "h", "hours": "h",
    "day": "days", "days": "days", "week": "weeks", "weeks": "weeks", "month": "months",
    "months": "months", "year": "years", "years": "years",
}  # fmt: skip
_SCALES: Final = {
    "": "", "k": "K", "thousand": "K", "m": "M", "mn": "M", "million": "M", "b": "B", "bn": "B",
    "billion": "B",
}  # fmt: skip
_SIGNS: Final = {"$": "USD", "€": "EUR", "£": "GBP", "₩": "KRW"}
_YES: Final = {"yes": "yes", "y": "yes", "true": "yes", "no": "no", "n": "no", "false": "no"}


def entered(text: str, field: Field) -> str | None:
    """Give a value in the form of its field, None where it has no meaning there."""
    typed = " ".join(text.split())
    if not typed:
        return None
    if field.values:
        return _of_words(typed, field)
    reader = _READERS.get(field.type)
    found = (reader(typed.lower()) if reader else None) or typed
    return found if field.type == TEXT or parse(found, field.type).type != TEXT else None


def _of_words(typed: str, field: Field) -> str | None:
    """Give one or, in a list, several of the words that a field allows, as it spells them."""
    allowed = {word.casefold(): word for word in field.values}
    parts = typed.split(",") if field.type == "list" else [typed]
    found = [allowed.get(part.strip().casefold()) for part in parts]
    return None if None in found else ", ".join(str(word) for word in found)


def _duration(typed: str) -> str | None:
    match = re.fullmatch(rf"(?:{_NUMBER}\s*(?:-|to)\s*)?{_NUMBER}\s*([a-z]+)", typed)
    if not match or match[3] not in _TIMES:
        return None
    low = f"{match[1]}-" if match[1] else ""
    return f"{low}{match[2]} {_TIMES[match[3]]}"


def _resolution(typed: str) -> str | None:
    if typed.upper() in NAMED_SIZES:
        return typed.upper()
    if match := re.fullmatch(r"(\d{3,5})\s*[x×*]\s*(\d{3,5})", typed):
        return f"{match[1]}x{match[2]}"
    match = re.fullmatch(r"(\d{3,4})\s*(?:p|px)?", typed)
    return f"{match[1]}p" if match else None


def _price(unit: str, suffix: str) -> Callable[[str], str | None]:
    pattern = re.compile(rf"{_DOLLARS}\s*{unit}")

    def read(typed: str) -> str | None:
        match = pattern.fullmatch(typed)
        return f"{match[1].replace(',', '')} USD{suffix}" if match else None

    return read


def _money(typed: str) -> str | None:
    sign = next((code for sign, code in _SIGNS.items() if sign in typed), "")
    bare = re.sub(r"us\$|[$€£₩]", " ", typed).strip()
    match = re.fullmatch(
        rf"([a-z]{{3}})?\s*{_NUMBER}\s*([a-z]*)\s*(?:of\s)?(?:us\s)?([a-z]*)", bare
    )
    if not match:
        return None
    scale, rest = match[3], match[4]
    if scale.upper() in CURRENCIES or scale in ("dollars", "dollar", "euros", "euro"):
        scale, rest = "", scale
    code = {"dollars": "USD", "dollar": "USD", "euros": "EUR", "euro": "EUR"}.get(rest, rest)
    currency = sign or code.upper() or (match[1] or "").upper()
    if scale not in _SCALES or currency not in CURRENCIES:
        return None
    return f"{match[2]}{_SCALES[scale]} {currency}"


def _with(unit: str, *others: str, gap: str = " ") -> Callable[[str], str | None]:
    """Read a number with its unit or, since the field says it, without."""
    words = "|".join(map(re.escape, (unit.lower(), *others)))
    pattern = re.compile(rf"{_NUMBER}\s*(?:{words})?")

    def read(typed: str) -> str | None:
        match = pattern.fullmatch(typed)
        return f"{match[1]}{gap}{unit}" if match else None

    return read


def _parameters(typed: str) -> str | None:
    match = re.fullmatch(rf"{_NUMBER}\s*([a-z]+)(?:\s*parameters)?", typed)
    scale = _SCALES.get(match[2]) if match else None
    return f"{match[1]}{scale}" if match and scale in ("M", "B") else None


def _count(typed: str) -> str | None:
    match = re.fullmatch(rf"{_NUMBER}\s*(thousand|million|billion|k|m|b)?", typed)
    if not match:
        return None
    words = {"k": "thousand", "m": "million", "b": "billion"}
    scale = words.get(match[2] or "", match[2])
    return f"{match[1]} {scale}" if scale else match[1]


_READERS: Final[Mapping[str, Callable[[str], str | None]]] = {
    "duration": _duration,
    "resolution": _resolution,
    "price_per_second": _price(r"(?:(?:/|per|a)\s*(?:s|sec|second))?", "/s"),
    "price_per_month": _price(r"(?:(?:/|per|a)\s*(?:m|mo|month))?", "/month"),
    "price_per_clip": _price(r"(?:(?:/|per|a)\s*(?:clip|video))?", ""),
    "money": _money,
    "memory": _with("GB", "g", "gig", "gigs", "gigabytes"),
    "rate": _with("fps", "frames per second"),
    "parameters": _parameters,
    "count": _count,
    "percent": _with("%", "per cent", "percent", gap=""),
    "yes_no": _YES.get,
}
