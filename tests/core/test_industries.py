from __future__ import annotations

import pytest

from bot.core.likeness import Models
from tests.fakes.house import House

CRASH = "Reconstruct a traffic accident from witness statements so that the jury sees it"
SHOES = "A TV spot for a shoe brand, made in an afternoon by two people at the agency"
NURSES = "Training films for new nurses about hygiene, one per ward"

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


async def test_several_ideas_go_under_an_industry_after_a_dry_run_and_back_as_one(
    house: House,
) -> None:
    for name, text in (("ann", CRASH), ("bob", SHOES), ("cam", NURSES)):
        await house.person(name).does("idea add", text=text, industry="games")
    await house.person("cam").says("idea withdraw 3")
    mod = house.moderator()

    plan = await mod.says("mod retag 1-4 healthcare,legal")

    assert "Would change the industries of 2" in plan.text
    assert "#3 is withdrawn" in plan.text
    assert "no idea #4" in plan.text
    assert (await house.idea(1)).primary == "games"
    await mod.says("mod retag 2 insurance")  # meanwhile, by somebody else
    done = await mod.presses(plan, "Change 2")
    assert "#1, #2" in done.text
    tagged = [[t.industry for t in (await house.idea(n)).tags] for n in (1, 2)]
    assert tagged == [["healthcare", "legal-forensics"]] * 2
    assert (await house.idea(3)).primary == "games"
    again = await mod.says("mod retag 1,2 healthcare,legal")
    assert "Nothing to change" in again.text
    assert not again.buttons

    undone = await mod.presses(done, "Undo")

    assert "#1, #2" in undone.text
    assert [(await house.idea(n)).primary for n in (1, 2)] == ["games", "insurance"]


async def test_what_fails_between_the_plan_and_the_act_is_listed(house: House) -> None:
    for name, text in (("ann", CRASH), ("bob", SHOES)):
        await house.person(name).does("idea add", text=text, industry="games")
    mod = house.moderator()
    plan = await mod.says("mod retag 1,2 insurance")
    await house.person("bob").says("idea withdraw 2")

    done = await mod.presses(plan, "Change 2")

    assert "Under other industries now: #1" in done.text
    assert "#2 is withdrawn" in done.text
    assert (await house.idea(2)).primary == "games"


async def test_several_need_an_industry_that_there_is(house: House) -> None:
    mod = house.moderator()

    assert "fill this in" in (await mod.says("mod retag 1-3")).text
    assert "no industry “hats”" in (await mod.says("mod retag 1-3 hats")).text
    assert not (await house.person("ann").says("mod retag 1-3 games")).ok
