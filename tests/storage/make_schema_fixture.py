"""Writes schema_m001.sql: run by hand when a first migration is fixed for good, never after."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from pathlib import Path

from storage import Store

SKIPPED = ("sqlite_", "ideas_fts_")  # made by SQLite and by FTS5 themselves


def main() -> None:
    path = Path(tempfile.mkdtemp()) / "reelbank.db"
    Store.open(path).close()
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
    )
    statements = [sql for name, sql in rows if not name.startswith(SKIPPED)]
    applied = connection.execute("SELECT migration_set, name FROM _sqlite_migrations").fetchall()
    connection.close()
    Path(sys.argv[1]).write_text("\n\n".join(statements) + "\n")
    print(f"{len(statements)} statements, migrations {applied}")


if __name__ == "__main__":
    main()
