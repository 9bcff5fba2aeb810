"""Anonymous authors stay unknown, and an erased person is gone from the very bytes."""

from __future__ import annotations

import asyncio
import inspect
import json
import sqlite3
from datetime import timedelta
from typing import Any

import pytest
from store_world import NOW, World

from storage import (
    IdeaFilter,
    IdeaTag,
    NewAttachment,
    NewIdea,
    NotThere,
    QuestionRow,
    Store,
    check,
)

MARK = "zqxjkvbmarker"


def question(world: World, text: str) -> QuestionRow:
    return QuestionRow(
        id=0,
        community_id=world.discord.id,
        person_id=world.ann.id,
        thread_key="t",
        question=text,
        answer="a",
        entities=(),
        abstained=False,
        reason=None,
        asked_at=NOW,
    )


async def test_nothing_gives_an_anonymous_author_away(world: World, store: Store) -> None:
    bank = world.bank
    await world.idea("Open")
    await world.idea("Hidden", is_anonymous=True, permalink="https://discord.com/channels/1/2/3")
    await store.ideas.edit(world.by(world.ann), bank, 2, changes={"text": "changed"})
    await store.notes.add(world.by(world.ann), bank, 2, "my note", is_staff=False)
    await store.followers.follow(world.by(world.ann), bank, 2)
    await store.votes.set(world.by(world.ann), bank, 2, 1, "discord")
    await store.ideas.set_status(world.by(world.ann), bank, 2, expected=["pending"], to="withdrawn")
    idea = await world.get(2)
    assert (idea.author_name, idea.permalink) == ("", None)
    assert idea.author_id == world.ann.id  # for rights checks
    page = await store.ideas.search(bank, IdeaFilter(by_name="ann"))
    assert [found.number for found in page.ideas] == [1]
    rows = await store.audit.list(bank, 100)
    assert world.ann.id not in {row.actor_id for row in rows if row.subject == "idea:2"}
    assert str(world.ann.id) not in json.dumps([dict(row.details) for row in rows])
    [note] = await store.notes.list(bank, 2, include_staff=True)
    assert (note.author_name, note.by_author) == ("", True)
    mine = await store.ideas.search(bank, IdeaFilter(author_id=world.ann.id))
    assert mine.total == 2
    kept = await store.members.everything(world.ann.id)
    assert [row["title"] for row in kept["ideas"]] == ["Open", "Hidden"]
    json.dumps(kept)


async def test_an_idea_may_become_anonymous_later(world: World, store: Store) -> None:
    await world.idea("Open first")
    await store.ideas.edit(world.by(world.ann), world.bank, 1, changes={"is_anonymous": True})
    rows = await store.audit.list(world.bank, 100)
    assert world.ann.id not in {row.actor_id for row in rows if row.subject == "idea:1"}


async def test_a_burst_author_can_be_blocked_unseen(world: World, store: Store) -> None:
    await world.idea("Hidden", is_anonymous=True)
    await store.members.block_author(world.by(world.mod), world.discord.id, world.bank, 1)
    assert await store.members.is_blocked(world.discord.id, world.ann.id, NOW)
    assert str(world.ann.id) not in repr(await store.audit.list(world.bank, 5))


