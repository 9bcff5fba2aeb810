"""Copying the store while it is used, and putting a copy back."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from storage.connection import APPLICATION_ID, SCHEMA_VERSION
from storage.engine import translated
from storage.errors import CorruptStore, NewerStore, ReadOnlyStore, StoreInUse, StoreLocked, from_os

_PAGES = 1024  # 4 MiB a step, so that writers get their turn between


def copy(source: Path, target: Path) -> None:
    """Write a consistent copy of a store to a new file. Blocks.

    Raises:
        ReadOnlyStore: the target cannot be written, or is there already.
        DiskFull: no room for the copy; what was written of it is removed.
    """
    if target.exists():
        raise ReadOnlyStore(target)
    unfinished = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        with translated(target):
            _copy(source, unfinished)
        unfinished.rename(target)
    except OSError as error:
        raise from_os(error, target) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as reader,
        contextlib.closing(sqlite3.connect(target)) as writer,
    ):
        reader.backup(writer, pages=_PAGES, sleep=0.01)
        writer.execute("PRAGMA journal_mode=DELETE")
    with target.open("rb") as file:
        os.fsync(file.fileno())


def check(path: Path) -> None:
    """Check that a file is a whole store of this version or an older one. Blocks.

    Raises:
        CorruptStore: it is not.
        NewerStore: it was made by a newer version.
    """
    if not path.is_file():
        raise CorruptStore(path, "is not there")
    with (
        translated(path),
        contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as reader,
    ):
        if reader.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise CorruptStore(path, "is no store of Reelbank")
        if reader.execute("PRAGMA user_version").fetchone()[0] > SCHEMA_VERSION:
            raise NewerStore(path)
        if reader.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
            raise CorruptStore(path)


def restore(source: Path, target: Path) -> None:
    """Put a backup in the place of a store that no process has open. Blocks.

    The store that was there is kept beside it, named `<name>.before-restore`.

    Raises:
        CorruptStore, NewerStore: the backup is not usable; nothing was changed.
        StoreInUse: a process has the store open; nothing was changed.
    """
    check(source)
    if target.exists():
        _refuse_if_used(target)
    fresh = target.with_name(target.name + ".restoring")
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    copy(source, fresh)
    try:
        if target.exists():
            target.replace(_free_name(target))
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        fresh.replace(target)
    except OSError as error:
        raise from_os(error, target) from error


def _free_name(target: Path) -> Path:
    """Give a name for the store that was there, without touching those of earlier restores."""
    kept = target.with_name(target.name + ".before-restore")
    number = 2
    while kept.exists():
        kept = target.with_name(f"{target.name}.before-restore-{number}")
        number += 1
    return kept


def _refuse_if_used(target: Path) -> None:
    """Take the store for oneself for a moment: that fails while anybody has it open."""
    try:
        with (
            translated(target),
            contextlib.closing(
                sqlite3.connect(target, timeout=0.5, isolation_level=None)
            ) as connection,
        ):
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            # Leaving WAL needs the file for oneself, and brings the log into the file.
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
            if mode != "delete":
                raise StoreInUse(target)
    except StoreLocked as error:
        raise StoreInUse(target) from error
    except CorruptStore:
        return  # a damaged store is what one restores over; it is kept beside
