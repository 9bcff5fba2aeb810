"""Mentions, direct messages, threads, the Home tab, and the end of an installation."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from bot.core import listen
from storage import Store, Write
from tests.fakes.slack_people import SlackPeople
from tests.fakes.slack_server import BOT_USER, SlackServer
from tests.slack.conftest import running, services_for, settings_for
from tests.slack.features import Seen


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listen, "reads_like_idea", lambda _: False)


async def test_a_mention_that_arrives_as_two_events_has_one_answer_in_its_thread(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    event = await people.mention("UMIA", "how long can a clip be?")

    await slack.until(lambda: len(slack.messages["C1"]) == 2)
    answer = slack.messages["C1"][1]
    assert answer["thread_ts"] == event["ts"]
    [request] = seen.named("ask")
    assert request.text("question") == "how long can a clip be?"
    assert request.place.thread_id == event["ts"]


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_an_event_delivered_four_times_has_one_effect(
    slack: SlackServer, store: Store, tmp_path: Path, seen: Seen, is_restarted: bool
) -> None:
    services = services_for(store, settings_for(slack, tmp_path))
    async with aiohttp.ClientSession() as session:
        async with running(services) as adapter:
            people = SlackPeople(slack, adapter.port, session)
            event = people.said("UMIA", f"<@{BOT_USER}> how long?") | {"type": "app_mention"}
            for retry in range(2 if is_restarted else 4):
                assert (await people.event(event, event_id="Ev1", retry=retry)).status == 200
            await slack.until(lambda: len(slack.messages["C1"]) == 2)
        async with running(services) as adapter:
            people = SlackPeople(slack, adapter.port, session)
            for retry in (2, 3):
                assert (await people.event(event, event_id="Ev1", retry=retry)).status == 200
    assert len(seen.named("ask")) == 1
    assert len(slack.messages["C1"]) == 2


async def test_what_members_say_to_each_other_is_neither_answered_nor_kept(
    slack: SlackServer, people: SlackPeople, seen: Seen, store: Store
) -> None:
    for text in ("how long can a clip be?", "idea: localise one ad"):
        assert (await people.event(people.said("UMIA", text))).status == 200
    await people.event(people.said("UMIA", "and now?", thread_ts="1.1", parent_user_id="UBEN"))

    assert not seen.requests
    assert await store.deliveries.pending(["slack"], datetime.now(UTC)) == []


async def test_bots_edits_and_joins_are_ignored(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    mention = f"<@{BOT_USER}> how long?"
    await people.event(people.said("UMIA", mention, bot_id="B9"))
    await people.event(people.said("UMIA", mention, subtype="message_changed"))
    await people.event(people.said("UMIA", mention, subtype="channel_join"))
    await people.event(people.said(BOT_USER, mention))

    assert not seen.requests


async def test_a_direct_message_is_answered_where_it_was_written(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    await people.event(people.said("UMIA", "how long?", channel="DUMIA"))

    await slack.until(lambda: len(slack.messages["DUMIA"]) == 2)
    assert "thread_ts" not in slack.messages["DUMIA"][1]
    assert seen.named("ask")[0].place.is_direct


async def test_an_error_in_a_direct_message_is_said_there(
    slack: SlackServer, people: SlackPeople
) -> None:
    await people.event(people.said("UMIA", "/settings set x y", channel="DUMIA"))

    await slack.until(lambda: len(slack.messages["DUMIA"]) == 2)
    assert not slack.ephemeral


async def test_a_private_reply_to_a_mention_is_for_the_asker_alone(
    slack: SlackServer, people: SlackPeople
) -> None:
    await people.mention("UMIA", "secret?")

    [message] = await slack.until(lambda: slack.ephemeral)
    assert message["to"] == "UMIA"
    assert len(slack.messages["C1"]) == 1


async def test_a_follow_up_in_the_bots_thread_needs_no_mention(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    await people.event(people.said("UMIA", "and Veo?", thread_ts="1.1", parent_user_id=BOT_USER))

    await slack.until(lambda: len(slack.messages["C1"]) == 2)
    assert slack.messages["C1"][1]["thread_ts"] == "1.1"


async def test_a_growing_answer_is_one_message(slack: SlackServer, people: SlackPeople) -> None:
    await people.mention("UMIA", "/slow")

    await slack.until(lambda: "Third" in str(slack.messages["C1"]))
    assert len(slack.messages["C1"]) == 2


async def test_the_home_tab_shows_help_and_the_members_ideas(
    slack: SlackServer, people: SlackPeople
) -> None:
    opened = {"type": "app_home_opened", "user": "UMIA", "tab": "home", "channel": "DUMIA"}
    await people.event(opened)

    home = (await slack.until(lambda: slack.homes))["UMIA"]
    assert "None yet, Mia" in str(home)
    assert "Help" in str(home)
    await people.click_in_view("UMIA", home, "Share a use case")
    assert await slack.until(lambda: slack.views)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_uninstalling_leaves_in_either_order(
    slack: SlackServer, people: SlackPeople, seen: Seen, store: Store, order: tuple[int, int]
) -> None:
    events = (
        {"type": "app_uninstalled"},
        {"type": "tokens_revoked", "tokens": {"bot": ["UBOT"], "oauth": []}},
    )
    await people.mention("UMIA", "how long?")
    await slack.until(lambda: len(slack.messages["C1"]) == 2)

    for n in order:
        assert (await people.event(events[n])).status == 200
    await _left(store)
    await people.mention("UMIA", "a late one?")

    community = await store.communities.get("slack:T1")
    assert community is not None
    assert community.left_at is not None
    assert len(seen.named("ask")) == 1


async def _left(store: Store) -> None:
    async with asyncio.timeout(5):
        while True:
            community = await store.communities.get("slack:T1")
            if community is not None and community.left_at is not None:
                return
            await asyncio.sleep(0.01)


async def test_revoked_user_tokens_are_no_uninstall(
    slack: SlackServer, people: SlackPeople
) -> None:
    await people.event({"type": "tokens_revoked", "tokens": {"oauth": ["UMIA"]}})
    await people.mention("UMIA", "how long?")

    assert await slack.until(lambda: len(slack.messages["C1"]) == 2)


async def test_a_channel_where_every_question_is_answered(
    slack: SlackServer, people: SlackPeople, store: Store
) -> None:
    now = datetime.now(UTC)
    community = await store.communities.ensure("slack:T1", "Acme", now)
    write = Write(person_id=None, community_id=community.id, now=now)
    await store.communities.set_settings(write, community.id, {"channel_modes": {"C1": "all"}})

    await people.event(people.said("UMIA", "how long can a clip be?"))
    await people.event(people.said("UMIA", "good morning everybody"))

    await slack.until(lambda: len(slack.messages["C1"]) == 3)
    assert slack.messages["C1"][2]["user"] == BOT_USER


async def test_an_offer_to_keep_an_idea(
    slack: SlackServer, people: SlackPeople, seen: Seen
) -> None:
    await people.mention("UMIA", "idea: localise one ad for twelve cities")
    await slack.until(lambda: len(slack.messages["C1"]) == 2)

    await people.click("UMIA", slack.messages["C1"][1], "Keep it")

    [view] = await slack.until(lambda: list(slack.views.values()))
    assert "localise one ad" in str(view["blocks"])
