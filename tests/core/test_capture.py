from __future__ import annotations

from bot.core.commands.ideas import complete_idea
from bot.core.model import Reply
from tests.fakes.courier import FakeCourier, deliver
from tests.fakes.house import House, everything, labels

CRASH = "Reconstruct a traffic accident from witness statements so that the jury sees it"


async def asked(house: House) -> Reply:
    reply = await house.person("bob").saves(CRASH, house.person("ann"))
    assert reply.announce is not None
    return reply.announce


async def test_a_message_of_somebody_else_waits_for_their_consent(house: House) -> None:
    announced = await asked(house)

    assert "**ann**" in announced.text
    assert len(labels(announced)) == 2
    idea = await house.idea(1)
    assert (idea.status, idea.consent, idea.author_name) == ("pending", "asked", "")
    assert idea.permalink is None  # it would show who
    assert not (await house.person("cam").says("idea show 1")).ok
    shown = await house.moderator().says("idea show 1")
    assert "'ann'" not in everything(shown)
    assert "example.org" not in everything(shown)


async def test_only_the_author_answers(house: House) -> None:
    announced = await asked(house)

    for other in ("bob", "cam"):
        assert not (await house.person(other).presses(announced, "Yes")).ok
        assert not (await house.person(other).presses(announced, "No")).ok
    assert (await house.idea(1)).consent == "asked"
    assert not (await house.moderator().says("mod accept 1")).ok

    given = await house.person("ann").presses(announced, "Yes")

    assert given.ok
    assert given.replace
    idea = await house.idea(1)
    assert (idea.consent, idea.author_name, idea.status) == ("given", "ann", "pending")
    assert (await house.person("cam").says("idea show 1")).ok
    assert not (await house.person("ann").presses(announced, "No")).ok


async def test_a_refusal_deletes_it(house: House, tmp_path: object) -> None:
    announced = await asked(house)

    refused = await house.person("ann").presses(announced, "No")

    assert refused.ok
    bank_id = (await house.community("discord:88")).bank_id
    assert await house.store.ideas.get(bank_id, 1) is None
    assert not (await house.person("ann").presses(announced, "Yes")).ok


async def test_ones_own_message_needs_no_consent(house: House) -> None:
    ann = house.person("ann")

    reply = await ann.saves(CRASH, ann)

    assert reply.announce is None
    assert "Kept as **#1**" in reply.text
    assert (await house.idea(1)).consent == "own"


async def test_the_same_message_is_kept_once(house: House) -> None:
    await asked(house)

    again = await house.person("cam").saves(CRASH, house.person("ann"))

    assert not again.ok
    assert "#1" in again.text


async def test_a_look_alike_question_keeps_whose_message_it_was(house: House) -> None:
    await house.person("eve").says(f"idea add {CRASH}")
    reply = await house.person("bob").saves(CRASH + " again", house.person("ann"))

    kept = await house.person("bob").presses(reply, "Mine is different")

    assert kept.announce is not None
    assert (await house.idea(2)).consent == "asked"


async def test_where_nobody_reviews_consent_is_enough(house: House) -> None:
    await house.set("review", "none")
    announced = await asked(house)
    assert (await house.idea(1)).status == "pending"

    await house.person("ann").presses(announced, "Yes")

    assert (await house.idea(1)).status == "accepted"


async def test_no_card_before_consent(house: House) -> None:
    courier = FakeCourier()
    await house.set("cards_channel", "ideas")
    announced = await asked(house)
    await deliver(house, courier)
    assert courier.calls == []

    await house.person("ann").presses(announced, "Yes")
    await deliver(house, courier)

    assert courier.calls == ["post ideas"]


async def test_nobody_else_is_offered_it_while_typing_before_its_author_agrees(
    house: House,
) -> None:
    announced = await asked(house)
    cam = await house.person("cam").request("idea show", {})
    moderator = await house.moderator().request("idea show", {})

    assert await complete_idea(house.services, cam, "accident") == []
    assert len(await complete_idea(house.services, moderator, "accident")) == 1
    await house.person("ann").presses(announced, "Yes")
    await house.services.banks.refresh()

    assert len(await complete_idea(house.services, cam, "accident")) == 1


async def test_the_store_marks_what_is_not_to_be_offered(house: House) -> None:
    await asked(house)
    bank_id = (await house.community("discord:88")).bank_id

    for typed in ("", "1", "accid", "Reconstruct a"):
        assert [s for _, _, s in await house.store.ideas.complete(bank_id, typed)] == ["held"]
