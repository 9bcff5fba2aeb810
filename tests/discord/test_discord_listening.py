"""Mentions, replies, threads and direct messages; and what happens when the bot is removed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.discord.conftest import Town


def mention(town: Town, words: str) -> str:
    return f"<@{town.env.bot.user.id}> {words}"


async def test_a_mention_is_answered_as_a_reply_that_pings_nobody(town: Town, own: Any) -> None:
    asked = await town.alice.send(town.general, mention(town, "what is Veo? @everyone"))

    answer = town.general.last_message
    assert answer.reference.message_id == asked.id
    assert answer.content.startswith("About what is Veo? @\u200beveryone [[1]](<https://")
    assert own.seen[-1].place.permalink == asked.jump_url


async def test_other_messages_are_left_alone(town: Town, own: Any) -> None:
    said = await town.alice.send(town.general, "what is Veo?")
    everybody = await town.alice.send(town.general, "@everyone what is Veo?")
    await town.boss.send(town.general, "I know?", reply_to=said)

    assert not own.seen
    assert town.general.last_message.id > everybody.id


async def test_other_bots_are_left_alone(town: Town, own: Any) -> None:
    robot = town.guild.add_member(town.env.create_user("robot", bot=True))
    await robot.send(town.general, mention(town, "what is Veo?"))

    assert not own.seen


@pytest.mark.parametrize("has_restarted", [False, True])
async def test_a_reply_to_an_answer_continues_the_conversation(
    town: Town, own: Any, has_restarted: bool
) -> None:
    asked = await town.alice.send(town.general, mention(town, "what is Veo?"))
    first = town.general.last_message
    for words in ("and its price?", "and in Europe?"):
        if has_restarted:
            await town.restart()
        answer = town.general.last_message
        await town.boss.send(town.general, mention(town, words), reply_to=answer)

    assert [r.text("question") for r in own.seen] == [
        "what is Veo?",
        "and its price?",
        "and in Europe?",
    ]
    assert {r.place.thread_id for r in own.seen} == {str(asked.id)}
    await town.alice.click(first, label="Related")
    assert own.seen[-1].place.thread_id == str(asked.id)


async def test_a_reply_to_a_commands_answer_is_the_same_persons_talk(town: Town, own: Any) -> None:
    result = await town.alice.slash(town.general, "ask", question="what is Veo?")
    await town.alice.send(town.general, mention(town, "and Sora?"), reply_to=result.response)

    assert [(r.place.thread_id, r.place.message_id) for r in own.seen] == [(None, None)] * 2


async def test_an_idea_is_offered_to_be_kept(town: Town, own: Any) -> None:
    await town.alice.send(town.general, mention(town, "idea: turn accident reports into films"))
    offer = town.general.last_message
    opened = await town.alice.click(offer, label="Keep it")

    shown = {
        c["component"]["custom_id"]: c["component"].get("value") for c in opened.modal["components"]
    }
    assert shown["text"] == "turn accident reports into films"


async def test_a_direct_message_belongs_to_the_one_shared_server(town: Town, own: Any) -> None:
    await town.alice.send_dm("what is Veo?")

    assert own.seen[-1].community.key == f"discord:{town.guild.id}"
    assert own.seen[-1].place.is_direct
    assert own.seen[-1].place.thread_id is None
    assert town.alice.user.dm_channel.last_message.content.startswith("About what is Veo?")


async def test_with_two_shared_servers_a_direct_message_belongs_to_neither(
    town: Town, own: Any
) -> None:
    other = town.env.create_guild("Other")
    other.add_member(town.alice.user)
    await town.alice.send_dm("what is Veo?")

    assert own.seen[-1].community.key == f"discord:dm-{town.alice.id}"


async def test_commands_in_direct_messages_are_not_hidden(town: Town, own: Any) -> None:
    result = await town.alice.user.slash("quiet")

    assert result.response.content == "Only you."
    assert not result.ephemeral


async def test_in_a_thread_of_the_bot_mentions_share_its_conversation(town: Town, own: Any) -> None:
    await town.alice.send(town.general, mention(town, "what is Veo?"))
    answer = town.general.last_message
    created = await town.env.bot.get_channel(town.general.id).create_thread(
        name="Talk", message=answer, type=None
    )
    (thread,) = town.general.threads
    await town.alice.send(thread, mention(town, "and its price?"))

    assert own.seen[-1].place.thread_id == str(created.id)
    assert own.seen[-1].place.channel_id == str(town.general.id)


async def test_an_outage_is_no_removal_and_a_removal_is(town: Town, own: Any) -> None:
    await town.alice.slash(town.general, "quiet")
    key = f"discord:{town.guild.id}"
    gone = {"id": str(town.guild.id), "unavailable": True}
    town.env.backend.emit("GUILD_DELETE", gone)
    await town.env.settle()
    assert (await town.services.store.communities.get(key)).left_at is None

    town.env.backend.emit("GUILD_DELETE", {"id": str(town.guild.id)})
    await town.env.settle()
    assert (await town.services.store.communities.get(key)).left_at is not None
