"""A write transaction: the effect, with audit, delivery mark, changes and outbox rows beside it.

What stands beside the effect is gathered and written at the end, so that a write costs few
statements.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from storage.connection import micros, to_json
from storage.errors import AlreadyDone, NotThere
from storage.rows import Write


@dataclass(slots=True)
class BankState:
    """The counters of a bank, read once per transaction and written once."""

    next_number: int
    audit_head: str
    audit_count: int


def link_hash(previous: str, row: Sequence[Any]) -> str:
    """Give the hash of one link of the audit chain: bank, seq, at, actor, action, subject, text."""
    return hashlib.sha256((previous + to_json(list(row))).encode()).hexdigest()


class Tx:
    """What a subject's writing method is handed; `run` is the connection's execute."""

    def __init__(self, connection: sqlite3.Connection, write: Write | None) -> None:
        self.connection = connection
        self.run = connection.execute
        self.run_many = connection.executemany
        self._write = write
        self.now_us = micros(write.now) if write else 0
        self._banks: dict[int, BankState] = {}
        self._audit: list[tuple[Any, ...]] = []
        self._changes: list[tuple[int | None, str, str, int]] = []
        self._cards: dict[int, tuple[int, int]] = {}
        self._outcome = "done"

    @property
    def write(self) -> Write:
        """Give who writes; only transactions on somebody's behalf have it."""
        if self._write is None:
            msg = "this transaction is the program's own"
            raise TypeError(msg)
        return self._write

    @property
    def person_id(self) -> int | None:
        """Give the person who writes, if one does."""
        return self._write.person_id if self._write else None

    @property
    def actor(self) -> int:
        """Give the person who writes, for what only a person can do.

        Raises:
            NotThere: the program itself writes.
        """
        if self.person_id is None:
            raise NotThere
        return self.person_id

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """Give the first row, or None."""
        return self.run(sql, parameters).fetchone()

    def begin(self) -> None:
        """Refuse a delivery that had its effect before.

        Raises:
            AlreadyDone: with the outcome of then.
        """
        delivery_id = self.write.delivery_id
        if delivery_id is None:
            return
        row = self.one(
            "SELECT outcome FROM deliveries WHERE id = ? AND done_at IS NOT NULL", (delivery_id,)
        )
        if row:
            raise AlreadyDone(delivery_id, row[0])

    def bank(self, bank_id: int) -> BankState:
        """Give the bank's counters, to be changed in place.

        Raises:
            NotThere: no such bank.
        """
        state = self._banks.get(bank_id)
        if state is None:
            row = self.one(
                "SELECT next_number, audit_head, audit_count FROM banks WHERE id = ?", (bank_id,)
            )
            if row is None:
                raise NotThere
            state = self._banks[bank_id] = BankState(*row)
        return state

    def drop_bank(self, bank_id: int) -> None:
        """Forget what was gathered for a bank that is deleted in this transaction."""
        self._banks.pop(bank_id, None)
        self._audit = [row for row in self._audit if row[0] != bank_id]
        self._changes = [row for row in self._changes if row[0] != bank_id]
        self._cards = {id_: at for id_, at in self._cards.items() if at[0] != bank_id}

    def outcome(self, outcome: str) -> None:
        """Say what the delivery led to, such as "idea:42"."""
        self._outcome = outcome

    def audit(
        self,
        bank_id: int,
        action: str,
        subject: str,
        details: Mapping[str, Any] | None = None,
        *,
        actor_id: int | None = None,
    ) -> None:
        """Add a link to the bank's chain. Details are field names, numbers and statuses only."""
        state = self.bank(bank_id)
        state.audit_count += 1
        text = to_json(details or {})
        row = (bank_id, state.audit_count, self.now_us, actor_id, action, subject, text)
        state.audit_head = link_hash(state.audit_head, row)
        self._audit.append((*row, state.audit_head))

    def changed(self, bank_id: int | None, kind: str, subject: str) -> None:
        """Tell every process what to drop from its caches."""
        self._changes.append((bank_id, kind, subject, self.now_us))

    def card(self, bank_id: int, idea_id: int, number: int) -> None:
        """Have the idea's cards drawn anew in every community that shows them."""
        self._cards[idea_id] = (bank_id, number)

    def enqueue(
        self,
        *,
        key: str,
        platform: str,
        community_id: int,
        kind: str,
        payload: Mapping[str, Any],
        due_at: datetime | None = None,
    ) -> None:
        """Add something to be sent; the same key again replaces it and makes it due anew."""
        due_us = self.now_us if due_at is None else micros(due_at)
        self.run(
            _ENQUEUE,
            (key, platform, community_id, kind, to_json(payload), due_us, self.now_us),
        )

    def end(self) -> None:
        """Write what was gathered; called once, before the commit."""
        for notice in self._write.notices if self._write else ():
            self.enqueue(
                key=notice.key,
                platform=notice.platform,
                community_id=notice.community_id,
                kind=notice.kind,
                payload=notice.payload,
                due_at=notice.due_at,
            )
        for idea_id, (bank_id, number) in self._cards.items():
            payload = to_json({"idea": number, "idea_id": idea_id, "bank_id": bank_id})
            self.run(_CARDS, (idea_id, payload, self.now_us, self.now_us, bank_id, idea_id))
        if self._audit:
            self.run_many(
                "INSERT INTO audit (bank_id, seq, at, actor_id, action, subject, details, hash) "
                "VALUES (?,?,?,?,?,?,?,?)",
                self._audit,
            )
        if self._changes:
            self.run_many(
                "INSERT INTO changes (bank_id, kind, subject, at) VALUES (?,?,?,?)", self._changes
            )
        for bank_id, state in self._banks.items():
            self.run(
                "UPDATE banks SET next_number = ?, audit_head = ?, audit_count = ? WHERE id = ?",
                (state.next_number, state.audit_head, state.audit_count, bank_id),
            )
        if self._write and self._write.delivery_id is not None:
            self.run(
                "INSERT INTO deliveries (id, community_key, platform, payload, received_at, "
                "done_at, outcome) VALUES (?, '', '', '{}', ?, ?, ?) ON CONFLICT (id) DO UPDATE "
                "SET payload = '{}', done_at = excluded.done_at, outcome = excluded.outcome",
                (self._write.delivery_id, self.now_us, self.now_us, self._outcome),
            )


_REARM = """
ON CONFLICT (key) DO UPDATE SET payload = excluded.payload, due_at = excluded.due_at,
  generation = generation + 1, attempts = 0, sent_at = NULL, dead_reason = NULL, error = NULL
"""
_ENQUEUE = (
    "INSERT INTO outbox (key, platform, community_id, kind, payload, due_at, created_at) "
    "VALUES (?,?,?,?,?,?,?)" + _REARM
)
# One row per community that shows cards; a card that is there follows its idea even after the
# channel was unset.
_CARDS = (
    """
INSERT INTO outbox (key, platform, community_id, kind, payload, due_at, created_at)
SELECT 'card:' || ? || ':' || c.id, c.platform, c.id, 'card', ?, ?, ?
FROM communities c
WHERE c.bank_id = ? AND c.left_at IS NULL AND (
  coalesce(json_extract(c.settings, '$.cards_channel'), '') <> ''
  OR EXISTS (SELECT 1 FROM cards k
             WHERE k.idea_id = ? AND k.community_id = c.id AND k.lost_at IS NULL))
"""
    + _REARM
)
