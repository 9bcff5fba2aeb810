"""Who has themselves forgotten and comes back is new, and has gained nothing by it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core import jobs, limits
from bot.core.commands import idea_react
from tests.fakes.house import House, Visitor

CRASH = "Reconstruct a traffic accident from witness statements so that the jury sees it"
SHOES = "A TV spot for a shoe brand, made in an afternoon by two people at the agency"


async def votes(house: House, number: int = 1) -> tuple[int, int]:
    idea = await house.idea(number)
    return idea.votes.up, idea.votes.down


async def forgotten(person: Visitor) -> None:
    reply = await person.does("privacy delete", sure=True)
    assert reply.ok, reply.text


@pytest.mark.parametrize("again", ["up", "down"])
async def test_a_vote_is_counted_once_however_often_its_voter_is_forgotten(
    house: House, again: str
) -> None:
    ann, bob = house.person("ann"), house.person("bob")
    await ann.says(f"idea add {CRASH}")
    await bob.says("idea vote 1 up")
    for _ in range(5):
        await forgotten(bob)
        assert await votes(house) == (1, 0)  # not lost either
        await bob.says("idea vote 1 up")
        assert await votes(house) == (1, 0)
    await forgotten(bob)

    await bob.says(f"idea vote 1 {again}")
    assert await votes(house) == ((1, 0) if again == "up" else (0, 1))
    await house.person("cem").says("idea vote 1 up")
    assert await votes(house) == ((2, 0) if again == "up" else (1, 1))


async def test_a_nameless_vote_is_found_through_merges_and_copies(house: House) -> None:
    ann, bob = house.person("ann"), house.person("bob")
    for text in (CRASH, SHOES):
        await ann.says(f"idea add {text}")
    await bob.says("idea vote 1 up")
    await forgotten(bob)
    await house.moderator().says("mod merge 1 2")
    assert await votes(house, 2) == (1, 0)

    await bob.says("idea vote 2 up")

    assert await votes(house, 2) == (1, 0)


async def test_those_who_were_there_before_never_take_a_nameless_vote_away(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.returning.DRAWERS", 1)  # everybody shares one
    await house.person("ann").says(f"idea add {CRASH}")
    for name in ("bob", "cem"):
        await house.person(name).says("idea show 1")
    house.clock.pass_by(days=2)
    await house.person("bob").says("idea vote 1 up")
    house.clock.pass_by(days=2)
    await forgotten(house.person("bob"))

    await house.person("cem").says("idea vote 1 up")

    assert await votes(house) == (2, 0)


async def test_a_burst_is_not_hidden_by_being_forgotten(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    house.clock.pass_by(days=3)
    await house.person("cem").says("idea vote 1 up")
    for number in range(idea_react.BURST_OF * 2):
        await house.person(f"sock{number}").says("idea vote 1 up")
        await forgotten(house.person(f"sock{number}"))

    assert await votes(house) == (1, 0)
    house.clock.pass_by(days=2)
    await forgotten(house.person("cem"))  # new then, in an old bank
    assert await votes(house) == (0, 0)


async def test_whoever_has_been_there_for_a_day_leaves_a_vote_as_a_number(house: House) -> None:
    bob = house.person("bob")
    await house.person("ann").says(f"idea add {CRASH}")
    await bob.says("idea show 1")
    house.clock.pass_by(days=3)
    await bob.says("idea vote 1 down")
    await forgotten(bob)

    assert await votes(house) == (0, 1)


async def test_a_block_outlives_an_erasure_until_it_ends_or_is_lifted(house: House) -> None:
    bob = house.person("bob")
    await bob.says("idea random")
    await house.moderator().does("mod block", member="discord:bob", days=3)
    await forgotten(bob)
    assert not (await bob.does("idea add", text=CRASH)).ok
    await forgotten(bob)  # and once more, without having written anything between
    await forgotten(bob)
    assert not (await bob.does("idea add", text=CRASH)).ok

    house.clock.pass_by(days=4)
    assert (await bob.does("idea add", text=CRASH)).ok


@pytest.mark.parametrize("is_back", [True, False])
async def test_a_moderator_lifts_the_block_of_somebody_who_was_forgotten(
    house: House, *, is_back: bool
) -> None:
    bob = house.person("bob")
    await bob.says("idea random")
    await house.moderator().does("mod block", member="discord:bob")
    await forgotten(bob)
    if is_back:
        await bob.says("idea random")

    lifted = await house.moderator().does("mod block", member="discord:bob", lift=True)

    assert lifted.ok, lifted.text
    assert (await bob.does("idea add", text=CRASH)).ok
    nobody = await house.moderator().does("mod block", member="discord:nobody", lift=True)
    assert not nobody.ok


async def test_what_a_block_leaves_names_nobody_and_is_forgotten_when_it_ends(house: House) -> None:
    bob = house.person("bob")
    await bob.says("idea random")
    known = await house.store.members.by_account("discord:bob")
    assert known is not None
    await house.moderator().does("mod block", member="discord:bob", days=3)
    await forgotten(bob)

    def left() -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(house.store.path)) as cx:
            return cx.execute("SELECT * FROM blocked_accounts").fetchall()

    assert len(left()) == 1
    assert "bob" not in repr(left())
    assert str(known.id) not in repr(left())
    purge = next(job for job in jobs.ALL if job.name == "purge old")
    await purge.run(house.services, house.clock())
    assert len(left()) == 1
    await purge.run(house.services, house.clock() + timedelta(days=3, minutes=1))
    assert left() == []


async def test_one_is_told_of_a_block_that_another_community_keeps(house: House) -> None:
    bob = house.person("bob")
    await bob.says("idea random")
    await house.moderator().does("mod block", member="discord:bob")
    await forgotten(bob)
    await house.enter("discord:99", "Others")
    await replace(bob, key="discord:99").says("idea random")

    known = await house.store.members.by_account("discord:bob")
    assert known is not None
    given = await house.store.members.everything(known.id)

    assert [row["community"] for row in given["blocks"]] == ["discord:88"]
    assert not await house.store.members.is_blocked(
        (await house.community("discord:99")).id, known.id, house.clock()
    )


async def test_being_forgotten_frees_no_uses(house: House) -> None:
    bob = house.person("bob")
    kept = 0
    for number in range(limits.PER_MEMBER["write"].at_most + 5):
        if number % 4 == 0:
            kept += (await bob.does("privacy delete", sure=True)).ok
        else:
            kept += (await bob.does("idea add", text=f"{CRASH}, {number}", title=f"{number}")).ok

    assert kept == limits.PER_MEMBER["write"].at_most
