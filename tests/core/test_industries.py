from __future__ import annotations

import pytest

from bot.core.likeness import Models
from tests.fakes.house import House

FUNERAL = "A funeral home shows families how the memorial service will look before it is held"
GAME = "Cutscenes for an indie video game, drafted before the level design is done"


@pytest.fixture(autouse=True)
def with_the_real_model(house: House) -> None:
    """New industries are told by their description, which words alone can't."""
    house.services.banks._models = Models()


async def two(house: House) -> None:
    await house.person("ann").does("idea add", text=FUNERAL)
    await house.person("bob").does("idea add", text=GAME)


async def test_adding_is_a_dry_run_that_lists_what_moves_and_then_moves_just_that(
    house: House,
) -> None:
    await two(house)
    mod = house.moderator()
    before = await house.idea(2)

    plan = await mod.does(
        "industry add", name="Funeral Services", keywords="funeral*, memorial*, obituar*"
    )
    assert "#1" in plan.text
    assert "#2" not in plan.text
    assert not any(t.industry == "funeral-services" for t in (await house.idea(1)).tags)
    done = await mod.presses(plan, "Do it")

    assert "version 2" in done.text
    assert any(t.industry == "funeral-services" for t in (await house.idea(1)).tags)
    assert (await house.idea(2)).tags == before.tags
    listed = await house.person("ann").says("industry list")
    assert listed.table is not None
    assert "Funeral Services" in repr(listed.table)


async def test_merging_moves_the_ideas_and_old_names_still_lead_there(house: House) -> None:
    await two(house)
    mod = house.moderator()

    plan = await mod.says("industry merge games film-tv")
    assert "One idea moves" in plan.text
    await mod.presses(plan, "Do it")

    assert (await house.idea(2)).primary == "film-tv"
    found = await house.person("ann").says("idea search industry:games")
    assert len(found.items) == 1


async def test_retiring_never_leaves_an_idea_without_industry(house: House) -> None:
    await two(house)

    await house.moderator().says("industry retire games sure:yes")

    tags = [t.industry for t in (await house.idea(2)).tags]
    assert tags
    assert "games" not in tags


async def test_a_moderators_choice_is_not_moved_by_a_new_industry(house: House) -> None:
    await two(house)
    mod = house.moderator()
    await mod.says("idea retag 1 healthcare")

    await mod.does(
        "industry add", name="Funeral Services", keywords="funeral*, memorial*, obituar*", sure=True
    )

    assert [t.industry for t in (await house.idea(1)).tags] == ["healthcare"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("industry add Insurance", "already"),
        ("industry merge games games", "itself"),
        ("industry retire other", "stay"),
        ("industry retire xyzzy", "xyzzy"),
        ("industry rename games Insurance", "already"),
    ],
)
async def test_changes_that_cannot_be_say_why(house: House, line: str, words: str) -> None:
    reply = await house.moderator().says(line)

    assert not reply.ok
    assert words in reply.text


async def test_corrections_teach_the_tagger_of_this_bank(house: House) -> None:
    ann, mod = house.person("ann"), house.moderator()
    for n, who in enumerate(("quilters", "knitters", "weavers")):
        text = f"Pattern previews that show {who} the finished blanket, bed number {n}"
        reply = await ann.does("idea add", text=text)
        if not reply.text.startswith("Kept"):
            await ann.presses(reply, "Mine is different")
        await mod.says(f"idea retag {n + 1} culture-museums")

    bank_id = (await house.community("discord:88")).bank_id
    next_one = "Pattern previews that show lacemakers the finished blanket before they begin"
    tagging = await house.services.banks.tag(bank_id, next_one)

    assert tagging.primary == "culture-museums"
