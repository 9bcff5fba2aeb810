"""People and their accounts on the platforms, their roles and blocks."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from storage.connection import clean, marks, micros, moment, moment_or_none
from storage.engine import alters, reads, writes
from storage.erasing import Erasing
from storage.errors import NotThere
from storage.identity import Identity
from storage.returning import lift, take_up
from storage.rows import Person
from storage.tx import Tx
from storage.undo_rows import remember

_ENSURE = """
SELECT p.id, p.display_name, p.first_seen_at, b.until, a.display_name, m.person_id
FROM accounts a JOIN people p ON p.id = a.person_id
LEFT JOIN memberships m ON m.person_id = p.id AND m.community_id = ?1
LEFT JOIN blocks b ON b.person_id = p.id AND b.community_id = ?1
WHERE a.key = ?2
"""
FOREVER_US = 253_402_300_799_000_000
"""The end of the year 9999: blocked until somebody lifts it."""


class Members(Identity, Erasing):
    """Who is there, and what they may do."""

    async def ensure(
        self, community_id: int, account_key: str, display_name: str, now: datetime
    ) -> Person:
        """Give the person behind an account; the first sight, or a new name, is written down."""
        known = await self._known(community_id, account_key, display_name)
        if known is not None:
            return known
        return await self._meet(community_id, account_key, display_name, now)

    @reads
    def _known(
        self, cx: sqlite3.Connection, community_id: int, account_key: str, display_name: str
    ) -> Person | None:
        row = cx.execute(_ENSURE, (community_id, account_key)).fetchone()
        if row is None or row[5] is None or display_name not in {row[4], ""}:
            return None
        return Person(
            id=row[0],
            display_name=row[1],
            first_seen_at=moment(row[2]),
            accounts=_accounts(cx, row[0]),
            blocked_until=moment_or_none(row[3]),
        )

    @alters
    def _meet(
        self, tx: Tx, community_id: int, account_key: str, display_name: str, now: datetime
    ) -> Person:
        at = micros(now)
        row = tx.one("SELECT person_id FROM accounts WHERE key = ?", (account_key,))
        name = clean(display_name or account_key)
        if row is None:
            # Random, so that an id says nothing about who came first or is next.
            person_id = secrets.randbits(50) + 1
            tx.run(
                "INSERT INTO people (id, display_name, folded_name, first_seen_at) "
                "VALUES (?,?,?,?)",
                (person_id, name, name.casefold(), at),
            )
            tx.run("INSERT INTO accounts VALUES (?,?,?,?)", (account_key, person_id, name, at))
        else:
            person_id = row[0]
            if display_name:
                tx.run("UPDATE accounts SET display_name = ? WHERE key = ?", (name, account_key))
                tx.run(
                    "UPDATE people SET display_name = ?, folded_name = ? WHERE id = ?",
                    (name, name.casefold(), person_id),
                )
        tx.run(
            "INSERT INTO memberships VALUES (?,?,?) ON CONFLICT DO NOTHING",
            (person_id, community_id, at),
        )
        take_up(tx, community_id, person_id, account_key)
        return person_of(tx.connection, person_id, community_id)

    @reads
    def get(
        self, cx: sqlite3.Connection, person_id: int, community_id: int | None = None
    ) -> Person | None:
        """Give a person; with a community, whether they are blocked there."""
        try:
            return person_of(cx, person_id, community_id)
        except NotThere:
            return None

    @reads
    def by_account(self, cx: sqlite3.Connection, account_key: str) -> Person | None:
        """Give the person behind an account, if it was ever seen."""
        row = cx.execute("SELECT person_id FROM accounts WHERE key = ?", (account_key,)).fetchone()
        return person_of(cx, row[0], None) if row else None

    @reads
    def named(
        self, cx: sqlite3.Connection, community_id: int, name: str, limit: int
    ) -> list[Person]:
        """Give a community's members of a name in any case; if there are none, who begins so."""
        folded = clean(name).casefold().strip()
        if not folded:
            return []
        for fits in ("p.folded_name = ?2", "substr(p.folded_name, 1, length(?2)) = ?2"):
            sql = (
                "SELECT p.id FROM people p JOIN memberships m ON m.person_id = p.id "
                f"WHERE m.community_id = ?1 AND {fits} ORDER BY p.folded_name, p.id LIMIT ?3"
            )
            rows = cx.execute(sql, (community_id, folded, limit)).fetchall()
            if rows:
                people = [person_of(cx, row[0], community_id) for row in rows]
                return list({person.id: person for person in people}.values())
        return []

    @writes
    def block(
        self, tx: Tx, community_id: int, person_id: int, until: datetime | None = None
    ) -> None:
        """Keep a person from writing in a community until a time, or until it is lifted."""
        _block(tx, community_id, person_id, until)

    @writes
    def block_author(
        self, tx: Tx, community_id: int, bank_id: int, number: int, until: datetime | None = None
    ) -> None:
        """Block whoever had an idea, without telling who that is.

        Raises:
            NotThere: no such idea, or its author is not a member.
        """
        row = tx.one(
            "SELECT author_id, id FROM ideas WHERE bank_id = ? AND number = ?", (bank_id, number)
        )
        if row is None or row[0] is None:
            raise NotThere
        _block(tx, community_id, row[0], until, idea_id=row[1])

    @writes
    def unblock(self, tx: Tx, community_id: int, person_id: int) -> None:
        """Lift a block."""
        _remember_block(tx, community_id, person_id)
        lift(tx, community_id, _accounts(tx.connection, person_id))
        tx.run(
            "DELETE FROM blocks WHERE community_id = ? AND person_id = ?",
            (community_id, person_id),
        )
        _note(tx, community_id, "member.unblock")

    @writes
    def unblock_account(self, tx: Tx, community_id: int, account_key: str) -> None:
        """Lift the block that an account left behind when its person was erased.

        Raises:
            NotThere: it left none here.
        """
        if not lift(tx, community_id, [account_key]):
            raise NotThere
        _note(tx, community_id, "member.unblock")

    @alters
    def purge_blocks(self, tx: Tx, now: datetime) -> int:
        """Forget blocks that have ended; gives how many."""
        return sum(
            tx.run(f"DELETE FROM {table} WHERE until <= ?", (micros(now),)).rowcount
            for table in ("blocks", "blocked_accounts")
        )

    @reads
    def is_blocked(
        self, cx: sqlite3.Connection, community_id: int, person_id: int, now: datetime
    ) -> bool:
        """Tell whether a person is blocked in a community."""
        row = cx.execute(
            "SELECT 1 FROM blocks WHERE community_id = ? AND person_id = ? AND until > ?",
            (community_id, person_id, micros(now)),
        ).fetchone()
        return row is not None

    @writes
    def set_notices(self, tx: Tx, wanted: str) -> None:
        """Note what whoever writes wants to hear of; "" is the default."""
        tx.run("UPDATE people SET notices = ? WHERE id = ?", (wanted, tx.actor))
        tx.outcome("notices")

    @reads
    def notices(self, cx: sqlite3.Connection, person_ids: Sequence[int]) -> dict[int, str]:
        """Give what these people want to hear of; those who never said are left out."""
        sql = f"SELECT id, notices FROM people WHERE id IN ({marks(len(person_ids))})"
        return {id_: wanted for id_, wanted in cx.execute(sql, person_ids) if wanted}

    @writes
    def grant(self, tx: Tx, community_id: int, account_key: str, role: int) -> None:
        """Give an account a role beside what the platform says; 0 or 1 takes it back."""
        if role <= 1:
            tx.run(
                "DELETE FROM roles WHERE community_id = ? AND account_key = ?",
                (community_id, account_key),
            )
        else:
            tx.run(
                "INSERT INTO roles VALUES (?,?,?) ON CONFLICT DO UPDATE SET role = excluded.role",
                (community_id, account_key, role),
            )
        _note(tx, community_id, "member.grant", role=role)

    @reads
    def role(self, cx: sqlite3.Connection, community_id: int, account_key: str) -> int | None:
        """Give the role granted to an account in a community, if any."""
        row = cx.execute(
            "SELECT role FROM roles WHERE community_id = ? AND account_key = ?",
            (community_id, account_key),
        ).fetchone()
        return int(row[0]) if row else None

    @reads
    def roles(self, cx: sqlite3.Connection, community_id: int) -> list[tuple[str, int]]:
        """Give (account key, role) of everybody who was granted one in a community."""
        sql = "SELECT account_key, role FROM roles WHERE community_id = ? ORDER BY 2 DESC, 1"
        return cx.execute(sql, (community_id,)).fetchall()


