"""Merging ideas that say the same, and parting them again.

Nothing is copied: the target's counts, followers and notes are those of the whole group.
"""

from __future__ import annotations

from collections.abc import Sequence

from storage.connection import from_json, to_json
from storage.engine import Subject, writes
from storage.errors import NotThere, Stale
from storage.idea_writes import (
    decision_of,
    find,
    find_by_id,
    finish,
    keep_undo,
    read,
    recount,
    root_of,
    settle,
)
from storage.rows import Idea, Status
from storage.tx import Tx


class Merging(Subject):
    """Merge and un-merge."""

    @writes
    def merge(
        self, tx: Tx, bank_id: int, number: int, into: int, *, expected: Sequence[Status] = ()
    ) -> Idea:
        """Merge an idea into another one of the bank, or into what that one was merged into.

        Raises:
            NotThere: one of them isn't there.
            Stale: it is merged already, or no longer in an expected status, or the two are the
                same (`current` is the target).
        """
        found = find(tx, bank_id, number)
        target = root_of(tx, find(tx, bank_id, into))
        if found.merged_into is not None or (expected and found.status not in expected):
            raise Stale(read(tx, found.id))
        if target.id == found.id:
            raise Stale(read(tx, target.id))
        keep_undo(tx, found, "merge", decision_of(tx, found))
        before = {
            "status": found.status, "reason": found.reason, "decided_at": found.decided_at
        }  # fmt: skip
        tx.run(
            "UPDATE ideas SET status = 'merged', merged_into = ?, before_merge = ?, decided_at = ? "
            "WHERE id = ?",
            (target.id, to_json(before), tx.now_us, found.id),
        )
        settle(tx, found.id)
        recount(tx, target.id)
        tx.changed(bank_id, "idea", str(target.number))
        tx.card(bank_id, target.id, target.number)
        return finish(tx, found, "idea.merge", {"from": found.status, "into": target.number})

    @writes
    def unmerge(self, tx: Tx, bank_id: int, number: int) -> Idea:
        """Make an idea again what it was before its merge; later votes stay with the target.

        Raises:
            NotThere: no such idea.
            Stale: it is not merged.
        """
        found = find(tx, bank_id, number)
        if found.merged_into is None:
            raise Stale(read(tx, found.id))
        target = find_by_id(tx, found.merged_into)
        keep_undo(tx, found, "unmerge", decision_of(tx, found))
        part(tx, found.id)
        tx.changed(bank_id, "idea", str(target.number))
        root = root_of(tx, target)
        tx.card(bank_id, root.id, root.number)
        return finish(tx, found, "idea.unmerge", {"from": target.number})


def part(tx: Tx, idea_id: int) -> None:
    """Undo a merge in the row and count anew."""
    found = find_by_id(tx, idea_id)
    if found.before_merge is None:
        raise NotThere
    before = from_json(found.before_merge)
    tx.run(
        "UPDATE ideas SET status = ?, reason = ?, decided_at = ?, merged_into = NULL, "
        "before_merge = NULL WHERE id = ?",
        (before["status"], before["reason"], before["decided_at"], idea_id),
    )
    recount(tx, found.merged_into)
