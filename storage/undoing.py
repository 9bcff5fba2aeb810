"""Taking a moderator's action back, for as long as it is the last one on its idea."""

from __future__ import annotations

import sqlite3
from typing import Any

from storage.connection import from_json, moment
from storage.edits import EDITABLE, set_words, words_of
from storage.engine import Subject, reads, writes
from storage.errors import NotThere, Stale
from storage.idea_writes import Found, find, find_by_id, finish, read, recount, root_of
from storage.rows import Idea, Undo
from storage.tagging import replace_tags
from storage.tx import Tx


class Undoing(Subject):
    """Before-images; an author's own change ends them."""

    @reads
    def last(self, cx: sqlite3.Connection, bank_id: int, number: int) -> Undo | None:
        """Give what would be undone on an idea."""
        row = cx.execute(
            "SELECT u.id, u.action, u.actor_id, u.at FROM undos u JOIN ideas i ON i.id = u.idea_id "
            "WHERE i.bank_id = ? AND i.number = ? ORDER BY u.id DESC LIMIT 1",
            (bank_id, number),
        ).fetchone()
        return Undo(id=row[0], action=row[1], actor_id=row[2], at=moment(row[3])) if row else None

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
        row = tx.one(
            "SELECT id, action, before FROM undos WHERE idea_id = ? ORDER BY id DESC LIMIT 1",
            (found.id,),
        )
        if row is None:
            raise NotThere
        undo_id, action, text = row
        if expected_id not in {None, undo_id}:
            raise Stale(read(tx, found.id))
        _restore(tx, found, from_json(text))
        tx.run("DELETE FROM undos WHERE id = ?", (undo_id,))
        return finish(tx, found, "undo", {"action": action})


def _restore(tx: Tx, found: Found, before: dict[str, Any]) -> None:
    if "tags" in before:
        replace_tags(tx, found.id, before["tags"])
    elif before.keys() <= set(EDITABLE):
        now = words_of(tx, found.id)
        set_words(tx, found.id, found.version, now, before)
    else:
        _decide(tx, found, before)


def _decide(tx: Tx, found: Found, before: dict[str, Any]) -> None:
    target = before["merged_into"]
    if target is not None:
        known = tx.one("SELECT 1 FROM ideas WHERE id = ?", (target,))
        if known is None or root_of(tx, find_by_id(tx, target)).id == found.id:
            raise Stale(read(tx, found.id))
    tx.run(
        "UPDATE ideas SET status = :status, reason = :reason, decided_at = :decided_at, "
        "merged_into = :merged_into, before_merge = :before_merge WHERE id = :id",
        before | {"id": found.id},
    )
    for parent in {found.merged_into, target} - {None}:
        recount(tx, parent)
        root = root_of(tx, find_by_id(tx, parent))
        tx.changed(found.bank_id, "idea", str(root.number))
        tx.card(found.bank_id, root.id, root.number)
