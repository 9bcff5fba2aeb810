from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from store_world import NOW, World

from storage import (
    AlreadyDone,
    Idea,
    IdeaFilter,
    IdeaTag,
    NewIdea,
    NotThere,
    Stale,
    Store,
)

LEGAL = IdeaTag(industry="legal", rank=0, confidence=0.9, because=("crash", "police report"))
MEDIA = IdeaTag(industry="media", rank=1, confidence=0.4)


async def test_an_idea_comes_back_as_it_was_given(world: World) -> None:
    new = NewIdea(
        title="Rebuild crashes",
        text="Reconstruct a traffic accident 🚗 from the police report",
        language="en",
        beneficiaries="courts",
        link="https://example.org/a",
        permalink="https://discord.com/channels/1/2/3",
        external_id="x-1",
        flags=("links_only",),
        tags=(LEGAL, MEDIA),
        vector=b"\x00\x01\x02\x03",
        vector_model="mini",
    )
    added = await world.store.ideas.add(world.by(world.ann), world.bank, new)
    assert added == await world.get(1)
    for name in ("title", "text", "language", "beneficiaries", "link", "permalink", "flags"):
        assert getattr(added, name) == getattr(new, name)
    assert added.tags == (LEGAL, MEDIA)
    assert added.primary == "legal"
    assert (added.author_name, added.author_id) == ("Ann", world.ann.id)
    assert (added.platform, added.community_id) == ("discord", world.discord.id)
    assert added.created_at.tzinfo is not None
    assert await world.store.ideas.vectors(world.bank, "mini") == ([1], b"\x00\x01\x02\x03")


async def test_numbers_count_per_bank(world: World) -> None:
    assert [(await world.idea()).number for _ in range(3)] == [1, 2, 3]
    other = await world.store.ideas.add(
        world.by(world.bob, world.slack), world.slack.bank_id, NewIdea(title="a", text="b")
    )
    assert other.number == 1


async def test_the_same_external_id_gives_the_idea_that_is_there(world: World) -> None:
    first = await world.idea("First", external_id="row-7")
    again = await world.idea("Second", external_id="row-7")
    assert again == first
    assert await world.store.ideas.by_external_id(world.bank, "row-7") == first
    assert (await world.idea("Third")).number == 2


async def test_an_import_counts_new_and_known_rows(world: World) -> None:
    rows = [NewIdea(title=f"t{n}", text="x", external_id=str(n % 3)) for n in range(5)]
    assert await world.store.ideas.add_many(world.by(world.mod), world.bank, rows) == (3, 2)
    assert await world.store.ideas.add_many(world.by(world.mod), world.bank, rows) == (0, 5)
    assert await world.store.ideas.counts(world.bank) == {"pending": 3}


async def test_an_import_with_a_name_is_not_credited_to_who_imports(world: World) -> None:
    when = NOW - timedelta(days=400)
    row = NewIdea(title="t", text="x", author_name="Ada", created_at=when, status="accepted")
    await world.store.ideas.add_many(world.by(world.mod), world.bank, [row])
    idea = await world.get(1)
    assert (idea.author_name, idea.author_id, idea.created_at) == ("Ada", None, when)


async def test_an_edit_keeps_the_version_before_and_refuses_an_old_one(world: World) -> None:
    idea = await world.idea("Old title")
    edited = await world.store.ideas.edit(
        world.by(world.ann), world.bank, 1, changes={"title": "New title"}, expected_version=1
    )
    assert (edited.title, edited.version) == ("New title", 2)
    with pytest.raises(Stale) as caught:
        await world.store.ideas.edit(
            world.by(world.bob), world.bank, 1, changes={"title": "Mine"}, expected_version=1
        )
    assert isinstance(caught.value.current, Idea)
    assert caught.value.current.version == 2
    [(version, _, before)] = await world.store.ideas.history(world.bank, 1)
    assert (version, before["title"]) == (1, idea.title)
    with pytest.raises(ValueError, match="author_id"):
        await world.store.ideas.edit(world.by(world.ann), world.bank, 1, changes={"author_id": 3})


async def test_new_words_drop_the_vector_of_the_old_ones(world: World) -> None:
    await world.idea(vector=b"1234", vector_model="mini")
    assert await world.store.ideas.without_vector("mini", 10) == []
    await world.store.ideas.edit(world.by(world.ann), world.bank, 1, changes={"text": "other"})
    assert [idea.number for idea in await world.store.ideas.without_vector("mini", 10)] == [1]
    await world.store.ideas.set_vector(world.by(None), world.bank, 1, "mini", b"5678")
    assert await world.store.ideas.vector_rows(world.bank, [1, 2], "mini") == {1: b"5678"}
    chunks = await asyncio.to_thread(
        lambda: list(world.store.ideas.vector_chunks(world.bank, "mini"))
    )
    assert chunks == [([1], b"5678")]


