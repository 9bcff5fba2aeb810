"""What every change of an idea has in common: finding its row, undo, audit, cards, recounting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storage import idea_rows
from storage.connection import from_json, to_json
from storage.errors import NotThere
from storage.idea_rows import SELECT, to_idea
from storage.rows import Idea
from storage.tx import Tx
from storage.undo_rows import forget as end_undo
from storage.undo_rows import remember

__all__ = [
    "Found", "Tallies", "add_tallies", "decision_of", "end_undo", "find", "find_by_id", "finish",
    "group_of", "is_author", "keep_undo", "read", "recount", "root_of", "settle", "summed",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """An idea's row as far as writing needs it."""

    id: int
    bank_id: int
    number: int
    status: str
    version: int
    author_id: int | None
    merged_into: int | None
    before_merge: str | None
    reason: str
    decided_at: int | None
    accepted_version: int | None
    flags: str  # JSON

    @property
    def subject(self) -> str:
        """Name the idea for audit and outcome."""
        return f"idea:{self.number}"


_FOUND = (
    "SELECT i.id, i.bank_id, i.number, i.status, i.version, i.author_id, i.merged_into, "
    "i.before_merge, i.reason, i.decided_at, i.accepted_version, i.flags FROM ideas i "
)


def find(tx: Tx, bank_id: int, number: int) -> Found:
    """Give the row of an idea by its number or an old number.

    Raises:
        NotThere: the bank has no such idea.
    """
    row = tx.one(_FOUND + "WHERE i.bank_id = ? AND i.number = ?", (bank_id, number))
    if row is None:
        row = tx.one(
            _FOUND + "JOIN aliases a ON a.idea_id = i.id WHERE a.bank_id = ? AND a.number = ? "
            "AND i.bank_id = a.bank_id ORDER BY a.made_at DESC LIMIT 1",
            (bank_id, number),
        )
    if row is None:
        raise NotThere
    return Found(*row)


def find_by_id(tx: Tx, idea_id: int) -> Found:
    """Give the row of an idea by its id."""
    row = tx.one(_FOUND + "WHERE i.id = ?", (idea_id,))
    if row is None:
        raise NotThere
    return Found(*row)


def root_of(tx: Tx, found: Found) -> Found:
    """Give the idea at the end of the merges, which may be itself."""
    while found.merged_into is not None:
        found = find_by_id(tx, found.merged_into)
    return found


def read(tx: Tx, idea_id: int) -> Idea:
    """Give the idea as it is within the transaction."""
    return to_idea(tx.one(SELECT + "WHERE i.id = ?", (idea_id,)))


def is_author(tx: Tx, found: Found) -> bool:
    """Tell whether the one who writes is the idea's author."""
    return tx.person_id is not None and tx.person_id == found.author_id


def keep_undo(tx: Tx, found: Found, action: str, before: Mapping[str, Any]) -> int | None:
    """Remember how an idea was, for a moderator's undo; gives the id of what is remembered."""
    subject = f"idea:{found.id}"
    return remember(tx, found.bank_id, subject, action, before, idea_id=found.id)


def decision_of(tx: Tx, found: Found) -> dict[str, Any]:
    """Give what a decision changes, as it is: columns of the idea, its claim and its appeal."""
    claim = tx.one("SELECT person_id, at, until FROM claims WHERE idea_id = ?", (found.id,))
    appeal = tx.one("SELECT closed_at FROM appeals WHERE idea_id = ?", (found.id,))
    return {
        "status": found.status,
        "reason": found.reason,
        "decided_at": found.decided_at,
        "merged_into": found.merged_into,
        "before_merge": found.before_merge,
        "accepted_version": found.accepted_version,
        "claim": claim,
        "appeal": appeal,
    }


def settle(tx: Tx, idea_id: int) -> None:
    """End what waited for a decision: a claim is released, an appeal closed."""
    tx.run("DELETE FROM claims WHERE idea_id = ?", (idea_id,))
    tx.run(
        "UPDATE appeals SET closed_at = ? WHERE idea_id = ? AND closed_at IS NULL",
        (tx.now_us, idea_id),
    )


