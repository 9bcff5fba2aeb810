"""The moves between statuses that are legal, as one table; nothing else decides it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from storage.rows import STATUSES, Status

Move = Literal[
    "accept", "decline", "merge", "unmerge", "withdraw", "reopen", "restore", "resubmit", "appeal",
    "uphold",
]  # fmt: skip

MOVES: Mapping[Move, Mapping[Status, Status]] = {
    "accept": {"pending": "accepted", "declined": "accepted"},
    "decline": {"pending": "declined", "accepted": "declined"},
    "merge": {"pending": "merged", "accepted": "merged"},
    # To the status it had before; the store keeps which of the two that was.
    "unmerge": {"merged": "pending"},
    "withdraw": {"pending": "withdrawn", "accepted": "withdrawn", "declined": "withdrawn"},
    # An edit of an accepted idea, where the community reviews before it shows.
    "reopen": {"accepted": "pending"},
    # Such an edit is declined: the words that were accepted come back.
    "restore": {"pending": "accepted"},
    # A declined author revises it, once.
    "resubmit": {"declined": "pending"},
    # Or appeals, once: it waits for another moderator, who accepts it or lets it stand.
    "appeal": {"declined": "declined"},
    "uphold": {"declined": "declined"},
}
"""From each status to the next, per move."""

CAN_BE_VOTED_ON: frozenset[Status] = frozenset({"pending", "accepted"})
CAN_BE_CLAIMED: tuple[Status, ...] = ("pending", "declined")
"""Statuses in which something may wait for a moderator; a declined idea with its appeal."""

CAN_BE_EDITED: frozenset[Status] = frozenset({"pending", "accepted", "declined"})


def target(move: Move, status: Status) -> Status | None:
    """Give the status after a move; None where the move is not legal from this status."""
    return MOVES[move].get(status)


def sources(move: Move) -> tuple[Status, ...]:
    """List the statuses from which a move is legal, in the order of the life of an idea."""
    return tuple(status for status in STATUSES if status in MOVES[move])
