"""Who looks at which idea right now, so that two moderators don't do the same work."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from storage.connection import marks, micros, moment
from storage.engine import Subject, alters, reads, writes
from storage.errors import Stale
from storage.idea_writes import find, finish, keep_undo, read
from storage.rows import Claim, Idea, Status
from storage.tx import Tx


class Claims(Subject):
    """Claims end by themselves, and with the decision."""

    @writes
    def take(
        self,
        tx: Tx,
        bank_id: int,
        number: int,
        until: datetime,
        *,
        expected: Sequence[Status],
        takes_over: bool = False,
    ) -> Idea:
        """Claim an idea for whoever writes; one's own claim is prolonged.

        Args:
            tx: the transaction.
            bank_id: the idea's bank.
            number: the idea.
            until: when the claim ends.
            expected: statuses in which there is something to look at.
            takes_over: also where somebody else has claimed it.

        Raises:
            NotThere: no such idea.
            Stale: it has another status, or somebody else has claimed it ("claimed").
        """
        found = find(tx, bank_id, number)
        if found.status not in expected:
            raise Stale(read(tx, found.id))
        row = tx.one("SELECT person_id, at, until FROM claims WHERE idea_id = ?", (found.id,))
        is_free = row is None or row[2] <= tx.now_us or row[0] == tx.actor
        if not is_free and not takes_over:
            raise Stale("claimed")
        keep_undo(tx, found, "claim", {"claim": row})
        tx.run(
            "INSERT INTO claims VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET "
            "person_id = excluded.person_id, at = excluded.at, until = excluded.until",
            (found.id, tx.actor, tx.now_us, micros(until)),
        )
        return finish(tx, found, "idea.claim", {})

    @writes
    def release(self, tx: Tx, bank_id: int, number: int) -> Idea:
        """Give an idea back to all moderators.

        Raises:
            NotThere: no such idea.
            Stale: nobody has claimed it ("free").
        """
        found = find(tx, bank_id, number)
        row = tx.one("SELECT person_id, at, until FROM claims WHERE idea_id = ?", (found.id,))
        if row is None or row[2] <= tx.now_us:
            raise Stale("free")
        keep_undo(tx, found, "claim", {"claim": row})
        tx.run("DELETE FROM claims WHERE idea_id = ?", (found.id,))
        return finish(tx, found, "idea.release", {})

    @alters
    def purge(self, tx: Tx, now: datetime) -> int:
        """Forget claims that have ended."""
        return tx.run("DELETE FROM claims WHERE until <= ?", (micros(now),)).rowcount

    @reads
    def of(
        self, cx: sqlite3.Connection, bank_id: int, numbers: Sequence[int], now: datetime
    ) -> dict[int, Claim]:
        """Give the claims that hold now, by the numbers of the ideas."""
        rows = cx.execute(
            "SELECT i.number, c.person_id, p.display_name, c.until FROM claims c "
            "JOIN ideas i ON i.id = c.idea_id JOIN people p ON p.id = c.person_id "
            f"WHERE i.bank_id = ? AND c.until > ? AND i.number IN ({marks(len(numbers))})",
            (bank_id, micros(now), *numbers),
        )
        return {
            number: Claim(person_id=person_id, name=name, until=moment(until))
            for number, person_id, name, until in rows
        }
