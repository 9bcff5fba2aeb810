"""Remembering how something was before a moderator changed it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from storage.connection import to_json
from storage.tx import Tx


def remember(
    tx: Tx,
    bank_id: int,
    subject: str,
    action: str,
    before: Mapping[str, Any],
    *,
    idea_id: int | None = None,
) -> int | None:
    """Keep a before-image; gives its id, None for what the program does, which is not undone.

    Args:
        tx: the transaction.
        bank_id: whose moderators may undo it.
        subject: what was changed, such as "fact:7": only the last change of it can be undone.
        action: which of `undoing.RESTORE` takes it back.
        before: what that needs.
        idea_id: the idea that it concerns besides, whose last change it must be, too.
    """
    if tx.person_id is None:
        return None
    cursor = tx.run(
        "INSERT INTO undos (bank_id, subject, idea_id, act, action, actor_id, at, before) "
        "VALUES (?,?,?,?,?,?,?,?)",
        (
            bank_id, subject, idea_id, tx.write.act or secrets.token_hex(6), action, tx.person_id,
            tx.now_us, to_json(before),
        ),
    )  # fmt: skip
    return cursor.lastrowid


def forget(tx: Tx, idea_id: int) -> None:
    """Forget earlier actions: the author changed the idea since, so none is the last any more."""
    tx.run("DELETE FROM undos WHERE idea_id = ?", (idea_id,))
