"""Bringing a file into shape before the first thread uses it, or saying why that fails."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from storage.connection import APPLICATION_ID, SCHEMA_VERSION, connect
from storage.engine import immediate, translated
from storage.errors import CorruptStore, NewerStore, ReadOnlyStore, from_os

_HEADER = b"SQLite format 3\x00"


def prepare(path: Path, *, durable: bool, busy_timeout_s: float) -> None:
    """Make the file if needed, check it, and run the migrations that are due. Blocks."""
    _look(path)
    with (
        translated(path),
        contextlib.closing(
            connect(path, durable=durable, busy_timeout_s=busy_timeout_s)
        ) as connection,
    ):
        version = _version(connection, path)
        # Not before the checks: it writes to the file.
        if connection.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
            raise ReadOnlyStore(path)
        if version < SCHEMA_VERSION:
            _migrate(connection, path)
        else:
            _try_to_write(connection)


def _look(path: Path) -> None:
    """See what SQLite would not say clearly; creates the folder."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise CorruptStore(path, "is a folder")
        if not path.exists():
            return
        with path.open("rb") as file:
            header = file.read(len(_HEADER))
    except OSError as error:
        raise from_os(error, path) from error
    if header and header != _HEADER:
        raise CorruptStore(path)


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    program = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if program != APPLICATION_ID and (program or tables):
        raise CorruptStore(path, "belongs to another program")
    if version > SCHEMA_VERSION:
        raise NewerStore(path)
    return version


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    # Imported only when due: sqlite-utils takes a tenth of a second that a start does not need.
    from sqlite_utils import Database  # noqa: PLC0415

    from storage.migrations import migrations  # noqa: PLC0415

    with immediate(connection):
        # Another process may have been faster.
        if _version(connection, path) >= SCHEMA_VERSION:
            return
        # Each migration nests its savepoint in our transaction: all or nothing.
        migrations.apply(Database(connection, recursive_triggers=False, execute_plugins=False))
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def _try_to_write(connection: sqlite3.Connection) -> None:
    """Find out now whether the file can be written, not when a member waits."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("ROLLBACK")
