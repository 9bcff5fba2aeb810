"""Changing an idea's words, status, flags and consent; deleting a refused quote."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from storage.connection import clean, from_json, to_json
from storage.engine import Subject, writes
from storage.errors import NotThere, Stale
from storage.idea_writes import (
    Found,
    decision_of,
    end_undo,
    find,
    finish,
    is_author,
    keep_undo,
    read,
    recount,
    settle,
)
from storage.rows import REVISED, Idea, Status
from storage.tag_rows import tag_rows
from storage.tx import Tx

EDITABLE = ("title", "text", "beneficiaries", "link", "is_anonymous", "language")
CONTENT = tuple(name for name in EDITABLE if name != "is_anonymous")
"""What is reviewed of an idea; whether its author is named is theirs to say in any case."""


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
        reopens: Collection[Status] = (),
    ) -> Idea:
        """Change fields of an idea; the version before is kept.

        Args:
            tx: the transaction.
            bank_id: the idea's bank.
            number: the idea.
            changes: the new values.
            expected_version: the version that whoever edits has seen.
            reopens: statuses from which this edit leads back to pending: an accepted idea keeps
                the version that was accepted, a declined one is flagged as revised, once.

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
        by_author = is_author(tx, found)
        if by_author:
            end_undo(tx, found.id)
        else:
            # Industries and flags follow the words, so they go back with them.
            tags = {"tags": tag_rows(tx, found.id), "flags": found.flags}
            keep_undo(tx, found, "edit", {name: before[name] for name in changed} | tags)
        set_words(tx, found.id, found.version, before, changed)
        details: dict[str, Any] = {"fields": sorted(changed), "version": found.version + 1}
        is_reworded = not changed.keys().isdisjoint(CONTENT)
        version = found.version if found.status == "accepted" else None
        if is_reworded and found.status in reopens and _reopen(tx, found, version):
            details |= {"from": found.status, "to": "pending"}
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
        is_silent: bool = False,
    ) -> Idea:
        """Move an idea to another status, if it still has one of the expected ones.

        With `is_silent` the log says that nobody was told.

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
        by_author = is_author(tx, found) and to in {"withdrawn", "pending"}
        if by_author:
            end_undo(tx, found.id)
        else:
            keep_undo(tx, found, "status", decision_of(tx, found))
        decided = tx.now_us if to in {"accepted", "declined"} else None
        tx.run(
            "UPDATE ideas SET status = ?, reason = ?, decided_at = ?, merged_into = NULL, "
            "before_merge = NULL, accepted_version = NULL WHERE id = ?",
            (to, reason, decided, found.id),
        )
        settle(tx, found.id)
        if found.merged_into is not None:
            recount(tx, found.merged_into)
        details = {"from": found.status, "to": to} | ({"silent": True} if is_silent else {})
        return finish(tx, found, "idea.status", details, as_author=by_author)

    @writes
    def reopen(self, tx: Tx, bank_id: int, number: int, reopens: Collection[Status]) -> Idea:
        """Take an idea back to pending whose author changed something but its words."""
        found = find(tx, bank_id, number)
        if found.status not in reopens or not _reopen(tx, found, None):
            return read(tx, found.id)
        by_author = is_author(tx, found)
        if by_author:
            end_undo(tx, found.id)
        details = {"from": found.status, "to": "pending"}
        return finish(tx, found, "idea.status", details, as_author=by_author)

    @writes
    def restore_accepted(self, tx: Tx, bank_id: int, number: int, *, reason: str = "") -> Idea:
        """Give an idea whose edit waits the words back that were accepted, and accept it again.

        Raises:
            NotThere: no such idea, or its version of then is gone.
            Stale: no edit of it waits.
        """
        found = find(tx, bank_id, number)
        if found.accepted_version is None or found.status != "pending":
            raise Stale(read(tx, found.id))
        row = tx.one(
            "SELECT before FROM idea_edits WHERE idea_id = ? AND version = ?",
            (found.id, found.accepted_version),
        )
        if row is None:
            raise NotThere
        now, old = words_of(tx, found.id), from_json(row[0])
        back = {name: old[name] for name in CONTENT if old[name] != now[name]}
        tags = {"tags": tag_rows(tx, found.id), "flags": found.flags}
        before = decision_of(tx, found) | {name: now[name] for name in back} | tags
        keep_undo(tx, found, "restore", before)
        if back:
            set_words(tx, found.id, found.version, now, back)
        tx.run(
            "UPDATE ideas SET status = 'accepted', reason = ?, decided_at = ?, "
            "accepted_version = NULL WHERE id = ?",
            (reason, tx.now_us, found.id),
        )
        settle(tx, found.id)
        details = {"from": "pending", "to": "accepted", "fields": sorted(back)}
        return finish(tx, found, "idea.restore", details)

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


def _reopen(tx: Tx, found: Found, version: int | None) -> bool:
    """Take an idea back to pending, with the version to go back to; tells whether it went."""
    flags = from_json(found.flags)
    if found.status == "declined":
        if REVISED in flags:
            return False
        flags.append(REVISED)
    tx.run(
        "UPDATE ideas SET status = 'pending', reason = '', decided_at = NULL, flags = ?, "
        "accepted_version = ? WHERE id = ?",
        (to_json(flags), version, found.id),
    )
    settle(tx, found.id)
    return True


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
    if changed.get("is_anonymous"):
        # Both lead to the message that the idea was, and so to who wrote it. Kept again, the
        # message is a new idea: "you have it as #42" would say whose #42 is.
        tx.run("UPDATE ideas SET permalink = NULL, external_id = NULL WHERE id = ?", (idea_id,))
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
