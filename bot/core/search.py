"""The words people search with, as a filter; one grammar for search, export and the queue.

`drone "night flight" industry:insurance,energy status:accepted by:ann since:2026-01-01 until:7d
votes:>5 platform:slack flagged:yes sort:new`. What is no filter is a word to look for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Literal

from rapidfuzz import fuzz, process

from bot.core.errors import InvalidField
from storage.rows import STATUSES, IdeaFilter, Status

if TYPE_CHECKING:
    from bot.tagging.taxonomy import Taxonomy

Sort = Literal["best", "new", "old", "votes", "relevance"]

KEYS = ("industry", "status", "by", "since", "until", "votes", "platform", "flagged", "sort")
SORTS: tuple[Sort, ...] = ("best", "new", "old", "votes", "relevance")
PLATFORMS = ("discord", "slack", "console")
LONGEST = 300
"""Characters of a query that are read."""

_PART = re.compile(
    r"(?P<key>[A-Za-z]{2,12}):(?P<value>\"[^\"]*\"|“[^”]*”|\S+)"
    r"|(?P<quoted>\"[^\"]*\"|“[^”]*”)|(?P<word>\S+)"
)
_AGO = re.compile(r"(\d{1,4})\s*([hdwmy])", re.ASCII)
_AGO_HOURS = {"h": 1, "d": 24, "w": 24 * 7, "m": 24 * 30, "y": 24 * 365}
_VOTES = re.compile(r"(>=|>|=)?\s*(-?\d{1,6})\+?", re.ASCII)
_YES, _NO = {"yes", "true", "1", "on"}, {"no", "false", "0", "off"}
_NEAR = 80.0
"""rapidfuzz's ratio from which an unknown key is taken for a misspelt one."""


def parse_query(
    text: str,
    *,
    taxonomy: Taxonomy,
    now: datetime,
    zone: tzinfo = UTC,
    person_id: int | None = None,
) -> IdeaFilter:
    """Read a query.

    Args:
        text: as typed.
        taxonomy: knows the industries by id, name and close misspelling.
        now: what "7d" and "today" count from.
        zone: where a day begins.
        person_id: whom `by:me` means.

    Raises:
        InvalidField: a filter has a value that it cannot have; the message lists those it can.
    """
    found = IdeaFilter()
    words: list[str] = []
    reader = _Reader(taxonomy, now, zone, person_id)
    for part in _PART.finditer(text[:LONGEST]):
        key = (part["key"] or "").lower()
        if key in KEYS:
            found = reader.read(key, part["value"].strip('"“”'), found)
        else:
            _refuse_misspelt(key)
            words.append(part.group().replace("“", '"').replace("”", '"'))
    has_words = any(w.strip('"') for w in words)
    if not has_words and found.sort == "relevance":
        found = replace(found, sort="new")
    return replace(found, words=" ".join(words))


def query_of(values: Mapping[str, object], *, words: str = "query") -> str:
    """Join typed options (`industry`, `status`, ...) and the words of a request into one query."""
    parts = [str(values.get(words) or "")]
    for key in KEYS:
        value = values.get(key)
        if value not in (None, "", ()):
            parts.append(f'{key}:"{str(value).replace(chr(34), "")}"')
    return " ".join(part for part in parts if part)


def without_key(text: str, key: str) -> str:
    """Give a query without one of its filters, so that another value can take its place."""
    parts = [p.group() for p in _PART.finditer(text) if (p["key"] or "").lower() != key]
    return " ".join(parts)


def _refuse_misspelt(key: str) -> None:
    near = process.extractOne(key, KEYS, scorer=fuzz.ratio, score_cutoff=_NEAR) if key else None
    if near:
        raise InvalidField("query", "filter_unknown", key=key, near=near[0])


