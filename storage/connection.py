"""Connections to the one file: pragmas, our SQL functions, and times as whole microseconds."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from storage.words import spaced

APPLICATION_ID = 0x524C424B  # "RLBK"; tells our file from another program's
SCHEMA_VERSION = 11  # how many migrations there are; kept apart, so that a start needs none of them
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def connect(
    path: Path, *, durable: bool = True, busy_timeout_s: float = 10.0, read_only: bool = False
) -> sqlite3.Connection:
    """Open a connection of one's own; it belongs to the thread that uses it.

    Transactions are begun by hand (`isolation_level=None`), because sqlite3's own begin deferred.
    """
    connection = sqlite3.connect(
        path,
        timeout=busy_timeout_s,
        isolation_level=None,
        # Only so that close() may run after the threads have ended; use stays in one thread.
        check_same_thread=False,
        cached_statements=512,
    )
    # The triggers of the full-text index call it, so every writing connection needs it.
    connection.create_function("search_words", 1, spaced, deterministic=True)
    connection.create_function("folded", 1, str.casefold, deterministic=True)
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA recursive_triggers=ON")
    connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'OFF'}")
    connection.execute("PRAGMA cache_size=-16384")  # 16 MiB: the upper levels of all trees
    if read_only:
        connection.execute("PRAGMA query_only=ON")
    return connection


def micros(moment: datetime) -> int:
    """Give whole microseconds since 1970 in UTC.

    Raises:
        ValueError: the time is naive.
    """
    if moment.tzinfo is None:
        msg = "the store takes aware times only"
        raise ValueError(msg)
    return (moment - _EPOCH) // _MICROSECOND


def moment(at_us: int) -> datetime:
    """Give the aware UTC time of whole microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=at_us)


def moment_or_none(at_us: int | None) -> datetime | None:
    """Give the time, or None."""
    return None if at_us is None else moment(at_us)


def micros_or_none(at: datetime | None) -> int | None:
    """Give whole microseconds, or None."""
    return None if at is None else micros(at)


# ASCII: half a surrogate pair, which a platform may hand us, could not be stored as UTF-8.
_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), sort_keys=True)


def to_json(value: Any) -> str:
    """Write canonical JSON: sorted keys, no spaces."""
    return _ENCODER.encode(value)


def from_json(text: str) -> Any:
    """Read JSON of our own writing."""
    return json.loads(text)


@lru_cache(maxsize=256)
def marks(count: int) -> str:
    """Give `?,?,?` for so many bound values."""
    return ",".join("?" * count)


def clean(text: str) -> str:
    """Replace halves of surrogate pairs, which SQLite would refuse to store."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
