"""The audit: one hash chain per bank that shows when a row was edited, removed or slipped in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from storage.connection import from_json, marks, micros, moment
from storage.engine import Subject, reads
from storage.rows import EVERYTHING, AuditFilter, AuditHead, AuditRow
from storage.tx import link_hash

_SELECT = "SELECT id, bank_id, seq, at, actor_id, action, subject, details, hash FROM audit "
_BY_MODERATORS = (
    *("idea.status", "idea.merge", "idea.unmerge", "idea.restore", "idea.claim", "idea.uphold"),
    *("idea.apart", "votes.release", "member.block", "member.unblock", "gap.close", "undo"),
)
"""Actions whose actor, where the log names one, acted as a moderator."""


class Audit(Subject):
    """Reading and verifying; writes add to the chain by themselves."""

    @reads
    def list(
        self,
        cx: sqlite3.Connection,
        bank_id: int,
        limit: int = 50,
        before_id: int | None = None,
        *,
        wanted: AuditFilter = EVERYTHING,
    ) -> list[AuditRow]:
        """Give a bank's rows that fit, newest first, before one of an earlier page."""
        where, values = _conditions(bank_id, wanted, before_id)
        rows = cx.execute(f"{_SELECT} WHERE {where} ORDER BY seq DESC LIMIT ?", (*values, limit))
        return [_to_row(row) for row in rows]

    @reads
    def moderators(self, cx: sqlite3.Connection, bank_id: int, since: datetime) -> Sequence[int]:
        """Give the people who moderated a bank since a time, as the log and our own list say."""
        rows = cx.execute(
            "SELECT actor_id FROM audit WHERE bank_id = ?1 AND actor_id IS NOT NULL "
            f"AND at >= ?2 AND action IN ({marks(len(_BY_MODERATORS))}) UNION "
            "SELECT a.person_id FROM roles r JOIN communities c ON c.id = r.community_id "
            "JOIN accounts a ON a.key = r.account_key WHERE c.bank_id = ?1 AND r.role > 1",
            (bank_id, micros(since), *_BY_MODERATORS),
        )
        return [person_id for (person_id,) in rows]

    @reads
    def names(self, cx: sqlite3.Connection, bank_id: int) -> dict[int, str]:
        """Give what those who act in a bank's log are called now, by their ids in it."""
        rows = cx.execute(
            "SELECT a.actor_id, p.display_name FROM "
            "(SELECT DISTINCT actor_id FROM audit WHERE bank_id = ?) a "
            "JOIN people old ON old.id = a.actor_id "
            "JOIN people p ON p.id = coalesce(old.merged_into, old.id)",
            (bank_id,),
        )
        return dict(rows.fetchall())

    @reads
    def heads(self, cx: sqlite3.Connection) -> Sequence[AuditHead]:
        """Give the length and the last hash of every bank's chain: what to note elsewhere."""
        rows = cx.execute("SELECT id, audit_count, audit_head FROM banks ORDER BY id")
        return [AuditHead(bank_id=bank, seq=seq, hash=hash_) for bank, seq, hash_ in rows]

    @reads
    def has(self, cx: sqlite3.Connection, head: AuditHead) -> bool:
        """Tell whether a row that was noted elsewhere still stands in its chain as it was."""
        row = cx.execute(
            "SELECT hash FROM audit WHERE bank_id = ? AND seq = ?", (head.bank_id, head.seq)
        ).fetchone()
        return row is not None and row[0] == head.hash

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

    def scan(self, bank_id: int, wanted: AuditFilter = EVERYTHING) -> Iterator[AuditRow]:
        """Give a bank's rows that fit, oldest first, on a connection of its own.

        Memory stays flat. Blocks: call it in a thread, and exhaust or close it there.
        """
        connection = self.engine.connection()
        try:
            where, values = _conditions(bank_id, wanted, None)
            for row in connection.execute(f"{_SELECT} WHERE {where} ORDER BY seq", values):
                yield _to_row(row)
        finally:
            connection.close()


def _conditions(bank_id: int, wanted: AuditFilter, before_id: int | None) -> tuple[str, list[Any]]:
    where, values = ["bank_id = ?"], [bank_id]  # type: tuple[list[str], list[Any]]
    for is_set, condition, bound in (
        (before_id is not None, "id < ?", (before_id,)),
        (wanted.subject, "subject = ?", (wanted.subject,)),
        (wanted.actor_id is not None, "actor_id = ?", (wanted.actor_id,)),
        (wanted.actions, f"action IN ({marks(len(wanted.actions))})", wanted.actions),
        (wanted.since, "at >= ?", (micros(wanted.since) if wanted.since else None,)),
        (wanted.until, "at < ?", (micros(wanted.until) if wanted.until else None,)),
    ):
        if is_set:
            where.append(condition)
            values += bound
    return " AND ".join(where), values


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
    id_, bank_id, seq, at, actor_id, action, subject, details, hash_ = row
    return AuditRow(
        id=id_,
        bank_id=bank_id,
        seq=seq,
        at=moment(at),
        actor_id=actor_id,
        action=action,
        subject=subject,
        details=from_json(details),
        hash=hash_,
    )
