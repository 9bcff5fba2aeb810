"""Counting ideas for charts: by month, primary industry and status, in one pass."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from typing import NamedTuple

from storage.connection import marks
from storage.engine import Subject, reads
from storage.rows import IdeaFilter
from storage.search import filtered


class Count(NamedTuple):
    """So many ideas were submitted in a month (`2026-05`, UTC), for an industry, with a status."""

    month: str
    industry: str
    status: str
    n: int


_PRIMARY = (
    "coalesce((SELECT t.industry FROM idea_industries t WHERE t.idea_id = i.id "
    "ORDER BY t.rank LIMIT 1), 'other')"
)
# What waits for a quoted author or for a moderator's look is not everybody's to know of.
_PUBLIC = (
    "i.consent <> 'asked' AND (i.status <> 'pending' OR i.flags = '[]' OR NOT EXISTS "
    "(SELECT 1 FROM json_each(i.flags) f WHERE f.value IN ({flags})))"
)


class Counting(Subject):
    """Counts of a bank's ideas."""

    @reads
    def count(
        self,
        cx: sqlite3.Connection,
        bank_id: int,
        wanted: IdeaFilter,
        *,
        hiding: Collection[str] | None = None,
    ) -> list[Count]:
        """Count what fits; months and industries without ideas are left out.

        Args:
            cx: a reader's connection.
            bank_id: whose ideas.
            wanted: which of them.
            hiding: where given, what members may not see is left out: quoted authors who did not
                agree yet, and pending ideas with one of these flags.
        """
        where, values = filtered(bank_id, wanted, cx)
        if hiding is not None:
            where += " AND " + _PUBLIC.format(flags=marks(len(hiding)))
            values = [*values, *hiding]
        rows = cx.execute(
            "SELECT strftime('%Y-%m', i.created_at / 1000000, 'unixepoch'), "
            f"{_PRIMARY}, i.status, count(*) FROM ideas i WHERE {where} GROUP BY 1, 2, 3 "
            "ORDER BY 1, 2, 3",
            values,
        )
        return [Count(*row) for row in rows]
