"""Time zones, found by what people type: a name, a city, a country, or the beginning of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from rapidfuzz import fuzz, process

from bot.core.model import Choice

_NEAR = 75.0
"""rapidfuzz's ratio (0 to 100) from which a mistyped city is taken for another."""
EXAMPLES = "Berlin, Mexico City, America/New_York, Asia/Tokyo, UTC"
"""How a time zone can be written: as a city or by its name."""

LIKELY = (
    "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver",
    "America/Mexico_City", "America/Chicago", "America/New_York", "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires", "UTC", "Europe/London", "Africa/Lagos", "Europe/Madrid",
    "Europe/Berlin", "Africa/Johannesburg", "Europe/Istanbul", "Asia/Dubai", "Asia/Karachi",
    "Asia/Kolkata", "Asia/Jakarta", "Asia/Shanghai", "Asia/Tokyo", "Asia/Seoul", "Australia/Sydney",
    "Pacific/Auckland",
)  # fmt: skip
"""One zone for most hours of the day, from west to east: as many as a menu holds."""


@cache
def _by_name() -> Mapping[str, str]:
    return {name.lower(): name for name in available_timezones()}


@cache
def _cities() -> Mapping[str, str]:
    """Give the zones by the city that their names end with."""
    return {
        low.rpartition("/")[2]: name
        for low, name in sorted(_by_name().items(), reverse=True)
        if "/" in low and not low.startswith(("etc/", "posix/", "right/", "systemv/"))
    }


@cache
def _countries() -> Mapping[str, tuple[str, ...]]:
    """Give the zones of a country by its English name."""
    tables = files("tzdata") / "zoneinfo"
    names = dict(
        line.split("\t")[:2]
        for line in (tables / "iso3166.tab").read_text("utf-8").splitlines()
        if line and not line.startswith("#")
    )
    found: dict[str, list[str]] = {}
    for line in (tables / "zone.tab").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            found.setdefault(names[code].lower(), []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()}


def exact(text: str) -> str | None:
    """Give the zone of this name, in any case; None where there is none."""
    return _by_name().get(_folded(text))


def near(text: str, limit: int = 25) -> list[str]:
    """Give zones whose name, city or country begins with a text, else contains or resembles it."""
    wanted = _folded(text)
    if not wanted:
        return list(LIKELY)
    cities, country = _cities(), wanted.replace("_", " ")
    found = list(_countries().get(country, ()))
    found += [zone for city, zone in sorted(cities.items()) if city.startswith(wanted)]
    for name, zones in _countries().items():
        if name.startswith(country):
            found += zones
    found += [name for low, name in sorted(_by_name().items()) if wanted in low]
    return list(dict.fromkeys(found or _alike(wanted)))[:limit]


def meant(text: str, limit: int = 3) -> list[str]:
    """Give zones that a text which is none was probably to mean: fewer than what completes it."""
    wanted = _folded(text)
    if not wanted:
        return []
    found = list(_countries().get(wanted.replace("_", " "), ()))
    found += [zone for city, zone in sorted(_cities().items()) if city.startswith(wanted)]
    return list(dict.fromkeys(found or _alike(wanted)))[:limit]


def _alike(wanted: str) -> list[str]:
    by_word = {**_cities(), **_by_name()}
    found = process.extract(wanted, list(by_word), scorer=fuzz.ratio, limit=6, score_cutoff=_NEAR)
    return [by_word[word] for word, _, _ in found]


def only(text: str) -> str | None:
    """Give the zone that a text can only mean: its name, or the city of one zone alone."""
    return exact(text) or _cities().get(_folded(text))


def choice(name: str, now: datetime) -> Choice:
    """Give a zone with its difference to UTC at this time."""
    offset = now.astimezone(ZoneInfo(name)).strftime("%z")
    shift = "UTC" if offset == "+0000" else f"UTC{offset[:3]}:{offset[3:]}"
    return Choice(name, name if name == shift else f"{name.replace('_', ' ')} ({shift})")


def _folded(text: str) -> str:
    return "_".join(text.strip().lower().split())
