"""Pairs of ideas that are probably the same, found once and kept until they are decided."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from storage.connection import from_json, micros, to_json
from storage.engine import Subject, alters, reads, writes
from storage.errors import NotThere
from storage.idea_rows import SELECT, to_ideas
from storage.idea_writes import find, finish, keep_undo
from storage.rows import Idea, Pair
from storage.tx import Tx

_OPEN = (
    "FROM pairs p JOIN ideas a ON a.id = p.older JOIN ideas b ON b.id = p.newer "
    "WHERE p.is_apart = 0 AND a.bank_id = ?1 AND b.bank_id = ?1 "
    "AND a.status IN ('pending', 'accepted') AND b.status IN ('pending', 'accepted') "
    "AND (?2 IS NULL OR EXISTS (SELECT 1 FROM idea_industries t "
    "WHERE t.industry = ?2 AND t.idea_id IN (a.id, b.id))) "
    "AND (?3 IS NULL OR b.created_at < ?3)"
)


class Pairs(Subject):
    """Pairs, and the ideas that were not compared yet."""

    @reads
    def uncompared(
        self, cx: sqlite3.Connection, limit: int, bank_id: int | None = None
    ) -> list[Idea]:
        """Give ideas that are to be compared, the newest first; with a bank only its own."""
        sql = SELECT + (
            "JOIN uncompared u ON u.idea_id = i.id "
            "WHERE ?1 IS NULL OR i.bank_id = ?1 ORDER BY i.id DESC LIMIT ?2"
        )
        return to_ideas(cx.execute(sql, (bank_id, limit)))

    @alters
    def compared(
        self,
        tx: Tx,
        idea: Idea,
        alike: Sequence[tuple[int, float, Sequence[str]]],
    ) -> None:
        """Keep what an idea is like: (number, likeness from 0 to 1, shared words) of others.

        If the idea was changed meanwhile, it stays on the list, to be compared again.
        """
        row = tx.one("SELECT version FROM ideas WHERE id = ?", (idea.id,))
        if row is None or row[0] != idea.version:
            return
        tx.run("DELETE FROM uncompared WHERE idea_id = ?", (idea.id,))
        for number, score, shared in alike:
            other = tx.one(
                "SELECT id FROM ideas WHERE bank_id = ? AND number = ?", (idea.bank_id, number)
            )
            if other is not None:
                older, newer = sorted((idea.id, other[0]))
                tx.run(
                    "INSERT INTO pairs (older, newer, score, shared) VALUES (?,?,?,?) "
                    "ON CONFLICT DO UPDATE SET score = excluded.score, shared = excluded.shared",
                    (older, newer, score, to_json(list(shared))),
                )

    @reads
    def open(
        self,
        cx: sqlite3.Connection,
        bank_id: int,
        limit: int,
        offset: int = 0,
        *,
        industry: str | None = None,
        until: datetime | None = None,
    ) -> tuple[list[Pair], int]:
        """Give a page of the pairs that wait, the likest first, and how many there are.

        With `industry`, one of the two is of it; with `until`, both were there before that time.
        """
        values = [bank_id, industry, micros(until) if until else None]
        total = cx.execute(f"SELECT count(*) {_OPEN}", values).fetchone()[0]
        rows = cx.execute(
            f"SELECT p.older, p.newer, p.score, p.shared {_OPEN} "
            "ORDER BY p.score DESC, p.newer DESC LIMIT ?4 OFFSET ?5",
            (*values, limit, offset),
        ).fetchall()
        found = []
        for older, newer, score, shared in rows:
            sql = SELECT + "WHERE i.id IN (?, ?) ORDER BY i.id"
            both = to_ideas(cx.execute(sql, (older, newer)))
            words = tuple(from_json(shared))
            found.append(Pair(older=both[0], newer=both[1], score=score, shared=words))
        return found, total

    @writes
    def keep_apart(self, tx: Tx, bank_id: int, number: int, other: int) -> None:
        """Say that two ideas are not the same; they are not shown as a pair any more.

        Raises:
            NotThere: they are no pair that waits.
        """
        one, two = find(tx, bank_id, number), find(tx, bank_id, other)
        older, newer = sorted((one.id, two.id))
        row = tx.one(
            "UPDATE pairs SET is_apart = 1 WHERE older = ? AND newer = ? AND is_apart = 0 "
            "RETURNING 1",
            (older, newer),
        )
        if row is None:
            raise NotThere
        found = one if one.id == newer else two
        keep_undo(tx, found, "pair", {"pair": [older, newer]})
        finish(tx, found, "idea.apart", {"from": two.number if found is one else one.number})
