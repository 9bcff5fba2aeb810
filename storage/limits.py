"""Rate limits: a sliding window that all processes share."""

from __future__ import annotations

from datetime import datetime

from storage.connection import micros
from storage.engine import Subject, alters
from storage.tx import Tx


class Limits(Subject):
    """Counting what somebody did lately."""

    @alters
    def hit(  # noqa: PLR0917 - agreed: reads as a sentence at the call
        self, tx: Tx, key: str, kind: str, now: datetime, window_s: float, at_most: int
    ) -> float:
        """Count one use, unless there were `at_most` within the window already.

        Returns:
            The seconds until the next use is free; 0.0 means that this one was allowed.
        """
        now_us, window_us = micros(now), int(window_s * 1_000_000)
        tx.run(
            "DELETE FROM hits WHERE key = ? AND kind = ? AND at <= ?",
            (key, kind, now_us - window_us),
        )
        times = tx.run(
            "SELECT at FROM hits WHERE key = ? AND kind = ? ORDER BY at", (key, kind)
        ).fetchall()
        if len(times) >= at_most:
            if at_most <= 0:
                return window_s
            free_us: int = times[-at_most][0] + window_us
            return max(0.001, (free_us - now_us) / 1_000_000)
        tx.run("INSERT INTO hits (key, kind, at) VALUES (?,?,?)", (key, kind, now_us))
        return 0.0

    @alters
    def purge(self, tx: Tx, before: datetime) -> int:
        """Forget what was counted before a time."""
        return tx.run("DELETE FROM hits WHERE at < ?", (micros(before),)).rowcount