def _block(
    tx: Tx,
    community_id: int,
    person_id: int,
    until: datetime | None,
    *,
    idea_id: int | None = None,
) -> None:
    _remember_block(tx, community_id, person_id, idea_id)
    tx.run(
        "INSERT INTO blocks VALUES (?,?,?) ON CONFLICT DO UPDATE SET until = excluded.until",
        (community_id, person_id, FOREVER_US if until is None else micros(until)),
    )
    _note(tx, community_id, "member.block")


def _remember_block(tx: Tx, community_id: int, person_id: int, idea_id: int | None = None) -> None:
    sql = "SELECT until FROM blocks WHERE community_id = ? AND person_id = ?"
    row = tx.one(sql, (community_id, person_id))
    bank = tx.one("SELECT bank_id FROM communities WHERE id = ?", (community_id,))
    if bank is None:
        raise NotThere
    subject, before = f"block:{community_id}:{person_id}", {"until": row[0] if row else None}
    remember(tx, bank[0], subject, "block", before, idea_id=idea_id)


def _note(tx: Tx, community_id: int, action: str, **details: Any) -> None:
    """Put an act upon a member into the chain without naming them: it might unmask an author."""
    row = tx.one("SELECT bank_id FROM communities WHERE id = ?", (community_id,))
    if row is None:
        raise NotThere
    tx.audit(row[0], action, f"community:{community_id}", details, actor_id=tx.person_id)


def _accounts(cx: sqlite3.Connection, person_id: int) -> tuple[str, ...]:
    rows = cx.execute("SELECT key FROM accounts WHERE person_id = ? ORDER BY key", (person_id,))
    return tuple(key for (key,) in rows)


def person_of(cx: sqlite3.Connection, person_id: int, community_id: int | None) -> Person:
    """Give a person; an id from before two people were linked leads to whom they are now.

    Raises:
        NotThere: no such person.
    """
    row = cx.execute(
        "SELECT p.id, p.display_name, p.first_seen_at, b.until FROM people old "
        "JOIN people p ON p.id = coalesce(old.merged_into, old.id) "
        "LEFT JOIN blocks b ON b.person_id = p.id AND b.community_id = ? WHERE old.id = ?",
        (community_id, person_id),
    ).fetchone()
    if row is None:
        raise NotThere
    return Person(
        id=row[0],
        display_name=row[1],
        first_seen_at=moment(row[2]),
        accounts=_accounts(cx, row[0]),
        blocked_until=moment_or_none(row[3]),
    )
