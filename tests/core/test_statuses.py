from __future__ import annotations

import itertools

import pytest

from bot.core.statuses import CAN_BE_VOTED_ON, MOVES, sources, target
from storage import STATUSES

LEGAL = {
    ("accept", "pending", "accepted"),
    ("accept", "declined", "accepted"),
    ("decline", "pending", "declined"),
    ("decline", "accepted", "declined"),
    ("merge", "pending", "merged"),
    ("merge", "accepted", "merged"),
    ("unmerge", "merged", "pending"),
    ("withdraw", "pending", "withdrawn"),
    ("withdraw", "accepted", "withdrawn"),
    ("withdraw", "declined", "withdrawn"),
    ("reopen", "accepted", "pending"),
    ("resubmit", "declined", "pending"),
}


@pytest.mark.parametrize(("move", "status"), [*itertools.product(MOVES, STATUSES)])
def test_every_move_from_every_status(move: str, status: str) -> None:
    expected = {to for name, at, to in LEGAL if (name, at) == (move, status)}
    found = target(move, status)  # type: ignore[arg-type]

    assert ({found} if found else set()) == expected
    assert (status in sources(move)) == bool(expected)  # type: ignore[arg-type]


def test_the_table_has_no_other_moves() -> None:
    assert {(m, at, to) for m, row in MOVES.items() for at, to in row.items()} == LEGAL


def test_nothing_leads_out_of_withdrawn() -> None:
    assert all("withdrawn" not in row for row in MOVES.values())
    assert "withdrawn" not in CAN_BE_VOTED_ON
