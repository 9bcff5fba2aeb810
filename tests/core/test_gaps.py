from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core import jobs
from bot.core.banks import Banks
from bot.core.likeness import Models
from bot.core.model import Reply
from bot.market.schema import Entity, Fact, Source
from storage import Gap
from tests.fakes.courier import FakeCourier, deliver
from tests.fakes.house import House, button_of, labels

WAYS = (
    "How long are the clips of Quuxreel?",
    "quuxreel max clip length",
    "what does quuxreel cost per second",
    "quuxrel resolution?",
)
OTHER = "Does Runway have an office in Berlin?"
FACT = {
    "entity": "Quuxreel",
    "kind": "model",
    "claim": "Quuxreel makes clips of 77 seconds at most.",
    "source": "https://example.org/q",
    "value": "max_seconds: 77 s",
}


def told(courier: FakeCourier, name: str) -> list[Reply]:
    return [reply for account, reply in courier.told if account == f"discord:{name}"]


async def gaps(house: House, state: str = "open") -> list[Gap]:
    community = await house.community("discord:88")
    return list(await house.store.gaps.list(community.bank_id, state))  # type: ignore[arg-type]


async def test_questions_about_one_thing_are_one_item_the_most_asked_first(house: House) -> None:
    await house.person("bob").does("ask", question=OTHER)
    for n, question in enumerate(WAYS):
        await house.person(f"p{n}").does("ask", question=question)

    listed = await house.moderator().says("market gaps")

    assert len(listed.items) == 2
    assert "uuxreel" in listed.items[0].text
    assert "(4×" in listed.items[0].text
    assert "Runway" in listed.items[1].text
    assert labels(listed)[:3] == ["Add the fact", "Answered", "Dismiss"]


async def test_a_dismissed_topic_stays_away_and_can_come_back(house: House) -> None:
    for question in WAYS[:2]:
        await house.person("ann").does("ask", question=question)
    mod = house.moderator()

    await mod.presses(await mod.says("market gaps"), "Dismiss")
    await house.person("bob").does("ask", question=WAYS[0])

    assert "Every question" in (await mod.says("market gaps")).text
    dismissed = await mod.says("market gaps dismissed")
    assert len(dismissed.items) == 1
    await mod.presses(dismissed, "Open again")
    assert len((await mod.says("market gaps")).items) == 1


async def test_the_button_opens_the_form_for_a_fact_about_it(house: House) -> None:
    await house.person("ann").does("ask", question=OTHER)

    button = button_of(await house.moderator().says("market gaps"), "Add the fact")

    assert (button.command, button.opens_form) == ("market add", True)
    assert button.values["entity"] == "Runway"


async def test_the_form_says_what_the_question_says(house: House) -> None:
    await house.person("ann").does("ask", question=WAYS[0])

    button = button_of(await house.moderator().says("market gaps"), "Add the fact")

    typed = {name: value for name, value in button.values.items() if name != "_of"}
    assert typed == {"entity": "Quuxreel", "value": "max_seconds: "}


async def test_a_fact_answers_gaps_and_tells_who_waited(house: House) -> None:
    courier = FakeCourier()
    asked = await house.person("ann").does("ask", question=WAYS[0], private=True)
    await house.person("ann").presses(asked, "Tell me when you know")
    await house.person("bob").does("ask", question=WAYS[2])

    added = await house.moderator().does("market add", **FACT)
    await deliver(house, courier)

    assert added.ok, added.text
    assert "That answers a question" in added.text
    assert [g.question for g in await gaps(house, "answered")] == [WAYS[0]]
    assert [g.question for g in await gaps(house)] == [WAYS[2]]  # the price is still unknown
    (heard,) = told(courier, "ann")
    assert WAYS[0].rstrip("?") in heard.text
    assert "77 seconds" in heard.text
    assert heard.citations
    await deliver(house, courier, times=2)
    assert len(told(courier, "ann")) == 1


async def test_nobody_is_told_the_words_of_another(house: House) -> None:
    courier = FakeCourier()
    await house.person("ann").does("ask", question="Quuxreel clip length, for my divorce?")
    own = await house.person("bob").does("ask", question="quuxreel clip length?")
    await house.person("bob").presses(own, "Tell me when you know")

    await house.moderator().does("market add", **FACT)
    await deliver(house, courier)

    assert "divorce" not in repr(courier.told)
    assert len(told(courier, "bob")) == 1


