"""What can go wrong with the store.

StoreError
├── NewerStore      made by a newer Reelbank
├── ReadOnlyStore   the file or its folder cannot be written
├── DiskFull        no room left; nothing of the write was kept
├── CorruptStore    not a database, a damaged one, or another program's
├── StoreLocked     another process held the file for longer than we wait
├── NotThere        no such idea, code, draft ...                    (for callers)
├── Full            an idea has as many files as it may have           (for callers)
├── Stale           compare-and-set: somebody else was faster         (for callers)
└── AlreadyDone     this delivery had its effect before               (for callers)

The messages of the first five are for the operator and say what to do; none holds a member's words.
"""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.rows import Idea

_ROOM_BYTES = 1 << 20
"""With less room than this, a failed write counts as a full disk."""


class StoreError(Exception):
    """Base of everything that the store raises on purpose."""


class NewerStore(StoreError):
    """The file was written by a newer version; it was left as it is."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The store {path} was made by a newer version of Reelbank. Nothing was changed. "
            "Upgrade Reelbank, or restore a backup made by this version to another folder."
        )


class ReadOnlyStore(StoreError):
    """The file or its folder cannot be written."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The store {path} cannot be written. Give the user that runs Reelbank the right to "
            "write the file and its folder, or choose another folder with REELBANK_DATA_DIR."
        )


class DiskFull(StoreError):
    """There is no room left; the write had no effect, what was kept before is intact."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The disk that holds the store {path} is full. What was kept so far is intact; "
            "make room there, and Reelbank goes on by itself."
        )


class CorruptStore(StoreError):
    """The file is damaged, no database, or another program's; it was left as it is."""

    def __init__(self, path: Path, what: str = "is damaged or no database") -> None:
        super().__init__(
            f"The file {path} {what}. Nothing was overwritten. Move it aside, "
            "and restore a backup with: reelbank restore FILE"
        )


class StoreLocked(StoreError):
    """Another process held the file for longer than the time we wait."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The store {path} stayed locked by another process. Try again; if that lasts, look "
            "for a stuck process that has the file open and end it."
        )


class StoreInUse(StoreError):
    """A restore would replace a store that a process has open."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The store {path} is in use. Stop every Reelbank that uses it, then restore again."
        )


class NotThere(StoreError):
    """There is no such row in the bank or community asked."""


class Full(StoreError):
    """There may be no more of something than `limit`."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"there may be no more than {limit}")
        self.limit = limit


class Stale(StoreError):
    """The row is no longer as the caller expected.

    Args:
        current: the idea as it is now, or a word for its state.
    """

    def __init__(self, current: Idea | str) -> None:
        super().__init__("the row is no longer as expected")
        self.current = current


class AlreadyDone(StoreError):
    """The delivery had its effect before; `outcome` says which (such as "idea:42")."""

    def __init__(self, delivery_id: str, outcome: str) -> None:
        super().__init__("the delivery is done already")
        self.delivery_id = delivery_id
        self.outcome = outcome


def is_full(path: Path) -> bool:
    """Tell whether the disk under `path` has practically no room left."""
    folder = path.parent
    try:
        return shutil.disk_usage(folder).free < _ROOM_BYTES
    except OSError:
        return False


_BY_CODE: dict[int, type[NewerStore | ReadOnlyStore | DiskFull | CorruptStore | StoreLocked]] = {
    sqlite3.SQLITE_BUSY: StoreLocked,
    sqlite3.SQLITE_LOCKED: StoreLocked,
    sqlite3.SQLITE_FULL: DiskFull,
    sqlite3.SQLITE_READONLY: ReadOnlyStore,
    sqlite3.SQLITE_CANTOPEN: ReadOnlyStore,
    sqlite3.SQLITE_PERM: ReadOnlyStore,
    sqlite3.SQLITE_CORRUPT: CorruptStore,
    sqlite3.SQLITE_NOTADB: CorruptStore,
}


def from_sqlite(error: sqlite3.Error, path: Path) -> StoreError | None:
    """Give the typed error for SQLite's, or None where it is a mistake of ours."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    primary = code & 0xFF
    if primary == sqlite3.SQLITE_IOERR:
        return DiskFull(path) if is_full(path) else StoreError(_disk_trouble(path))
    kind = _BY_CODE.get(primary)
    if kind is ReadOnlyStore and is_full(path):
        kind = DiskFull
    return kind(path) if kind else None


def from_os(error: OSError, path: Path) -> StoreError:
    """Give the typed error for the operating system's."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFull(path)
    return ReadOnlyStore(path)


def _disk_trouble(path: Path) -> str:
    return (
        f"The disk that holds the store {path} failed to read or write. Look at the system log, "
        "and run: reelbank doctor"
    )
