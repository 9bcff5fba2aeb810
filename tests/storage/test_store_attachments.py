"""Files of ideas: limits, merging and parting, copies, names that tell nothing."""

from __future__ import annotations

import asyncio

import pytest
from store_world import NOW, World

from storage import Full, NewAttachment, NewIdea, NotThere, Store

PICTURE = NewAttachment(
    name="ann-on-the-set.png", media_type="image/png", size_bytes=4, content=b"\x89PNG"
)
PAPER = NewAttachment(name="report-by-ann.pdf", media_type="application/pdf", size_bytes=9000)
LINK = NewAttachment(name="example.org", url="https://example.org/paper")


async def names(world: World, number: int) -> list[str]:
    found = await world.store.attachments.of_idea(world.bank, number)
    return [file.name for file in found]


async def test_a_picture_is_kept_with_its_bytes_and_called_by_its_place(
    world: World, store: Store
) -> None:
    await world.idea()
    kept = await store.attachments.add(
        world.by(world.ann), world.bank, 1, [PICTURE, PAPER, LINK], at_most=4
    )

    assert [(f.name, f.is_picture, f.url) for f in kept] == [
        ("idea-1-1.png", True, ""),
        ("report-by-ann.pdf", False, ""),
        ("example.org", False, "https://example.org/paper"),
    ]
    assert await store.attachments.content(world.bank, kept[0].id) == b"\x89PNG"
    assert await store.attachments.content(world.bank, kept[1].id) is None
    assert await store.attachments.taken_bytes(world.bank) == 4


async def test_files_of_an_anonymous_author_have_no_names(world: World, store: Store) -> None:
    await world.idea(is_anonymous=True, attachments=(PICTURE, PAPER))

    assert await names(world, 1) == ["idea-1-1.png", "idea-1-2.pdf"]
    await store.ideas.edit(world.by(world.ann), world.bank, 1, changes={"is_anonymous": False})
    assert await names(world, 1) == ["idea-1-1.png", "report-by-ann.pdf"]
    rows = await store.audit.list(world.bank, 100)
    assert world.ann.id not in {r.actor_id for r in rows if r.action.startswith("attachment")}


async def test_an_idea_takes_so_many_even_from_ten_at_once(world: World, store: Store) -> None:
    await world.idea()

    async def add() -> bool:
        try:
            await store.attachments.add(world.by(world.bob), world.bank, 1, [PICTURE], at_most=4)
        except Full:
            return False
        return True

    assert sum(await asyncio.gather(*(add() for _ in range(10)))) == 4
    assert len(await names(world, 1)) == 4


async def test_pictures_go_with_a_merge_and_come_back(world: World, store: Store) -> None:
    await world.idea("One", attachments=(PICTURE,))
    await world.idea("Two", attachments=(PAPER,))
    before = await names(world, 1), await names(world, 2)

    await store.ideas.merge(world.by(world.mod), world.bank, 2, 1)
    assert await names(world, 1) == ["idea-1-1.png", "report-by-ann.pdf"]
    await store.ideas.unmerge(world.by(world.mod), world.bank, 2)
    assert (await names(world, 1), await names(world, 2)) == before


async def test_removing_one_leaves_the_others(world: World, store: Store) -> None:
    await world.idea(attachments=(PICTURE, PAPER))
    first, second = await store.attachments.of_idea(world.bank, 1)

    await store.attachments.remove(world.by(world.ann), world.bank, 1, first.id)
    assert [f.id for f in await store.attachments.of_idea(world.bank, 1)] == [second.id]
    assert await store.needs_scrub()
    with pytest.raises(NotThere):
        await store.attachments.remove(world.by(world.ann), world.bank, 1, first.id)


async def test_a_file_of_another_idea_is_not_removed_by_its_id(world: World, store: Store) -> None:
    await world.idea("One", attachments=(PICTURE,))
    await world.idea("Two")
    [first] = await store.attachments.of_idea(world.bank, 1)

    with pytest.raises(NotThere):
        await store.attachments.remove(world.by(world.ann), world.bank, 2, first.id)


async def test_a_copy_keeps_its_pictures(world: World, store: Store) -> None:
    code = await store.communities.make_link_code(world.by(world.mod), world.discord.id)
    await store.communities.redeem_link_code(world.by(world.mod, world.slack), world.slack.id, code)
    new = NewIdea(title="Ours", text="kept on Slack", attachments=(PICTURE,))
    await store.ideas.add(world.by(world.bob, world.slack), world.bank, new)

    left = await store.communities.unlink(world.by(world.mod, world.slack), world.slack.id)
    [copy] = await store.attachments.of_idea(left.bank_id, 1)

    assert await store.attachments.content(left.bank_id, copy.id) == b"\x89PNG"
    assert await store.attachments.content(world.bank, copy.id) is None


async def test_a_draft_keeps_its_files_for_its_author_alone(world: World, store: Store) -> None:
    draft = await store.drafts.save(
        world.by(world.ann), "idea add", {"text": "x"}, files=[PICTURE, LINK]
    )

    assert await store.drafts.files(draft, world.ann.id) == (PICTURE, LINK)
    assert await store.drafts.files(draft, world.bob.id) == ()
    await store.drafts.drop(world.by(world.ann), draft)
    assert await store.drafts.files(draft, world.ann.id) == ()


async def test_what_a_platform_calls_a_picture_goes_with_it(world: World, store: Store) -> None:
    await world.idea(attachments=(PICTURE,))
    [picture] = await store.attachments.of_idea(world.bank, 1)

    await store.attachments.uploaded(picture.id, world.discord.id, "F1", NOW)
    assert await store.attachments.upload(picture.id, world.discord.id) == "F1"
    assert await store.attachments.upload(picture.id, world.slack.id) is None
    await store.attachments.remove(world.by(world.ann), world.bank, 1, picture.id)
    await store.attachments.uploaded(picture.id, world.discord.id, "F2", NOW)  # too late
    assert await store.attachments.upload(picture.id, world.discord.id) is None


async def test_what_a_platform_keeps_of_a_picture_is_to_be_deleted_there(
    world: World, store: Store
) -> None:
    await world.idea(attachments=(PICTURE,))
    [picture] = await store.attachments.of_idea(world.bank, 1)
    await store.attachments.uploaded(picture.id, world.discord.id, "F1", NOW)

    await store.members.erase(world.by(world.ann), world.ann.id)

    rows = await store.outbox.lease(["discord"], world.tick(), 9, 30)
    assert [(row.kind, row.payload) for row in rows] == [("discard", {"reference": "F1"})]
