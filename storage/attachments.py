"""Files and links that belong to ideas: small pictures with their bytes, of others what they were.

Nothing is copied when ideas are merged: the pictures of a merged idea are seen with its target, and
go back with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from storage.connection import clean, micros, moment
from storage.engine import Subject, alters, reads, writes
from storage.errors import Full, NotThere
from storage.idea_writes import Found, find, group_of, is_author, root_of
from storage.rows import Attachment, NewAttachment
from storage.tx import Tx

_COLUMNS = (
    "a.id, i.number, a.name, a.media_type, a.size_bytes, a.url, a.at, a.content IS NOT NULL, "
    "i.is_anonymous OR i.consent = 'asked'"
)
_SELECT = f"SELECT {_COLUMNS} FROM attachments a JOIN ideas i ON i.id = a.idea_id "
_TAKEN = (
    "SELECT coalesce(sum(length(a.content)), 0) FROM attachments a "
    "JOIN ideas i ON i.id = a.idea_id WHERE i.bank_id = ?"
)
_ENDINGS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "video/mp4": ".mp4",
    "application/zip": ".zip",
}


class Attachments(Subject):
    """What hangs on ideas; their rights and limits are decided by whoever calls."""

    @writes
    def add(
        self,
        tx: Tx,
        bank_id: int,
        number: int,
        files: Sequence[NewAttachment],
        *,
        at_most: int,
    ) -> list[Attachment]:
        """Add files to an idea, all or none; gives all that the idea itself has then.

        Raises:
            NotThere: no such idea.
            Full: the idea would have more than `at_most`.
        """
        found = find(tx, bank_id, number)
        if _count(tx, found.id) + len(files) > at_most:
            raise Full(at_most)
        insert(tx, found.id, tx.person_id, files)
        _note(tx, found, "attachment.add", {"count": len(files)})
        return _of(tx.connection, [found.id])

    @writes
    def remove(self, tx: Tx, bank_id: int, number: int, attachment_id: int) -> None:
        """Take one away, for good.

        Raises:
            NotThere: the idea has no such file.
        """
        found = find(tx, bank_id, number)
        removed = tx.run(
            "DELETE FROM attachments WHERE id = ? AND idea_id = ?", (attachment_id, found.id)
        )
        if not removed.rowcount:
            raise NotThere
        tx.run("INSERT INTO scrubs (asked_at) VALUES (?)", (tx.now_us,))
        _note(tx, found, "attachment.remove", {"count": 1})

    @reads
    def of_idea(self, cx: sqlite3.Connection, bank_id: int, number: int) -> list[Attachment]:
        """Give what an idea has, without the bytes, its own first, then that of merged ones."""
        tx = Tx(cx, None)
        try:
            found = find(tx, bank_id, number)
        except NotThere:
            return []
        return _of(cx, group_of(tx, found.id))

    def of_bank(self, bank_id: int) -> dict[int, list[Attachment]]:
        """Give what every idea of a bank has itself, without the bytes, by the idea's number.

        Blocks: on a connection of its own, for exports.
        """
        found: dict[int, list[Attachment]] = {}
        connection = self.engine.connection()
        try:
            sql = _SELECT + "WHERE i.bank_id = ? ORDER BY i.number, a.id"
            for row in connection.execute(sql, (bank_id,)):
                own = found.setdefault(row[1], [])
                own.append(_to_attachment(row, len(own) + 1))
        finally:
            connection.close()
        return found

    @reads
    def content(self, cx: sqlite3.Connection, bank_id: int, attachment_id: int) -> bytes | None:
        """Give the bytes of a picture of the bank; None for what is none, or is gone."""
        row = cx.execute(
            "SELECT a.content FROM attachments a JOIN ideas i ON i.id = a.idea_id "
            "WHERE a.id = ? AND i.bank_id = ?",
            (attachment_id, bank_id),
        ).fetchone()
        return row[0] if row else None

    @reads
    def taken_bytes(self, cx: sqlite3.Connection, bank_id: int) -> int:
        """Give how much the pictures of a bank take."""
        return int(cx.execute(_TAKEN, (bank_id,)).fetchone()[0])

    @reads
    def of_person(
        self, cx: sqlite3.Connection, person_id: int
    ) -> Sequence[tuple[int, int, str, bytes]]:
        """Give (id, number of the idea, media type, bytes) of every picture somebody added."""
        rows = cx.execute(
            "SELECT a.id, i.number, a.media_type, a.content FROM attachments a "
            "JOIN ideas i ON i.id = a.idea_id "
            "WHERE a.person_id = ? AND a.content IS NOT NULL ORDER BY a.id",
            (person_id,),
        )
        return rows.fetchall()

    @reads
    def upload(self, cx: sqlite3.Connection, attachment_id: int, community_id: int) -> str | None:
        """Give what the community's platform calls a picture that it was sent before."""
        row = cx.execute(
            "SELECT reference FROM uploads WHERE attachment_id = ? AND community_id = ?",
            (attachment_id, community_id),
        ).fetchone()
        return row[0] if row else None

    @alters
    def uploaded(
        self, tx: Tx, attachment_id: int, community_id: int, reference: str, now: datetime
    ) -> None:
        """Note what a platform calls a picture; nothing where the picture is gone meanwhile."""
        tx.run(
            "INSERT INTO uploads SELECT ?, ?, ?, ? WHERE EXISTS "
            "(SELECT 1 FROM attachments WHERE id = ?) "
            "ON CONFLICT DO UPDATE SET reference = excluded.reference, at = excluded.at",
            (attachment_id, community_id, reference, micros(now), attachment_id),
        )


