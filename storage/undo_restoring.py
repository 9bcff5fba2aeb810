"""How each kind of action of a moderator is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storage.connection import from_json, to_json
from storage.edits import EDITABLE, set_words, words_of
from storage.errors import NotThere, Stale
from storage.idea_writes import Found, find_by_id, finish, read, recount, root_of
from storage.tag_rows import current_rows, replace_tags, tag_rows
from storage.tx import Tx


@dataclass(frozen=True, slots=True)
class Kept:
    """A before-image."""

    id: int
    bank_id: int
    subject: str
    idea_id: int | None
    act: str
    action: str
    text: str

    @property
    def before(self) -> dict[str, Any]:
        """Give what is to be put back."""
        return dict(from_json(self.text))

    @property
    def key(self) -> int:
        """Give the number at the end of the subject."""
        return int(self.subject.rpartition(":")[2])


def _found(tx: Tx, kept: Kept) -> Found:
    if kept.idea_id is None:
        raise NotThere
    return find_by_id(tx, kept.idea_id)


def _noted(tx: Tx, kept: Kept, subject: str) -> None:
    """Put the undoing of what is no idea into the log."""
    tx.audit(kept.bank_id, "undo", subject, {"action": kept.action}, actor_id=tx.person_id)


# --- ideas --------------------------------------------------------------------------------------


def _idea(tx: Tx, kept: Kept) -> None:
    """Put back words, industries, flags, status, claim and appeal: whatever was remembered."""
    found, before = _found(tx, kept), kept.before
    if "status" in before:
        _require_no_circle(tx, found, before["merged_into"])
    _put_words(tx, found, before)
    if "status" in before:
        _decide(tx, found, before)
    elif "reason" in before:
        tx.run("UPDATE ideas SET reason = ? WHERE id = ?", (before["reason"], found.id))
    if "claim" in before:
        _put_claim(tx, found.id, before["claim"])
    if before.get("appeal"):
        closed_at = before["appeal"][0]
        tx.run("UPDATE appeals SET closed_at = ? WHERE idea_id = ?", (closed_at, found.id))
    finish(tx, found, "undo", {"action": kept.action})


def _put_words(tx: Tx, found: Found, before: Mapping[str, Any]) -> None:
    """Put back title and text, and the industries and flags that follow from them."""
    words = {name: before[name] for name in EDITABLE if name in before}
    if words:
        set_words(tx, found.id, found.version, words_of(tx, found.id), words)
    if "tags" in before:
        replace_tags(tx, found.id, current_rows(tx, found.bank_id, before["tags"]))
    if "flags" in before:
        tx.run("UPDATE ideas SET flags = ? WHERE id = ?", (before["flags"], found.id))


def _require_no_circle(tx: Tx, found: Found, target: int | None) -> None:
    if target is None:
        return
    known = tx.one("SELECT 1 FROM ideas WHERE id = ?", (target,))
    if known is None or root_of(tx, find_by_id(tx, target)).id == found.id:
        raise Stale(read(tx, found.id))


def _decide(tx: Tx, found: Found, before: Mapping[str, Any]) -> None:
    target = before["merged_into"]
    tx.run(
        "UPDATE ideas SET status = :status, reason = :reason, decided_at = :decided_at, "
        "merged_into = :merged_into, before_merge = :before_merge, "
        "accepted_version = :accepted_version WHERE id = :id",
        {"accepted_version": None, **before, "id": found.id},
    )
    for parent in {found.merged_into, target} - {None}:
        recount(tx, parent)
        root = root_of(tx, find_by_id(tx, parent))
        tx.changed(found.bank_id, "idea", str(root.number))
        tx.card(found.bank_id, root.id, root.number)


def _put_claim(tx: Tx, idea_id: int, row: Sequence[int] | None) -> None:
    """Let an idea be claimed as it was, or by nobody."""
    tx.run("DELETE FROM claims WHERE idea_id = ?", (idea_id,))
    if row is not None and tx.one("SELECT 1 FROM people WHERE id = ?", (row[0],)):
        tx.run("INSERT INTO claims VALUES (?,?,?,?)", (idea_id, *row))


def _note(tx: Tx, kept: Kept) -> None:
    found = _found(tx, kept)
    tx.run("DELETE FROM notes WHERE id = ?", (kept.key,))
    recount(tx, found.id)
    finish(tx, found, "undo", {"action": kept.action})


def _votes(tx: Tx, kept: Kept) -> None:
    """Hold the votes out again; one that was cast anew meanwhile stays as it was cast."""
    found = _found(tx, kept)
    tx.run(
        "INSERT INTO votes (idea_id, person_id, value, platform, voted_at, is_held) "
        "SELECT idea_id, person_id, value, platform, voted_at, 1 FROM undo_votes "
        "WHERE undo_id = ? ON CONFLICT DO UPDATE SET is_held = 1 "
        "WHERE votes.voted_at = excluded.voted_at",
        (kept.id,),
    )
    for (idea_id,) in tx.run("SELECT idea_id FROM undo_votes WHERE undo_id = ?", (kept.id,)):
        recount(tx, idea_id)
    recount(tx, found.id)
    root = root_of(tx, found)
    tx.changed(found.bank_id, "vote", str(root.number))
    finish(tx, found, "undo", {"action": kept.action})


def _pair(tx: Tx, kept: Kept) -> None:
    older, newer = kept.before["pair"]
    tx.run("UPDATE pairs SET is_apart = 0 WHERE older = ? AND newer = ?", (older, newer))
    finish(tx, _found(tx, kept), "undo", {"action": kept.action})


# --- everything else ----------------------------------------------------------------------------


def _block(tx: Tx, kept: Kept) -> None:
    _, community, person = kept.subject.split(":")
    until = kept.before["until"]
    tx.run(
        "DELETE FROM blocks WHERE community_id = ? AND person_id = ?", (int(community), int(person))
    )
    if until is not None:
        tx.run("INSERT INTO blocks VALUES (?,?,?)", (int(community), int(person), until))
    _noted(tx, kept, f"community:{community}")  # never the person: it might unmask an author


def _fact(tx: Tx, kept: Kept) -> None:
    before = kept.before
    if before.get("new"):
        tx.run("DELETE FROM knowledge WHERE id = ?", (kept.key,))
    else:
        tx.run("UPDATE knowledge SET state = ? WHERE id = ?", (before["state"], kept.key))
    if "fact" in before:
        tx.run(
            "UPDATE knowledge SET entity_id = ?, fact = ? WHERE id = ?",
            (before["entity_id"], to_json(before["fact"]), kept.key),
        )
    tx.changed(kept.bank_id, "knowledge", str(kept.key))
    _noted(tx, kept, kept.subject)


def _gap(tx: Tx, kept: Kept) -> None:
    closed_at, state = kept.before["closed_at"], kept.before.get("state", "open")
    tx.run("UPDATE gaps SET closed_at = ?, state = ? WHERE id = ?", (closed_at, state, kept.key))
    _noted(tx, kept, kept.subject)


def _taxonomy(tx: Tx, kept: Kept) -> None:
    """Take a change of industries back; ideas that were changed since keep what they have."""
    rows = tx.run(
        "SELECT idea_id, before, after FROM undo_tags WHERE undo_id = ?", (kept.id,)
    ).fetchall()
    for idea_id, before, after in rows:
        if [list(row) for row in tag_rows(tx, idea_id)] == from_json(after):
            replace_tags(tx, idea_id, from_json(before))
    sql = "SELECT max(version) + 1 FROM taxonomy_changes WHERE bank_id = ?"
    version = int(tx.one(sql, (kept.bank_id,))[0])
    change = to_json({"kind": "undo", "version": kept.before["version"]})
    tx.run(
        "INSERT INTO taxonomy_changes VALUES (?,?,?,?,?)",
        (kept.bank_id, version, tx.person_id, tx.now_us, change),
    )
    tx.changed(kept.bank_id, "taxonomy", str(version))
    tx.changed(kept.bank_id, "idea", "*")
    _noted(tx, kept, f"taxonomy:{kept.before['version']}")


RESTORE: Mapping[str, Callable[[Tx, Kept], None]] = {
    **dict.fromkeys(("status", "merge", "unmerge", "restore", "tags", "edit"), _idea),
    **dict.fromkeys(("claim", "appeal"), _idea),
    "note": _note,
    "votes": _votes,
    "pair": _pair,
    "block": _block,
    "fact": _fact,
    "gap": _gap,
    "taxonomy": _taxonomy,
}
"""How each kind of action is taken back."""
