"""What changed, for every process that caches something."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from storage.connection import micros
from storage.engine import Subject, alters, reads
from storage.rows import Change
from storage.tx import Tx


class Changes(Subject):
    """Reading the row of changes; writes add to it by themselves."""

    @reads
    def latest(self, cx: sqlite3.Connection) -> int:
        """Give the id of the last change, 0 before the first. Ids only grow."""
        row = cx.execute("SELECT seq FROM sqlite_sequence WHERE name = 'changes'").fetchone()
        return int(row[0]) if row else 0

    @reads
    def since(self, cx: sqlite3.Connection, change_id: int, limit: int = 500) -> list[Change]:
        """Give the changes after one, oldest first."""
        rows = cx.execute(
            "SELECT id, bank_id, kind, subject FROM changes WHERE id > ? ORDER BY id LIMIT ?",
            (change_id, limit),
        )
        return [
            Change(id=id_, bank_id=bank_id, kind=kind, subject=subject)
            for id_, bank_id, kind, subject in rows
        ]

    @alters
    def purge(self, tx: Tx, before: datetime) -> int:
        """Forget changes from before a time; every process has read them long since."""
        return tx.run("DELETE FROM changes WHERE at < ?", (micros(before),)).rowcount
