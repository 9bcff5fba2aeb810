"""Turns of a community that come round by its own clock: taken once over all processes."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from storage.connection import micros, moment, moment_or_none
from storage.engine import Subject, alters, reads
from storage.rows import Notice, Schedule
from storage.tx import Tx


class Schedules(Subject):
    """Turns of digests and scheduled exports."""

    @reads
    def all(self, cx: sqlite3.Connection, kind: str) -> dict[int, Schedule]:
        """Give how all communities stand, by their id; those never seen are missing."""
        rows = cx.execute(
            "SELECT community_id, plan, seen_at, last_at FROM schedules WHERE kind = ?", (kind,)
        )
        return {
            community_id: Schedule(
                community_id=community_id,
                plan=plan,
                seen_at=moment(seen),
                last_at=moment_or_none(last),
            )
            for community_id, plan, seen, last in rows
        }

    @alters
    def plan(self, tx: Tx, community_id: int, kind: str, plan: str, now: datetime) -> None:
        """Note that a community has another plan from now on; "" for none."""
        tx.run(
            "INSERT INTO schedules (community_id, kind, plan, seen_at) VALUES (?1, ?2, ?3, ?4) "
            "ON CONFLICT DO UPDATE SET plan = excluded.plan, seen_at = excluded.seen_at "
            "WHERE plan <> excluded.plan",
            (community_id, kind, plan, micros(now)),
        )

    @alters
    def take(self, tx: Tx, kind: str, due_at: datetime, now: datetime, notice: Notice) -> bool:
        """Take a turn and have its notice sent, unless somebody took this or a later one.

        Both are one transaction: a turn that was taken is sent, and none is sent twice.
        """
        taken = tx.run(
            "UPDATE schedules SET last_at = ?1 WHERE community_id = ?2 AND kind = ?3 "
            "AND plan <> '' AND coalesce(last_at, 0) < ?1",
            (micros(due_at), notice.community_id, kind),
        ).rowcount
        if taken:
            tx.now_us = micros(now)
            tx.enqueue(
                key=notice.key,
                platform=notice.platform,
                community_id=notice.community_id,
                kind=notice.kind,
                payload=notice.payload,
            )
        return bool(taken)
