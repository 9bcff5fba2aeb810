"""The product's own commands, knowledge and cards through Slack, as a member sees them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.adapters.slack_app.adapter import SlackAdapter
from bot.core.banks import Banks
from bot.core.outbox import deliver_due
from bot.core.services import Services
from bot.market import Market
from storage import Store, Write
from tests.fakes.slack_people import SlackPeople
from tests.fakes.slack_server import SlackServer
from tests.slack.conftest import running, services_for, settings_for

TEXT = "Reconstruct a traffic accident from the police report, for insurers and lawyers."


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Market:
    return Market.load(cache_dir=tmp_path_factory.mktemp("knowledge"))


@pytest.fixture
def services(slack: SlackServer, store: Store, tmp_path: Path, market: Market) -> Services:
    made = services_for(store, settings_for(slack, tmp_path))
    return replace(made, market=market, banks=Banks(store, lambda: market))


@pytest.fixture
async def product(slack: SlackServer, services: Services) -> AsyncIterator[SlackAdapter]:
    async with running(services) as connected:
        yield connected
    assert slack.problems == []


@pytest.fixture
async def people(slack: SlackServer, product: SlackAdapter) -> AsyncIterator[SlackPeople]:
    async with aiohttp.ClientSession() as session:
        yield SlackPeople(slack, product.port, session)


async def deliver(services: Services, product: SlackAdapter) -> None:
    await deliver_due(services, {"slack": product.courier}, datetime.now(UTC))


async def set_cards_channel(store: Store, **more: Any) -> None:
    now = datetime.now(UTC)
    community = await store.communities.ensure("slack:T1", "Acme", now)
    write = Write(person_id=None, community_id=community.id, now=now)
    await store.communities.set_settings(write, community.id, {"cards_channel": "C2", **more})


async def test_a_question_has_an_answer_whose_marks_are_links(
    slack: SlackServer, people: SlackPeople
) -> None:
    await people.slash("UMIA", "/ask How long can a Veo 3 clip be?")

    [message] = await slack.until(lambda: slack.messages["C1"])
    assert "8 s" in message["text"]
    assert "|[1]>" in message["blocks"][0]["text"]["text"]


async def test_a_comparison_is_a_table(slack: SlackServer, people: SlackPeople) -> None:
    await people.slash("UMIA", "/ask Compare Veo 3 and Sora 2 on length and price")

    [message] = await slack.until(lambda: slack.messages["C1"])
    assert "table" in [block["type"] for block in message["blocks"]]


async def test_the_path_of_an_idea(
    slack: SlackServer,
    people: SlackPeople,
    services: Services,
    product: SlackAdapter,
    store: Store,
) -> None:
    await set_cards_channel(store)
    await people.slash("UMIA", "/idea add")
    [view] = await slack.until(lambda: list(slack.views.values()))
    await people.submit("UMIA", view, title="Crash reconstruction", text=TEXT)
    await slack.until(lambda: "#1" in str(slack.views.get(view["id"])))

    await deliver(services, product)
    [card] = slack.messages["C2"]
    assert "Crash reconstruction" in card["text"]

    await people.click("UBEN", card, "▲ For", channel="C2")
    community = await store.communities.get("slack:T1")
    assert community is not None
    await _voted(store, community.bank_id)
    await deliver(services, product)
    assert "1 for" in str(card["blocks"])

    slack.views.clear()
    await people.click("UADA", card, "Decline", channel="C2")
    [reason] = await slack.until(lambda: list(slack.views.values()))
    await people.submit("UADA", reason, reason="We have it already")
    await deliver(services, product)
    assert "declined" in str(card["blocks"])
    assert len(slack.messages["C2"]) == 1
    idea = await store.ideas.get(community.bank_id, 1)
    assert idea is not None
    assert idea.status == "declined"


async def _voted(store: Store, bank_id: int) -> None:
    for _ in range(500):
        idea = await store.ideas.get(bank_id, 1)
        if idea is not None and idea.votes.up:
            return
    raise AssertionError("no vote")


async def test_a_member_cannot_decline(
    slack: SlackServer, people: SlackPeople, store: Store
) -> None:
    await people.slash("UMIA", f"/idea add title:Crash {TEXT}")
    await slack.until(lambda: slack.ephemeral)
    await people.slash("UBEN", "/reelbank mod decline 1 no")

    community = await store.communities.get("slack:T1")
    assert community is not None
    idea = await store.ideas.get(community.bank_id, 1)
    assert idea is not None
    assert idea.status == "pending"


async def test_every_listed_command_has_its_help(slack: SlackServer, people: SlackPeople) -> None:
    for line in ("/ask help", "/idea help", "/reelbank help", "/reelbank help mod"):
        await people.slash("UADA", line)
    await slack.until(lambda: len(slack.ephemeral) == 4)
    assert all(len(message["text"]) > 40 for message in slack.ephemeral)


async def test_the_home_tab(slack: SlackServer, people: SlackPeople) -> None:
    await people.event({"type": "app_home_opened", "user": "UMIA", "tab": "home"})

    home = (await slack.until(lambda: slack.homes))["UMIA"]
    assert len(home["blocks"]) > 4
