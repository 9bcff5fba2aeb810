"""Unsent forms, and what buttons stand for when it doesn't fit into their wire id."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from storage.connection import clean, from_json, micros, to_json
from storage.engine import Subject, alters, reads, writes
from storage.rows import NewAttachment
from storage.tx import Tx

KEPT = timedelta(days=30)


class Drafts(Subject):
    """What somebody typed and has not sent yet; nobody else gets to see it."""

    @writes
    def save(
        self,
        tx: Tx,
        command: str,
        values: Mapping[str, Any],
        files: Sequence[NewAttachment] = (),
    ) -> int:
        """Keep a draft of whoever writes, with its files; gives its id."""
        cursor = tx.run(
            'INSERT INTO drafts (person_id, community_id, command, at, "values") '
            "VALUES (?,?,?,?,?)",
            (tx.actor, tx.write.community_id, command, tx.now_us, to_json(values)),
        )
        draft_id = cursor.lastrowid or 0
        tx.run_many(
            "INSERT INTO draft_attachments (draft_id, name, media_type, size_bytes, url, content) "
            "VALUES (?,?,?,?,?,?)",
            [
                (draft_id, clean(f.name), f.media_type, f.size_bytes, clean(f.url), f.content)
                for f in files
            ],
        )
        return draft_id

    @reads
    def files(
        self, cx: sqlite3.Connection, draft_id: int, person_id: int
    ) -> tuple[NewAttachment, ...]:
        """Give the files of one's own draft."""
        rows = cx.execute(
            "SELECT f.name, f.media_type, f.size_bytes, f.url, f.content FROM draft_attachments f "
            "JOIN drafts d ON d.id = f.draft_id WHERE d.id = ? AND d.person_id = ? ORDER BY f.id",
            (draft_id, person_id),
        )
        return tuple(
            NewAttachment(
                name=name, media_type=media_type, size_bytes=size_bytes, url=url, content=content
            )
            for name, media_type, size_bytes, url, content in rows
        )

    @reads
    def get(self, cx: sqlite3.Connection, draft_id: int, person_id: int) -> dict[str, Any] | None:
        """Give one's own draft."""
        row = cx.execute(
            'SELECT "values" FROM drafts WHERE id = ? AND person_id = ?', (draft_id, person_id)
        ).fetchone()
        values: dict[str, Any] | None = from_json(row[0]) if row else None
        return values

    @writes
    def drop(self, tx: Tx, draft_id: int) -> None:
        """Forget one's own draft."""
        tx.run("DELETE FROM drafts WHERE id = ? AND person_id = ?", (draft_id, tx.actor))

    @alters
    def purge(self, tx: Tx, before: datetime) -> int:
        """Forget drafts from before a time."""
        return tx.run("DELETE FROM drafts WHERE at < ?", (micros(before),)).rowcount


class Actions(Subject):
    """Values of buttons and menus, by a short key, for 30 days."""

    @alters
    def put(
        self, tx: Tx, values: Mapping[str, Any], now: datetime, *, person_id: int | None = None
    ) -> str:
        """Keep values, as JSON can hold them; gives their key.

        `person_id` says whose words are in them, so that they go when that person is erased.
        """
        key = secrets.token_urlsafe(9)
        tx.run(
            'INSERT INTO actions (key, person_id, at, "values") VALUES (?,?,?,?)',
            (key, person_id, micros(now), to_json(values)),
        )
        return key

    @reads
    def get(self, cx: sqlite3.Connection, key: str) -> dict[str, Any] | None:
        """Give the values of a key."""
        row = cx.execute('SELECT "values" FROM actions WHERE key = ?', (key,)).fetchone()
        values: dict[str, Any] | None = from_json(row[0]) if row else None
        return values

    @alters
    def purge(self, tx: Tx, now: datetime) -> int:
        """Forget what is older than 30 days."""
        return tx.run("DELETE FROM actions WHERE at < ?", (micros(now - KEPT),)).rowcount
