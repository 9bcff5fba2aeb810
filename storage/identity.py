"""One person with several accounts: linking them with a one-time code."""

from __future__ import annotations

from storage import codes
from storage.engine import Subject, writes
from storage.errors import NotThere
from storage.idea_writes import recount
from storage.rows import Person
from storage.tx import Tx

# Where a person is named; every one of these is to follow when two people turn out to be one.
MOVED = {
    "accounts": "person_id",
    "ideas": "author_id",
    "idea_edits": "editor_id",
    "notes": "person_id",
    "attachments": "person_id",
    "questions": "person_id",
    "gaps": "person_id",
    "knowledge": "person_id",
    "taxonomy_changes": "person_id",
    "drafts": "person_id",
    "actions": "person_id",
    "codes": "person_id",
    "undos": "actor_id",
    "undo_votes": "person_id",
    "claims": "person_id",
}
# The same where a person stands once per row of something: the one that is there wins.
MOVED_ONCE = ("memberships", "followers", "gap_followers", "feedback")


class Identity(Subject):
    """Linking accounts."""

    @writes
    def make_identity_code(self, tx: Tx) -> str:
        """Give a code to be typed on the other platform, once, within 15 minutes."""
        return codes.make(tx, "identity", community_id=None, person_id=tx.actor)

    @writes
    def redeem_identity_code(self, tx: Tx, code: str) -> Person:
        """Make one person of whoever made the code and whoever types it.

        Where both voted on an idea, the later vote counts; where one is blocked, both are.

        Raises:
            NotThere: the code is wrong, used or expired.
        """
        from storage.members import person_of  # noqa: PLC0415 - members builds on this

        _, kept = codes.use(tx, "identity", code)
        if kept is None or tx.one("SELECT 1 FROM people WHERE id = ?", (kept,)) is None:
            raise NotThere
        gone = tx.actor
        if gone != kept:
            _move(tx, gone, kept)
        return person_of(tx.connection, kept, tx.write.community_id)


def _move(tx: Tx, gone: int, kept: int) -> None:
    voted = tx.run("SELECT idea_id FROM votes WHERE person_id IN (?, ?)", (gone, kept)).fetchall()
    # Of two votes on one idea drop the earlier one, then the other moves.
    tx.run(
        "DELETE FROM votes WHERE person_id IN (?1, ?2) AND EXISTS (SELECT 1 FROM votes o "
        "WHERE o.idea_id = votes.idea_id AND o.person_id IN (?1, ?2) "
        "AND o.person_id <> votes.person_id AND (o.voted_at > votes.voted_at "
        "OR (o.voted_at = votes.voted_at AND o.person_id = ?2)))",
        (gone, kept),
    )
    tx.run("UPDATE votes SET person_id = ? WHERE person_id = ?", (kept, gone))
    for table, column in MOVED.items():
        tx.run(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (kept, gone))
    for table in MOVED_ONCE:
        tx.run(f"UPDATE OR IGNORE {table} SET person_id = ? WHERE person_id = ?", (kept, gone))
        tx.run(f"DELETE FROM {table} WHERE person_id = ?", (gone,))
    tx.run(
        "INSERT INTO blocks SELECT community_id, ?, until FROM blocks WHERE person_id = ? "
        "ON CONFLICT DO UPDATE SET until = max(until, excluded.until)",
        (kept, gone),
    )
    tx.run("DELETE FROM blocks WHERE person_id = ?", (gone,))
    tx.run("DELETE FROM undos WHERE subject LIKE 'block:%:' || ?", (gone,))
    tx.run(
        "UPDATE people SET first_seen_at = min(first_seen_at, "
        "(SELECT first_seen_at FROM people WHERE id = ?)) WHERE id = ?",
        (gone, kept),
    )
    # What either asked for, the quieter of the two first.
    tx.run(
        "UPDATE people SET notices = (SELECT notices FROM people WHERE id IN (?1, ?2) "
        "ORDER BY notices <> 'none', id <> ?2 LIMIT 1) WHERE id = ?2",
        (gone, kept),
    )
    # The old row stays as a signpost without a name: the audit goes on naming its id.
    tx.run(
        "UPDATE people SET display_name = '', folded_name = '', merged_into = ?1 "
        "WHERE id = ?2 OR merged_into = ?2",
        (kept, gone),
    )
    for (idea_id,) in voted:
        recount(tx, idea_id)
