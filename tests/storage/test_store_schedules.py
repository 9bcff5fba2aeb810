"""Turns that come round by a community's clock, and looks at what happened lately."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from storage import Notice, Store
from tests.storage.store_world import NOW, World

WEEK = timedelta(days=7)


def notice(world: World, key: str = "digest:1") -> Notice:
    return Notice(
        key=key, platform="discord", community_id=world.discord.id, payload={"n": 1}, kind="digest"
    )


async def test_a_turn_is_taken_once_and_sent_in_the_same_write(world: World, store: Store) -> None:
    await store.schedules.plan(world.discord.id, "digest", "monday 9 UTC", NOW)
    again = Store.open(store.path, durable=False)
    taken = await asyncio.gather(
        *(s.schedules.take("digest", NOW, NOW, notice(world)) for s in (store, again, store, again))
    )
    again.close()

    assert sorted(taken) == [False, False, False, True]
    assert [row.kind for row in await store.outbox.lease(["discord"], NOW)] == ["digest"]
    stands = (await store.schedules.all("digest"))[world.discord.id]
    assert (stands.plan, stands.seen_at, stands.last_at) == ("monday 9 UTC", NOW, NOW)
    assert not await store.schedules.take("digest", NOW - WEEK, NOW, notice(world, "x"))
    assert await store.schedules.take("digest", NOW + WEEK, NOW + WEEK, notice(world, "y"))


async def test_a_new_plan_keeps_the_last_turn_and_none_takes_no_turns(
    world: World, store: Store
) -> None:
    await store.schedules.plan(world.discord.id, "digest", "a", NOW)
    await store.schedules.take("digest", NOW, NOW, notice(world))
    await store.schedules.plan(world.discord.id, "digest", "a", NOW + WEEK)
    assert (await store.schedules.all("digest"))[world.discord.id].seen_at == NOW
    await store.schedules.plan(world.discord.id, "digest", "", NOW + WEEK)

    stands = (await store.schedules.all("digest"))[world.discord.id]
    assert (stands.plan, stands.seen_at, stands.last_at) == ("", NOW + WEEK, NOW)
    assert not await store.schedules.take("digest", NOW + WEEK, NOW, notice(world, "x"))
    assert await store.schedules.all("export") == {}


async def test_kinds_of_the_outbox_can_be_taken_apart(world: World, store: Store) -> None:
    for kind in ("card", "digest", "export"):
        await store.outbox.enqueue(world.by(None), world.discord.id, "discord", kind, kind, {})
    now = NOW + timedelta(days=1)

    besides = await store.outbox.lease(["discord"], now, besides=("digest", "export"))
    only = await store.outbox.lease(["discord"], now, only=("digest", "export"))
    assert [row.kind for row in besides] == ["card"]
    assert sorted(row.kind for row in only) == ["digest", "export"]


async def test_what_happened_lately(world: World, store: Store) -> None:
    for title in ("One", "Two", "Three"):
        await world.idea(title)
    start = world.tick()
    await store.ideas.set_status(
        world.by(world.mod), world.bank, 1, expected=["pending"], to="accepted"
    )
    await store.votes.set(world.by(world.bob), world.bank, 2, 1, "discord")
    await store.votes.set(world.by(world.mod), world.bank, 2, 1, "slack")
    await store.votes.set(world.by(world.bob), world.bank, 1, 1, "discord")
    await store.votes.set(world.by(world.bob), world.bank, 3, -1, "discord")
    end = world.tick()

    lately = store.ideas
    assert [i.title for i in await lately.decided(world.bank, start, end, 9)] == ["One"]
    rising = await lately.rising(world.bank, start, end, 9)
    assert [(i.title, n) for i, n in rising] == [("Two", 2), ("One", 1)]
    assert await lately.rising(world.bank, end, end + WEEK, 9) == []
    assert await lately.decided(world.bank, end, end + WEEK, 9) == []
    await store.votes.hold_out(world.by(None), world.bank, 2, [world.bob.id])
    assert [n for _, n in await lately.rising(world.bank, start, end, 9)] == [1, 1]
