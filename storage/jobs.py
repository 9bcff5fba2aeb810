"""What happens by the clock: one process runs each, and a missed run happens once."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from storage.connection import micros, moment, moment_or_none
from storage.engine import Subject, alters, reads
from storage.rows import JobRow
from storage.tx import Tx

_RETRY_US = 60_000_000


class Jobs(Subject):
    """Leases of jobs."""

    async def claim(self, name: str, now: datetime, lease_s: float, every_s: float) -> bool:
        """Take a job that is due; nobody else gets it until it is finished or the lease is over.

        A job that was never seen is due at once. Costs one read while nothing is due.
        """
        if not await self._is_due(name, now):
            return False
        return await self._claim(name, micros(now), int(lease_s * 1e6), int(every_s * 1e6))

    @reads
    def _is_due(self, cx: sqlite3.Connection, name: str, now: datetime) -> bool:
        row = cx.execute("SELECT due_at, lease_until FROM jobs WHERE name = ?", (name,)).fetchone()
        return row is None or (row[0] <= micros(now) and (row[1] or 0) <= micros(now))

    @alters
    def _claim(self, tx: Tx, name: str, now_us: int, lease_us: int, every_us: int) -> bool:
        cursor = tx.run(
            "INSERT INTO jobs (name, due_at, every_us, lease_until, started_at) "
            "VALUES (?1, ?2, ?4, ?2 + ?3, ?2) ON CONFLICT DO UPDATE SET "
            "lease_until = excluded.lease_until, started_at = excluded.started_at, "
            "every_us = excluded.every_us "
            "WHERE due_at <= ?2 AND coalesce(lease_until, 0) <= ?2",
            (name, now_us, lease_us, every_us),
        )
        return cursor.rowcount == 1

    @alters
    def finish(self, tx: Tx, name: str, now: datetime, error: str | None = None) -> None:
        """Note the end of a run; the next one is due on the job's grid of times.

        After an error it is due again in a minute, or at its next time if that is sooner.
        """
        row = tx.one("SELECT due_at, every_us FROM jobs WHERE name = ?", (name,))
        if row is None:
            return
        now_us = micros(now)
        due, every = row[0], max(1, row[1])
        due += every * max(1, (now_us - due) // every + 1)
        if error is not None:
            due = min(due, now_us + _RETRY_US)
        tx.run(
            "UPDATE jobs SET due_at = ?, lease_until = NULL, finished_at = ?, last_error = ? "
            "WHERE name = ?",
            (due, now_us, error, name),
        )

    @reads
    def all(self, cx: sqlite3.Connection) -> list[JobRow]:
        """Give every job that ran here, by name."""
        rows = cx.execute(
            "SELECT name, due_at, lease_until, started_at, finished_at, last_error "
            "FROM jobs ORDER BY name"
        )
        return [
            JobRow(
                name=name,
                due_at=moment(due),
                lease_until=moment_or_none(lease),
                started_at=moment_or_none(started),
                finished_at=moment_or_none(finished),
                last_error=error,
            )
            for name, due, lease, started, finished, error in rows
        ]
