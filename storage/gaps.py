"""What was asked and nobody could answer, counted, and who wants to hear of an answer."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from typing import Any

from storage.connection import from_json, marks, moment, to_json
from storage.engine import Subject, alters, reads, writes
from storage.errors import NotThere
from storage.members import person_of
from storage.returning import mark_of
from storage.rows import Gap, GapFollower, GapState
from storage.tx import Tx
from storage.undo_rows import remember

_COLUMNS = (
    "id, question, entities, field, count, first_at, last_at, state, "
    "(SELECT count(*) FROM gap_followers f WHERE f.gap_id = gaps.id)"
)


class Gaps(Subject):
    """Questions that could not be answered."""

    @writes
    def add(self, tx: Tx, bank_id: int, question: str, entities: Sequence[str], field: str) -> int:
        """Note a gap, gives its id; the same entities and field, or the same words, are one.

        Asked again, an answered gap is open again; a dismissed one is counted and stays dismissed.
        """
        key = _gap_key(tx, question, entities, field)
        tx.run(
            "INSERT INTO gaps (bank_id, key, person_id, first_at, last_at, entities, field, "
            "question) VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET "
            "count = count + 1, last_at = excluded.last_at, "
            "closed_at = CASE state WHEN 'dismissed' THEN closed_at END, "
            "state = CASE state WHEN 'dismissed' THEN state ELSE 'open' END, "
            # the wording of somebody who was erased is gone; this one takes its place
            "person_id = CASE question WHEN '' THEN excluded.person_id ELSE person_id END, "
            "question = CASE question WHEN '' THEN excluded.question ELSE question END",
            (bank_id, key, tx.person_id, tx.now_us, to_json(sorted(entities)), field, question),
        )
        row = tx.one("SELECT id FROM gaps WHERE bank_id = ? AND key = ?", (bank_id, key))
        return int(row[0])

    @reads
    def list(
        self, cx: sqlite3.Connection, bank_id: int, state: GapState = "open", limit: int = -1
    ) -> list[Gap]:
        """Give a bank's gaps of a state, the most asked first; all of them, or at most `limit`."""
        rows = cx.execute(
            f"SELECT {_COLUMNS} FROM gaps WHERE bank_id = ? AND state = ? "
            "ORDER BY count DESC, last_at DESC, id DESC LIMIT ?",
            (bank_id, state, limit),
        )
        return [_to_gap(row) for row in rows]

    @reads
    def count(self, cx: sqlite3.Connection, bank_id: int) -> int:
        """Count a bank's open gaps."""
        sql = "SELECT count(*) FROM gaps WHERE bank_id = ? AND state = 'open'"
        return int(cx.execute(sql, (bank_id,)).fetchone()[0])

    @writes
    def settle(self, tx: Tx, gap_ids: Sequence[int], state: GapState) -> int:
        """Give gaps of the writer's bank a state; gives how many there were.

        Raises:
            NotThere: the writer's bank has none of them.
        """
        rows = tx.run(
            f"SELECT id, bank_id, state, closed_at FROM gaps WHERE id IN ({marks(len(gap_ids))}) "
            "AND bank_id = (SELECT bank_id FROM communities WHERE id = ?)",
            (*gap_ids, tx.write.community_id),
        ).fetchall()
        if not rows:
            raise NotThere
        closed_at = None if state == "open" else tx.now_us
        for gap_id, bank_id, was, was_closed_at in rows:
            before = {"state": was, "closed_at": was_closed_at}
            remember(tx, bank_id, f"gap:{gap_id}", "gap", before)
            tx.run(
                "UPDATE gaps SET state = ?, closed_at = ? WHERE id = ?", (state, closed_at, gap_id)
            )
            details = {"state": state}
            tx.audit(bank_id, "gap.close", f"gap:{gap_id}", details, actor_id=tx.person_id)
        tx.outcome(f"gap:{rows[0][0]}")
        return len(rows)

    @writes
    def follow(self, tx: Tx, gap_id: int, question: str) -> None:
        """Let whoever writes hear of an answer to their question; no trace but the row itself.

        Raises:
            NotThere: the writer's bank has no such gap.
        """
        row = tx.one(
            "SELECT 1 FROM gaps WHERE id = ? AND bank_id = "
            "(SELECT bank_id FROM communities WHERE id = ?)",
            (gap_id, tx.write.community_id),
        )
        if row is None:
            raise NotThere
        tx.run(
            "INSERT INTO gap_followers (gap_id, person_id, community_id, at, question) "
            "VALUES (?,?,?,?,?) ON CONFLICT DO UPDATE SET question = excluded.question, "
            "community_id = excluded.community_id",
            (gap_id, tx.actor, tx.write.community_id, tx.now_us, question),
        )
        tx.outcome(f"gap:{gap_id}")

    @reads
    def followers(self, cx: sqlite3.Connection, bank_id: int, gap_id: int) -> Sequence[GapFollower]:
        """Give who wants to hear of a gap of a bank, in no telling order."""
        rows = cx.execute(
            "SELECT f.person_id, f.community_id, f.question FROM gap_followers f "
            "JOIN gaps g ON g.id = f.gap_id WHERE g.bank_id = ? AND g.id = ? ORDER BY f.person_id",
            (bank_id, gap_id),
        ).fetchall()
        found = []
        for person_id, community_id, question in rows:
            try:
                person = person_of(cx, person_id, None)
            except NotThere:  # erased by another process meanwhile
                continue
            found.append(GapFollower(person, community_id, question))
        return found

    @alters
    def told(self, tx: Tx, gap_id: int, person_id: int) -> None:
        """Forget that somebody wanted to be told: they were."""
        tx.run("DELETE FROM gap_followers WHERE gap_id = ? AND person_id = ?", (gap_id, person_id))


def _to_gap(row: Sequence[Any]) -> Gap:
    id_, question, entities, field, count, first, last, state, followers = row
    return Gap(
        id=id_,
        question=question,
        entities=tuple(from_json(entities)),
        field=field,
        count=count,
        first_at=moment(first),
        last_at=moment(last),
        state=state,
        followers=followers,
    )


def _gap_key(tx: Tx, question: str, entities: Sequence[str], field: str) -> str:
    """Give a salted hash, which nobody who has the row alone can try guessed words on."""
    named = "|".join(sorted(entities)) + "#" + field
    words = " ".join(question.casefold().split())
    plain = hashlib.sha256((named if entities and field else named + words).encode()).hexdigest()
    return mark_of(tx.connection, plain, "gap")
