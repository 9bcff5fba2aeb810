"""How much one member may do in ten minutes, and that looking waits for nobody."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from collections.abc import ItemsView

import pytest

from bot.core.limits import PER_COMMUNITY, PER_MEMBER, Quota, Reads
from bot.core.listen import Heard, hear
from tests.fakes.house import House, Visitor


async def use_up(visitor: Visitor, kind: str, line: str) -> None:
    for _ in range(PER_MEMBER[kind].at_most):
        reply = await visitor.says(line)
        assert "too" not in reply.text.lower() or reply.ok, reply.text


@pytest.mark.parametrize(("kind", "line"), [("read", "stats"), ("write", "idea vote 1 1")])
async def test_a_member_waits_after_doing_much(house: House, kind: str, line: str) -> None:
    ann = house.person("ann")
    await house.person("ben").says("idea add Reconstruct a crash for the jury from the report")
    await use_up(ann, kind, line)

    refused = await ann.says(line)
    assert not refused.ok
    assert "minute" in refused.text or "second" in refused.text
    assert (await house.person("ben").says(line)).ok  # one's haste is not another's
    house.clock.pass_by(minutes=10)
    assert (await ann.says(line)).ok


@pytest.mark.parametrize(("kind", "line"), [("read", "stats"), ("write", "idea vote 1 1")])
async def test_moderators_are_not_counted(house: House, kind: str, line: str) -> None:
    await house.person("ben").says("idea add Reconstruct a crash for the jury from the report")
    await use_up(house.moderator(), kind, line)

    assert (await house.moderator().says(line)).ok


async def test_looking_does_not_wait_for_whoever_holds_the_store(house: House) -> None:
    ann = house.person("ann")
    assert (await ann.says("stats")).ok  # she is known from now on
    holder = sqlite3.connect(house.store.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        reply = await asyncio.wait_for(ann.says("stats"), 2.0)
    finally:
        holder.execute("ROLLBACK")
        holder.close()

    assert reply.ok


def test_the_window_slides() -> None:
    reads, quota = Reads(), Quota(2, 10.0)

    assert [reads.hit("ann", quota, at) for at in (0.0, 6.0)] == [0.0, 0.0]
    assert reads.hit("ann", quota, 7.0) == 3.0
    assert reads.hit("ben", quota, 7.0) == 0.0
    assert reads.hit("ann", quota, 10.0) == 0.0
    assert reads.hit("ann", quota, 11.0) == 5.0


def test_who_has_been_quiet_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.core.limits._REMEMBERED", 2)
    reads, quota = Reads(), Quota(2, 10.0)
    for at, name in enumerate(("ann", "ben", "cam")):
        reads.hit(name, quota, float(at))
    reads.hit("dan", quota, 11.5)

    assert set(reads._times) == {"cam", "dan"}


def test_a_crowd_is_not_gone_through_again_for_each_who_comes() -> None:
    class Counted(dict[str, deque[float]]):
        passes = 0

        def items(self) -> ItemsView[str, deque[float]]:
            Counted.passes += 1
            return super().items()

    reads, quota = Reads(), PER_MEMBER["read"]
    for number in range(60_000):
        if not isinstance(reads._times, Counted):
            reads._times = Counted(reads._times)
        reads.hit(f"p{number}", quota, 0.0)
    assert Counted.passes < 4

    for number in range(30_000):  # later, when all of them have gone
        reads.hit(f"q{number}", quota, 10_000.0)
    assert len(reads._times) <= 60_000


async def test_what_is_wrong_is_counted_as_well(house: House) -> None:
    ann = house.person("ann")
    for _ in range(PER_MEMBER["write"].at_most):
        wrong = await ann.submits("idea add", text="x")
        assert not wrong.ok
        assert "minute" not in wrong.text

    refused = await ann.submits("idea add", text="x")
    assert "minute" in refused.text or "second" in refused.text


async def test_buttons_forms_and_message_actions_are_counted_together(house: House) -> None:
    ann, ben = house.person("ann"), house.person("ben")
    kept = await ann.submits("idea add", text="Reconstruct a crash for the jury from the report")
    for number in range(PER_MEMBER["write"].at_most - 1):
        if number % 2:
            reply = await ann.presses(kept, "Don't tell me")
        else:
            reply = await ann.saves(f"Say {number} how a pump works", ben, f"m{number}")
        assert "minute" not in reply.text

    assert not (await ann.saves("One more about the pump", ben, "last")).ok
    assert not (await ann.presses(kept, "Don't tell me")).ok
    assert not (await ann.submits("idea note", number=1, text="me too")).ok


async def test_a_whole_community_is_limited_too(house: House) -> None:
    await house.person("ben").says("idea add Reconstruct a crash for the jury from the report")
    refused = None
    for number in range(PER_COMMUNITY["write"].at_most + 1):
        refused = await house.person(f"p{number}").says("idea vote 1 1")

    assert refused is not None
    assert not refused.ok
    await house.enter("discord:99")
    assert (await house.person("pat", "discord:99").says("idea add Films for nurses at night")).ok


async def test_mentions_cannot_flood_with_offers(house: House) -> None:
    ann = house.person("ann")
    request = await ann.request("x", {})

    async def says(text: str) -> bool:
        heard = Heard(
            actor=ann.actor,
            community=request.community,
            place=request.place,
            text=text,
            now=house.clock(),
            is_mention=True,
        )
        return await hear(house.services, heard) is not None

    offered = [await says("Idea: a film for every dish") for _ in range(70)]
    assert offered.count(True) == PER_MEMBER["read"].at_most
    house.clock.pass_by(minutes=11)
    assert await says("Idea: a film for every dish")