async def test_who_was_erased_is_not_told(house: House) -> None:
    courier = FakeCourier()
    ann = house.person("ann")
    asked = await ann.does("ask", question=WAYS[0])
    await ann.presses(asked, "Tell me when you know")
    await ann.presses(await ann.says("privacy delete"), "Yes, forget me")

    await house.moderator().does("market add", **FACT)
    await deliver(house, courier)

    assert courier.told == []


async def test_who_can_be_written_to_nowhere_keeps_nobody_else_waiting(house: House) -> None:
    await house.enter("console:local")
    asked = await house.person("op", key="console:local").does("ask", question=WAYS[0])

    followed = await house.person("op", key="console:local").presses(asked, "Tell me when")
    added = await house.moderator(key="console:local").does("market add", **FACT)

    assert "Discord or Slack" in followed.text
    assert added.ok, added.text
    assert await house.store.outbox.waiting() == 0


@pytest.mark.parametrize("ids", ["", "x", "999", "999,"])
async def test_a_forged_number_settles_nothing(house: House, ids: str) -> None:
    reply = await house.moderator().does("market close", ids=ids, state="answered")

    assert not reply.ok


async def test_gaps_of_another_bank_are_out_of_reach(house: House) -> None:
    await house.enter("slack:T9")
    await house.person("ann").does("ask", question=WAYS[0])
    (gap,) = await gaps(house)
    stranger = house.moderator(key="slack:T9")

    assert not (await stranger.does("market close", ids=str(gap.id), state="dismissed")).ok
    assert not (await stranger.does("market follow", id=gap.id, question="mine?")).ok
    assert len(await gaps(house)) == 1


async def upgrade(house: House) -> None:
    """Start again with a newer Reelbank that knows how long the clips of Quuxreel are."""
    fact = Fact(
        claim="Quuxreel makes clips of 77 seconds at most.",
        as_of="2026-11-20",
        source=Source("https://example.org/q", "Quuxreel", "Example", "2026-11-20"),
        field="max_seconds",
        value="77 s",
    )
    newer = Entity(id="quuxreel", name="Quuxreel", kind="model", facts=(fact,))
    market = house.services.market.with_entities([newer])
    banks = Banks(house.store, lambda: market, Models(lambda: None))
    house.services = replace(house.services, market=market, banks=banks)


async def recheck_by_the_clock(house: House) -> None:
    job = next(job for job in jobs.ALL if job.name == "recheck gaps")
    await job.run(house.services, house.clock())


async def test_what_an_upgrade_answers_is_pointed_out_and_told_once_confirmed(
    house: House,
) -> None:
    courier = FakeCourier()
    await house.set("staff_channel", "staff")
    asked = await house.person("ann").does("ask", question=WAYS[0], private=True)
    await house.person("ann").presses(asked, "Tell me when you know")
    for name in ("bob", "cem"):
        await house.person(name).does("ask", question=OTHER)
    await recheck_by_the_clock(house)
    await deliver(house, courier)
    assert courier.messages == {}

    await upgrade(house)
    for _ in range(3):
        await recheck_by_the_clock(house)
        await deliver(house, courier)

    (notice,) = courier.messages.values()
    assert "A question that was asked in vain can be answered by now" in notice.text
    assert "One person waits" in notice.text
    assert courier.told == []
    listed = await house.moderator().presses(notice, "Look at them")
    assert "I can answer this by now" in listed.items[0].text
    assert "I can answer this by now" not in listed.items[1].text
    await house.moderator().presses(listed, "Answered")
    await deliver(house, courier)
    (heard,) = told(courier, "ann")
    assert "77 seconds" in heard.text
    assert [gap.question for gap in await gaps(house)] == [OTHER]


async def test_nobody_is_told_by_the_word_for_another_topic(house: House) -> None:
    courier = FakeCourier()
    asked = await house.person("ann").does("ask", question=WAYS[0])
    await house.person("ann").presses(asked, "Tell me when you know")
    await house.person("bob").does("ask", question=OTHER)
    await upgrade(house)
    other = next(gap for gap in await gaps(house) if gap.question == OTHER)

    await house.moderator().does("market close", ids=str(other.id), state="answered")
    await deliver(house, courier)

    assert courier.told == []


async def test_the_queue_counts_gaps_as_they_are_listed(house: House) -> None:
    await house.person("bob").does("ask", question=OTHER)
    for n, question in enumerate(WAYS):
        await house.person(f"p{n}").does("ask", question=question)
    await house.person("dan").does("idea add", text="A TV spot for shoes made in an afternoon")

    queue = await house.moderator().does("queue", kind="gaps")

    assert "Questions without an answer: 2" in queue.text
    assert [c.label for s in queue.selects for c in s.choices] == ["Pending 1", "Gaps 2"]
