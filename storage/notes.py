"""Notes on ideas, for everybody or for the staff, and who follows an idea."""

from __future__ import annotations

import sqlite3

from storage.connection import clean, moment, moment_or_none
from storage.engine import Subject, reads, writes
from storage.errors import NotThere
from storage.idea_writes import Found, find, is_author, recount, root_of
from storage.members import person_of
from storage.rows import Note, Person
from storage.tx import Tx
from storage.undo_rows import remember

# An idea with all that was merged into it; of a merged one, the group of its target.
_GROUP = """
WITH RECURSIVE up (id, merged_into) AS (
  SELECT id, merged_into FROM ideas WHERE bank_id = ?1 AND number = ?2 UNION ALL
  SELECT i.id, i.merged_into FROM up JOIN ideas i ON i.id = up.merged_into),
members (id) AS (
  SELECT id FROM up WHERE merged_into IS NULL UNION ALL
  SELECT i.id FROM members m JOIN ideas i ON i.merged_into = m.id)
"""


class Notes(Subject):
    """Notes; those of merged ideas are shown with what they were merged into."""

    @writes
    def add(
        self,
        tx: Tx,
        bank_id: int,
        number: int,
        text: str,
        *,
        is_staff: bool,
        message_key: str | None = None,
    ) -> Note | None:
        """Add a note; it can be for the staff only. None where that message was kept before.

        Raises:
            NotThere: no such idea.
        """
        found = find(tx, bank_id, number)
        if message_key and tx.one("SELECT 1 FROM notes WHERE message_key = ?", (message_key,)):
            return None
        cursor = tx.run(
            "INSERT INTO notes (idea_id, person_id, is_staff, at, text, message_key) "
            "VALUES (?,?,?,?,?,?)",
            (found.id, tx.person_id, is_staff, tx.now_us, clean(text), message_key),
        )
        recount(tx, found.id)
        # What was said in a thread bears its writer's name there: it is noted as anybody's.
        by_author = is_author(tx, found) and message_key is None
        if is_staff:
            subject, note_id = f"note:{cursor.lastrowid}", {"id": cursor.lastrowid}
            remember(tx, bank_id, subject, "note", note_id, idea_id=found.id)
        details = {"staff": is_staff} | ({"by": "author"} if by_author else {})
        actor = None if by_author else tx.person_id
        tx.audit(bank_id, "note.add", found.subject, details, actor_id=actor)
        root = root_of(tx, found)
        tx.card(bank_id, root.id, root.number)
        tx.outcome(f"note:{cursor.lastrowid}")
        rows = _read(tx.connection, bank_id, number, include_staff=True)
        return next(note for note in rows if note.id == cursor.lastrowid)

    @writes
    def edit(self, tx: Tx, bank_id: int, note_id: int, text: str) -> None:
        """Change the words of a note; rights are checked by whoever calls.

        Raises:
            NotThere: the bank has no such note.
        """
        found = _note_at(tx, bank_id, note_id)
        tx.run(
            "UPDATE notes SET text = ?, edited_at = ? WHERE id = ?",
            (clean(text), tx.now_us, note_id),
        )
        _changed(tx, found, note_id, "note.edit")

    @writes
    def remove(self, tx: Tx, bank_id: int, note_id: int) -> None:
        """Take a note away, for good.

        Raises:
            NotThere: the bank has no such note.
        """
        found = _note_at(tx, bank_id, note_id)
        _changed(tx, found, note_id, "note.remove")
        tx.run("DELETE FROM notes WHERE id = ?", (note_id,))
        tx.run("INSERT INTO scrubs (asked_at) VALUES (?)", (tx.now_us,))
        recount(tx, found.id)

    @reads
    def from_threads(self, cx: sqlite3.Connection, bank_id: int, number: int) -> int:
        """Count an idea's notes that came from a thread below its card."""
        sql = _GROUP + (
            "SELECT count(*) FROM members m JOIN notes n ON n.idea_id = m.id "
            "WHERE n.message_key IS NOT NULL"
        )
        return int(cx.execute(sql, (bank_id, number)).fetchone()[0])

    @reads
    def list(
        self,
        cx: sqlite3.Connection,
        bank_id: int,
        number: int,
        include_staff: bool,  # noqa: FBT001 - agreed
        reader_id: int | None = None,
    ) -> list[Note]:
        """Give an idea's notes, oldest first; an anonymous author's are without a name."""
        return _read(cx, bank_id, number, include_staff=include_staff, reader_id=reader_id)


