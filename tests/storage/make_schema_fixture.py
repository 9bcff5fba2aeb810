"""Writes the schema before some migrations: FILE MIGRATION... Run by hand, once per release."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from sqlite_utils import Database

from storage.connection import connect
from storage.migrations import migrations

SKIPPED = ("sqlite_", "ideas_fts_")  # made by SQLite and by FTS5 themselves


def main() -> None:
    path = Path(tempfile.mkdtemp()) / "reelbank.db"
    connection = connect(path)
    migrations.apply(Database(connection), stop_before=sys.argv[2:])
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
