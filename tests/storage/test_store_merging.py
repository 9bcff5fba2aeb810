"""Votes, merges and undo: counts follow, and going back is exact."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_world import NOW, World, make_world

from storage import IdeaFilter, IdeaTag, NotThere, Stale, Store, StoreError


async def test_a_vote_is_set_and_taken_back(world: World) -> None:
    await world.idea()
    votes, bank = world.store.votes, world.bank
    assert (await votes.set(world.by(world.bob), bank, 1, 1, "discord")).score == 1
    assert (await votes.set(world.by(world.bob), bank, 1, 1, "discord")).score == 1
    count = await votes.set(world.by(world.ann), bank, 1, -1, "slack")
    assert count.by_platform == {"discord": (1, 0), "slack": (0, 1)}
    assert await votes.of(bank, 1, world.bob.id) == 1
    assert (await votes.set(world.by(world.bob), bank, 1, 0, "discord")).up == 0
    assert await votes.of(bank, 1, world.bob.id) == 0
    assert (await world.get(1)).votes.by_platform == {"slack": (0, 1)}
    with pytest.raises(NotThere):
        await votes.set(world.by(None), bank, 1, 1, "discord")


async def test_a_merge_carries_votes_and_a_person_counts_once(world: World) -> None:
    store, bank = world.store, world.bank
    for title in ("A", "B", "C"):
        await world.idea(title)
    for person, number in ((world.ann, 1), (world.ann, 2), (world.bob, 1), (world.mod, 3)):
        await store.votes.set(world.by(person), bank, number, 1, "discord")
    await store.notes.add(world.by(world.bob), bank, 1, "from A", is_staff=False)
    await store.followers.follow(world.by(world.bob), bank, 1)
    merged = await store.ideas.merge(world.by(world.mod), bank, 1, 2)
    assert (merged.status, merged.merged_into) == ("merged", 2)
    await store.ideas.merge(world.by(world.mod), bank, 2, 3)
    target = await world.get(3)
    assert (target.votes.up, target.note_count) == (3, 1)
    assert [p.id for p in await store.followers.of(bank, 3)] == [world.bob.id]
    assert [note.text for note in await store.notes.list(bank, 3, include_staff=False)] == [
        "from A"
    ]
    # a vote by the old number is one for the target, and overrules the one that was carried
    assert (await store.votes.set(world.by(world.bob), bank, 1, -1, "discord")).score == 1
    assert (await store.votes.set(world.by(world.bob), bank, 1, 0, "discord")).up == 2
    await store.ideas.unmerge(world.by(world.mod), bank, 2)
    await store.ideas.unmerge(world.by(world.mod), bank, 1)
    assert [(await world.get(n)).votes.up for n in (1, 2, 3)] == [2, 1, 1]


async def test_a_merge_in_a_circle_is_refused(world: World) -> None:
    for title in ("A", "B"):
        await world.idea(title)
    merge, bank = world.store.ideas.merge, world.bank
    await merge(world.by(world.mod), bank, 1, 2)
    for source, target in ((1, 2), (2, 1), (2, 2)):
        with pytest.raises(Stale):
            await merge(world.by(world.mod), bank, source, target)
    with pytest.raises(Stale):
        await world.store.ideas.unmerge(world.by(world.mod), bank, 2)


async def test_a_deleted_target_lets_go_of_what_was_merged_into_it(world: World) -> None:
    for title in ("A", "B"):
        await world.idea(title)
    await world.store.ideas.merge(world.by(world.mod), world.bank, 1, 2)
    await world.store.ideas.delete(world.by(world.mod), world.bank, 2)
    assert ((await world.get(1)).status, (await world.get(1)).merged_into) == ("pending", None)


async def test_a_burst_is_held_out_until_decided(world: World) -> None:
    await world.idea()
    store, bank = world.store, world.bank
    late = NOW + timedelta(hours=5)
    new = [
        await store.members.ensure(world.discord.id, f"discord:9{n}", "N", late) for n in range(4)
    ]
    for person in (world.bob, *new):
        await store.votes.set(world.by(person), bank, 1, 1, "discord")
    world.tick(6 * 3600)
    old = await store.members.ensure(world.discord.id, "discord:70", "O", NOW)
    await store.votes.set(world.by(old), bank, 1, -1, "discord", is_new=True)
    await store.votes.set(world.by(old), bank, 1, 0, "discord", is_new=True)

    async def newcomers() -> set[int]:
        return set(
            await store.votes.newcomers(bank, 1, voted_since=NOW, new_for=timedelta(hours=1))
        )

    suspects = list(await newcomers() - {world.bob.id})
    assert set(suspects) == {person.id for person in new}
    assert (await store.votes.hold_out(world.by(None), bank, 1, suspects)).up == 1
    assert await store.votes.held(bank) == [(1, 4)]
    assert (await store.votes.release(world.by(world.mod), bank, 1, keep=True)).up == 5
    assert await newcomers() <= {world.bob.id}  # who was let through is not looked at again
    await store.votes.set(world.by(new[0]), bank, 1, -1, "discord")
    assert await newcomers() <= {world.bob.id}
    await store.votes.set(world.by(new[0]), bank, 1, 1, "discord")
    await store.votes.hold_out(world.by(None), bank, 1, suspects)
    assert (await store.votes.release(world.by(world.mod), bank, 1, keep=False)).up == 1
    assert len(await store.votes.voters(bank, 1)) == 1


async def test_undo_goes_back_step_by_step(world: World) -> None:
    await world.idea("First")
    store, bank = world.store, world.bank
    ideas = store.ideas
    await ideas.set_status(
        world.by(world.mod), bank, 1, expected=["pending"], to="declined", reason="no"
    )
    await ideas.edit(world.by(world.mod), bank, 1, changes={"title": "Second"})
    last = await store.undo.last(bank, 1)
    assert last is not None
    assert (last.action, last.actor_id) == ("edit", world.mod.id)
    assert (
        await store.undo.undo(world.by(world.mod), bank, 1, expected_id=last.id)
    ).title == "First"
    with pytest.raises(Stale):
        await store.undo.undo(world.by(world.mod), bank, 1, expected_id=last.id)
    idea = await store.undo.undo(world.by(world.mod), bank, 1)
    assert (idea.status, idea.reason, idea.decided_at) == ("pending", "", None)
    with pytest.raises(NotThere):
        await store.undo.undo(world.by(world.mod), bank, 1)


async def test_the_authors_change_ends_undo(world: World) -> None:
    await world.idea("First")
    await world.store.ideas.set_status(
        world.by(world.mod), world.bank, 1, expected=["pending"], to="declined"
    )
    await world.store.ideas.edit(world.by(world.ann), world.bank, 1, changes={"text": "better"})
    assert await world.store.undo.last(world.bank, 1) is None


IDEAS = 4
NUMBER = st.integers(1, IDEAS)
STEP = st.one_of(
    st.tuples(st.just("vote"), NUMBER, st.integers(0, 2), st.integers(-1, 1)),
    st.tuples(st.just("edit"), NUMBER, st.sampled_from(["drone", "crash", "film"])),
    st.tuples(
        st.just("status"), NUMBER, st.sampled_from(["accepted", "declined", "pending", "withdrawn"])
    ),
    st.tuples(st.just("tags"), NUMBER, st.sampled_from(["legal", "media", "education"])),
    st.tuples(st.just("merge"), NUMBER, NUMBER),
    st.tuples(st.just("unmerge"), NUMBER),
    st.tuples(st.just("undo"), NUMBER),
)
DOMAIN = (
    "SELECT number, title, text, status, reason, decided_at, merged_into, before_merge, flags, "
    "is_anonymous, language FROM ideas ORDER BY id",
    "SELECT idea_id, industry, rank, set_by FROM idea_industries ORDER BY 1, 2",
    "SELECT bank_id, status, industry, n FROM idea_tallies WHERE n <> 0 ORDER BY 1, 2, 3",
)
COUNTS = "SELECT number, up, down, platform_votes, round(rank, 9) FROM ideas ORDER BY id"


def snapshot(path: Path, *statements: str) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return [connection.execute(sql).fetchall() for sql in statements]
    finally:
        connection.close()


async def act(world: World, step: tuple[Any, ...]) -> bool:
    """Run one step as a moderator; tell whether it left something to undo."""
    store, bank = world.store, world.bank
    kind, number, *rest = step
    write = world.by(world.mod)
    before = await store.undo.last(bank, number)
    try:
        if kind == "vote":
            await store.votes.set(
                world.by((world.ann, world.bob, world.mod)[rest[0]]),
                bank,
                number,
                rest[1],
                "discord",
            )
        elif kind == "edit":
            await store.ideas.edit(write, bank, number, changes={"title": rest[0]})
        elif kind == "status":
            current = (await world.get(number)).status
            await store.ideas.set_status(
                write, bank, number, expected=[current], to=rest[0], reason="r"
            )
        elif kind == "tags":
            tag = IdeaTag(industry=rest[0], rank=0, confidence=1, set_by="moderator")
            await store.ideas.set_tags(write, bank, number, [tag])
        elif kind == "merge":
            await store.ideas.merge(write, bank, number, rest[0])
        elif kind == "unmerge":
            await store.ideas.unmerge(write, bank, number)
        else:
            await store.undo.undo(write, bank, number)
    except StoreError:
        assert await store.undo.last(bank, number) == before
    after = await store.undo.last(bank, number)
    return after is not None and (before is None or after.id > before.id)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(STEP, max_size=14), with_votes=st.booleans())
def test_undoing_everything_gives_the_state_before(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, ...]], with_votes: bool
) -> None:
    path = tmp_path_factory.mktemp("undo") / "reelbank.db"

    asyncio.run(do_and_undo(path, [s for s in steps if with_votes or s[0] != "vote"], with_votes))


async def do_and_undo(path: Path, steps: list[tuple[Any, ...]], with_votes: bool) -> None:
    store = Store.open(path, durable=False)
    world = await make_world(store)
    for number in range(IDEAS):
        await world.idea(f"Idea {number}", tags=(IdeaTag(industry="legal", rank=0, confidence=1),))
        for person in (world.ann, world.bob)[: number % 3]:
            await store.votes.set(world.by(person), world.bank, number + 1, 1, "slack")
    before, counts = snapshot(path, *DOMAIN), snapshot(path, COUNTS)
    for number, undo_id in reversed(await do(world, steps)):
        await store.undo.undo(world.by(world.mod), world.bank, number, expected_id=undo_id)
    assert snapshot(path, *DOMAIN) == before
    # votes cast meanwhile stay where they were cast
    assert with_votes or snapshot(path, COUNTS) == counts
    assert await store.audit.verify() == []
    assert (await store.ideas.search(world.bank, IdeaFilter(words="idea"))).total == IDEAS
    store.close()


async def do(world: World, steps: list[tuple[Any, ...]]) -> list[tuple[int, int]]:
    """Run the steps; give (number, undo id) of what is to be undone, in order."""
    done: list[tuple[int, int]] = []
    for step in steps:
        last = await world.store.undo.last(world.bank, step[1])
        if step[0] == "undo":
            # what was done since on another idea would have to be undone before this
            if last is not None and done[-1] == (step[1], last.id):
                await act(world, step)
                done.pop()
        elif await act(world, step):
            last = await world.store.undo.last(world.bank, step[1])
            assert last is not None
            done.append((step[1], last.id))
    return done
