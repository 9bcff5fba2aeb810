"""What platforms handed us: kept before the acknowledgement, so that a crash loses nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from storage.connection import from_json, marks, micros, moment, to_json
from storage.engine import Subject, alters, immediate, reads
from storage.rows import Delivery
from storage.tx import Tx


class Deliveries(Subject):
    """Accepting, finishing and replaying."""

    async def accept(  # noqa: PLR0917 - agreed: an envelope in its natural order
        self,
        delivery_id: str,
        community_key: str,
        platform: str,
        payload: Mapping[str, Any],
        now: datetime,
        timeout_s: float = 1.0,
    ) -> bool:
        """Keep a delivery; False if it was seen before.

        Raises:
            StoreLocked: it was not kept within `timeout_s`, and won't be: it may be tried again.
        """
        row = (delivery_id, community_key, platform, micros(now), to_json(payload))

        def run(connection: sqlite3.Connection) -> bool:
            with immediate(connection):
                cursor = connection.execute(
                    "INSERT INTO deliveries (id, community_key, platform, received_at, payload) "
                    "VALUES (?,?,?,?,?) ON CONFLICT DO NOTHING",
                    row,
                )
                return cursor.rowcount == 1

        return await self.engine.write(run, timeout_s)

    @alters
    def finish(self, tx: Tx, delivery_id: str, outcome: str = "done") -> None:
        """Note that a delivery is done and wipe its payload; the outcome of a write stays."""
        tx.run(
            "UPDATE deliveries SET payload = '{}', outcome = CASE WHEN done_at IS NULL THEN ? "
            "ELSE outcome END, done_at = coalesce(done_at, received_at) WHERE id = ?",
            (outcome, delivery_id),
        )

    @reads
    def outcome(self, cx: sqlite3.Connection, delivery_id: str) -> str | None:
        """Give what a delivery led to, or None while it is not done."""
        row = cx.execute(
            "SELECT outcome FROM deliveries WHERE id = ? AND done_at IS NOT NULL", (delivery_id,)
        ).fetchone()
        return row[0] if row else None

    @reads
    def pending(
        self, cx: sqlite3.Connection, platforms: Collection[str], older_than: datetime
    ) -> list[Delivery]:
        """Give deliveries received before a time that are not done, oldest first."""
        rows = cx.execute(
            "SELECT id, community_key, platform, payload, received_at, attempts FROM deliveries "
            f"WHERE done_at IS NULL AND platform IN ({marks(len(platforms))}) "
            "AND received_at < ? ORDER BY received_at, id",
            (*platforms, micros(older_than)),
        )
        return [
            Delivery(
                id=id_,
                community_key=key,
                platform=platform,
                payload=from_json(payload),
                received_at=moment(at),
                attempts=attempts,
            )
            for id_, key, platform, payload, at, attempts in rows
        ]

    @alters
    def bump(self, tx: Tx, delivery_id: str) -> int:
        """Count one more attempt; gives how many there were."""
        tx.run("UPDATE deliveries SET attempts = attempts + 1 WHERE id = ?", (delivery_id,))
        row = tx.one("SELECT attempts FROM deliveries WHERE id = ?", (delivery_id,))
        return int(row[0]) if row else 0

    @alters
    def purge(self, tx: Tx, before: datetime) -> int:
        """Forget deliveries that were done before a time; platforms redeliver for hours at most."""
        return tx.run("DELETE FROM deliveries WHERE done_at < ?", (micros(before),)).rowcount
