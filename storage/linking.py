"""Two communities on one bank: joining with a one-time code, and parting with copies."""

from __future__ import annotations

from storage import codes
from storage.connection import marks
from storage.engine import Subject, writes
from storage.errors import NotThere
from storage.idea_writes import recount
from storage.rows import CommunityRow
from storage.tx import Tx


class Linking(Subject):
    """Link and unlink."""

    @writes
    def make_link_code(self, tx: Tx, community_id: int) -> str:
        """Give a code with which another community may join this bank, once, for 15 minutes."""
        community = _community(tx, community_id)
        code = codes.make(tx, "link", community_id=community_id, person_id=tx.person_id)
        subject = f"community:{community_id}"
        tx.audit(community.bank_id, "link.code", subject, actor_id=tx.person_id)
        return code

    @writes
    def redeem_link_code(self, tx: Tx, community_id: int, code: str) -> CommunityRow:
        """Move a community and its ideas into the bank of the code's community.

        Its ideas get new numbers there; the old ones go on leading to them, where the bank has no
        idea of that number itself.

        Raises:
            NotThere: the code is wrong, used or expired, or its community uses this bank already.
        """
        host_id, _ = codes.use(tx, "link", code)
        if host_id is None:
            raise NotThere
        bank_id = _community(tx, host_id).bank_id
        joining = _community(tx, community_id)
        if joining.bank_id == bank_id:
            raise NotThere
        moved = _move_ideas(tx, joining, bank_id)
        tx.run("UPDATE communities SET bank_id = ? WHERE id = ?", (bank_id, community_id))
        subject = f"community:{community_id}"
        for at in (joining.bank_id, bank_id):
            details = {"from": joining.bank_id, "into": bank_id, "ideas": moved}
            tx.audit(at, "link", subject, details, actor_id=tx.person_id)
            tx.changed(at, "bank", str(community_id))
        return _community(tx, community_id)

    @writes
    def unlink(self, tx: Tx, community_id: int) -> CommunityRow:
        """Give a community a bank of its own again, with copies of what its members submitted.

        Raises:
            NotThere: it shares its bank with nobody.
        """
        leaving = _community(tx, community_id)
        others = "SELECT 1 FROM communities WHERE bank_id = ? AND id <> ?"
        if tx.one(others, (leaving.bank_id, community_id)) is None:
            raise NotThere
        bank_id = _new_bank(tx)
        copies = _copy_ideas(tx, leaving, bank_id)
        tx.run("UPDATE communities SET bank_id = ? WHERE id = ?", (bank_id, community_id))
        _move_cards(tx, community_id, copies)
        subject = f"community:{community_id}"
        for at in (leaving.bank_id, bank_id):
            details = {"from": leaving.bank_id, "into": bank_id, "ideas": len(copies)}
            tx.audit(at, "unlink", subject, details, actor_id=tx.person_id)
            tx.changed(at, "bank", str(community_id))
        return _community(tx, community_id)


def _community(tx: Tx, community_id: int) -> CommunityRow:
    from storage.communities import community_of  # noqa: PLC0415 - communities builds on this

    return community_of(tx, community_id)


def _new_bank(tx: Tx) -> int:
    from storage.communities import new_bank  # noqa: PLC0415 - communities builds on this

    return new_bank(tx)


def _move_ideas(tx: Tx, joining: CommunityRow, bank_id: int) -> int:
    # Alone on its bank, a community takes everything along, imports without a community too.
    is_alone = (
        tx.one(
            "SELECT 1 FROM communities WHERE bank_id = ? AND id <> ?", (joining.bank_id, joining.id)
        )
        is None
    )
    rows = tx.run(
        "SELECT id, number, merged_into, external_id FROM ideas WHERE bank_id = ? "
        "AND (? OR community_id = ?) ORDER BY number",
        (joining.bank_id, is_alone, joining.id),
    ).fetchall()
    moving = {row[0] for row in rows}
    if not is_alone:
        _part_strangers(tx, moving)
    bank = tx.bank(bank_id)
    for idea_id, number, _, external_id in rows:
        is_taken = external_id is not None and tx.one(
            "SELECT 1 FROM ideas WHERE bank_id = ? AND external_id = ?", (bank_id, external_id)
        )
        tx.run(
            "UPDATE ideas SET bank_id = ?, number = ?, external_id = ? WHERE id = ?",
            (
                bank_id,
                bank.next_number,
                f"{external_id}~{joining.bank_id}" if is_taken else external_id,
                idea_id,
            ),
        )
        tx.run("UPDATE undos SET bank_id = ? WHERE idea_id = ?", (bank_id, idea_id))
        tx.run("INSERT INTO aliases VALUES (?,?,?,?)", (bank_id, number, idea_id, tx.now_us))
        # aliases of an earlier link go along
        tx.run("UPDATE OR IGNORE aliases SET bank_id = ? WHERE idea_id = ?", (bank_id, idea_id))
        bank.next_number += 1
    return len(rows)


