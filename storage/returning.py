"""What is still known of an account whose person was erased: nothing but what would be undone.

Who comes back is a new person, and must neither have shaken off a block, nor have more uses free,
nor vote a second time. Only a salted hash of the account stays, for as long as the block lasts and
the uses count. Of a vote stays one of 1,024 drawers: a thousandth of a platform's accounts shares
it, so that it leads to nobody, while whoever votes again takes the vote in their drawer back.
"""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from collections.abc import Sequence
from datetime import timedelta

from storage.connection import marks
from storage.idea_writes import add_tallies
from storage.tx import Tx

DRAWERS = 1024
_DAY_US = 86_400_000_000


def mark_of(cx: sqlite3.Connection, account_key: str, use: str = "account") -> str:
    """Give the salted hash of an account, or of what else; those of two uses share nothing."""
    (salt,) = cx.execute("SELECT salt FROM salts WHERE id = 1").fetchone()
    return hmac.new(salt, f"{use}:{account_key}".encode(), hashlib.sha256).hexdigest()


def leave_behind(tx: Tx, person_id: int, accounts: Sequence[str]) -> None:
    """Keep blocks and counted uses of a person who is about to be erased, under their marks."""
    start = f"person:{person_id}:"
    for account in accounts:
        mark = mark_of(tx.connection, account)
        tx.run(
            "INSERT INTO blocked_accounts SELECT community_id, ?, until FROM blocks "
            "WHERE person_id = ? AND until > ? "
            "ON CONFLICT DO UPDATE SET until = max(until, excluded.until)",
            (mark, person_id, tx.now_us),
        )
        tx.run(
            "INSERT INTO hits (key, kind, at) SELECT ? || substr(key, ?), kind, at FROM hits "
            "WHERE substr(key, 1, ?) = ?",
            (f"mark:{mark}:", len(start) + 1, len(start), start),
        )


def take_up(tx: Tx, community_id: int, person_id: int, account_key: str) -> None:
    """Give a person whom a community meets what their account left behind there."""
    mark = mark_of(tx.connection, account_key)
    tx.run(
        "INSERT INTO blocks SELECT community_id, ?, until FROM blocked_accounts "
        "WHERE community_id = ? AND mark = ? "
        "ON CONFLICT DO UPDATE SET until = max(until, excluded.until)",
        (person_id, community_id, mark),
    )
    lift(tx, community_id, [account_key])
    tx.run(
        "UPDATE hits SET key = ? WHERE key = ?",
        (f"person:{person_id}:{community_id}", f"mark:{mark}:{community_id}"),
    )


def lift(tx: Tx, community_id: int, accounts: Sequence[str]) -> bool:
    """End the blocks that accounts left behind in a community; tells whether there were any."""
    hashes = [mark_of(tx.connection, account) for account in accounts]
    gone = tx.run(
        f"DELETE FROM blocked_accounts WHERE community_id = ? AND mark IN ({marks(len(hashes))})",
        (community_id, *hashes),
    )
    return gone.rowcount > 0


_KEPT = """
SELECT v.idea_id, v.platform, v.value FROM votes v
JOIN ideas i ON i.id = v.idea_id JOIN people p ON p.id = v.person_id
WHERE v.person_id = ?1 AND v.is_held = 0 AND v.value <> 0
AND NOT (v.is_new <> 2 AND (v.is_new = 1 OR p.first_seen_at > v.voted_at - ?2)
  AND EXISTS (SELECT 1 FROM ideas o
              WHERE o.bank_id = i.bank_id AND o.created_at <= v.voted_at - ?2))
"""


def file_votes(tx: Tx, person_id: int, accounts: Sequence[str], new_for: timedelta) -> None:
    """Turn the votes of a person who is about to be erased into counts; a `recount` must follow.

    Not those that were held out, nor those of who was new when they voted (seen for less than
    `new_for`, in a bank that is older than that): nobody could hold out a burst of them any more.
    """
    kept = tx.run(_KEPT, (person_id, new_for // timedelta(microseconds=1))).fetchall()
    for idea_id, platform, value in kept:
        add_tallies(tx, idea_id, {platform: (1, 0) if value == 1 else (0, 1)})
        account = next((a for a in accounts if a.startswith(f"{platform}:")), *accounts[:1])
        tx.run(
            "INSERT INTO nameless_votes VALUES (?,?,?,?,?) ON CONFLICT DO NOTHING",
            (idea_id, _drawer(tx, account), platform, value, tx.now_us // _DAY_US),
        )


def take_back(tx: Tx, person_id: int, idea_ids: Sequence[int]) -> None:
    """Take the nameless votes off some ideas that this person may have cast before an erasure.

    Only for accounts that were first seen after it: all others were somebody else.
    """
    for account, first_seen in tx.run(
        "SELECT key, first_seen_at FROM accounts WHERE person_id = ?", (person_id,)
    ).fetchall():
        found = tx.run(
            "SELECT idea_id, platform, value, drawer FROM nameless_votes "
            f"WHERE drawer = ? AND day <= ? AND idea_id IN ({marks(len(idea_ids))})",
            (_drawer(tx, account), first_seen // _DAY_US, *idea_ids),
        ).fetchall()
        for idea_id, platform, value, drawer in found:
            add_tallies(tx, idea_id, {platform: (-1, 0) if value == 1 else (0, -1)})
            tx.run(
                "DELETE FROM nameless_votes WHERE idea_id = ? AND drawer = ? AND platform = ? "
                "AND value = ?",
                (idea_id, drawer, platform, value),
            )


def _drawer(tx: Tx, account_key: str) -> int:
    return int(mark_of(tx.connection, account_key, "vote"), 16) % DRAWERS
