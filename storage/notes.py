"""Notes on ideas, for everybody or for the staff, and who follows an idea."""

from __future__ import annotations

import sqlite3

from storage.connection import clean, moment
from storage.engine import Subject, reads, writes
from storage.errors import NotThere
from storage.idea_writes import find, is_author, recount, root_of
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
    def add(self, tx: Tx, bank_id: int, number: int, text: str, is_staff: bool) -> Note:  # noqa: FBT001 - agreed
        """Add a note; it can be for the staff only.

        Raises:
            NotThere: no such idea.
        """
        found = find(tx, bank_id, number)
        cursor = tx.run(
            "INSERT INTO notes (idea_id, person_id, is_staff, at, text) VALUES (?,?,?,?,?)",
            (found.id, tx.person_id, is_staff, tx.now_us, clean(text)),
        )
        recount(tx, found.id)
        by_author = is_author(tx, found)
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

    @reads
    def list(
        self,
        cx: sqlite3.Connection,
        bank_id: int,
        number: int,
        include_staff: bool,  # noqa: FBT001 - agreed
    ) -> list[Note]:
        """Give an idea's notes, oldest first; an anonymous author's are without a name."""
        return _read(cx, bank_id, number, include_staff=include_staff)


def _read(cx: sqlite3.Connection, bank_id: int, number: int, *, include_staff: bool) -> list[Note]:
    rows = cx.execute(
        _GROUP + "SELECT n.id, i.number, n.text, n.is_staff, n.at, n.person_id = i.author_id, "
        # the author of any anonymous idea of the group stays unnamed in all of its notes
        "CASE WHEN EXISTS (SELECT 1 FROM members m JOIN ideas a ON a.id = m.id "
        "WHERE a.author_id = n.person_id AND (a.is_anonymous OR a.consent = 'asked')) "
        "THEN '' ELSE p.display_name END "
        "FROM members JOIN ideas i ON i.id = members.id JOIN notes n ON n.idea_id = i.id "
        "LEFT JOIN people p ON p.id = n.person_id "
        "WHERE ?3 OR n.is_staff = 0 ORDER BY n.at, n.id",
        (bank_id, number, include_staff),
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
        )
        for id_, on, text, is_staff, at, by_author, name in rows
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
