"""An administrator walks through the setup on Slack, by its own pickers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.adapters.slack_app import open_inspector
from bot.adapters.slack_app.adapter import SlackAdapter
from bot.core.banks import Banks
from bot.core.doctor import _outbox as examine_outbox
from bot.core.findings import Level
from bot.core.outbox import deliver_due
from bot.core.places import examine_places
from bot.core.services import Services
from bot.market import Market
from storage import Store
from tests.fakes.slack_checks import elements
from tests.fakes.slack_people import SlackPeople
from tests.fakes.slack_server import Fault, SlackServer
from tests.slack.conftest import running, services_for, settings_for


@pytest.fixture
def services(slack: SlackServer, store: Store, tmp_path: Path, market: Market) -> Services:
    made = services_for(store, settings_for(slack, tmp_path))
    return replace(made, market=market, banks=Banks(store, lambda: market))


@pytest.fixture
async def product(slack: SlackServer, services: Services) -> AsyncIterator[SlackAdapter]:
    async with running(services) as connected:
        services.couriers["slack"] = connected.courier
        yield connected
    assert slack.problems == []


@pytest.fixture
async def people(slack: SlackServer, product: SlackAdapter) -> AsyncIterator[SlackPeople]:
    async with aiohttp.ClientSession() as session:
        yield SlackPeople(slack, product.port, session)


async def settings_of(store: Store) -> dict[str, Any]:
    row = await store.communities.get("slack:T1")
    assert row is not None
    return dict(row.settings)


def words(message: dict[str, Any]) -> str:
    return str(message["blocks"])


async def test_the_walk(slack: SlackServer, people: SlackPeople, store: Store) -> None:
    slack.groups["S1"] = ["UMIA"]
    await people.slash("UADA", "/reelbank setup")
    [screen] = await slack.until(lambda: slack.ephemeral)
    assert "nowhere yet" in words(screen)

    await people.click("UADA", screen, "Channel for cards", value="C3")
    await slack.until(lambda: screen.get("edited") == 1)
    assert (await settings_of(store))["cards_channel"] == "C3"
    assert "`/invite @Reelbank`" in words(screen)
    slack.channels["C3"]["is_member"] = True
    await people.click("UADA", screen, "Channel for cards", value="C3")
    await slack.until(lambda: screen.get("edited") == 2)
    assert "/invite" not in words(screen)
    picker = next(e for e in elements(screen["blocks"]) if e["type"] == "conversations_select")
    assert picker["initial_conversation"] == "C3"

    await people.click("UADA", screen, "Next ▶")
    await slack.until(lambda: "2 of 9" in words(screen))
    await people.click("UADA", screen, "Skip ▶")
    await slack.until(lambda: "3 of 9" in words(screen))
    await people.click("UADA", screen, "Roles or groups that moderate", value="S1")
    await slack.until(lambda: "@s1" in words(screen))
    await people.click("UADA", screen, "People who moderate", value="UBEN")
    await slack.until(lambda: "@s1, Ben" in words(screen))
    assert (await settings_of(store))["moderator_roles"] == ["S1", "slack:T1:UBEN"]
    await people.slash("UBEN", "/reelbank queue")
    queue = (await slack.until(lambda: slack.ephemeral[1:]))[0]
    assert "for moderators" not in words(queue)

    await people.click("UADA", screen, "Finish")
    await slack.until(lambda: "All is well" in words(screen))
    assert "#elsewhere" in words(screen)


async def test_a_time_zone_is_searched_as_one_types(
    slack: SlackServer, people: SlackPeople, store: Store
) -> None:
    await people.slash("UADA", "/reelbank setup step:digest")
    [screen] = await slack.until(lambda: slack.ephemeral)
    await people.click("UADA", screen, "Search a time zone")
    [view] = await slack.until(lambda: list(slack.views.values()))
    found = await people.complete("UADA", view, "zone", "mexico")
    assert found[0]["value"] == "America/Mexico_City"

    await people.submit("UADA", view, zone="America/Mexico_City")
    assert (await settings_of(store))["timezone"] == "America/Mexico_City"


async def test_only_admins_of_the_workspace_set_up(
    slack: SlackServer, people: SlackPeople, store: Store
) -> None:
    for number, user in enumerate(("UMIA", "UEXT")):  # UEXT is an admin, but of another workspace
        await people.slash(user, "/reelbank setup")
        refused = (await slack.until(lambda at=number: slack.ephemeral[at:]))[0]  # type: ignore[misc]
        assert list(elements(refused["blocks"])) == []
        assert "admin" in words(refused)


async def test_the_doctor_asks_slack_what_is_missing(
    slack: SlackServer, store: Store, services: Services
) -> None:
    community = await store.communities.ensure("slack:T1", "Acme", services.clock())
    await people_choose(store, community.id, services, "C3")
    slack.scopes = "chat:write,commands,channels:read,groups:read,usergroups:read,users:read"
    openers = {"slack": open_inspector}

    found = await examine_places(store, services.settings, openers)
    texts = [f.text for f in found]
    assert any("Acme: I am not in #elsewhere" in text for text in texts)
    assert any("files:write is not granted" in text for text in texts)
    assert {f.level for f in found} == {Level.BAD}
    assert "https://api.slack.com/apps/A1/install-on-team" in {f.remedy for f in found}

    slack.is_token_good = False
    [refused] = await examine_places(store, services.settings, openers)
    assert (refused.level, refused.text) == (Level.BAD, "the platform refuses the token")
    slack.faults["auth.test"] = [Fault(status=503, times=9)]
    [down] = await examine_places(store, services.settings, openers)
    assert down.level is Level.NOTE


async def people_choose(store: Store, community_id: int, services: Services, channel: str) -> None:
    from storage import Write

    write = Write(person_id=None, community_id=community_id, now=services.clock())
    await store.communities.set_settings(write, community_id, {"cards_channel": channel})


def opened(user: str, tab: str) -> dict[str, Any]:
    return {"type": "app_home_opened", "user": user, "tab": tab, "channel": f"D{user}"}


async def test_the_first_admin_who_opens_the_app_gets_a_hello(
    slack: SlackServer, people: SlackPeople, product: SlackAdapter, services: Services, store: Store
) -> None:
    couriers = {"slack": product.courier}
    for user in ("UMIA", "UEXT"):  # no admin here
        await people.event(opened(user, "home"))
    await slack.until(lambda: {"UMIA", "UEXT"} <= set(slack.homes))
    assert "Set up" not in words(slack.homes["UMIA"])
    assert await settings_of(store) == {}

    await people.event(opened("UADA", "home"))
    await slack.until(lambda: "UADA" in slack.homes)
    assert "Set up" in words(slack.homes["UADA"])
    async with asyncio.timeout(5):
        while not await settings_of(store):
            await asyncio.sleep(0.01)
    await people.event(opened("UADA", "messages"))
    for _ in range(2):
        await deliver_due(services, couriers, services.clock())

    [hello] = slack.messages["DUADA"]
    assert "The setup takes two minutes" in hello["text"]
    await people.click("UADA", hello, "Set up", channel="DUADA")
    screen = (await slack.until(lambda: slack.messages["DUADA"][1:]))[0]
    assert "1 of 9" in words(screen)
    assert "two minutes" in words(hello)
    await people.click_in_view("UADA", slack.homes["UADA"], "Set up")
    [view] = await slack.until(lambda: list(slack.views.values()))
    assert "nowhere yet" in words(view)
    await people.click_in_view("UADA", view, "Channel for cards", value="C2")
    await slack.until(lambda: "#cards" in words(next(iter(slack.views.values()))))


async def test_what_comes_late_does_not_bring_a_workspace_back(
    slack: SlackServer, people: SlackPeople, store: Store
) -> None:
    await people.event({"type": "app_uninstalled"})
    async with asyncio.timeout(5):
        while (await store.communities.get("slack:T1")).left_at is None:  # type: ignore[union-attr]
            await asyncio.sleep(0.01)
    await people.slash("UMIA", "/ask Who makes Kling?")
    await slack.until(lambda: slack.messages["C1"])

    row = await store.communities.get("slack:T1")
    assert row is not None
    assert row.left_at is not None


async def test_what_an_archived_channel_did_not_take_is_shown_and_comes_once_it_is_back(
    slack: SlackServer, people: SlackPeople, product: SlackAdapter, services: Services, store: Store
) -> None:
    community = await store.communities.ensure("slack:T1", "Acme", services.clock())
    await people_choose(store, community.id, services, "C2")
    slack.channels["C2"]["is_archived"] = True
    await people.slash("UMIA", "/idea add Rebuild a crash for the jury from the police report")
    await slack.until(lambda: slack.ephemeral)
    await deliver_due(services, {"slack": product.courier}, services.clock())

    [row] = await store.outbox.dead_rows()
    assert row.dead_reason == "the channel or user is no longer there (the channel is archived)"
    assert slack.messages["C2"] == []
    findings = await examine_outbox(store)
    assert [f.text for f in findings] == [f"1 given up on slack: {row.dead_reason}"]
    await people.slash("UADA", "/reelbank setup step:done")
    screen = (await slack.until(lambda: slack.ephemeral[1:]))[0]
    assert "is archived" in words(screen)
    assert f"1 message: {row.dead_reason}" in words(screen)

    slack.channels["C2"]["is_archived"] = False
    await people.click("UADA", screen, "Send them now")
    await slack.until(lambda: "could not send" not in words(screen))
    later = services.clock() + timedelta(seconds=5)
    await deliver_due(services, {"slack": product.courier}, later)

    assert len(slack.messages["C2"]) == 1
    assert await store.outbox.dead_rows() == []


async def test_who_was_deactivated_is_told_nothing_and_holds_up_nobody(
    slack: SlackServer, people: SlackPeople, product: SlackAdapter, services: Services, store: Store
) -> None:
    await people.slash("UMIA", "/idea add Rebuild a crash for the jury from the police report")
    await slack.until(lambda: slack.ephemeral)
    await people.slash("UBEN", "/idea follow 1")
    await slack.until(lambda: slack.ephemeral[1:])
    slack.users["UMIA"]["deleted"] = True
    await people.slash("UADA", "/reelbank mod accept 1")
    await slack.until(lambda: slack.ephemeral[2:])
    await deliver_due(services, {"slack": product.courier}, services.clock() + timedelta(hours=1))

    assert len(slack.messages["DUBEN"]) == 1
    assert not slack.messages.get("DUMIA")
    assert [row.dead_reason for row in await store.outbox.dead_rows()] == [
        "the user is deactivated, and there is no card to say it below"
    ]
