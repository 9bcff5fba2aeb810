"""The audit: one hash chain per bank that shows when a row was edited, removed or slipped in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from storage.connection import from_json, moment
from storage.engine import Subject, reads
from storage.rows import AuditRow
from storage.tx import link_hash

_SELECT = "SELECT id, bank_id, at, actor_id, action, subject, details, hash FROM audit "


class Audit(Subject):
    """Reading and verifying; writes add to the chain by themselves."""

    @reads
    def list(
        self,
        cx: sqlite3.Connection,
        bank_id: int,
        limit: int = 50,
        before_id: int | None = None,
    ) -> list[AuditRow]:
        """Give a bank's rows, newest first, before one of an earlier page."""
        rows = cx.execute(
            _SELECT + "WHERE bank_id = ?1 AND (?2 IS NULL OR id < ?2) ORDER BY seq DESC LIMIT ?3",
            (bank_id, before_id, limit),
        )
        return [_to_row(row) for row in rows]

    @reads
    def verify(self, cx: sqlite3.Connection, bank_id: int | None = None) -> Sequence[str]:
        """Check the chain of a bank, or of all; gives a sentence for each break."""
        sql = "SELECT id, audit_head, audit_count FROM banks WHERE ?1 IS NULL OR id = ?1"
        banks = cx.execute(sql + " ORDER BY id", (bank_id,)).fetchall()
        problems: list[str] = []
        for id_, head, count in banks:
            problems.extend(_breaks(cx, id_, head, count))
        if bank_id is None:
            rows = cx.execute(
                "SELECT DISTINCT bank_id FROM audit WHERE bank_id NOT IN (SELECT id FROM banks)"
            )
            problems.extend(f"bank {stray}: rows of a bank that is not there" for (stray,) in rows)
        return problems

    def scan(self, bank_id: int) -> Iterator[AuditRow]:
        """Give a bank's rows, oldest first, on a connection of its own. Blocks; flat memory."""
        connection = self.engine.connection()
        try:
            for row in connection.execute(_SELECT + "WHERE bank_id = ? ORDER BY seq", (bank_id,)):
                yield _to_row(row)
        finally:
            connection.close()


def _breaks(cx: sqlite3.Connection, bank_id: int, head: str, count: int) -> Iterator[str]:
    rows = cx.execute(
        "SELECT seq, at, actor_id, action, subject, details, hash FROM audit "
        "WHERE bank_id = ? ORDER BY seq",
        (bank_id,),
    )
    previous, last = "", 0
    for seq, at, actor_id, action, subject, details, hash_ in rows:
        if seq != last + 1:
            yield f"bank {bank_id}: row {last + 1} of the audit is missing"
        row = (bank_id, seq, at, actor_id, action, subject, details)
        if link_hash(previous, row) != hash_:
            yield f"bank {bank_id}: row {seq} of the audit was changed, or follows another row"
        previous, last = hash_, seq
    if (previous, last) != (head, count):
        yield f"bank {bank_id}: the audit ends at row {last}, but row {count} was the last written"


def _to_row(row: Sequence[Any]) -> AuditRow:
    id_, bank_id, at, actor_id, action, subject, details, hash_ = row
    return AuditRow(
        id=id_,
        bank_id=bank_id,
        at=moment(at),
        actor_id=actor_id,
        action=action,
        subject=subject,
        details=from_json(details),
        hash=hash_,
    )
