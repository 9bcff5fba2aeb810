"""How much one member may do in ten minutes, and that looking waits for nobody."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from bot.core.limits import PER_MEMBER, Quota, Reads
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