class _Reader:
    """Reads one filter after the other into an `IdeaFilter`."""

    def __init__(
        self, taxonomy: Taxonomy, now: datetime, zone: tzinfo, person_id: int | None
    ) -> None:
        self._taxonomy, self._now, self._zone, self._person_id = taxonomy, now, zone, person_id
        self._readers: dict[str, Callable[[str, IdeaFilter], IdeaFilter]] = {
            "industry": self._industry,
            "status": self._status,
            "by": self._by,
            "since": self._since,
            "until": self._until,
            "votes": self._votes,
            "platform": self._platform,
            "flagged": self._flagged,
            "sort": self._sort,
        }

    def read(self, key: str, value: str, found: IdeaFilter) -> IdeaFilter:
        """Give the filter with one more condition."""
        return self._readers[key](value.strip(), found)

    def _industry(self, value: str, found: IdeaFilter) -> IdeaFilter:
        ids = [self._one_industry(part) for part in value.split(",") if part.strip()]
        return replace(found, industries=tuple(dict.fromkeys((*found.industries, *ids))))

    def _one_industry(self, name: str) -> str:
        industry = self._taxonomy.resolve(name)
        if industry is None:
            raise InvalidField("query", "filter_industry", name=name.strip())
        return industry

    def _status(self, value: str, found: IdeaFilter) -> IdeaFilter:
        if value.lower() in {"all", "any"}:
            return replace(found, statuses=STATUSES)
        wanted = [_one_of("status", part, STATUSES) for part in value.split(",") if part.strip()]
        known: list[Status] = [s for s in STATUSES if s in wanted or s in found.statuses]
        return replace(found, statuses=tuple(known))

    def _by(self, value: str, found: IdeaFilter) -> IdeaFilter:
        if value.lower() == "me" and self._person_id is not None:
            return replace(found, author_id=self._person_id)
        return replace(found, by_name=value.removeprefix("@"))

    def _since(self, value: str, found: IdeaFilter) -> IdeaFilter:
        return replace(found, since=self._moment("since", value))

    def _until(self, value: str, found: IdeaFilter) -> IdeaFilter:
        moment = self._moment("until", value)
        if _AGO.fullmatch(value.lower()):
            return replace(found, until=moment)
        # A day is meant to its end, and so is a month or a year: until:2026-03 includes March.
        dashes = value.count("-") if value[:1].isdigit() else _DAY
        return replace(found, until=_next(moment.astimezone(self._zone), dashes).astimezone(UTC))

    def _moment(self, key: str, value: str) -> datetime:
        ago = _AGO.fullmatch(value.lower())
        if ago:
            return self._now - timedelta(hours=int(ago[1]) * _AGO_HOURS[ago[2]])
        today = self._now.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        named = {"today": today, "yesterday": today - timedelta(days=1)}.get(value.lower())
        return (named or self._day(key, value)).astimezone(UTC)

    def _day(self, key: str, value: str) -> datetime:
        padded = value + "-01" * max(0, 2 - value.count("-"))
        try:
            day = datetime.strptime(padded, "%Y-%m-%d")  # noqa: DTZ007  the zone is set below
        except ValueError:
            raise InvalidField("query", "filter_date", key=key, value=value) from None
        return day.replace(tzinfo=self._zone)

    def _votes(self, value: str, found: IdeaFilter) -> IdeaFilter:
        read = _VOTES.fullmatch(value)
        if read is None:
            raise InvalidField("query", "filter_votes", value=value)
        return replace(found, min_votes=int(read[2]) + (1 if read[1] == ">" else 0))

    def _platform(self, value: str, found: IdeaFilter) -> IdeaFilter:
        return replace(found, platform=_one_of("platform", value, PLATFORMS))

    def _flagged(self, value: str, found: IdeaFilter) -> IdeaFilter:
        chosen = _one_of("flagged", value, (*sorted(_YES), *sorted(_NO)), shown=("yes", "no"))
        return replace(found, flagged=chosen in _YES)

    def _sort(self, value: str, found: IdeaFilter) -> IdeaFilter:
        chosen = _one_of("sort", value, SORTS)
        return replace(found, sort=next(s for s in SORTS if s == chosen))


_DAY = 2
"""Dashes in a date that names a day."""


def _next(moment: datetime, dashes: int) -> datetime:
    """Give the start of the day, month or year after the one that begins at `moment`."""
    if dashes >= _DAY:
        return moment + timedelta(days=1)
    if dashes == 0:
        return moment.replace(year=moment.year + 1)
    return (moment + timedelta(days=31)).replace(day=1)


def _one_of(key: str, value: str, allowed: tuple[str, ...], *, shown: tuple[str, ...] = ()) -> str:
    chosen = value.strip().lower()
    if chosen not in allowed:
        raise InvalidField(
            "query", "filter_value", key=key, value=value, allowed=", ".join(shown or allowed)
        )
    return chosen
