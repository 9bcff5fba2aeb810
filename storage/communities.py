"""Communities (guilds, workspaces, the console), their settings and the bank they use."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from storage.connection import clean, from_json, micros, moment_or_none, to_json
from storage.engine import alters, reads, writes
from storage.errors import NotThere
from storage.linking import Linking
from storage.purging import Purging
from storage.rows import CommunityRow
from storage.tx import Tx

_SELECT = "SELECT id, key, name, bank_id, settings, left_at FROM communities "


class Communities(Linking, Purging):
    """Where Reelbank is, and with which settings."""

    async def ensure(self, key: str, name: str, now: datetime) -> CommunityRow:
        """Give the community, made with a bank of its own when it is new.

        Usually one read. One that had left is back with this; an empty name changes nothing.
        """
        known = await self.get(key)
        if known is not None and known.left_at is None and name in {known.name, ""}:
            return known
        return await self._enter(key, name, now)

    @alters
    def _enter(self, tx: Tx, key: str, name: str, now: datetime) -> CommunityRow:
        tx.now_us, name = micros(now), clean(name)
        row = tx.one("SELECT id, bank_id, left_at FROM communities WHERE key = ?", (key,))
        if row is None:
            bank_id = new_bank(tx)
            cursor = tx.run(
                "INSERT INTO communities (key, platform, name, bank_id, created_at) "
                "VALUES (?,?,?,?,?)",
                (key, key.split(":", 1)[0], name or key, bank_id, tx.now_us),
            )
            tx.audit(bank_id, "community.join", f"community:{cursor.lastrowid}")
            tx.changed(bank_id, "settings", str(cursor.lastrowid))
        else:
            tx.run(
                "UPDATE communities SET name = CASE ?1 WHEN '' THEN name ELSE ?1 END, "
                "left_at = NULL WHERE key = ?2",
                (name, key),
            )
            if row[2] is not None:
                tx.audit(row[1], "community.return", f"community:{row[0]}")
            tx.changed(row[1], "settings", str(row[0]))
        return to_community(tx.one(_SELECT + "WHERE key = ?", (key,)))

    @reads
    def get(self, cx: sqlite3.Connection, key: str) -> CommunityRow | None:
        """Give the community of a platform's key, such as `slack:T1`."""
        row = cx.execute(_SELECT + "WHERE key = ?", (key,)).fetchone()
        return to_community(row) if row else None

    @reads
    def by_id(self, cx: sqlite3.Connection, community_id: int) -> CommunityRow | None:
        """Give the community of an id."""
        row = cx.execute(_SELECT + "WHERE id = ?", (community_id,)).fetchone()
        return to_community(row) if row else None

    @reads
    def all(self, cx: sqlite3.Connection) -> list[CommunityRow]:
        """Give every community, those that left too, oldest first."""
        return [to_community(row) for row in cx.execute(_SELECT + "ORDER BY id")]

    @reads
    def of_bank(self, cx: sqlite3.Connection, bank_id: int) -> list[CommunityRow]:
        """Give the communities that use a bank and have not left, oldest first."""
        sql = _SELECT + "WHERE bank_id = ? AND left_at IS NULL ORDER BY id"
        return [to_community(row) for row in cx.execute(sql, (bank_id,))]

    @writes
    def set_settings(self, tx: Tx, community_id: int, changes: Mapping[str, Any]) -> CommunityRow:
        """Change settings by name; None takes one back to its default."""
        community = community_of(tx, community_id)
        settings = {**community.settings, **changes}
        kept = {name: value for name, value in settings.items() if value is not None}
        tx.run("UPDATE communities SET settings = ? WHERE id = ?", (to_json(kept), community_id))
        details = {"fields": sorted(changes)}
        subject = f"community:{community_id}"
        tx.audit(community.bank_id, "settings", subject, details, actor_id=tx.person_id)
        tx.changed(community.bank_id, "settings", str(community_id))
        return community_of(tx, community_id)

    @writes
    def leave(self, tx: Tx, community_id: int) -> None:
        """Note that Reelbank was removed there; everything is kept until the purge.

        What waits to be sent there is dropped. A second time changes nothing.
        """
        community = community_of(tx, community_id)
        if community.left_at is not None:
            return
        tx.run("UPDATE communities SET left_at = ? WHERE id = ?", (tx.now_us, community_id))
        tx.run("DELETE FROM outbox WHERE community_id = ? AND sent_at IS NULL", (community_id,))
        tx.audit(community.bank_id, "community.leave", f"community:{community_id}")
        tx.changed(community.bank_id, "settings", str(community_id))


def new_bank(tx: Tx) -> int:
    """Make an empty bank."""
    bank_id = tx.run("INSERT INTO banks (created_at) VALUES (?)", (tx.now_us,)).lastrowid
    if bank_id is None:  # pragma: no cover - an INSERT always has one
        raise NotThere
    return bank_id


def community_of(tx: Tx, community_id: int) -> CommunityRow:
    """Give a community within a transaction.

    Raises:
        NotThere: no such community.
    """
    row = tx.one(_SELECT + "WHERE id = ?", (community_id,))
    if row is None:
        raise NotThere
    return to_community(row)


def to_community(row: Sequence[Any]) -> CommunityRow:
    """Read a row."""
    id_, key, name, bank_id, settings, left_at = row
    return CommunityRow(
        id=id_,
        key=key,
        name=name,
        bank_id=bank_id,
        settings=from_json(settings),
        left_at=moment_or_none(left_at),
    )