async def fill(world: World, store: Store) -> None:
    """Have Ann leave her mark everywhere."""
    bank, ann = world.bank, world.ann
    settings = {"cards_channel": "C1"}
    await store.communities.set_settings(world.by(world.mod), world.discord.id, settings)
    for number in range(30):
        await world.idea(
            f"{MARK} {number}",
            f"about {MARK} " * 20,
            beneficiaries=MARK,
            link=f"https://{MARK}.example",
            vector=MARK.encode() * 9,
            vector_model="m",
            tags=(
                IdeaTag(
                    industry="legal", rank=0, confidence=1, because=(MARK,), set_by="moderator"
                ),
            ),
        )
    await store.ideas.edit(world.by(ann), bank, 1, changes={"text": f"edited {MARK}"})
    await store.ideas.edit(world.by(world.mod), bank, 2, changes={"title": f"retitled {MARK}"})
    picture = NewAttachment(
        name=f"{MARK}.png", media_type="image/png", size_bytes=900, content=MARK.encode() * 900
    )
    await store.drafts.save(world.by(ann), "idea add", {"text": MARK}, files=[picture])
    await store.attachments.add(world.by(ann), bank, 3, [picture], at_most=4)
    await store.attachments.uploaded(1, world.discord.id, "F1", NOW)
    await store.actions.put({"text": f"a long text with {MARK} 1 in it"}, NOW, person_id=ann.id)
    await store.actions.put({"text": f"about {MARK} " * 20}, NOW)
    await store.questions.add(world.by(ann), question(world, f"what of {MARK}?"))
    gap = await store.gaps.add(world.by(ann), bank, f"what of {MARK}?", (), "")
    await store.gaps.follow(world.by(ann), gap, f"what of {MARK}, please?")
    await store.knowledge.put(world.by(ann), bank, "sora", {"claim": MARK}, "proposed")
    payload = {"values": {"text": MARK}, "actor": {"key": "discord:88:1"}}
    await store.deliveries.accept("d-1", "discord:88", "discord", payload, NOW)
    await store.outbox.enqueue(
        world.by(None),
        world.discord.id,
        "discord",
        "notice",
        "n",
        {"to": "discord:1", "text": MARK},
    )
    await store.limits.hit("discord:1", MARK, NOW, 60, 5)
    await store.members.ensure(world.discord.id, "discord:1", f"Ann {MARK}", NOW)
    await store.members.grant(world.by(world.mod), world.discord.id, "discord:1", 2)
    other = await store.ideas.add(world.by(world.bob), bank, NewIdea(title="Bob's", text="fine"))
    await store.attachments.add(world.by(ann), bank, other.number, [picture], at_most=4)
    await store.votes.set(world.by(ann), bank, other.number, 1, "discord")
    await store.votes.set(world.by(world.bob), bank, other.number, 1, "slack")
    await store.notes.add(world.by(ann), bank, other.number, f"note {MARK}", is_staff=False)
    await store.followers.follow(world.by(ann), bank, other.number)
    merged = await store.ideas.add(
        world.by(world.bob), bank, NewIdea(title="Bob's too", text="fine")
    )
    await store.ideas.merge(world.by(world.mod), bank, merged.number, 3)
    await moderate(world, store)


async def moderate(world: World, store: Store) -> None:
    """Have moderators, Ann among them, do what leaves traces of their own."""
    bank, ann, mod = world.bank, world.ann, world.mod
    await store.ideas.set_status(world.by(mod), bank, 4, expected=["pending"], to="declined")
    await store.appeals.make(world.by(ann), bank, 4, f"appeal {MARK}")
    await store.ideas.set_status(world.by(mod), bank, 5, expected=["pending"], to="accepted")
    again = {"text": f"an edit of {MARK}"}
    await store.ideas.edit(world.by(ann), bank, 5, changes=again, reopens=("accepted",))
    await store.ideas.restore_accepted(world.by(mod), bank, 5)
    pair = await store.ideas.by_numbers(bank, [6, 7])
    await store.pairs.compared(pair[1], [(6, 0.9, (MARK,))])
    until = NOW + timedelta(days=1)
    await store.claims.take(world.by(ann), bank, 8, until, expected=("pending",))
    await store.members.block(world.by(mod), world.discord.id, ann.id)
    await store.members.unblock(world.by(mod), world.discord.id, ann.id)
    [proposed] = await store.knowledge.list(bank, ("proposed",))
    row_id = await store.knowledge.put(
        world.by(mod), bank, "sora", {"claim": "other"}, "live", row_id=proposed.id
    )
    await store.knowledge.put(
        world.by(mod), bank, "sora", {"claim": MARK}, "proposed", row_id=row_id
    )
    await store.notes.add(world.by(ann), bank, 31, f"staff {MARK}", is_staff=True)
    await store.votes.hold_out(world.by(None), bank, 31, [ann.id])
    await store.votes.release(world.by(mod), bank, 31, keep=True)


def marks_in_files(store: Store) -> list[str]:
    wal = store.path.with_name(store.path.name + "-wal")
    return [
        file.name
        for file in (store.path, wal)
        if file.exists() and MARK.encode() in file.read_bytes().lower()
    ]