def _part_strangers(tx: Tx, moving: set[int]) -> None:
    """Un-merge what would be merged across two banks."""
    from storage.merging import part  # noqa: PLC0415 - only here

    for idea_id, target in tx.run(
        "SELECT id, merged_into FROM ideas WHERE merged_into IS NOT NULL"
    ).fetchall():
        if (idea_id in moving) != (target in moving):
            part(tx, idea_id)


_COPIED = (
    "status, created_at, updated_at, version, author_id, is_anonymous, up, down, rank, "
    "note_count, community_id, platform, before_merge, decided_at, consent, language, flags, "
    "platform_votes, tallies, external_id, author_name, title, link, "
    "permalink, reason, beneficiaries, text, accepted_version"
)
_HANGING = {
    "idea_industries": "industry, rank, confidence, because, set_by, taxonomy_version",
    "idea_vectors": "model, vector",
    "votes": "person_id, value, is_held, platform, voted_at, is_new",
    "nameless_votes": "drawer, platform, value, day",
    "notes": "person_id, is_staff, at, text, edited_at",
    "followers": "person_id, at",
    "attachments": "person_id, name, media_type, size_bytes, url, at, content",
    "idea_edits": "version, editor_id, at, before",
    "appeals": "at, closed_at, text",
}


def _copy_ideas(tx: Tx, leaving: CommunityRow, bank_id: int) -> dict[int, int]:
    """Copy the community's ideas with all that hangs on them; gives new ids by old ones."""
    rows = tx.run(
        "SELECT id, number, merged_into FROM ideas WHERE bank_id = ? AND community_id = ? "
        "ORDER BY number",
        (leaving.bank_id, leaving.id),
    ).fetchall()
    bank = tx.bank(bank_id)
    copies: dict[int, int] = {}
    for idea_id, number, _ in rows:
        cursor = tx.run(
            f"INSERT INTO ideas (bank_id, number, {_COPIED}) "
            f"SELECT ?, ?, {_COPIED} FROM ideas WHERE id = ?",
            (bank_id, bank.next_number, idea_id),
        )
        copy = cursor.lastrowid or 0
        copies[idea_id] = copy
        for table, columns in _HANGING.items():
            tx.run(
                f"INSERT INTO {table} (idea_id, {columns}) "
                f"SELECT ?, {columns} FROM {table} WHERE idea_id = ?",
                (copy, idea_id),
            )
        tx.run("INSERT INTO aliases VALUES (?,?,?,?)", (bank_id, number, copy, tx.now_us))
        bank.next_number += 1
    _copy_merges(tx, copies, {row[0]: row[2] for row in rows})
    return copies


def _copy_merges(tx: Tx, copies: dict[int, int], merges: dict[int, int | None]) -> None:
    """Keep merges among the copies; others end, since their target stays behind."""
    from storage.merging import part  # noqa: PLC0415 - only here

    for idea_id, target in merges.items():
        if target is None:
            continue
        copy = copies[idea_id]
        tx.run("UPDATE ideas SET merged_into = ? WHERE id = ?", (copies.get(target, copy), copy))
        if target not in copies:
            tx.run("UPDATE ideas SET merged_into = NULL WHERE id = ?", (copy,))
            part(tx, copy)
    for copy in copies.values():
        recount(tx, copy)


def _move_cards(tx: Tx, community_id: int, copies: dict[int, int]) -> None:
    """Let the community's cards show its copies; cards of others' ideas are lost to it."""
    for idea_id, copy in copies.items():
        tx.run(
            "UPDATE cards SET idea_id = ? WHERE idea_id = ? AND community_id = ?",
            (copy, idea_id, community_id),
        )
    tx.run(
        f"UPDATE cards SET lost_at = ? WHERE community_id = ? AND idea_id NOT IN "
        f"({marks(len(copies))})",
        (tx.now_us, community_id, *copies.values()),
    )
    tx.run("DELETE FROM outbox WHERE community_id = ? AND kind = 'card'", (community_id,))
