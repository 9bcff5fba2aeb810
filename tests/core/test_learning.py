"""What moderators correct teaches the tagger of their bank, for as long as it stands."""

from __future__ import annotations

import pytest

from bot.core.likeness import Models
from tests.fakes.house import House, Visitor

QUILTS = [
    "Pattern previews that show quilters the finished blanket, square by square",
    "Show knitters how the cable twists before they cast on eighty stitches",
    "Weavers see the finished blanket on the bed before they warp the loom",
]
NEXT = "Show lacemakers the finished blanket before they begin with the pattern"
TO = "culture-museums"


@pytest.fixture(autouse=True)
def with_the_real_model(house: House) -> None:
    house.services.banks._models = Models()


async def add(who: Visitor, text: str) -> None:
    reply = await who.does("idea add", text=text)
    if not reply.text.startswith("Kept"):
        reply = await who.presses(reply, "Mine is different")
    assert reply.text.startswith("Kept"), reply.text


async def primary(house: House, text: str, key: str = "discord:88") -> str:
    bank_id = (await house.community(key)).bank_id
    return (await house.services.banks.tag(bank_id, text)).primary


async def correct(house: House) -> Visitor:
    ann, mod = house.person("ann"), house.moderator()
    for number, text in enumerate(QUILTS, 1):
        await add(ann, text)
        assert (await mod.says(f"idea retag {number} {TO}")).ok
    return mod


async def test_the_next_idea_of_the_kind_is_right_in_this_bank_alone(house: House) -> None:
    await house.enter("discord:99", "Others")
    assert await primary(house, NEXT) != TO

    await correct(house)
    await add(house.person("bob"), NEXT)

    assert (await house.idea(4)).primary == TO
    assert await primary(house, NEXT, "discord:99") != TO


async def test_what_is_undone_is_unlearnt(house: House) -> None:
    before = await primary(house, NEXT)
    mod = await correct(house)
    assert await primary(house, NEXT) == TO

    for _ in QUILTS:
        assert (await mod.says("mod undo")).ok

    assert await primary(house, NEXT) == before


async def test_what_is_erased_is_unlearnt(house: House) -> None:
    before = await primary(house, NEXT)
    await correct(house)
    ann = house.person("ann")

    reply = await ann.says("privacy delete")
    await ann.presses(reply, "Yes, forget me")

    assert await primary(house, NEXT) == before


async def test_a_merge_takes_what_was_learnt_along_and_a_retirement_drops_it(house: House) -> None:
    before = await primary(house, NEXT)
    mod = await correct(house)

    assert (await mod.says(f"industry merge {TO} games sure:yes")).ok
    assert await primary(house, NEXT) == "games"
    assert [(await house.idea(n)).primary for n in (1, 2, 3)] == ["games"] * 3
    assert (await mod.says("industry retire games sure:yes")).ok

    assert await primary(house, NEXT) in {before, "home-personal-services", "retail-ecommerce"}


async def test_a_moderators_choice_outlives_edits_and_new_industries(house: House) -> None:
    mod = await correct(house)

    await house.person("ann").does(
        "idea edit", number=1, text=f"{QUILTS[0]}, for the bakery and its sourdough bread"
    )
    assert (
        await mod.does("industry add", name="Quilts", keywords="quilt*, blanket*", sure=True)
    ).ok
    assert (await mod.says("industry rename culture-museums Crafts & Culture sure:yes")).ok

    assert (await house.idea(1)).primary == TO
    assert {t.set_by for t in (await house.idea(1)).tags} == {"moderator"}
