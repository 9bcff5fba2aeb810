"""Ideas as shown in channels: which message shows which idea."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from storage.connection import micros, moment_or_none
from storage.engine import Subject, alters, reads
from storage.rows import Card
from storage.tx import Tx

_SELECT = (
    "SELECT idea_id, community_id, channel_id, message_id, thread_id, shown, lost_at FROM cards "
)


class Cards(Subject):
    """Cards by idea and by message."""

    @reads
    def of_idea(self, cx: sqlite3.Connection, idea_id: int) -> list[Card]:
        """Give an idea's cards in all communities, lost ones too."""
        sql = _SELECT + "WHERE idea_id = ? ORDER BY community_id"
        return [_to_card(row) for row in cx.execute(sql, (idea_id,))]

    @reads
    def at(self, cx: sqlite3.Connection, community_id: int, message_id: str) -> Card | None:
        """Give the card that a message is."""
        row = cx.execute(
            _SELECT + "WHERE community_id = ? AND message_id = ?", (community_id, message_id)
        ).fetchone()
        return _to_card(row) if row else None

    @alters
    def put(self, tx: Tx, card: Card, now: datetime) -> None:
        """Note which message shows an idea in a community, in the place of an earlier one."""
        tx.run(
            "INSERT INTO cards VALUES (?,?,?,?,?,?,?,NULL) ON CONFLICT DO UPDATE SET "
            "channel_id = excluded.channel_id, message_id = excluded.message_id, "
            "thread_id = excluded.thread_id, shown = excluded.shown, put_at = excluded.put_at, "
            "lost_at = NULL",
            (
                card.idea_id, card.community_id, card.channel_id, card.message_id,
                card.thread_id, card.shown, micros(now),
            ),
        )  # fmt: skip

    @reads
    def idea_below(
        self, cx: sqlite3.Connection, community_id: int, bank_id: int, thread_id: str
    ) -> int | None:
        """Give the number of the idea whose card a thread hangs below."""
        row = cx.execute(
            "SELECT i.number FROM cards c JOIN ideas i ON i.id = c.idea_id "
            "WHERE c.community_id = ?1 AND i.bank_id = ?2 AND c.lost_at IS NULL "
            "AND (c.message_id = ?3 OR c.thread_id = ?3)",
            (community_id, bank_id, thread_id),
        ).fetchone()
        return int(row[0]) if row else None

    @alters
    def lost(self, tx: Tx, idea_id: int, community_id: int, now: datetime) -> None:
        """Note that the message is gone."""
        tx.run(
            "UPDATE cards SET lost_at = ? WHERE idea_id = ? AND community_id = ?",
            (micros(now), idea_id, community_id),
        )

    @alters
    def drop(self, tx: Tx, idea_id: int, community_id: int) -> None:
        """Forget a card, once the message of a deleted idea is deleted, too."""
        tx.run("DELETE FROM cards WHERE idea_id = ? AND community_id = ?", (idea_id, community_id))


def _to_card(row: Sequence[Any]) -> Card:
    idea_id, community_id, channel_id, message_id, thread_id, shown, lost_at = row
    return Card(
        idea_id=idea_id,
        community_id=community_id,
        channel_id=channel_id,
        message_id=message_id,
        thread_id=thread_id,
        shown=shown,
        lost_at=moment_or_none(lost_at),
    )
