"""Authors' appeals against a decline; one per idea."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from storage.connection import clean, micros, moment, moment_or_none
from storage.engine import Subject, reads, writes
from storage.errors import Stale
from storage.idea_rows import SELECT, to_ideas
from storage.idea_writes import end_undo, find, finish, is_author, keep_undo, read, settle
from storage.rows import Appeal, Idea, IdeaFilter
from storage.search import conditions
from storage.tx import Tx

_OPEN = (
    "FROM appeals p JOIN ideas i ON i.id = p.idea_id "
    "WHERE i.bank_id = ? AND p.closed_at IS NULL AND i.status = 'declined'"
)
# Who declined is known from the log alone, which nobody can change.
_DECIDER = (
    "(SELECT a.actor_id FROM audit a WHERE a.bank_id = i.bank_id "
    "AND a.subject = 'idea:' || i.number AND a.action = 'idea.status' "
    "AND json_extract(a.details, '$.to') = 'declined' ORDER BY a.seq DESC LIMIT 1)"
)


class Appeals(Subject):
    """Appeals; their words are the author's, and go with the idea."""

    @writes
    def make(self, tx: Tx, bank_id: int, number: int, text: str) -> Idea:
        """Appeal against the decline of one's idea.

        Raises:
            NotThere: no such idea.
            Stale: it is not declined (the idea as it is), or there was an appeal before ("before").
        """
        found = find(tx, bank_id, number)
        if found.status != "declined":
            raise Stale(read(tx, found.id))
        if tx.one("SELECT 1 FROM appeals WHERE idea_id = ?", (found.id,)):
            raise Stale("before")
        tx.run(
            "INSERT INTO appeals (idea_id, at, text) VALUES (?,?,?)",
            (found.id, tx.now_us, clean(text)),
        )
        by_author = is_author(tx, found)
        if by_author:
            end_undo(tx, found.id)
        return finish(tx, found, "idea.appeal", {}, as_author=by_author)

    @writes
    def uphold(self, tx: Tx, bank_id: int, number: int, *, reason: str = "") -> Idea:
        """Let a decline stand, for a reason that takes the place of the first, if there is one.

        Raises:
            NotThere: no such idea.
            Stale: no appeal waits (the idea as it is).
        """
        found = find(tx, bank_id, number)
        row = tx.one("SELECT closed_at FROM appeals WHERE idea_id = ?", (found.id,))
        if row is None or row[0] is not None or found.status != "declined":
            raise Stale(read(tx, found.id))
        claim = tx.one("SELECT person_id, at, until FROM claims WHERE idea_id = ?", (found.id,))
        before = {"appeal": row, "reason": found.reason, "claim": claim}
        keep_undo(tx, found, "appeal", before)
        settle(tx, found.id)
        if reason:
            tx.run("UPDATE ideas SET reason = ? WHERE id = ?", (reason, found.id))
        return finish(tx, found, "idea.uphold", {})

    @reads
    def of(self, cx: sqlite3.Connection, bank_id: int, number: int) -> Appeal | None:
        """Give the appeal of an idea, open or closed."""
        row = cx.execute(
            f"SELECT p.text, p.at, p.closed_at, {_DECIDER} FROM appeals p "
            "JOIN ideas i ON i.id = p.idea_id WHERE i.bank_id = ? AND i.number = ?",
            (bank_id, number),
        ).fetchone()
        return _appeal(row) if row else None

    @reads
    def open(
        self,
        cx: sqlite3.Connection,
        bank_id: int,
        limit: int,
        offset: int = 0,
        *,
        wanted: IdeaFilter | None = None,
    ) -> tuple[list[tuple[Idea, Appeal]], int]:
        """Give a page of the ideas whose appeal waits, the oldest first, and how many there are.

        Of `wanted`, `until` is about when the appeal was made.
        """
        wanted = wanted or IdeaFilter()
        where, values = conditions(bank_id, replace(wanted, until=None), is_common=True)
        before = micros(wanted.until) if wanted.until else None
        of_all = f"{_OPEN} AND {where} AND (? IS NULL OR p.at < ?)"
        values = [bank_id, *values, before, before]
        total = cx.execute(f"SELECT count(*) {of_all}", values).fetchone()[0]
        rows = cx.execute(
            f"SELECT i.id, p.text, p.at, p.closed_at, {_DECIDER} {of_all} "
            "ORDER BY p.at LIMIT ? OFFSET ?",
            (*values, limit, offset),
        ).fetchall()
        found = []
        for idea_id, *row in rows:
            ideas = to_ideas(cx.execute(SELECT + "WHERE i.id = ?", (idea_id,)))
            found += [(idea, _appeal(row)) for idea in ideas]
        return found, total


def _appeal(row: Sequence[Any]) -> Appeal:
    text, at, closed_at, decider_id = row
    return Appeal(
        text=text, at=moment(at), closed_at=moment_or_none(closed_at), decider_id=decider_id
    )