def insert(tx: Tx, idea_id: int, person_id: int | None, files: Sequence[NewAttachment]) -> None:
    """Put files on an idea."""
    tx.run_many(
        "INSERT INTO attachments (idea_id, person_id, name, media_type, size_bytes, url, at, "
        "content) VALUES (?,?,?,?,?,?,?,?)",
        [
            (idea_id, person_id, clean(f.name), f.media_type, f.size_bytes, clean(f.url),
             tx.now_us, f.content)
            for f in files
        ],
    )  # fmt: skip


def _count(tx: Tx, idea_id: int) -> int:
    return int(tx.one("SELECT count(*) FROM attachments WHERE idea_id = ?", (idea_id,))[0])


def _note(tx: Tx, found: Found, action: str, details: dict[str, Any]) -> None:
    """Add audit, change and card. The audit never names an author: see `idea_writes.finish`."""
    by_author = is_author(tx, found)
    noted = {**details, "by": "author"} if by_author else details
    actor = None if by_author else tx.person_id
    tx.audit(found.bank_id, action, found.subject, noted, actor_id=actor)
    tx.changed(found.bank_id, "idea", str(found.number))
    tx.card(found.bank_id, found.id, found.number)
    root = root_of(tx, found)
    tx.card(found.bank_id, root.id, root.number)
    tx.outcome(found.subject)


def _of(cx: sqlite3.Connection, idea_ids: Sequence[int]) -> list[Attachment]:
    found: list[Attachment] = []
    for idea_id in idea_ids:
        rows = cx.execute(_SELECT + "WHERE a.idea_id = ? ORDER BY a.id", (idea_id,)).fetchall()
        found += [_to_attachment(row, place) for place, row in enumerate(rows, 1)]
    return found


def _to_attachment(row: Sequence[Any], place: int) -> Attachment:
    """Read a row. Pictures, and all files of a hidden author, are called by their place alone.

    A file's name is its author's: "ann-on-the-set.png" would say whose idea it is.
    """
    id_, number, name, media_type, size_bytes, url, at, has_content, is_hidden = row
    if not url and (has_content or is_hidden):
        name = f"idea-{number}-{place}{_ENDINGS.get(media_type, '')}"
    return Attachment(
        id=id_,
        number=number,
        name=name,
        media_type=media_type,
        size_bytes=size_bytes,
        url=url,
        at=moment(at),
        is_picture=bool(has_content),
    )
