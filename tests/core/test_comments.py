"""Following and talking: who hears of what, comments and what becomes of them."""

from __future__ import annotations

from typing import Any

from bot.core.courier import Forbidden
from bot.core.listen import Heard, hear
from bot.core.model import Place, Reply
from tests.fakes.courier import FakeCourier, deliver
from tests.fakes.house import House, Visitor, everything, labels

CRASH = "Reconstruct a traffic accident from witness statements so that the jury sees it"
CRASHES = "Reconstruct traffic accidents from witness statements so that a jury sees them"


async def news(house: House, courier: FakeCourier) -> list[tuple[str, str]]:
    """Give (who, what) of everything that was told since, some minutes later."""
    house.clock.pass_by(minutes=5)
    await deliver(house, courier, times=2)
    told = [(key.rpartition(":")[2], reply.text) for key, reply in courier.told]
    courier.told.clear()
    return told


async def test_a_comment_is_heard_by_those_who_asked_for_it(house: House) -> None:
    courier = FakeCourier()
    await house.person("ann").says(f"idea add {CRASH}")
    for name in ("bob", "cat"):
        await house.person(name).says("idea follow 1")
    await house.person("bob").says("me notices all")

    await house.person("cat").says("idea note 1 We tried this with a drone.")
    await house.person("cat").says("idea note 1 It works.")

    told = await news(house, courier)
    assert [who for who, _ in told] == ["bob"]  # once, and neither cat nor ann
    assert "2 new comments" in told[0][1]
    await house.moderator().says("mod accept 1")
    assert {who for who, _ in await news(house, courier)} == {"ann", "bob", "cat"}


async def test_nothing_means_nothing(house: House) -> None:
    courier = FakeCourier()
    await house.person("ann").says(f"idea add {CRASH}")
    reply = await house.person("ann").says("me notices")
    assert "decided or merged" in reply.text
    quiet = await house.person("ann").presses(reply, "Nothing")
    assert "I write nothing" in quiet.text

    await house.moderator().says("mod accept 1")

    assert await news(house, courier) == []


async def test_merging_and_parting_are_told(house: House) -> None:
    courier = FakeCourier()
    await house.person("ann").says(f"idea add {CRASH}")
    asked = await house.person("bob").says(f"idea add {CRASHES}")
    await house.person("bob").presses(asked, "Mine is different")

    await house.moderator().says("mod merge 2 1")
    assert [who for who, text in await news(house, courier) if "merged" in text] == ["bob"]
    await house.moderator().says("mod unmerge 2")
    told = await news(house, courier)
    assert ("bob", True) in [(who, "by itself again" in text) for who, text in told]


async def test_with_direct_messages_closed_it_is_said_below_the_card_once(house: House) -> None:
    await house.set("cards_channel", "ideas")
    courier = FakeCourier()
    await house.person("ann").says(f"idea add {CRASH}")
    await house.person("bob").says("idea follow 1")
    await deliver(house, courier)
    [card] = courier.messages

    await house.moderator().says("mod accept 1")
    courier.calls.clear()
    courier.fails = [None, Forbidden("direct messages"), None, None, Forbidden("direct messages")]
    await deliver(house, courier, times=2)

    assert courier.calls.count(f"thread {card}") == 1
    assert f"post t-{card}" in courier.calls
    below = [reply for key, reply in courier.messages.items() if key != card]
    assert all("Your idea" not in reply.text for reply in below)


async def said_below(house: House, who: Visitor, text: str, **more: Any) -> Reply | None:
    heard = Heard(
        actor=who.actor,
        community=await house.community(who.key),
        place=Place(channel_id="ideas", thread_id="m1"),
        text=text,
        now=house.clock(),
        in_own_thread=True,
        delivery_id=more.pop("delivery_id", f"discord:m:{text}"),
        **more,
    )
    return await hear(house.services, heard)


