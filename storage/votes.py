"""Votes: one per person and idea, set and never toggled; bursts are held out until decided."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from storage.connection import marks, micros, moment
from storage.engine import Subject, reads, writes
from storage.errors import NotThere
from storage.idea_rows import to_votes
from storage.idea_writes import Found, find, group_of, keep_undo, recount, root_of
from storage.returning import take_back
from storage.rows import Vote, VoteCount
from storage.tx import Tx

# The group of the idea that a number leads to: its root and all that was merged into that.
_GROUP = """
WITH RECURSIVE up (id, merged_into) AS (
  SELECT id, merged_into FROM ideas WHERE bank_id = ?1 AND number = ?2 UNION ALL
  SELECT i.id, i.merged_into FROM up JOIN ideas i ON i.id = up.merged_into),
members (id, depth) AS (
  SELECT id, 0 FROM up WHERE merged_into IS NULL UNION ALL
  SELECT i.id, m.depth + 1 FROM members m JOIN ideas i ON i.merged_into = m.id)
"""


_LET_THROUGH = 2
"""In `is_new`: a moderator looked at this vote and counted it."""


class Votes(Subject):
    """Votes of ideas; those of a merged idea belong to what it was merged into."""

    @writes
    def set(
        self,
        tx: Tx,
        bank_id: int,
        number: int,
        value: Literal[-1, 0, 1],
        platform: str,
        *,
        is_new: bool = False,
    ) -> VoteCount:
        """Set the vote of whoever writes; 0 takes it back. Gives the new count.

        With `is_new` the platform says that the account was made just now.

        Votes leave no audit row: how somebody voted is their own affair.

        Raises:
            NotThere: no such idea.
        """
        found = root_of(tx, find(tx, bank_id, number))
        person_id = tx.actor
        if value != 0:
            take_back(tx, person_id, group_of(tx, found.id))
        if value == 0 and group_of(tx, found.id) == [found.id]:
            tx.run("DELETE FROM votes WHERE idea_id = ? AND person_id = ?", (found.id, person_id))
        else:
            # With merged ideas below, a 0 is kept: it overrules the vote that was carried over.
            tx.run(
                "INSERT INTO votes (idea_id, person_id, value, platform, voted_at, is_new) "
                "VALUES (?,?,?,?,?,?) ON CONFLICT DO UPDATE SET value = excluded.value, "
                "platform = excluded.platform, voted_at = excluded.voted_at, "
                # who was let through by a moderator stays let through
                f"is_new = CASE votes.is_new WHEN {_LET_THROUGH} THEN {_LET_THROUGH} "
                "ELSE excluded.is_new END",
                (found.id, person_id, value, platform, tx.now_us, is_new),
            )
        return _counted(tx, found)

    @reads
    def of(self, cx: sqlite3.Connection, bank_id: int, number: int, person_id: int) -> int:
        """Give a person's vote as it counts: -1, 0 or 1."""
        row = cx.execute(
            _GROUP + "SELECT v.value FROM members m JOIN votes v ON v.idea_id = m.id "
            "WHERE v.person_id = ?3 ORDER BY m.depth, v.voted_at DESC LIMIT 1",
            (bank_id, number, person_id),
        ).fetchone()
        return int(row[0]) if row else 0

    @reads
    def voters(self, cx: sqlite3.Connection, bank_id: int, number: int) -> list[Vote]:
        """Give the votes of an idea and of those merged into it, oldest first."""
        rows = cx.execute(
            _GROUP + "SELECT v.person_id, v.value, v.platform, v.voted_at, v.is_held "
            "FROM members m JOIN votes v ON v.idea_id = m.id "
            "WHERE v.value <> 0 ORDER BY v.voted_at, v.person_id",
            (bank_id, number),
        )
        return [
            Vote(
                person_id=person_id,
                value=value,
                platform=platform,
                voted_at=moment(at),
                is_held=bool(is_held),
            )
            for person_id, value, platform, at, is_held in rows
        ]

    @reads
    def newcomers(
        self,
        cx: sqlite3.Connection,
        bank_id: int,
        number: int,
        *,
        voted_since: datetime,
        new_for: timedelta,
    ) -> list[int]:
        """Give the people who voted since a time and were new when they did: maybe a burst.

        New is who had been seen for less than `new_for`, or whose account the platform called new.
        Whom a moderator let through is not looked at again.
        """
        rows = cx.execute(
            _GROUP + "SELECT v.person_id FROM members m JOIN votes v ON v.idea_id = m.id "
            "JOIN people p ON p.id = v.person_id WHERE v.voted_at >= ?3 "
            "AND (p.first_seen_at >= v.voted_at - ?4 OR v.is_new = 1) AND v.value <> 0 "
            f"AND v.is_new <> {_LET_THROUGH} ORDER BY v.voted_at",
            (bank_id, number, micros(voted_since), new_for // timedelta(microseconds=1)),
        )
        return [person_id for (person_id,) in rows]

    @writes
    def hold_out(self, tx: Tx, bank_id: int, number: int, person_ids: Sequence[int]) -> VoteCount:
        """Leave these people's votes out of the count until a moderator decides."""
        found = root_of(tx, find(tx, bank_id, number))
        ids = group_of(tx, found.id)
        held = tx.run(
            f"UPDATE votes SET is_held = 1 WHERE idea_id IN ({marks(len(ids))}) "
            f"AND person_id IN ({marks(len(person_ids))})",
            (*ids, *person_ids),
        ).rowcount
        tx.audit(bank_id, "votes.hold", found.subject, {"count": held}, actor_id=tx.person_id)
        return _counted(tx, found)

    @writes
    def release(self, tx: Tx, bank_id: int, number: int, *, keep: bool) -> VoteCount:
        """Count the votes that were held out (`keep`), or drop them.

        Raises:
            NotThere: none is held out any more.
        """
        found = root_of(tx, find(tx, bank_id, number))
        ids = group_of(tx, found.id)
        are_held = f"WHERE is_held = 1 AND idea_id IN ({marks(len(ids))})"
        if tx.one(f"SELECT 1 FROM votes {are_held}", ids) is None:
            raise NotThere
        undo_id = keep_undo(tx, found, "votes", {})
        if undo_id is not None:
            tx.run(
                "INSERT INTO undo_votes SELECT ?, idea_id, person_id, value, platform, voted_at "
                f"FROM votes {are_held}",
                (undo_id, *ids),
            )
        let_through = f"UPDATE votes SET is_held = 0, is_new = {_LET_THROUGH}"
        change = let_through if keep else "DELETE FROM votes"
        count = tx.run(f"{change} {are_held}", ids).rowcount
        details = {"count": count, "keep": keep}
        tx.audit(bank_id, "votes.release", found.subject, details, actor_id=tx.person_id)
        return _counted(tx, found)

    @reads
    def held(
        self,
        cx: sqlite3.Connection,
        bank_id: int,
        *,
        industry: str | None = None,
        until: datetime | None = None,
    ) -> list[tuple[int, int]]:
        """Give (number, how many votes are held out) of the ideas that wait for a decision.

        With `until`, the first of these votes was given before that time.
        """
        return cx.execute(
            "SELECT i.number, count(*) FROM votes v JOIN ideas i ON i.id = v.idea_id "
            "WHERE i.bank_id = ?1 AND v.is_held = 1 AND (?2 IS NULL OR EXISTS (SELECT 1 "
            "FROM idea_industries t WHERE t.industry = ?2 AND t.idea_id = i.id)) "
            "GROUP BY i.number HAVING ?3 IS NULL OR min(v.voted_at) < ?3 ORDER BY i.number",
            (bank_id, industry, micros(until) if until else None),
        ).fetchall()


def _counted(tx: Tx, found: Found) -> VoteCount:
    recount(tx, found.id)
    tx.changed(found.bank_id, "vote", str(found.number))
    tx.card(found.bank_id, found.id, found.number)
    tx.outcome(found.subject)
    return to_votes(*tx.one("SELECT up, down, platform_votes FROM ideas WHERE id = ?", (found.id,)))
