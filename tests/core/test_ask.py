from __future__ import annotations

import asyncio

import pytest

from bot.core.commands.ask import visibility
from bot.core.model import Place, Visibility
from tests.fakes.house import House, labels

QUESTION = "How long can a Sora clip be?"


async def test_an_answer_is_cited_and_every_mark_resolves(house: House) -> None:
    reply = await house.person("ann").says(f"ask {QUESTION}")

    assert reply.ok
    assert reply.citations
    assert "[1]" in reply.text
    assert {c.n for c in reply.citations} >= {1}
    assert reply.question_id is not None
    assert {"Helpful", "Not helpful"} <= set(labels(reply))


async def test_a_follow_up_in_a_thread_knows_what_was_asked(house: House) -> None:
    first, second = house.person("ann"), house.person("bob")
    await first.says(f"ask {QUESTION}", place=Place(channel_id="c", message_id="m7"))
    house.clock.pass_by(days=2)

    reply = await second.says("ask And who makes it?", place=Place(channel_id="c", thread_id="m7"))

    assert "OpenAI" in reply.text


async def test_without_a_thread_the_talk_is_the_persons_and_ends(house: House) -> None:
    ann = house.person("ann")
    await ann.says(f"ask {QUESTION}")
    assert "OpenAI" in (await ann.says("ask Who makes it?")).text

    house.clock.pass_by(hours=2)
    later = await ann.says("ask Who makes it?")

    assert "OpenAI" not in later.text or "Sora" not in later.text


async def test_who_sees_an_answer_is_known_before(house: House) -> None:
    ann = house.person("ann")
    public = await ann.request("ask", {"question": QUESTION})
    private = await ann.request("ask", {"question": QUESTION, "private": True})
    assert visibility(public) is Visibility.EVERYONE
    assert visibility(private) is Visibility.ASKER

    await house.set("public_answers", "no")

    assert visibility(await ann.request("ask", {"question": QUESTION})) is Visibility.ASKER


async def test_a_private_answer_can_be_shared_by_its_asker_alone(house: House) -> None:
    ann = house.person("ann")
    reply = await ann.does("ask", question=QUESTION, private=True)

    shared = await ann.presses(reply, "Share")
    stolen = await house.person("eve").presses(reply, "Share")

    assert shared.announce is not None
    assert shared.announce.text == reply.text
    assert shared.announce.citations == reply.citations
    assert not stolen.ok
    assert stolen.announce is None


async def test_a_follow_up_can_be_shared_too(house: House) -> None:
    ann = house.person("ann")
    await ann.does("ask", question=QUESTION, private=True)
    follow_up = await ann.does("ask", question="And who makes it?", private=True)

    shared = await ann.presses(follow_up, "Share")

    assert shared.announce is not None
    assert shared.announce.text == follow_up.text


async def test_feedback_is_kept_with_its_reason(house: House) -> None:
    ann = house.person("ann")
    reply = await ann.says(f"ask {QUESTION}")

    thanks = await ann.presses(reply, "Not helpful", reason="too long")

    assert thanks.ok
    everything = await house.store.members.everything(
        (await house.store.members.by_account("discord:ann")).id  # type: ignore[union-attr]
    )
    [said] = everything["feedback"]
    assert (said["value"], said["reason"]) == (-1, "too long")


async def test_everybody_rates_an_answer_for_themselves(house: House) -> None:
    ann, bob = house.person("ann"), house.person("bob")
    reply = await ann.says(f"ask {QUESTION}")
    await ann.presses(reply, "Not helpful", reason="too long, says ann")
    await bob.presses(reply, "Not helpful", reason="wrong, says bob")
    assert (await bob.presses(reply, "Helpful")).ok  # bob changed his mind

    async def said(name: str) -> list[tuple[int, str]]:
        person = await house.store.members.by_account(f"discord:{name}")
        assert person is not None
        everything = await house.store.members.everything(person.id)
        return [(row["value"], row["reason"]) for row in everything["feedback"]]

    assert await said("ann") == [(-1, "too long, says ann")]
    assert await said("bob") == [(1, "")]
    await ann.presses(reply, "Not helpful", reason="too long, says ann")
    await bob.presses(reply, "Not helpful", reason="wrong, says bob")
    await bob.does("privacy delete", sure=True)

    assert b"says bob" not in await asyncio.to_thread(house.store.path.read_bytes)
    assert await said("ann") == [(-1, "too long, says ann")]
    await house.enter("discord:99", "Others")
    stranger = house.person("eve", key="discord:99")
    assert not (await stranger.presses(reply, "Helpful")).ok


async def test_a_text_that_is_an_idea_can_be_kept(house: House) -> None:
    ann = house.person("ann")
    text = "We could turn police reports into short clips for the jury so that they understand."
    reply = await ann.does("ask", question=text)

    kept = await ann.presses(reply, "Keep this as a use case")

    assert "Kept as **#1**" in kept.text


async def test_what_nobody_recorded_becomes_a_gap(house: House) -> None:
    for words in ("How long are the clips of Quuxreel?", "how long are the clips of quuxreel"):
        reply = await house.person("ann").says(f"ask {words}")
        assert not reply.citations or "don't know" in reply.text

    gaps = await house.moderator().says("market gaps")

    assert len(gaps.items) == 1
    assert "(2×" in gaps.items[0].text


async def test_the_daily_budget_says_when_the_next_is_free(house: House) -> None:
    await house.set("questions_per_day", "2")
    ann = house.person("ann")
    for _ in range(2):
        assert (await ann.says(f"ask {QUESTION}")).ok

    refused = await ann.says(f"ask {QUESTION}")
    assert not refused.ok
    assert "hour" in refused.text
    assert (await house.person("bob").says(f"ask {QUESTION}")).ok
    house.clock.pass_by(days=1, minutes=1)
    assert (await ann.says(f"ask {QUESTION}")).ok


@pytest.mark.parametrize("question", ["x" * 1001, ""])
async def test_too_long_or_empty_is_said_with_the_form(house: House, question: str) -> None:
    reply = await house.person("ann").does("ask", question=question)

    assert not reply.ok
    assert "question" in reply.errors


async def test_accepted_ideas_answer_what_the_community_has(house: House) -> None:
    await house.person("ann").does(
        "idea add", text="Training films for new nurses about hygiene on the ward"
    )
    await house.moderator().says("mod accept 1")

    reply = await house.person("bob").says("ask Use cases for nurses?")

    assert "#1" in reply.text


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("¿Cuánto cuesta Veo 3.1?", {"Útil", "No me sirve"}),
        ("Veo 3.1 多少钱？", {"有帮助", "没有帮助"}),
        ("Was kostet Veo 3.1?", {"Hilfreich", "Nicht hilfreich"}),
        ("Combien coûte Veo 3.1 ?", {"Utile", "Pas utile"}),
        ("Quanto custa o Veo 3.1?", {"Útil", "Não ajudou"}),
        ("Veo 3.1の料金はいくらですか", {"役に立った", "役に立たなかった"}),
        ("What does Veo 3.1 cost?", {"Helpful", "Not helpful"}),
    ],
)
async def test_buttons_speak_the_language_of_the_answer(
    house: House, question: str, wanted: set[str]
) -> None:
    assert wanted <= set(labels(await house.person("ann").does("ask", question=question)))
