from __future__ import annotations

import itertools

import pytest

from bot.core.model import Reply
from bot.core.statuses import CAN_BE_VOTED_ON, MOVES, sources, target
from storage import STATUSES
from tests.fakes.house import House

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
    ("restore", "pending", "accepted"),
    ("resubmit", "declined", "pending"),
    ("appeal", "declined", "declined"),
    ("uphold", "declined", "declined"),
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


TEXT = "Reconstruct a traffic accident from witness statements so that the jury sees it"
OTHER = "A TV spot for a shoe brand, made in an afternoon by two people at the agency"


async def bring_to(house: House, status: str) -> None:
    """Bring #1 into a status, the way that people do; #2 is there to be merged with."""
    ann, mod = house.person("ann"), house.moderator("first")
    await ann.says(f"idea add {TEXT}")
    await house.person("bob").says(f"idea add {OTHER}")
    lines = {
        "accepted": "mod accept 1",
        "declined": "mod decline 1 off_topic",
        "merged": "mod merge 1 2",
    }
    if status in lines:
        assert (await mod.says(lines[status])).ok
    if status == "withdrawn":
        assert (await ann.says("idea withdraw 1")).ok


async def attempt(house: House, move: str, status: str) -> Reply:
    """Try a move upon #1, as somebody who sees its status."""
    ann, mod = house.person("ann"), house.moderator("second")
    if move in {"accept", "decline"}:
        more = {"reason": "off_topic"} if move == "decline" else {}
        return await mod.does(f"mod {move}", number="1", seen=status, **more)
    if move in {"reopen", "resubmit"}:
        return await ann.does("idea edit", number=1, text=f"{TEXT}, and the judge, too")
    if move == "uphold":
        await ann.says("idea appeal 1 It helps a jury.")
    lines = {
        "merge": (mod, "mod merge 1 2"),
        "unmerge": (mod, "mod unmerge 1"),
        "withdraw": (ann, "idea withdraw 1"),
        "restore": (mod, "mod restore 1"),
        "appeal": (ann, "idea appeal 1 It helps a jury."),
        "uphold": (mod, "mod uphold 1"),
    }
    who, line = lines[move]
    return await who.says(line)


@pytest.mark.parametrize(("move", "status"), [*itertools.product(MOVES, STATUSES)])
async def test_the_product_makes_the_moves_of_the_table_and_no_others(
    house: House, move: str, status: str
) -> None:
    await house.set("review", "before")
    await bring_to(house, status)
    if (move, status) == ("restore", "pending"):
        # A new idea has no accepted words to go back to: only the edit of an accepted one has.
        assert not (await attempt(house, move, status)).ok
        await house.moderator("first").says("mod accept 1")
        await attempt(house, "reopen", "accepted")

    reply = await attempt(house, move, status)

    legal = {to for name, at, to in LEGAL if (name, at) == (move, status)}
    after = (await house.idea(1)).status
    if move in {"reopen", "resubmit"} and not legal:
        # The one command behind both: an edit moves what is to be reviewed again, and only that.
        both = {to for name, at, to in LEGAL if name in {"reopen", "resubmit"} and at == status}
        assert after == next(iter(both), status)
        assert reply.ok == (status in {"pending", "accepted", "declined"})
        return
    assert reply.ok == bool(legal), reply.text
    assert after == next(iter(legal), status)