async def test_an_erased_person_is_gone_from_the_bytes(world: World, store: Store) -> None:
    await fill(world, store)
    assert marks_in_files(store)
    with pytest.raises(NotThere):
        await store.members.erase(world.by(world.mod), 12345)
    reader = sqlite3.connect(store.path)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM ideas").fetchone()
    await store.members.erase(world.by(world.ann), world.ann.id)
    assert await store.needs_scrub()
    assert await store.scrub() is False  # a reader keeps old pages alive
    assert await store.needs_scrub()
    reader.close()
    assert await store.scrub() is True
    assert not await store.needs_scrub()
    assert marks_in_files(store) == []

    assert await store.members.get(world.ann.id) is None
    assert await store.members.by_account("discord:1") is None
    assert await store.ideas.get(world.bank, 1) is None
    bobs = await world.get(31)
    assert (bobs.votes.up, bobs.votes.by_platform) == (2, {"discord": (1, 0), "slack": (1, 0)})
    assert bobs.note_count == 0
    assert [vote.person_id for vote in await store.votes.voters(world.bank, 31)] == [world.bob.id]
    assert ((await world.get(32)).status, (await world.get(32)).merged_into) == ("pending", None)
    assert await store.audit.verify() == []
    assert await store.examples.of(world.bank) == []
    exported = await asyncio.to_thread(lambda: list(store.ideas.scan(world.bank, IdeaFilter())))
    assert MARK not in repr(exported)
    everything: dict[str, Any] = await store.members.everything(world.ann.id)
    # The chain of what was done names a number, which leads to nobody any more.
    assert not any(rows for part, rows in everything.items() if part != "log")
    again = await store.members.ensure(world.discord.id, "discord:1", "Ann", NOW)
    assert again.id != world.ann.id


async def test_accepted_ideas_may_stay_without_their_author(world: World, store: Store) -> None:
    for title in ("Kept", "Gone"):
        await world.idea(title, permalink="https://x/1")
    await store.ideas.set_status(
        world.by(world.mod), world.bank, 1, expected=["pending"], to="accepted"
    )
    await store.members.erase(world.by(world.ann), world.ann.id, keep_ideas=True)
    idea = await world.get(1)
    assert (idea.author_id, idea.author_name, idea.permalink) == (None, "", None)
    assert await store.ideas.get(world.bank, 2) is None
    assert await store.undo.last(world.bank, 1) is None


async def test_a_purge_leaves_nothing_and_may_run_twice(world: World, store: Store) -> None:
    await fill(world, store)
    await store.communities.leave(world.by(None), world.discord.id)
    back = await store.communities.ensure("discord:88", "Reel makers", world.tick())
    assert back.left_at is None
    await store.communities.leave(world.by(None), world.discord.id)
    left = await store.communities.get("discord:88")
    assert left is not None
    assert left.left_at is not None
    assert await store.outbox.waiting() == 0
    for _ in range(2):
        await store.communities.purge(world.by(None, world.slack), world.discord.id)
    assert await store.scrub()
    assert marks_in_files(store) == []
    assert await store.communities.get("discord:88") is None
    assert await store.members.by_account("discord:2") is None
    assert await store.audit.verify() == []


# What concerns the whole program and shows nobody anything of a bank.
PROGRAM_WIDE = {
    "communities.get", "communities.by_id", "communities.all", "members.get", "members.by_account",
    "members.everything", "ideas.without_vector", "changes.latest", "changes.since",
    "deliveries.outcome", "deliveries.pending", "outbox.dead_rows", "outbox.waiting", "jobs.all",
    "outbox.has", "cards.of_idea",
    "questions.get", "drafts.files", "attachments.of_person", "members.notices",
    "questions.count_since", "drafts.get", "actions.get",
    "usage.of", "schedules.all", "audit.heads", "audit.has", "ideas.newest_id",
}  # fmt: skip
EMPTY: dict[str, Any] = {
    "ideas.search": 0, "ideas.vectors": ([], b""), "appeals.open": ([], 0), "pairs.open": ([], 0),
    "ideas.unread": (0, 0),
}  # fmt: skip


