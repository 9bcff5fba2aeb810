"""Keys of gaps that nobody can try guessed questions on.

They were plain hashes of the words. Now they are keyed with the store's salt; of words that were
erased nothing is left but a random number.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from sqlite_utils import Database


def key_gaps(db: Database) -> None:
    """Key what was hashed, and let go of what stood for words that are gone."""
    (salt,) = db.execute("SELECT salt FROM salts WHERE id = 1").fetchone()
    rows = db.execute(
        "SELECT id, key, question = '' AND (entities = '[]' OR field = '') FROM gaps"
    ).fetchall()
    for gap_id, key, is_erased in rows:
        keyed = hmac.new(salt, f"gap:{key}".encode(), hashlib.sha256).hexdigest()
        new = secrets.token_hex(32) if is_erased else keyed
        db.execute("UPDATE gaps SET key = ? WHERE id = ?", (new, gap_id))
