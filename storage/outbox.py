"""What is to be sent: leased by one process at a time, kept until it was sent or given up."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from storage.connection import from_json, marks, micros, moment
from storage.engine import Subject, alters, reads, writes
from storage.rows import OutboxRow
from storage.tx import Tx

_COLUMNS = (
    "id, key, platform, community_id, kind, payload, attempts, due_at, created_at, dead_reason, "
    "generation"
)


class Outbox(Subject):
    """Sending at least once, and on our side once."""

    @writes
    def enqueue(  # noqa: PLR0917 - agreed
        self,
        tx: Tx,
        community_id: int,
        platform: str,
        kind: str,
        key: str,
        payload: Mapping[str, Any],
        due_at: datetime | None = None,
    ) -> None:
        """Add something to be sent; the same key again replaces it and makes it due anew."""
        tx.enqueue(
            key=key,
            platform=platform,
            community_id=community_id,
            kind=kind,
            payload=payload,
            due_at=due_at,
        )

    async def lease(
        self,
        platforms: Collection[str],
        now: datetime,
        limit: int = 20,
        lease_s: float = 60,
        *,
        only: Collection[str] = (),
        besides: Collection[str] = (),
    ) -> list[OutboxRow]:
        """Take what is due for these platforms, oldest first; nobody else gets it for a while.

        Costs one read while nothing is due. `only` and `besides` name kinds.
        """
        wanted = _due(platforms, now, only, besides)
        if not await self._is_due(*wanted):
            return []
        return await self._lease(*wanted, now, limit, lease_s)

    @reads
    def _is_due(self, cx: sqlite3.Connection, where: str, values: Sequence[Any]) -> bool:
        row = cx.execute(f"SELECT 1 FROM outbox WHERE {where} LIMIT 1", values).fetchone()
        return row is not None

    @alters
    def _lease(  # noqa: PLR0917 - as `lease` hands it on
        self,
        tx: Tx,
        where: str,
        values: Sequence[Any],
        now: datetime,
        limit: int,
        lease_s: float,
    ) -> list[OutboxRow]:
        now_us = micros(now)
        rows = tx.run(
            f"SELECT {_COLUMNS} FROM outbox WHERE {where} ORDER BY due_at, id LIMIT ?",
            (*values, limit),
        ).fetchall()
        tx.run_many(
            "UPDATE outbox SET lease_until = ?, leased_generation = generation WHERE id = ?",
            [(now_us + int(lease_s * 1_000_000), row[0]) for row in rows],
        )
        return [_to_row(row) for row in rows]

    @alters
    def sent(self, tx: Tx, row_id: int, generation: int | None = None) -> None:
        """Note that a row was sent and wipe its payload.

        `generation` is that of the row as it was sent, by default as it was leased last. A row
        that was made due anew meanwhile stays due.
        """
        tx.run(
            "UPDATE outbox SET sent_at = due_at, payload = '{}', error = NULL WHERE id = ?1 "
            "AND generation = coalesce(?2, leased_generation, generation)",
            (row_id, generation),
        )
        tx.run("UPDATE outbox SET lease_until = NULL WHERE id = ?", (row_id,))

    @alters
    def retry(self, tx: Tx, row_id: int, due_at: datetime, error: str) -> None:
        """Have a row sent again later; `error` is for the operator, never a message's text."""
        tx.run(
            "UPDATE outbox SET attempts = attempts + 1, due_at = ?, error = ?, lease_until = NULL "
            "WHERE id = ?",
            (micros(due_at), error, row_id),
        )

    @alters
    def hold(self, tx: Tx, row_ids: Sequence[int], due_at: datetime) -> None:
        """Give leased rows back untried, to be sent from a time on, in the order that they had."""
        tx.run_many(
            "UPDATE outbox SET lease_until = NULL, due_at = max(due_at, ?) WHERE id = ?",
            [(micros(due_at), row_id) for row_id in row_ids],
        )

    @alters
    def dead(self, tx: Tx, row_id: int, reason: str) -> None:
        """Give a row up, for a reason that the operator can read; it stays to be looked at.

        A row that was made due anew meanwhile stays due.
        """
        tx.run(
            "UPDATE outbox SET dead_reason = ? WHERE id = ? "
            "AND generation = coalesce(leased_generation, generation)",
            (reason, row_id),
        )
        tx.run("UPDATE outbox SET lease_until = NULL WHERE id = ?", (row_id,))

    @alters
    def revive(self, tx: Tx, row_id: int, due_at: datetime) -> None:
        """Try a dead row again."""
        tx.run(
            "UPDATE outbox SET dead_reason = NULL, attempts = 0, due_at = ? WHERE id = ?",
            (micros(due_at), row_id),
        )

    @alters
    def revive_all(self, tx: Tx, community_id: int, due_at: datetime) -> int:
        """Try everything again that was given up in a community; gives how many rows."""
        return tx.run(
            "UPDATE outbox SET dead_reason = NULL, attempts = 0, due_at = ? "
            "WHERE community_id = ? AND dead_reason IS NOT NULL",
            (micros(due_at), community_id),
        ).rowcount

    @reads
    def given_up(self, cx: sqlite3.Connection, community_id: int) -> list[tuple[str, str, int]]:
        """Give (kind, reason, rows) of what was given up in a community, the most first."""
        sql = (
            "SELECT kind, dead_reason, count(*) FROM outbox WHERE community_id = ? "
            "AND dead_reason IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"
        )
        return cx.execute(sql, (community_id,)).fetchall()

    @reads
    def dead_rows(self, cx: sqlite3.Connection, limit: int = 100) -> list[OutboxRow]:
        """Give rows that were given up, newest first."""
        sql = (
            f"SELECT {_COLUMNS} FROM outbox WHERE dead_reason IS NOT NULL ORDER BY id DESC LIMIT ?"
        )
        return [_to_row(row) for row in cx.execute(sql, (limit,))]

    @reads
    def has(self, cx: sqlite3.Connection, key: str) -> bool:
        """Tell whether something is to be sent, or was sent lately, under this key."""
        return cx.execute("SELECT 1 FROM outbox WHERE key = ?", (key,)).fetchone() is not None

    @reads
    def waiting(self, cx: sqlite3.Connection) -> int:
        """Count the rows that are still to be sent."""
        sql = "SELECT count(*) FROM outbox WHERE sent_at IS NULL AND dead_reason IS NULL"
        return int(cx.execute(sql).fetchone()[0])

    @alters
    def purge(self, tx: Tx, before: datetime) -> int:
        """Forget what was sent or given up before a time."""
        return tx.run(
            "DELETE FROM outbox WHERE due_at < ? "
            "AND (sent_at IS NOT NULL OR dead_reason IS NOT NULL)",
            (micros(before),),
        ).rowcount


def _due(
    platforms: Collection[str], now: datetime, only: Collection[str], besides: Collection[str]
) -> tuple[str, list[Any]]:
    """Give the condition of what may be taken now, with its values."""
    where = (
        f"platform IN ({marks(len(platforms))}) AND sent_at IS NULL AND dead_reason IS NULL "
        "AND due_at <= ? AND (lease_until IS NULL OR lease_until <= ?)"
    )
    values: list[Any] = [*platforms, micros(now), micros(now)]
    for kinds, word in ((only, "IN"), (besides, "NOT IN")):
        if kinds:
            where += f" AND kind {word} ({marks(len(kinds))})"
            values += kinds
    return where, values


def _to_row(row: Sequence[Any]) -> OutboxRow:
    return OutboxRow(
        id=row[0],
        key=row[1],
        platform=row[2],
        community_id=row[3],
        kind=row[4],
        payload=from_json(row[5]),
        attempts=row[6],
        due_at=moment(row[7]),
        created_at=moment(row[8]),
        dead_reason=row[9],
        generation=row[10],
    )
