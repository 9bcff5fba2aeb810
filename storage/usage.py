"""What a paid service was used for, by month: counted before a call, corrected after it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from storage.engine import Subject, alters, reads
from storage.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfUse:
    """The use of one kind of service in one month (YYYY-MM)."""

    month: str
    kind: str
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    micro_usd: int = 0  # millionths of a US dollar, what is reserved included


class Usage(Subject):
    """Counting what costs money, over all processes that share the store."""

    @alters
    def reserve(
        self, tx: Tx, month: str, kind: str, *, micro_usd: int, at_most: int | None
    ) -> bool:
        """Count a call with the most that it can cost, unless the month's limit forbids it.

        Args:
            tx: filled in by the decorator.
            month: YYYY-MM.
            kind: what is used.
            micro_usd: the most that this call can cost.
            at_most: the most that the month may cost; None for no limit.

        Returns:
            False when it would pass the limit: nothing was counted.
        """
        row = tx.one("SELECT micro_usd FROM usage WHERE month = ? AND kind = ?", (month, kind))
        if at_most is not None and (row[0] if row else 0) + micro_usd > at_most:
            return False
        tx.run(
            "INSERT INTO usage (month, kind, calls, micro_usd) VALUES (?, ?, 1, ?) "
            "ON CONFLICT (month, kind) DO UPDATE "
            "SET calls = calls + 1, micro_usd = micro_usd + excluded.micro_usd",
            (month, kind, micro_usd),
        )
        return True

    @alters
    def settle(
        self,
        tx: Tx,
        month: str,
        kind: str,
        *,
        reserved: int,
        micro_usd: int,
        input_tokens: int = 0,
        output_tokens: int = 0,
    ) -> None:
        """Put what a call really cost in the place of what was reserved for it."""
        tx.run(
            "UPDATE usage SET micro_usd = max(0, micro_usd + ?), "
            "input_tokens = input_tokens + ?, output_tokens = output_tokens + ? "
            "WHERE month = ? AND kind = ?",
            (micro_usd - reserved, input_tokens, output_tokens, month, kind),
        )

    @reads
    def of(self, cx: sqlite3.Connection, month: str, kind: str) -> MonthOfUse:
        """Give the use of a month; zeros where there was none."""
        row = cx.execute(
            "SELECT calls, input_tokens, output_tokens, micro_usd FROM usage "
            "WHERE month = ? AND kind = ?",
            (month, kind),
        ).fetchone()
        if row is None:
            return MonthOfUse(month=month, kind=kind)
        calls, given, written, cost = row
        return MonthOfUse(
            month=month,
            kind=kind,
            calls=calls,
            input_tokens=given,
            output_tokens=written,
            micro_usd=cost,
        )
