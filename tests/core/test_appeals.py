"""A declined author revises once, or appeals; another moderator decides about that."""

from __future__ import annotations

import pytest

from tests.fakes.courier import FakeCourier, deliver
from tests.fakes.house import House, labels

CRASH = "Reconstruct a traffic accident from witness statements so that the jury sees it"
SHOES = "A TV spot for a shoe brand, made in an afternoon by two people at the agency"


async def declined(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    await house.moderator("moe").says("mod decline 1 off_topic")


async def test_another_moderator_decides_where_there_is_one(house: House) -> None:
    await declined(house)
    await house.person("bob").says(f"idea add {SHOES}")
    await house.moderator("ada").says("mod accept 2")
    ann, moe, ada = house.person("ann"), house.moderator("moe"), house.moderator("ada")

    assert (await ann.says("idea appeal 1 It is for a jury, not for the cinema.")).ok
    his = await moe.does("queue", kind="appeals")
    assert "another moderator decides" in his.items[0].text
    assert labels(his)[:1] == ["All of #1"]
    assert not (await moe.does("mod accept", number="1", seen="declined")).ok
    assert not (await moe.says("mod uphold 1")).ok
    hers = await ada.does("queue", kind="appeals")
    assert "It is for a jury" in hers.items[0].text
    await ada.presses(hers, "Accept")

    assert (await house.idea(1)).status == "accepted"
    assert not (await ada.does("queue", kind="appeals")).items


async def test_who_is_alone_decides_about_it_too(house: House) -> None:
    await declined(house)
    await house.person("ann").says("idea appeal 1 It is for a jury.")
    moe = house.moderator("moe")

    queue = await moe.does("queue", kind="appeals")
    upheld = await moe.presses(queue, "Let it stand", reason="We had three of these.")

    assert upheld.ok, upheld.text
    idea = await house.idea(1)
    assert (idea.status, idea.reason) == ("declined", "We had three of these.")
    await moe.says("mod undo 1")
    assert len((await moe.does("queue", kind="appeals")).items) == 1
    assert (await house.idea(1)).reason != "We had three of these."


async def test_only_the_author_appeals_and_once(house: House) -> None:
    await declined(house)
    ann = house.person("ann")
    assert not (await house.person("bob").says("idea appeal 1 Let me.")).ok
    assert not (await house.moderator("moe").says("idea appeal 1 Let me.")).ok
    assert (await ann.says("idea appeal 1 It is for a jury.")).ok
    assert not (await ann.says("idea appeal 1 Please!")).ok

    await house.moderator("moe").says("mod uphold 1")

    assert "once" in (await ann.says("idea appeal 1 Please!")).text


@pytest.mark.parametrize("line", ["idea appeal 1 Why?", "idea appeal 9 Why?"])
async def test_what_was_not_declined_is_not_appealed(house: House, line: str) -> None:
    await house.person("ann").says(f"idea add {CRASH}")

    assert not (await house.person("ann").says(line)).ok


async def test_a_blocked_author_does_not_appeal(house: House) -> None:
    await declined(house)
    await house.moderator("moe").says("mod block 1")

    assert not (await house.person("ann").says("idea appeal 1 Why?")).ok


async def test_a_revised_idea_comes_back_once(house: House) -> None:
    await declined(house)
    ann, moe = house.person("ann"), house.moderator("moe")
    await ann.does("idea edit", number=1, text=SHOES)
    assert (await house.idea(1)).status == "pending"
    await moe.says("mod decline 1 off_topic")

    await ann.does("idea edit", number=1, text=CRASH)

    assert (await house.idea(1)).status == "declined"
    assert (await ann.says("idea appeal 1 It is for a jury.")).ok


async def test_revising_settles_an_open_appeal(house: House) -> None:
    await declined(house)
    ann = house.person("ann")
    await ann.says("idea appeal 1 It is for a jury.")

    await ann.does("idea edit", number=1, text=SHOES)

    assert not (await house.moderator("moe").does("queue", kind="appeals")).items
    assert not (await house.moderator("moe").says("mod uphold 1")).ok


async def test_the_author_hears_what_can_be_done_and_what_became_of_it(
    house: House,
) -> None:
    courier = FakeCourier()
    await house.set("staff_channel", "staff")
    await declined(house)
    await deliver(house, courier, times=2)
    told = next(reply for account, reply in courier.told if account == "discord:ann")
    assert {"Revise it", "Appeal"} <= set(labels(told))
    assert "moe" not in told.text
    await house.person("ann").presses(told, "Appeal", text="It is for a jury.")
    house.clock.pass_by(minutes=20)
    await deliver(house, courier, times=2)
    assert "1 appeal" in list(courier.messages.values())[-1].text

    await house.moderator("moe").says("mod uphold 1 We had three of these.")
    await deliver(house, courier, times=2)

    text = courier.told[-1][1].text
    assert "Your appeal was heard" in text
    assert "three of these" in text


async def test_members_hear_who_decided_only_where_the_community_says_so(house: House) -> None:
    courier = FakeCourier()
    await house.person("ann").says(f"idea add {CRASH}")
    await house.set("named_decisions", "yes")
    await house.moderator("moe").says("mod accept 1")
    await deliver(house, courier, times=2)

    assert "accepted by moe" in courier.told[-1][1].text