def _note_at(tx: Tx, bank_id: int, note_id: int) -> Found:
    row = tx.one(
        "SELECT i.number FROM notes n JOIN ideas i ON i.id = n.idea_id "
        "WHERE n.id = ? AND i.bank_id = ?",
        (note_id, bank_id),
    )
    if row is None:
        raise NotThere
    return find(tx, bank_id, row[0])


def _changed(tx: Tx, found: Found, note_id: int, action: str) -> None:
    """Add audit and card; a note of one's own names nobody, since an author may be anonymous."""
    is_own = tx.one(
        "SELECT 1 FROM notes WHERE id = ? AND person_id = ?", (note_id, tx.person_id or 0)
    )
    details = {"by": "its writer"} if is_own else {}
    actor = None if is_own else tx.person_id
    tx.audit(found.bank_id, action, found.subject, details, actor_id=actor)
    root = root_of(tx, found)
    tx.card(found.bank_id, root.id, root.number)
    tx.outcome(found.subject)


def _read(
    cx: sqlite3.Connection,
    bank_id: int,
    number: int,
    *,
    include_staff: bool,
    reader_id: int | None = None,
) -> list[Note]:
    rows = cx.execute(
        _GROUP + "SELECT n.id, i.number, n.text, n.is_staff, n.at, n.edited_at, "
        "n.person_id = ?4, n.person_id = i.author_id AND n.message_key IS NULL, "
        # The author of any anonymous idea of the group stays unnamed in all of its notes. Not in
        # those from a thread, where their name stands above the very words: "the author" in its
        # place would say that they are.
        "CASE WHEN n.message_key IS NULL AND EXISTS ("
        "SELECT 1 FROM members m JOIN ideas a ON a.id = m.id "
        "WHERE a.author_id = n.person_id AND (a.is_anonymous OR a.consent = 'asked')) "
        "THEN '' ELSE p.display_name END "
        "FROM members JOIN ideas i ON i.id = members.id JOIN notes n ON n.idea_id = i.id "
        "LEFT JOIN people p ON p.id = n.person_id "
        "WHERE ?3 OR n.is_staff = 0 ORDER BY n.at, n.id",
        (bank_id, number, include_staff, reader_id),
    )
    return [
        Note(
            id=id_,
            number=on,
            text=text,
            is_staff=bool(is_staff),
            at=moment(at),
            author_name=name or "",
            by_author=bool(by_author),
            is_own=bool(is_own),
            edited_at=moment_or_none(edited_at),
        )
        for id_, on, text, is_staff, at, edited_at, is_own, by_author, name in rows
    ]


class Followers(Subject):
    """Who wants to hear of an idea; for sending notices, never for showing."""

    @writes
    def follow(self, tx: Tx, bank_id: int, number: int) -> None:
        """Let whoever writes hear of an idea; no trace but the row itself."""
        found = root_of(tx, find(tx, bank_id, number))
        tx.run(
            "INSERT INTO followers VALUES (?,?,?) ON CONFLICT DO NOTHING",
            (found.id, tx.actor, tx.now_us),
        )
        tx.outcome(found.subject)

    @writes
    def unfollow(self, tx: Tx, bank_id: int, number: int) -> None:
        """Let them hear of it no more, nor of what was merged into it."""
        found = find(tx, bank_id, number)
        sql = _GROUP + "SELECT id FROM members"
        for (idea_id,) in tx.run(sql, (bank_id, found.number)).fetchall():
            tx.run("DELETE FROM followers WHERE idea_id = ? AND person_id = ?", (idea_id, tx.actor))
        tx.outcome(found.subject)

    @reads
    def of(self, cx: sqlite3.Connection, bank_id: int, number: int) -> list[Person]:
        """Give the people who follow an idea or one merged into it, in no telling order."""
        rows = cx.execute(
            _GROUP + "SELECT DISTINCT f.person_id FROM members m "
            "JOIN followers f ON f.idea_id = m.id ORDER BY f.person_id",
            (bank_id, number),
        ).fetchall()
        people = []
        for (person_id,) in rows:
            try:
                people.append(person_of(cx, person_id, None))
            except NotThere:  # erased by another process meanwhile
                continue
        return people
