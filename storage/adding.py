"""Keeping new ideas: one by one, or many from an import."""

from __future__ import annotations

from collections.abc import Sequence

from storage import attachments, idea_rows
from storage.connection import clean, micros, to_json
from storage.engine import Subject, writes
from storage.errors import NotThere
from storage.idea_writes import read, recount
from storage.rows import Idea, IdeaTag, NewIdea
from storage.tx import Tx

_INSERT = """
INSERT INTO ideas (bank_id, number, status, created_at, updated_at, author_id, is_anonymous, rank,
  community_id, platform, consent, language, flags, external_id, author_name, title, link,
  permalink, beneficiaries, text, decided_at, reason)
VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
"""

_NUMBERS = 1_000_000_000
"""A number beyond this, in an import, is taken for a mistake."""


class Adding(Subject):
    """Adding ideas."""

    @writes
    def add(self, tx: Tx, bank_id: int, new: NewIdea) -> Idea:
        """Keep an idea under the next number; one with the same external id is given as it is."""
        known = _known(tx, bank_id, new.external_id)
        if known is not None:
            return read(tx, known)
        idea_id, number = _insert(tx, bank_id, new, _platform(tx))
        _carry_over(tx, bank_id, [(new, idea_id)], {})
        tx.audit(bank_id, "idea.add", f"idea:{number}", {"version": 1}, actor_id=_importer(tx, new))
        tx.changed(bank_id, "idea", str(number))
        tx.card(bank_id, idea_id, number)
        tx.outcome(f"idea:{number}")
        return read(tx, idea_id)

    @writes
    def add_many(self, tx: Tx, bank_id: int, news: Sequence[NewIdea]) -> tuple[int, int]:
        """Keep many in one transaction, without cards; gives how many are new and how many known.

        Within one call, too, only the first of an external id is kept. A `merged_into` names an
        idea of this call, or else one that the bank has under that number.
        """
        platform = _platform(tx)
        first = tx.bank(bank_id).next_number
        added: list[tuple[NewIdea, int]] = []
        ids: dict[int, int] = {}  # by the numbers that the export had
        for new in news:
            idea_id = _known(tx, bank_id, new.external_id)
            if idea_id is None:
                idea_id, _ = _insert(tx, bank_id, new, platform)
                added.append((new, idea_id))
            if new.number is not None:
                ids.setdefault(new.number, idea_id)
        _carry_over(tx, bank_id, added, ids)
        if added:
            details = {"first": first, "count": len(added)}
            tx.audit(bank_id, "idea.import", "ideas", details, actor_id=tx.person_id)
            tx.changed(bank_id, "idea", "*")
        tx.outcome(f"added:{len(added)}")
        return len(added), len(news) - len(added)

    @writes
    def settle_merges(self, tx: Tx, bank_id: int, merged: Sequence[NewIdea]) -> int:
        """Merge imported ideas whose targets came after them; gives how many could not be.

        Names ideas by number; what is merged already stays as it is, so it can be done again.
        """
        left = 0
        for new in merged:
            row = tx.one(
                "SELECT id, merged_into FROM ideas WHERE bank_id = ? AND number = ?",
                (bank_id, new.number),
            )
            if row is None or row[1] is not None or new.merged_into is None:
                continue
            left += not _merge(tx, row[0], _by_number(tx, bank_id, new.merged_into), new)
        if merged:
            tx.changed(bank_id, "idea", "*")
        tx.outcome("merged")
        return left


def _known(tx: Tx, bank_id: int, external_id: str | None) -> int | None:
    if external_id is None:
        return None
    sql = "SELECT id FROM ideas WHERE bank_id = ? AND external_id = ?"
    row = tx.one(sql, (bank_id, external_id))
    return int(row[0]) if row else None


def _platform(tx: Tx) -> str:
    row = tx.one("SELECT platform FROM communities WHERE id = ?", (tx.write.community_id,))
    return row[0] if row else ""


def _importer(tx: Tx, new: NewIdea) -> int | None:
    """Name the writer only where it is not the author, whom the audit never names."""
    is_author = new.author_id is None and not new.author_name
    return None if is_author or new.author_id == tx.person_id else tx.person_id


def _number(tx: Tx, bank_id: int, wanted: int | None) -> int:
    """Take the wanted number if it is free, or the bank's next one."""
    bank = tx.bank(bank_id)
    if wanted is not None and 0 < wanted < _NUMBERS:
        sql = "SELECT 1 FROM ideas WHERE bank_id = ? AND number = ?"
        if wanted >= bank.next_number or tx.one(sql, (bank_id, wanted)) is None:
            bank.next_number = max(bank.next_number, wanted + 1)
            return wanted
    bank.next_number += 1
    return bank.next_number - 1


