"""One-time codes that link communities and accounts; only their hashes are stored."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from storage.errors import NotThere
from storage.tx import Tx

LIFETIME_S = 15 * 60
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is easily taken for another sign
_LENGTH = 12  # 60 bits


def make(tx: Tx, kind: str, *, community_id: int | None, person_id: int | None) -> str:
    """Make a code that can be used once within 15 minutes."""
    tx.run("DELETE FROM codes WHERE expires_at < ?", (tx.now_us,))
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    tx.run(
        "INSERT INTO codes VALUES (?,?,?,?,?)",
        (_hash(code), kind, community_id, person_id, tx.now_us + LIFETIME_S * 1_000_000),
    )
    return "-".join(code[i : i + 4] for i in range(0, _LENGTH, 4))


def use(tx: Tx, kind: str, code: str) -> tuple[int | None, int | None]:
    """Use up a code; gives the community and the person that it was made for.

    Raises:
        NotThere: wrong, used or expired.
    """
    row: Any = tx.one(
        "DELETE FROM codes WHERE hash = ? AND kind = ? AND expires_at >= ? "
        "RETURNING community_id, person_id",
        (_hash(code), kind, tx.now_us),
    )
    if row is None:
        raise NotThere
    return row[0], row[1]


def _hash(code: str) -> str:
    signs = "".join(sign for sign in code.upper() if sign in _ALPHABET)
    return hashlib.sha256(signs.encode()).hexdigest()
