"""Changing an idea's words, status, flags and consent; deleting a refused quote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from storage.connection import clean, to_json
from storage.engine import Subject, writes
from storage.errors import Stale
from storage.idea_writes import (
    end_undo,
    find,
    finish,
    is_author,
    keep_undo,
    read,
    recount,
)
from storage.rows import Idea, Status
from storage.tx import Tx

EDITABLE = ("title", "text", "beneficiaries", "link", "is_anonymous", "language")


class Edits(Subject):
    """What authors and moderators change of an idea."""

    @writes
    def edit(
        self,
        tx: Tx,
        bank_id: int,
        number: int,
        *,
        changes: Mapping[str, Any],
        expected_version: int | None = None,
    ) -> Idea:
        """Change fields of an idea; the version before is kept.

        Raises:
            NotThere: no such idea.
            Stale: it is no longer at `expected_version`.
            ValueError: a field that cannot be edited.
        """
        if unknown := set(changes) - set(EDITABLE):
            msg = f"not editable: {', '.join(sorted(unknown))}"
            raise ValueError(msg)
        changes = {name: clean_value(value) for name, value in changes.items()}
        found = find(tx, bank_id, number)
        if expected_version is not None and found.version != expected_version:
            raise Stale(read(tx, found.id))
        before = words_of(tx, found.id)
        changed = {name: value for name, value in changes.items() if before[name] != value}
        if not changed:
            return read(tx, found.id)
        set_words(tx, found.id, found.version, before, changed)
        by_author = is_author(tx, found)
        if by_author:
            end_undo(tx, found.id)
        else:
            keep_undo(tx, found, "edit", {name: before[name] for name in changed})
        details = {"fields": sorted(changed), "version": found.version + 1}
        return finish(tx, found, "idea.edit", details, as_author=by_author)

    @writes
    def set_status(
        self,
        tx: Tx,
        bank_id: int,
        number: int,
        *,
        expected: Sequence[Status],
        to: Status,
        reason: str = "",
    ) -> Idea:
        """Move an idea to another status, if it still has one of the expected ones.

        Raises:
            NotThere: no such idea.
            Stale: its status is another one by now.
            ValueError: `to` is "merged"; that is `merge`.
        """
        if to == "merged":
            msg = "ideas are merged by merge()"
            raise ValueError(msg)
        found = find(tx, bank_id, number)
        if found.status not in expected:
            raise Stale(read(tx, found.id))
        decided = tx.now_us if to in {"accepted", "declined"} else None
        tx.run(
            "UPDATE ideas SET status = ?, reason = ?, decided_at = ?, merged_into = NULL, "
            "before_merge = NULL WHERE id = ?",
            (to, reason, decided, found.id),
        )
        if found.merged_into is not None:
            recount(tx, found.merged_into)
        by_author = is_author(tx, found) and to in {"withdrawn", "pending"}
        if by_author:
            end_undo(tx, found.id)
        else:
            keep_undo(tx, found, "status", found.decision)
        details = {"from": found.status, "to": to}
        return finish(tx, found, "idea.status", details, as_author=by_author)

    @writes
    def set_flags(self, tx: Tx, bank_id: int, number: int, flags: Sequence[str]) -> Idea:
        """Say why a moderator should look at an idea; none when all is well."""
        found = find(tx, bank_id, number)
        tx.run("UPDATE ideas SET flags = ? WHERE id = ?", (to_json(list(flags)), found.id))
        return finish(tx, found, "idea.flags", {"flags": list(flags)})

    @writes
    def give_consent(self, tx: Tx, bank_id: int, number: int) -> Idea:
        """Note that the quoted author agrees: from now on their name is shown."""
        found = find(tx, bank_id, number)
        tx.run("UPDATE ideas SET consent = 'given' WHERE id = ?", (found.id,))
        return finish(tx, found, "idea.consent", {}, as_author=is_author(tx, found))

    @writes
    def delete(self, tx: Tx, bank_id: int, number: int) -> None:
        """Remove an idea with all that hangs on it, such as a quote whose author refused."""
        found = find(tx, bank_id, number)
        remove(tx, found.id)
        by = {"by": "author"} if is_author(tx, found) else {}
        actor = None if by else tx.person_id
        tx.audit(bank_id, "idea.delete", found.subject, by, actor_id=actor)
        tx.changed(bank_id, "idea", str(found.number))
        tx.card(bank_id, found.id, found.number)
        tx.outcome(f"deleted:{found.number}")


def clean_value(value: Any) -> Any:
    """Make a text fit to be stored; other values are given back."""
    return clean(value) if isinstance(value, str) else value


def words_of(tx: Tx, idea_id: int) -> dict[str, Any]:
    """Give the editable fields as they are."""
    row = tx.one(f"SELECT {', '.join(EDITABLE)} FROM ideas WHERE id = ?", (idea_id,))
    values = dict(zip(EDITABLE, row, strict=True))
    values["is_anonymous"] = bool(values["is_anonymous"])
    return values


def set_words(
    tx: Tx, idea_id: int, version: int, before: Mapping[str, Any], changed: Mapping[str, Any]
) -> None:
    """Write changed fields as the next version, keeping the one before."""
    tx.run(
        "INSERT INTO idea_edits (idea_id, version, editor_id, at, before) VALUES (?,?,?,?,?)",
        (idea_id, version, tx.person_id, tx.now_us, to_json(before)),
    )
    columns = ", ".join(f"{name} = ?" for name in changed)
    tx.run(
        f"UPDATE ideas SET {columns}, version = version + 1 WHERE id = ?",
        (*changed.values(), idea_id),
    )
    if not changed.keys().isdisjoint({"title", "text", "beneficiaries"}):
        # the vector is of the old words; the backlog job makes the new one
        tx.run("DELETE FROM idea_vectors WHERE idea_id = ?", (idea_id,))


def remove(tx: Tx, idea_id: int) -> None:
    """Delete an idea's row; ideas that were merged into it become what they were before."""
    # imported here, since merging itself needs the finders of ideas
    from storage.merging import part  # noqa: PLC0415

    parent = tx.one("SELECT merged_into FROM ideas WHERE id = ?", (idea_id,))[0]
    for (child,) in tx.run("SELECT id FROM ideas WHERE merged_into = ?", (idea_id,)).fetchall():
        part(tx, child)
        end_undo(tx, child)
    tx.run("DELETE FROM ideas WHERE id = ?", (idea_id,))
    recount(tx, parent)
