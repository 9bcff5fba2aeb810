"""What happened to a bank's ideas within a span of time: decisions, and votes gained."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from storage.connection import micros
from storage.engine import Subject, reads
from storage.idea_rows import SELECT, to_ideas
from storage.rows import Idea


class Lately(Subject):
    """Looks at the last days."""

    @reads
    def decided(
        self, cx: sqlite3.Connection, bank_id: int, since: datetime, until: datetime, limit: int
    ) -> list[Idea]:
        """Give what was accepted or declined within a span, best votes first."""
        rows = cx.execute(
            f"{SELECT} WHERE i.bank_id = ? AND i.decided_at >= ? AND i.decided_at < ? "
            "AND i.decided_at IS NOT NULL AND i.status IN ('accepted', 'declined', 'merged') "
            "ORDER BY i.up - i.down DESC, i.id LIMIT ?",
            (bank_id, micros(since), micros(until), limit),
        )
        return to_ideas(rows)

    @reads
    def rising(
        self, cx: sqlite3.Connection, bank_id: int, since: datetime, until: datetime, limit: int
    ) -> list[tuple[Idea, int]]:
        """Give ideas by the votes for minus against that were cast within a span, most first.

        Votes that are held out do not count, nor do ideas that nobody can vote on any more.
        """
        gained = dict(
            cx.execute(
                "SELECT v.idea_id, sum(v.value) FROM votes v CROSS JOIN ideas i "
                "ON i.id = v.idea_id WHERE v.voted_at >= ? AND v.voted_at < ? AND v.is_held = 0 "
                "AND i.bank_id = ? AND i.status IN ('accepted', 'pending') "
                "GROUP BY 1 HAVING sum(v.value) > 0 ORDER BY 2 DESC, 1 DESC LIMIT ?",
                (micros(since), micros(until), bank_id, limit),
            ).fetchall()
        )
        marks = ",".join("?" * len(gained))
        rows = cx.execute(f"{SELECT} WHERE i.id IN ({marks})", tuple(gained))
        found = {idea.id: idea for idea in to_ideas(rows)}
        return [(found[id_], n) for id_, n in gained.items()]