def finish(
    tx: Tx,
    found: Found,
    action: str,
    details: Mapping[str, Any],
    *,
    as_author: bool = False,
) -> Idea:
    """Add audit, change and card, and give the idea as it is now.

    The audit never names authors who act on their own ideas: an idea may be anonymous, or become
    so later, while the chain cannot be changed.
    """
    tx.run("UPDATE ideas SET updated_at = ? WHERE id = ?", (tx.now_us, found.id))
    actor = None if as_author else tx.person_id
    noted = {**details, "by": "author"} if as_author else details
    tx.audit(found.bank_id, action, found.subject, noted, actor_id=actor)
    tx.changed(found.bank_id, "idea", str(found.number))
    tx.card(found.bank_id, found.id, found.number)
    tx.outcome(found.subject)
    return read(tx, found.id)


# A person counts once over an idea and all that was merged into it: the vote nearest to the
# idea itself wins, then the latest. Nothing is copied, so an un-merge restores by recounting.
_GROUP = """
WITH RECURSIVE members (id, depth) AS (
  SELECT ?, 0 UNION ALL
  SELECT i.id, m.depth + 1 FROM members m JOIN ideas i ON i.merged_into = m.id)
"""
_COUNT = (
    _GROUP
    + """
, ranked AS (
  SELECT v.platform, v.value, v.is_held, row_number() OVER (
    PARTITION BY v.person_id ORDER BY m.depth, v.voted_at DESC, v.idea_id DESC) AS place
  FROM members m JOIN votes v ON v.idea_id = m.id)
SELECT platform, sum(value = 1), sum(value = -1) FROM ranked
WHERE place = 1 AND is_held = 0 AND value <> 0 GROUP BY platform ORDER BY platform
"""
)
# Votes without voters: of people who were erased, and of imports.
_TALLIES = (
    _GROUP + "SELECT i.tallies FROM members m JOIN ideas i ON i.id = m.id WHERE i.tallies <> '{}'"
)
_NOTES = _GROUP + (
    "SELECT count(*) FROM members m JOIN notes n ON n.idea_id = m.id WHERE n.is_staff = 0"
)


Tallies = Mapping[str, Sequence[int]]
"""Up and down votes by platform."""


def summed(one: Tallies, other: Tallies) -> Tallies:
    """Add two tallies."""
    return {
        platform: tuple(
            a + b
            for a, b in zip(one.get(platform, (0, 0)), other.get(platform, (0, 0)), strict=True)
        )
        for platform in sorted({*one, *other})
    }


def add_tallies(tx: Tx, idea_id: int, more: Tallies) -> None:
    """Add votes without voters to an idea; a `recount` must follow."""
    row = tx.one("SELECT tallies FROM ideas WHERE id = ?", (idea_id,))
    tx.run(
        "UPDATE ideas SET tallies = ? WHERE id = ?",
        (to_json(summed(from_json(row[0]), more)), idea_id),
    )


def recount(tx: Tx, idea_id: int | None) -> None:
    """Count votes and notes of an idea anew, and of every idea that it was merged into."""
    while idea_id is not None:
        row = tx.one("SELECT created_at, merged_into FROM ideas WHERE id = ?", (idea_id,))
        if row is None:
            return
        created, parent = row
        split: Tallies = {p: (up, down) for p, up, down in tx.run(_COUNT, (idea_id,))}
        for (text,) in tx.run(_TALLIES, (idea_id,)).fetchall():
            split = summed(split, from_json(text))
        up = sum(ups for ups, _ in split.values())
        down = sum(downs for _, downs in split.values())
        notes = tx.one(_NOTES, (idea_id,))[0]
        tx.run(
            "UPDATE ideas SET up = ?, down = ?, rank = ?, platform_votes = ?, note_count = ? "
            "WHERE id = ?",
            (up, down, idea_rows.rank(up, down, created), to_json(split), notes, idea_id),
        )
        idea_id = parent


def group_of(tx: Tx, idea_id: int) -> list[int]:
    """Give the ids of an idea and all that was merged into it, nearest first."""
    rows = tx.run(_GROUP + "SELECT id FROM members ORDER BY depth, id", (idea_id,))
    return [id_ for (id_,) in rows]
