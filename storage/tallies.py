"""The kept numbers of ideas per status and industry, which triggers hold in step."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence

from storage.rows import IdeaFilter


class Tallies:
    """The tallies of one bank; the industry "" stands for all ideas."""

    def __init__(self, cx: sqlite3.Connection, bank_id: int) -> None:
        sql = "SELECT status, industry, n FROM idea_tallies WHERE bank_id = ? AND n > 0"
        self._rows: list[tuple[str, str, int]] = cx.execute(sql, (bank_id,)).fetchall()

    def n(self, industries: Sequence[str]) -> int:
        """Count the tags of these industries."""
        return sum(n for _, industry, n in self._rows if industry in industries)

    def statuses(self, wanted: IdeaFilter) -> Counter[str] | None:
        """Count what fits per status; None where the filter is more than the tallies know."""
        if not _is_plain(wanted, industries=wanted.industries[:1]):
            return None
        counts: Counter[str] = Counter()
        for status, industry, n in self._rows:
            if industry == "".join(wanted.industries) and _fits(status, wanted):
                counts[status] += n
        return counts

    def industries(self, wanted: IdeaFilter) -> Counter[str] | None:
        """Count what fits per industry; None where the filter is more than the tallies know."""
        if not _is_plain(wanted, industries=()):
            return None
        counts: Counter[str] = Counter()
        for status, industry, n in self._rows:
            if industry and _fits(status, wanted):
                counts[industry] += n
        return counts


def _is_plain(wanted: IdeaFilter, *, industries: tuple[str, ...]) -> bool:
    """Tell whether nothing else is asked for but statuses and these industries."""
    plain = IdeaFilter(
        words=wanted.words, statuses=wanted.statuses, sort=wanted.sort, industries=industries
    )
    return wanted == plain


def _fits(status: str, wanted: IdeaFilter) -> bool:
    return not wanted.statuses or status in wanted.statuses
