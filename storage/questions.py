"""Questions as asked and answered, for follow-ups and feedback; kept for a time one can set."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from storage.connection import clean, from_json, micros, moment, to_json
from storage.engine import Subject, alters, reads, writes
from storage.errors import NotThere
from storage.rows import QuestionRow
from storage.tx import Tx

_SELECT = (
    "SELECT id, community_id, person_id, thread_key, question, answer, entities, abstained, "
    "reason, asked_at FROM questions "
)


class Questions(Subject):
    """Questions of a community."""

    @writes
    def add(self, tx: Tx, question: QuestionRow) -> int:
        """Keep a question (its id is not looked at); gives its id."""
        cursor = tx.run(
            "INSERT INTO questions (community_id, person_id, thread_key, asked_at, abstained, "
            "reason, entities, question, answer) VALUES (?,?,?,?,?,?,?,?,?)",
            (
                question.community_id, question.person_id, question.thread_key,
                micros(question.asked_at), question.abstained, question.reason,
                to_json(question.entities), clean(question.question), clean(question.answer),
            ),
        )  # fmt: skip
        tx.outcome(f"question:{cursor.lastrowid}")
        return cursor.lastrowid or 0

    @reads
    def get(self, cx: sqlite3.Connection, question_id: int) -> QuestionRow | None:
        """Give a question; whoever shows it must check its community."""
        row = cx.execute(_SELECT + "WHERE id = ?", (question_id,)).fetchone()
        return _to_question(row) if row else None

    @reads
    def thread(
        self,
        cx: sqlite3.Connection,
        thread_key: str,
        limit: int = 6,
        *,
        community_id: int | None = None,
    ) -> list[QuestionRow]:
        """Give the last questions of a thread, oldest first.

        The key is to be unique over all platforms; with a community, only its questions count.
        """
        rows = cx.execute(
            _SELECT + "WHERE thread_key = ?1 AND (?2 IS NULL OR community_id = ?2) "
            "ORDER BY id DESC LIMIT ?3",
            (thread_key, community_id, limit),
        ).fetchall()
        return [_to_question(row) for row in reversed(rows)]

    @writes
    def feedback(self, tx: Tx, question_id: int, value: int, reason: str = "") -> None:
        """Note what whoever writes thinks of an answer: 1 good, -1 bad, 0 nothing.

        Everybody in the community has an opinion of their own: an answer may have been given in
        public. A second one takes the place of their first.

        Raises:
            NotThere: no such question in the writer's community.
        """
        row = tx.one(
            "SELECT 1 FROM questions WHERE id = ? AND community_id = ?",
            (question_id, tx.write.community_id),
        )
        if row is None:
            raise NotThere
        tx.run(
            "INSERT INTO feedback VALUES (?,?,?,?,?) ON CONFLICT DO UPDATE SET "
            "at = excluded.at, value = excluded.value, reason = excluded.reason",
            (question_id, tx.actor, tx.now_us, value, clean(reason)),
        )
        tx.outcome(f"question:{question_id}")

    @reads
    def recent(
        self, cx: sqlite3.Connection, community_id: int, limit: int = 100
    ) -> list[QuestionRow]:
        """Give a community's questions, newest first."""
        rows = cx.execute(
            _SELECT + "WHERE community_id = ? ORDER BY asked_at DESC, id DESC LIMIT ?",
            (community_id, limit),
        )
        return [_to_question(row) for row in rows]

    @reads
    def count_since(self, cx: sqlite3.Connection, person_id: int, since: datetime) -> int:
        """Count what a person asked since a time."""
        row = cx.execute(
            "SELECT count(*) FROM questions WHERE person_id = ? AND asked_at >= ?",
            (person_id, micros(since)),
        ).fetchone()
        return int(row[0])

    @alters
    def purge(self, tx: Tx, community_id: int, before: datetime) -> int:
        """Forget a community's questions from before a time; gives how many."""
        return tx.run(
            "DELETE FROM questions WHERE community_id = ? AND asked_at < ?",
            (community_id, micros(before)),
        ).rowcount


def _to_question(row: Sequence[Any]) -> QuestionRow:
    return QuestionRow(
        id=row[0],
        community_id=row[1],
        person_id=row[2],
        thread_key=row[3],
        question=row[4],
        answer=row[5],
        entities=tuple(from_json(row[6])),
        abstained=bool(row[7]),
        reason=row[8],
        asked_at=moment(row[9]),
    )
