"""The schema's history: append-only functions, one module each. Imported only when one is due."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from storage.migrations.m001 import SCHEMA

migrations = Migrations("reelbank")


def run_script(db: Database, script: str) -> None:
    """Run statements one by one, since `executescript` would commit the transaction around it."""
    for statement in script.split("\n\n"):
        if statement.strip():
            db.execute(statement)


@migrations()
def m001_ideas(db: Database) -> None:
    """Everything from the first day on."""
    run_script(db, SCHEMA)
