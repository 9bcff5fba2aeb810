"""Deleting what belongs to a community, once Reelbank was removed there for long enough."""

from __future__ import annotations

from storage.engine import Subject, writes
from storage.tx import Tx

_OF_COMMUNITY = (
    "uploads", "questions", "drafts", "cards", "outbox", "memberships", "blocks", "roles", "codes",
    "schedules", "gap_followers", "blocked_accounts",
)  # fmt: skip
_OF_BANK = ("gaps", "knowledge", "taxonomy_changes", "changes", "aliases", "idea_tallies", "undos")


class Purging(Subject):
    """The purge after the retention time."""

    @writes
    def purge(self, tx: Tx, community_id: int) -> None:
        """Delete a community's data; a second time changes nothing.

        A bank that nobody else uses goes with its ideas. In a shared bank the accepted ideas of
        the community stay, without names and links, since the others work on with them. People
        who were seen nowhere else are erased. Afterwards call `Store.scrub()`.
        """
        from storage.erasing import forget_members_of  # noqa: PLC0415 - only here

        row = tx.one(
            "SELECT key, bank_id FROM communities WHERE id = ? AND left_at IS NOT NULL",
            (community_id,),
        )
        if row is None:  # purged before, or back meanwhile
            return
        key, bank_id = row
        is_shared = tx.one(
            "SELECT 1 FROM communities WHERE bank_id = ? AND id <> ?", (bank_id, community_id)
        )
        # first, since it looks for their texts in what waits to be sent
        forget_members_of(tx, community_id)
        if not is_shared:
            _delete_ideas(tx, bank_id)
        for table in _OF_COMMUNITY:
            tx.run(f"DELETE FROM {table} WHERE community_id = ?", (community_id,))
        tx.run("DELETE FROM deliveries WHERE community_key = ?", (key,))
        tx.run("DELETE FROM communities WHERE id = ?", (community_id,))
        if is_shared:
            tx.run(
                "UPDATE ideas SET permalink = NULL, community_id = NULL WHERE community_id = ?",
                (community_id,),
            )
            tx.audit(bank_id, "community.purge", f"community:{community_id}")
            tx.changed(bank_id, "bank", str(community_id))
        else:
            tx.drop_bank(bank_id)
            for table in _OF_BANK:
                tx.run(f"DELETE FROM {table} WHERE bank_id = ?", (bank_id,))
            # the bank first: only then the audit's guard lets its rows go
            tx.run("DELETE FROM banks WHERE id = ?", (bank_id,))
            tx.run("DELETE FROM audit WHERE bank_id = ?", (bank_id,))
            tx.changed(None, "bank", str(bank_id))
        tx.run("INSERT INTO scrubs (asked_at) VALUES (?)", (tx.now_us,))


def _delete_ideas(tx: Tx, bank_id: int) -> None:
    tx.run(
        "DELETE FROM cards WHERE idea_id IN (SELECT id FROM ideas WHERE bank_id = ?)", (bank_id,)
    )
    tx.run("DELETE FROM ideas WHERE bank_id = ?", (bank_id,))