def _insert(tx: Tx, bank_id: int, new: NewIdea, platform: str) -> tuple[int, int]:
    number = _number(tx, bank_id, new.number)
    created = tx.now_us if new.created_at is None else micros(new.created_at)
    updated = created if new.updated_at is None else micros(new.updated_at)
    # An import that names somebody without an account is not credited to whoever imports.
    author_id = new.author_id if new.author_id or new.author_name else tx.person_id
    cursor = tx.run(
        _INSERT,
        (
            bank_id, number, "pending" if new.status == "merged" else new.status, created, updated,
            author_id, new.is_anonymous, idea_rows.rank(0, 0, created), tx.write.community_id,
            new.platform or platform, new.consent, new.language,
            to_json(new.flags) if new.flags else "[]", new.external_id, clean(new.author_name),
            clean(new.title), clean(new.link), new.permalink, clean(new.beneficiaries),
            clean(new.text), micros(new.decided_at) if new.decided_at else None, new.reason,
        ),
    )  # fmt: skip
    idea_id = cursor.lastrowid
    if idea_id is None:  # pragma: no cover - an INSERT always has one
        raise NotThere
    if new.tags:
        _insert_tags(tx, idea_id, new.tags)
    if new.attachments:
        attachments.insert(tx, idea_id, author_id, new.attachments)
    if new.vector is not None and new.vector_model is not None:
        tx.run("INSERT INTO idea_vectors VALUES (?,?,?)", (idea_id, new.vector_model, new.vector))
    return idea_id, number


def _insert_tags(tx: Tx, idea_id: int, tags: Sequence[IdeaTag]) -> None:
    tx.run_many(
        "INSERT INTO idea_industries VALUES (?,?,?,?,?,?,?)",
        [
            (idea_id, t.industry, t.rank, t.confidence, to_json(t.because) if t.because else "[]",
             t.set_by, t.taxonomy_version)
            for t in tags
        ],
    )  # fmt: skip


def _carry_over(
    tx: Tx, bank_id: int, added: Sequence[tuple[NewIdea, int]], ids: dict[int, int]
) -> None:
    """Write what an export says that ideas were: their votes, and into what they were merged."""
    for new, idea_id in added:
        votes = new.tallies
        if votes.up or votes.down:
            split = votes.by_platform or {"import": (votes.up, votes.down)}
            tx.run("UPDATE ideas SET tallies = ? WHERE id = ?", (to_json(split), idea_id))
        _hang_on(tx, bank_id, idea_id, new)
        if votes.up or votes.down or new.notes:
            recount(tx, idea_id)
    for new, idea_id in added:
        if new.status == "merged" and new.merged_into is not None:
            target = ids.get(new.merged_into) or _by_number(tx, bank_id, new.merged_into)
            _merge(tx, idea_id, target, new)


def _hang_on(tx: Tx, bank_id: int, idea_id: int, new: NewIdea) -> None:
    if new.notes:
        tx.run_many(
            "INSERT INTO notes (idea_id, person_id, is_staff, at, text) VALUES (?,NULL,0,?,?)",
            [(idea_id, micros(at), clean(text)) for at, text in new.notes],
        )
    if new.aliases:
        tx.run_many(
            "INSERT OR IGNORE INTO aliases VALUES (?,?,?,?)",
            [(bank_id, number, idea_id, micros(since)) for number, since in new.aliases],
        )


def _by_number(tx: Tx, bank_id: int, number: int) -> int | None:
    row = tx.one("SELECT id FROM ideas WHERE bank_id = ? AND number = ?", (bank_id, number))
    return int(row[0]) if row else None


def _merge(tx: Tx, idea_id: int, target: int | None, new: NewIdea) -> bool:
    """Merge an imported idea; where that makes no sense it stays pending, for a moderator."""
    above: int | None = target
    while above is not None and above != idea_id:
        above = tx.one("SELECT merged_into FROM ideas WHERE id = ?", (above,))[0]
    if target is None or above == idea_id:
        return False
    status, reason, decided_at = new.was or ("pending", "", None)
    before = {
        "status": status,
        "reason": reason,
        "decided_at": micros(decided_at) if decided_at else None,
    }
    tx.run(
        "UPDATE ideas SET status = 'merged', merged_into = ?, before_merge = ? WHERE id = ?",
        (target, to_json(before), idea_id),
    )
    recount(tx, target)
    return True