async def test_what_is_said_below_a_card_is_a_comment(house: House) -> None:
    await house.set("cards_channel", "ideas")
    await house.person("ann").says(f"idea add {CRASH}")
    await deliver(house, FakeCourier())
    bob = house.person("bob")

    first = await said_below(house, bob, "Would the police like this?", delivery_id="d1")
    assert first is not None
    assert "kept as comments on #1" in first.text
    assert await said_below(house, bob, "They would.") is None
    assert await said_below(house, bob, "Would the police like this?", delivery_id="d1") is None

    notes = await bob.says("idea notes 1")
    assert [item.text.splitlines()[-1] for item in notes.items] == [
        "They would.",
        "Would the police like this?",
    ]
    answered = await said_below(house, bob, "How long is a Veo 3 clip?", is_mention=True)
    assert answered is not None
    assert "8" in answered.text
    await house.set("thread_comments", "no")
    await said_below(house, bob, "not kept")
    assert len((await bob.says("idea notes 1")).items) == 2


async def test_an_anonymous_author_below_their_card_is_one_of_those_who_talk(house: House) -> None:
    await house.set("cards_channel", "ideas")
    ann, bob = house.person("ann"), house.person("bob")
    await ann.submits("idea add", text=CRASH, anonymous=True)
    await deliver(house, FakeCourier())
    await ann.says("idea note 1 typed as a command")
    await said_below(house, ann, "Said in the thread, under her name")
    await said_below(house, bob, "Said by Bob")

    shown = [item.text for item in (await bob.says("idea notes 1")).items]
    log = await house.store.audit.list((await house.community("discord:88")).bank_id, 50, None)

    assert [text.split("**")[1] for text in shown] == ["bob", "ann", "The author"]
    noted = [row for row in log if row.action == "note.add"]
    # the log tells the two apart no more than the thread does
    assert [row.details.get("by") for row in noted].count("author") == 1
    assert [row.actor_id is None for row in noted].count(True) == 1


async def test_comments_come_in_pages_with_ones_own_to_change(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    bob = house.person("bob")
    for number in range(6):
        await bob.says(f"idea note 1 comment {number}")
    await house.person("cat").says("idea note 1 mine")

    page = await bob.says("idea notes 1")
    assert page.items[0].text.endswith("mine")
    assert page.items[0].buttons == ()
    assert labels(page).count("Change") == 4
    second = await bob.presses(page, "Next")
    assert len(second.items) == 2

    change = next(b for i in page.items for b in i.buttons if b.label == "Change")
    assert (await bob.does(change.command, **change.values, text="new words")).ok
    assert not (await house.person("cat").does(change.command, **change.values, text="x")).ok
    assert not (await house.moderator().does(change.command, **change.values, text="x")).ok
    after = await bob.says("idea notes 1")
    assert "edited" in everything(after)
    assert "new words" in everything(after)

    assert not (await house.person("cat").does("idea unnote", **change.values)).ok
    assert (await house.moderator().does("idea unnote", **change.values)).ok
    assert (await house.idea(1)).note_count == 6
    assert "no longer there" in (await bob.does("idea unnote", **change.values)).text


async def test_a_staff_note_is_neither_listed_nor_told(house: House) -> None:
    courier = FakeCourier()
    await house.person("ann").says(f"idea add {CRASH}")
    await house.person("ann").says("me notices all")
    await house.moderator().says("mod note 1 suspicious")

    assert "suspicious" not in everything(await house.person("ann").says("idea notes 1"))
    assert "suspicious" in everything(await house.moderator().says("idea notes 1"))
    assert await news(house, courier) == []


async def test_a_comment_that_was_removed_meanwhile_is_not_told(house: House) -> None:
    courier = FakeCourier()
    await house.person("ann").says(f"idea add {CRASH}")
    await house.person("ann").says("me notices all")
    await house.person("bob").says("idea note 1 regretted")
    listed = await house.person("bob").says("idea notes 1")
    await house.person("bob").presses(listed, "Remove")

    assert await news(house, courier) == []


async def test_the_wish_survives_linking_the_quieter_one_first(house: House) -> None:
    await house.enter("slack:T1", "Studio")
    there = house.person("ann", "slack:T1")
    await there.says("me notices none")
    code = (await house.person("ann").says("me link")).text
    import re

    found = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4})+", code)
    assert found
    await there.says(f"me link {found.group()}")

    assert "nothing" in (await house.person("ann").says("me notices")).text
