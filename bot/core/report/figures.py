"""The numbers behind the charts, however they were counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from storage import STATUSES, Count, Idea

if TYPE_CHECKING:
    from bot.tagging import Taxonomy

MONTHS = 24
"""The charts show the last months, at most so many."""


@dataclass(frozen=True, slots=True)
class Top:
    """An idea among the best."""

    number: int
    title: str
    up: int
    down: int

    @classmethod
    def of(cls, idea: Idea) -> Top:
        """Take from an idea what a chart shows of it."""
        return cls(idea.number, idea.title, idea.votes.up, idea.votes.down)

    @property
    def score(self) -> int:
        """Give votes for minus votes against."""
        return self.up - self.down


@dataclass(frozen=True, slots=True)
class Figures:
    """What charts are drawn from.

    `industries` names those of the bank in their order of showing, whether or not they have
    ideas; an idea counts for its primary one.
    """

    industries: Mapping[str, str]
    by_month: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (month, industry)
    by_status: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (industry, status)
    top: tuple[Top, ...] = ()

    @property
    def total(self) -> int:
        """Give the number of ideas."""
        return sum(self.by_status.values())

    @property
    def statuses(self) -> tuple[str, ...]:
        """List the statuses that any idea has, in the order of an idea's life."""
        there = {status for _, status in self.by_status}
        return tuple(status for status in STATUSES if status in there)

    def per_industry(self) -> Counter[str]:
        """Count the ideas of each industry; those without any are there with 0."""
        counts = Counter(dict.fromkeys(self.industries, 0))
        for (industry, _), n in self.by_status.items():
            counts[industry] += n
        return counts

    def months(self) -> list[str]:
        """List the months from the first idea to the last, none left out, at most `MONTHS`."""
        there = sorted({month for month, _ in self.by_month})
        if not there:
            return []
        first, last = _index(there[0]), _index(there[-1])
        return [_month(n) for n in range(max(first, last - MONTHS + 1), last + 1)]


def _index(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _month(index: int) -> str:
    return f"{index // 12:04}-{index % 12 + 1:02}"


def names_of(taxonomy: Taxonomy, locale: str) -> dict[str, str]:
    """Name the industries of a bank in their order of showing."""
    return {industry: taxonomy.name(industry, locale) for industry in taxonomy.ids}


def figures_of(
    counts: Iterable[Count], top: Sequence[Top], taxonomy: Taxonomy, locale: str
) -> Figures:
    """Put counts together; an industry that is gone counts for the one that took its place."""
    names = names_of(taxonomy, locale)
    by_month: Counter[tuple[str, str]] = Counter()
    by_status: Counter[tuple[str, str]] = Counter()
    for month, given, status, n in counts:
        industry = taxonomy.current(given) or given
        names.setdefault(industry, taxonomy.name(industry, locale))
        by_month[month, industry] += n
        by_status[industry, status] += n
    return Figures(names, by_month, by_status, tuple(top))
