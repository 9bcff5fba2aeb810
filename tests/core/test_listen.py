"""What is said without a command: answered where it is meant for the bot, kept only when asked."""

import pytest

from bot.core.listen import Heard, hear, request_of
from bot.core.model import Place
from tests.fakes.house import House, everything

THREAD = Place(channel_id="general", thread_id="t1")


async def heard_by(house: House, text: str, **more: object) -> Heard:
    visitor = house.person("ann")
    return Heard(
        actor=visitor.actor,
        community=await house.community("discord:88"),
        place=more.pop("place", Place(channel_id="general")),  # type: ignore[arg-type]
        text=text,
        now=house.clock(),
        **more,  # type: ignore[arg-type]
    )


async def test_a_mention_is_answered(house: House) -> None:
    reply = await hear(house.services, await heard_by(house, "who makes Seedance", is_mention=True))

    assert "ByteDance" in everything(reply)


@pytest.mark.parametrize(
    "text",
    ["nice, thanks Bob", "the second half of that is what I told the others at lunch already, Bob"],
)
async def test_members_who_talk_in_our_thread_are_left_alone(house: House, text: str) -> None:
    told = await heard_by(house, text, in_own_thread=True, place=THREAD)

    assert await hear(house.services, told) is None


async def test_a_follow_up_in_our_thread_needs_no_mention(house: House) -> None:
    first = await heard_by(house, "who makes Seedance 2.0?", is_mention=True, place=THREAD)
    await hear(house.services, first)
    then = await heard_by(house, "and its price", in_own_thread=True, place=THREAD)

    assert "Seedance" in everything(await hear(house.services, then))


async def test_channel_modes(house: House) -> None:
    question = await heard_by(house, "how long can a Veo 3 clip be?")
    assert await hear(house.services, question) is None

    await house.set("answers", "all")
    assert await hear(house.services, await heard_by(house, question.text)) is not None

    await house.set("answers", "off")
    mention = await heard_by(house, question.text, is_mention=True)
    assert await hear(house.services, mention) is None


async def test_an_idea_is_offered_and_not_kept(house: House) -> None:
    told = await heard_by(
        house, "idea: show juries how the crash happened", is_mention=True, delivery_id="m1"
    )
    reply = await hear(house.services, told)

    assert "Keep this" in everything(reply)
    community = await house.community("discord:88")
    assert await house.store.ideas.get(community.bank_id, 1) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("We would like to reconstruct accidents for the court. " * 75, "3,000"),
        ("What does Veo 3.1 cost and how long are its clips? " * 80, "1,000"),
        ("你好，Veo 3.1 多少钱？" * 200, "1,000"),
    ],
)
async def test_what_is_too_long_is_refused_at_once(house: House, text: str, words: str) -> None:
    told = await heard_by(house, text, is_direct=True)
    reply = await hear(house.services, told)

    assert reply is not None
    assert not reply.ok
    assert words in reply.text
    assert f"{len(text.strip()):,}" in reply.text
    assert (reply.buttons, reply.form) == ((), None)


async def test_a_long_idea_is_offered_whole_and_not_asked_as_half_a_question(house: House) -> None:
    text = "We would like to reconstruct accidents for the court. " * 50
    reply = await hear(house.services, await heard_by(house, text, is_direct=True))

    assert reply is not None
    assert [button.values["text"] for button in reply.buttons] == [text.strip()]


async def test_a_write_typed_as_a_message_happens_once(house: House) -> None:
    text = "idea add Show juries how the crash happened, from the police report"
    told = await heard_by(house, text, is_mention=True, delivery_id="discord:m2")

    assert "#1" in everything(await hear(house.services, told))
    assert await hear(house.services, told) is None
    community = await house.community("discord:88")
    assert await house.store.ideas.get(community.bank_id, 2) is None
    assert await house.store.deliveries.pending(["discord"], house.clock()) == []


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("whats teh prise of klingg 3", "ask"),
        ("what should I use for a 20 second clip with sound", "ask"),
        ("What if we turned police reports into clips for the jury", None),
    ],
)
async def test_what_begins_as_a_question_is_one(
    house: House, text: str, command: str | None
) -> None:
    request = request_of(await heard_by(house, text))
    assert (request.command if request else None) == command