async def test_of_fifty_decisions_at_once_one_wins(world: World) -> None:
    await world.idea()

    async def decide(to: str) -> str:
        try:
            await world.store.ideas.set_status(
                world.by(world.mod),
                world.bank,
                1,
                expected=["pending"],
                to=to,  # type: ignore[arg-type]
            )
        except Stale as stale:
            return f"late: {isinstance(stale.current, Idea)}"
        return to

    results = await asyncio.gather(*(decide(("accepted", "declined")[n % 2]) for n in range(50)))
    assert results.count("late: True") == 49
    winner = next(result for result in results if not result.startswith("late"))
    assert (await world.get(1)).status == winner
    rows = await world.store.audit.list(world.bank, 100)
    assert [row.action for row in rows].count("idea.status") == 1


async def test_a_delivery_has_one_effect(world: World) -> None:
    write = world.by(world.ann, delivery_id="ev-1")
    assert await world.store.deliveries.accept("ev-1", "discord:88", "discord", {"a": 1}, NOW)
    await world.store.ideas.add(write, world.bank, NewIdea(title="a", text="b"))
    with pytest.raises(AlreadyDone) as caught:
        await world.store.ideas.add(write, world.bank, NewIdea(title="a", text="b"))
    assert caught.value.outcome == "idea:1"
    assert await world.store.ideas.counts(world.bank) == {"pending": 1}
    assert await world.store.deliveries.pending(["discord"], world.tick()) == []


async def test_a_refused_quote_is_gone(world: World) -> None:
    await world.idea("Quoted words", consent="asked", tags=(LEGAL,))
    assert (await world.get(1)).author_name == ""
    await world.store.ideas.delete(world.by(world.ann), world.bank, 1)
    assert await world.store.ideas.get(world.bank, 1) is None
    page = await world.store.ideas.search(world.bank, IdeaFilter(words="quoted"))
    assert (page.total, page.industries, page.statuses) == (0, {}, {})
    assert await world.store.ideas.counts(world.bank) == {}
    assert (await world.idea()).number == 2


async def test_consent_shows_the_name(world: World) -> None:
    await world.idea(consent="asked", permalink="https://x/1")
    idea = await world.store.ideas.give_consent(world.by(world.ann), world.bank, 1)
    assert (idea.author_name, idea.permalink, idea.consent) == ("Ann", "https://x/1", "given")


async def test_the_tagger_never_overwrites_a_moderator(world: World) -> None:
    await world.idea(tags=(LEGAL,))
    chosen = IdeaTag(industry="media", rank=0, confidence=1, set_by="moderator")
    await world.store.ideas.set_tags(world.by(world.mod), world.bank, 1, [chosen])
    kept = await world.store.ideas.set_tags(world.by(None), world.bank, 1, [LEGAL])
    assert kept.tags == (chosen,)
    assert await world.store.examples.of(world.bank) == [
        ("Crash films\nCrash films for insurers", ("media",))
    ]


async def test_what_is_not_there_says_so(world: World) -> None:
    with pytest.raises(NotThere):
        await world.store.ideas.set_flags(world.by(world.mod), world.bank, 9, ["spam"])
    with pytest.raises(NotThere):
        await world.store.ideas.terms(world.bank, 9, NOW)
    assert await world.store.ideas.get(world.bank, 9) is None


async def test_completion_by_number_and_by_title(world: World) -> None:
    for title in ("Rebuild crashes", "Reconstruct the forum", "Twelve cities"):
        await world.idea(title)
    complete = world.store.ideas.complete
    assert [row[0] for row in await complete(world.bank, "#2")] == [2]
    assert [row[1] for row in await complete(world.bank, "re")] == [
        "Reconstruct the forum",
        "Rebuild crashes",
    ]
    assert [row[1] for row in await complete(world.bank, "crash reb")] == ["Rebuild crashes"]
    assert [row[0] for row in await complete(world.bank, "")] == [3, 2, 1]
    assert await complete(world.bank, "100%_") == []


async def test_a_cancelled_write_still_happens_and_breaks_nothing(world: World) -> None:
    task = asyncio.create_task(world.idea("Kept"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await world.idea("Next")).number == 2
    assert (await world.get(1)).title == "Kept"


async def test_scan_gives_everything_in_order(world: World, store: Store) -> None:
    for number in range(600):
        await world.idea(f"Number {number}")
    await store.ideas.set_status(
        world.by(world.mod), world.bank, 5, expected=["pending"], to="declined"
    )

    def scan(wanted: IdeaFilter) -> list[int]:
        return [idea.number for idea in store.ideas.scan(world.bank, wanted)]

    assert await asyncio.to_thread(scan, IdeaFilter()) == list(range(1, 601))
    assert await asyncio.to_thread(scan, IdeaFilter(statuses=("declined",))) == [5]
    assert await asyncio.to_thread(scan, IdeaFilter(words="number 17")) == [18]
    assert await asyncio.to_thread(scan, IdeaFilter(words="nowhere")) == []
