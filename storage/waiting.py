"""How much waits for a moderator, of each kind."""

from __future__ import annotations

import sqlite3

from storage.engine import Subject, reads

_COUNTS = {
    "pending": "SELECT coalesce(sum(n), 0) FROM idea_tallies "
    "WHERE bank_id = ?1 AND status = 'pending' AND industry = ''",
    "edits": "SELECT count(*) FROM ideas "
    "WHERE bank_id = ?1 AND accepted_version IS NOT NULL AND status = 'pending'",
    "appeals": "SELECT count(*) FROM appeals p JOIN ideas i ON i.id = p.idea_id "
    "WHERE i.bank_id = ?1 AND p.closed_at IS NULL AND i.status = 'declined'",
    "duplicates": "SELECT count(*) FROM pairs p JOIN ideas a ON a.id = p.older "
    "JOIN ideas b ON b.id = p.newer WHERE p.is_apart = 0 AND a.bank_id = ?1 AND b.bank_id = ?1 "
    "AND a.status IN ('pending', 'accepted') AND b.status IN ('pending', 'accepted')",
    "flagged": "SELECT count(*) FROM ideas "
    "WHERE bank_id = ?1 AND flags <> '[]' AND status = 'pending'",
    "votes": "SELECT count(DISTINCT v.idea_id) FROM votes v JOIN ideas i ON i.id = v.idea_id "
    "WHERE i.bank_id = ?1 AND v.is_held = 1",
    "facts": "SELECT count(*) FROM knowledge WHERE bank_id = ?1 AND state = 'proposed'",
    "gaps": "SELECT count(*) FROM gaps WHERE bank_id = ?1 AND closed_at IS NULL",
}


class Waiting(Subject):
    """Counts for the queue."""

    @reads
    def counts(self, cx: sqlite3.Connection, bank_id: int) -> dict[str, int]:
        """Give how many of each kind wait, in the order of the queue; edits are not in pending."""
        found = {
            kind: int(cx.execute(sql, (bank_id,)).fetchone()[0]) for kind, sql in _COUNTS.items()
        }
        found["pending"] -= found["edits"]
        return found
