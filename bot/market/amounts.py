"""Numbers out of machine values: seconds, pixels, dollars per second, gigabytes, dates."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.market.schema import Fact

_NUMBER = r"(\d+(?:,\d{3})*(?:\.\d+)?)"
_SECONDS = re.compile(_NUMBER + r" ?s\b")
_SIZE = re.compile(r"(\d{3,4})\s?x\s?(\d{3,4})")
_LINES = re.compile(r"(\d{3,4})\s?(?:p\b|px)", re.IGNORECASE)
_KILO = re.compile(r"\b([248])k\b", re.IGNORECASE)
_RATE = re.compile(_NUMBER + r" ?(?:\([^)]*\) ?)?USD/s")
_GIGABYTES = re.compile(_NUMBER + r" ?GB")
_BILLIONS = re.compile(_NUMBER + r" ?B\b")
_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_PLAIN = re.compile(_NUMBER)
_MONEY = re.compile(_NUMBER + r" ?(million|billion|[MB])\b ?(USD|CNY|HKD|GBP|EUR)?")
_KILO_LINES = {"2": 1440.0, "4": 2160.0, "8": 4320.0}
_IN_DOLLARS = {"USD": 1.0, "CNY": 1 / 7, "HKD": 1 / 7.8, "GBP": 1.3, "EUR": 1.15}


def lines(text: str) -> float | None:
    """Give the short side of a picture size in pixels: 1080p, 1920x1080, 4K."""
    sizes = [float(min(int(a), int(b))) for a, b in _SIZE.findall(text)]
    sizes += [float(m) for m in _LINES.findall(text)]
    sizes += [_KILO_LINES.get(m, 4320.0) for m in _KILO.findall(text)]
    return max(sizes, default=None)


@lru_cache(maxsize=8192)
def amount(value: str, unit: str) -> float | None:
    """Read a value in the unit of its field; the highest where a value names several.

    Memory gives the lowest: what a card needs at least. A date gives a number that sorts.
    """
    if unit == "pixels":
        return lines(value)
    if unit == "date":
        match = _DATE.search(value)
        return float(match.group().replace("-", "").ljust(8, "0")) if match else None
    if unit == "money":
        return _money(value)
    patterns = {
        "seconds": _SECONDS,
        "usd_per_second": _RATE,
        "gigabytes": _GIGABYTES,
        "billions": _BILLIONS,
    }
    found = patterns.get(unit, _PLAIN).findall(value)
    numbers = [float(n.replace(",", "")) for n in found]
    if not numbers:
        return None
    return min(numbers) if unit in ("gigabytes", "usd_per_second") else max(numbers)


def _money(value: str) -> float | None:
    """Give dollars, other currencies roughly converted: for ranking only, never shown."""
    found = [
        float(n.replace(",", ""))
        * (1e9 if scale in ("B", "billion") else 1e6)
        * _IN_DOLLARS.get(currency or "USD", 1.0)
        for n, scale, currency in _MONEY.findall(value)
    ]
    return max(found, default=None)


def fact_amount(fact: Fact, unit: str) -> float | None:
    """Read the value of a fact, see `amount`."""
    return amount(fact.value, unit) if fact.value else None
