"""Deliveries, outbox, cards, jobs, limits, drafts: what processes share."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from datetime import timedelta

import pytest
from store_world import NOW, World

from storage import Card, NewIdea, Notice, Store, StoreLocked, Write


async def test_a_delivery_is_kept_once_and_its_payload_wiped(store: Store) -> None:
    accept = store.deliveries.accept
    assert await accept("e1", "slack:T1", "slack", {"text": "half \ud83d a pair"}, NOW)
    assert not await accept("e1", "slack:T1", "slack", {"text": "again"}, NOW)
    assert await store.deliveries.pending(["discord"], NOW + timedelta(1)) == []
    assert await store.deliveries.pending(["slack"], NOW) == []  # not older than itself
    [delivery] = await store.deliveries.pending(["slack", "discord"], NOW + timedelta(seconds=1))
    assert delivery.payload == {"text": "half \ud83d a pair"}
    assert await store.deliveries.bump("e1") == 1
    assert await store.deliveries.outcome("e1") is None
    await store.deliveries.finish("e1", "answered")
    assert await store.deliveries.outcome("e1") == "answered"
    raw = sqlite3.connect(store.path)
    assert raw.execute("SELECT payload FROM deliveries").fetchall() == [("{}",)]
    raw.close()
    assert not await accept("e1", "slack:T1", "slack", {"text": "third"}, NOW)
    assert await store.deliveries.purge(NOW + timedelta(days=3)) == 1


async def test_accepting_waits_no_longer_than_it_may(world: World, store: Store) -> None:
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    slow = asyncio.create_task(world.idea())  # in front of it, waiting for the lock
    await asyncio.sleep(0)
    started = time.monotonic()
    for timeout_s in (0.05, 0.1):
        with pytest.raises(StoreLocked):
            await store.deliveries.accept("e1", "slack:T1", "slack", {}, NOW, timeout_s=timeout_s)
    assert time.monotonic() - started < 1
    other.execute("ROLLBACK")
    other.close()
    assert (await slow).number == 1
    # what was given up had no effect later on, so a second try is the first
    assert await store.deliveries.accept("e1", "slack:T1", "slack", {}, NOW)


async def test_accepting_first_in_line_gives_up_in_time(store: Store) -> None:
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    with pytest.raises(StoreLocked, match="locked by another process"):
        await store.deliveries.accept("e1", "slack:T1", "slack", {}, NOW, timeout_s=0.2)
    assert time.monotonic() - started < 1
    other.execute("ROLLBACK")
    other.close()
    assert await store.deliveries.accept("e1", "slack:T1", "slack", {}, NOW)


async def with_cards(world: World) -> None:
    for community in (world.discord, world.slack):
        await world.store.communities.set_settings(
            world.by(world.mod, community), community.id, {"cards_channel": "C1"}
        )


async def test_ten_votes_make_one_edit_of_the_card(world: World, store: Store) -> None:
    await with_cards(world)
    await world.idea()
    for value in (1, -1) * 5:
        await store.votes.set(world.by(world.bob), world.bank, 1, value, "discord")  # type: ignore[arg-type]
    assert await store.outbox.lease(["slack"], world.tick()) == []
    [row] = await store.outbox.lease(["discord"], world.tick())
    assert (row.key, row.kind, row.payload["idea"]) == ("card:1:1", "card", 1)
    assert await store.outbox.lease(["discord"], world.tick()) == []  # leased
    # changed while it was being sent: stays due
    await store.votes.set(world.by(world.bob), world.bank, 1, 1, "discord")
    await store.outbox.sent(row.id)
    [again] = await store.outbox.lease(["discord"], world.tick())
    assert again.generation == row.generation + 1
    await store.outbox.sent(again.id)
    assert await store.outbox.waiting() == 0


async def test_a_linked_community_gets_its_card_too(world: World, store: Store) -> None:
    await with_cards(world)
    code = await store.communities.make_link_code(world.by(world.mod), world.discord.id)
    await store.communities.redeem_link_code(world.by(world.mod, world.slack), world.slack.id, code)
    await world.idea()
    rows = await store.outbox.lease(["discord", "slack"], world.tick())
    assert [row.platform for row in rows] == ["discord", "slack"]


async def test_a_lease_runs_out_and_failures_wait_or_die(world: World, store: Store) -> None:
    write = world.by(None)
    await store.outbox.enqueue(write, world.discord.id, "discord", "notice", "n1", {"a": 1})
    now = world.tick()
    [row] = await store.outbox.lease(["discord"], now, lease_s=60)
    [row] = await store.outbox.lease(["discord"], now + timedelta(seconds=61))
    await store.outbox.retry(row.id, now + timedelta(hours=1), "429")
    assert await store.outbox.lease(["discord"], now + timedelta(minutes=30)) == []
    [row] = await store.outbox.lease(["discord"], now + timedelta(hours=2))
    assert row.attempts == 1
    await store.outbox.enqueue(write, world.discord.id, "discord", "notice", "n1", {"a": 2})
    await store.outbox.dead(row.id, "channel_gone")  # what it was; it is another by now
    [row] = await store.outbox.lease(["discord"], now + timedelta(hours=2))
    assert row.payload == {"a": 2}
    await store.outbox.dead(row.id, "channel_gone")
    assert await store.outbox.waiting() == 0
    assert [dead.dead_reason for dead in await store.outbox.dead_rows(5)] == ["channel_gone"]
    await store.outbox.revive(row.id, now)
    assert await store.outbox.waiting() == 1


async def test_notices_are_kept_with_the_write_or_not_at_all(world: World, store: Store) -> None:
    notice = Notice(
        key="n:1", platform="discord", community_id=world.discord.id, payload={"what": "declined"}
    )
    with pytest.raises(ValueError, match="merge"):
        await store.ideas.set_status(
            world.by(world.mod, notices=(notice,)), world.bank, 1, expected=["pending"], to="merged"
        )
    assert await store.outbox.waiting() == 0
    await store.ideas.add(
        world.by(world.mod, notices=(notice,)), world.bank, NewIdea(title="a", text="b")
    )
    assert await store.outbox.waiting() == 1


async def test_cards_by_idea_and_by_message(world: World, store: Store) -> None:
    idea = await world.idea()
    card = Card(idea_id=idea.id, community_id=world.discord.id, channel_id="C", message_id="M")
    await store.cards.put(card, NOW)
    assert await store.cards.of_idea(idea.id) == [card]
    assert await store.cards.at(world.discord.id, "M") == card
    assert await store.cards.at(world.slack.id, "M") is None
    await store.cards.lost(idea.id, world.discord.id, NOW)
    assert (await store.cards.of_idea(idea.id))[0].lost_at == NOW


async def test_every_change_is_seen_once_in_order(world: World, store: Store) -> None:
    before = await store.changes.latest()
    await world.idea()
    await store.votes.set(world.by(world.bob), world.bank, 1, 1, "discord")
    changes = await store.changes.since(before)
    assert [(c.bank_id, c.kind, c.subject) for c in changes] == [
        (world.bank, "idea", "1"),
        (world.bank, "vote", "1"),
    ]
    assert await store.changes.since(changes[-1].id) == []
    await store.changes.purge(world.tick() + timedelta(days=1))
    assert await store.changes.latest() == changes[-1].id


async def test_a_job_runs_in_one_process_and_a_missed_run_happens_once(store: Store) -> None:
    claim = store.jobs.claim
    assert await claim("digest", NOW, lease_s=60, every_s=3600)
    assert not await claim("digest", NOW, lease_s=60, every_s=3600)
    assert await claim("digest", NOW + timedelta(seconds=61), lease_s=60, every_s=3600)  # crashed
    await store.jobs.finish("digest", NOW + timedelta(seconds=70))
    assert not await claim("digest", NOW + timedelta(minutes=59), lease_s=60, every_s=3600)
    late = NOW + timedelta(hours=5, minutes=10)
    assert await claim("digest", late, lease_s=60, every_s=3600)
    await store.jobs.finish("digest", late, "Timeout")
    [job] = await store.jobs.all()
    assert (job.last_error, job.due_at) == ("Timeout", late + timedelta(minutes=1))
    assert await claim("digest", late + timedelta(minutes=1), lease_s=60, every_s=3600)
    await store.jobs.finish("digest", late + timedelta(minutes=2))
    assert not await claim("digest", late + timedelta(minutes=3), lease_s=60, every_s=3600)


async def test_a_window_slides(store: Store) -> None:
    hit = store.limits.hit
    for second in (0, 10):
        assert await hit("p", "ideas", NOW + timedelta(seconds=second), 60, 2) == 0
    assert await hit("p", "ideas", NOW + timedelta(seconds=20), 60, 2) == 40
    assert await hit("p", "votes", NOW + timedelta(seconds=20), 60, 2) == 0
    assert await hit("q", "ideas", NOW + timedelta(seconds=20), 60, 2) == 0
    assert await hit("p", "ideas", NOW + timedelta(seconds=61), 60, 2) == 0
    assert await hit("p", "ideas", NOW + timedelta(seconds=62), 60, 2) == 8
    assert await hit("r", "ideas", NOW, 60, 0) == 60


async def test_drafts_are_ones_own(world: World, store: Store) -> None:
    draft = await store.drafts.save(world.by(world.ann), "idea add", {"text": "half"})
    assert await store.drafts.get(draft, world.ann.id) == {"text": "half"}
    assert await store.drafts.get(draft, world.bob.id) is None
    await store.drafts.drop(world.by(world.bob), draft)
    assert await store.drafts.get(draft, world.ann.id) is not None
    await store.drafts.drop(world.by(world.ann), draft)
    assert await store.drafts.get(draft, world.ann.id) is None


async def test_actions_are_kept_for_thirty_days(store: Store) -> None:
    key = await store.actions.put({"command": "idea show", "values": {"n": 1}}, NOW)
    assert len(key) <= 16
    assert await store.actions.purge(NOW + timedelta(days=29)) == 0
    assert await store.actions.get(key) == {"command": "idea show", "values": {"n": 1}}
    assert await store.actions.purge(NOW + timedelta(days=31)) == 1
    assert await store.actions.get(key) is None


def test_a_naive_time_is_refused() -> None:
    from storage.connection import micros

    write = Write(person_id=None, community_id=None, now=NOW.replace(tzinfo=None))
    with pytest.raises(ValueError, match="aware"):
        micros(write.now)