def reading_methods(store: Store) -> list[tuple[str, Any]]:
    return [
        (f"{subject}.{name}", getattr(value, name))
        for subject, value in vars(store).items()
        if not subject.startswith("_")
        for name, method in inspect.getmembers(type(value), inspect.isfunction)
        if getattr(method, "kind", None) == "reads" and not name.startswith("_")
    ]


async def test_no_read_reaches_into_another_bank(world: World, store: Store) -> None:
    await fill(world, store)
    await store.votes.hold_out(world.by(None), world.bank, 31, [world.bob.id])
    await store.members.block(world.by(world.mod), world.discord.id, world.ann.id)
    await store.taxonomy.put(world.by(world.mod), world.bank, {"kind": "retire", "id": "x"})
    ids = [idea.id for idea in await store.ideas.by_numbers(world.bank, [1, 2, 31])]
    other = world.slack
    values: dict[str, Any] = {
        "bank_id": other.bank_id, "community_id": other.id, "number": 31, "numbers": [1, 2, 31],
        "ids": ids, "external_id": "x", "prefix": "", "wanted": IdeaFilter(words=MARK),
        "model": "m", "author_id": world.ann.id, "lengths": (0, 9_000), "gap_id": 1,
        "now": NOW, "person_id": world.ann.id, "account_key": "discord:1", "include_staff": True,
        "thread_key": "t", "thread_id": "m", "message_id": "m", "voted_since": NOW - timedelta(9),
        "new_for": timedelta(9), "since": NOW - timedelta(9),
        "until": NOW + timedelta(9), "act": "a", "name": "Ann",
        "attachment_id": 1, "offset": 0, "limit": 10, "with_facets": True,
    }  # fmt: skip
    tried = 0
    for name, method in reading_methods(store):
        parameters = list(inspect.signature(method).parameters.values())[1:]
        scoped = {"bank_id", "community_id"} & {p.name for p in parameters}
        if not scoped or name in PROGRAM_WIDE:
            assert name in PROGRAM_WIDE, f"{name} takes neither a bank nor a community"
            continue
        wanted = {
            p.name: values[p.name]
            for p in parameters
            if p.default is p.empty or p.name in {"bank_id", "community_id"}
        }
        try:
            result = await method(**wanted)
        except NotThere:
            result = None
        if name == "audit.list":
            # the other bank has a chain of its own
            result = [row for row in result if row.bank_id != other.bank_id]
        if name == "waiting.counts":
            result = {kind: count for kind, count in result.items() if count}
        if name == "communities.of_bank":
            result = [row for row in result if row.id != other.id]
        found = getattr(result, "total", result)
        assert found == EMPTY.get(name, found) or not found, name
        assert not found or found == EMPTY.get(name), f"{name} read across banks: {found!r}"
        tried += 1
    assert tried > 20


async def test_erasing_leaves_no_bytes_between_the_rows_of_others(
    world: World, store: Store
) -> None:
    """Pages are split and filled again while ideas of two people grow side by side."""
    words = [
        "drone",
        "crash",
        "film",
        "court",
        "advert",
        "city",
        "school",
        "lesson",
        "tour",
        "patient",
    ]
    for number in range(300):
        rest = " ".join(words[number % 7 :] * (number % 9 + 1))
        mine = NewIdea(
            title=f"{MARK}{number}", text=f"{rest} {MARK} {rest}", external_id=str(number)
        )
        theirs = NewIdea(title=f"Bob {number}", text=rest)
        await store.ideas.add(world.by(world.ann), world.bank, mine)
        await store.ideas.add(world.by(world.bob), world.bank, theirs)
        if number % 3 == 0:
            changes = {"text": f"{MARK} again {rest * 3}"}
            await store.ideas.edit(world.by(world.ann), world.bank, 2 * number + 1, changes=changes)
    await store.members.erase(world.by(world.ann), world.ann.id)
    assert await store.scrub() is True
    assert marks_in_files(store) == []
    page = await store.ideas.search(world.bank, IdeaFilter(words="drone", statuses=("pending",)))
    assert page.total == len([n for n in range(300) if n % 7 == 0])
    assert await asyncio.to_thread(check, store.path) == []
