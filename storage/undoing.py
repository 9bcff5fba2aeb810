"""Taking back what a moderator did, for as long as it is the last that was done to its subject."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from storage.connection import moment
from storage.engine import Subject, reads, writes
from storage.errors import NotThere, Stale
from storage.idea_writes import find, read
from storage.rows import Idea, Undo
from storage.tx import Tx
from storage.undo_restoring import RESTORE, Kept

_UNDO = (
    "SELECT u.id, u.action, u.actor_id, u.at, u.act, i.number, i.status FROM undos u "
    "LEFT JOIN ideas i ON i.id = u.idea_id "
)
_FULL = "SELECT id, bank_id, subject, idea_id, act, action, before FROM undos "
# A change of industries is remembered once, with each idea that it moved.
_LAST_ON_IDEA = (
    "SELECT max((SELECT coalesce(max(id), 0) FROM undos WHERE idea_id = ?1), "
    "(SELECT coalesce(max(undo_id), 0) FROM undo_tags WHERE idea_id = ?1))"
)


class Undoing(Subject):
    """Before-images; an author's own change ends those of the idea."""

    @reads
    def last(self, cx: sqlite3.Connection, bank_id: int, number: int) -> Undo | None:
        """Give what would be undone on an idea."""
        sql = "SELECT id FROM ideas WHERE bank_id = ? AND number = ?"
        row = cx.execute(sql, (bank_id, number)).fetchone()
        if row is None:
            return None
        undo_id = cx.execute(_LAST_ON_IDEA, row).fetchone()[0]
        return _undo(cx.execute(_UNDO + "WHERE u.id = ?", (undo_id,)).fetchone())

    @reads
    def latest(self, cx: sqlite3.Connection, bank_id: int, person_id: int) -> Undo | None:
        """Give the last thing that a person did as a moderator and did not undo."""
        sql = _UNDO + "WHERE u.actor_id = ? AND u.bank_id = ? ORDER BY u.id DESC LIMIT 1"
        return _undo(cx.execute(sql, (person_id, bank_id)).fetchone())

    @reads
    def of_act(self, cx: sqlite3.Connection, bank_id: int, act: str) -> list[Undo]:
        """Give all that was done at once, the last first."""
        sql = _UNDO + "WHERE u.act = ? AND u.bank_id = ? ORDER BY u.id DESC"
        return [u for row in cx.execute(sql, (act, bank_id)) if (u := _undo(row))]

    @writes
    def undo(self, tx: Tx, bank_id: int, number: int, *, expected_id: int | None = None) -> Idea:
        """Take the last action on an idea back; the one before can be undone next.

        Args:
            tx: the transaction.
            bank_id: the idea's bank.
            number: the idea.
            expected_id: the `Undo.id` that was shown; without it, whatever is the last.

        Raises:
            NotThere: there is nothing to undo.
            Stale: another action came later, or going back would merge ideas in a circle.
        """
        found = find(tx, bank_id, number)
        undo_id = tx.one(_LAST_ON_IDEA, (found.id,))[0]
        row = tx.one(_FULL + "WHERE id = ?", (undo_id,))
        if row is None:
            raise NotThere
        kept = Kept(*row)
        is_expected = expected_id in {None, undo_id} and kept.idea_id is not None
        if not is_expected or not _is_taken_back(tx, kept):
            raise Stale(read(tx, found.id))
        return read(tx, found.id)

    @writes
    def undo_act(self, tx: Tx, bank_id: int, act: str) -> tuple[list[Undo], list[Undo]]:
        """Take back all that was done at once, as one; gives what was, and what could not be.

        Where something else happened since, that stays, and the rest goes back all the same.

        Raises:
            NotThere: there is nothing to undo.
        """
        sql = _FULL + "WHERE act = ? AND bank_id = ? ORDER BY id DESC"
        rows = [Kept(*row) for row in tx.run(sql, (act, bank_id)).fetchall()]
        if not rows:
            raise NotThere
        refused: list[Undo] = []
        undone: list[Undo] = []
        for kept in rows:
            shown = _undo(tx.one(_UNDO + "WHERE u.id = ?", (kept.id,)))
            if shown is not None:
                (undone if _is_taken_back(tx, kept) else refused).append(shown)
        return undone, refused


def _undo(row: Sequence[Any] | None) -> Undo | None:
    if row is None:
        return None
    id_, action, actor_id, at, act, number, status = row
    return Undo(
        id=id_,
        action=action,
        actor_id=actor_id,
        at=moment(at),
        act=act,
        number=number,
        status=status or "",
    )


def _is_last(tx: Tx, kept: Kept) -> bool:
    """Tell whether nothing was done since, to the subject or to the idea that it concerns."""
    later = "SELECT 1 FROM undos WHERE bank_id = ? AND subject = ? AND id > ?"
    if tx.one(later, (kept.bank_id, kept.subject, kept.id)):
        return False
    return kept.idea_id is None or tx.one(_LAST_ON_IDEA, (kept.idea_id,))[0] == kept.id


def _is_taken_back(tx: Tx, kept: Kept) -> bool:
    """Take something back, unless something else was done since; tells whether it was."""
    if not _is_last(tx, kept):
        return False
    try:
        RESTORE[kept.action](tx, kept)
    except Stale:  # raised before anything was written
        return False
    tx.run("DELETE FROM undos WHERE id = ?", (kept.id,))
    return True
