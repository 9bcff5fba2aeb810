"""The whole path on both platforms: one bank, two communities, one process or two, kill -9."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.core.outbox import LEASE_S
from tests.e2e.conftest import World
from tests.fakes import discord_payloads as payloads

CRASH = "Reconstruct a traffic accident from the police report, to show the jury what happened."
CRASH_AGAIN = (
    "Reconstruct traffic accidents from police reports, so that the jury sees what happened."
)
MENU = "A menu that moves: every dish of the restaurant as a five second clip for the tablet."
BOTH = ("discord+slack",)
APART = ("discord", "slack")


async def link(world: World) -> None:
    """Let the workspace join the bank of the server, and choose where cards go."""
    code = await world.on_discord("link code")
    found = re.search(r"link join ([\w-]+)", code.original["content"])
    assert found
    await world.people.slash("UADA", f"/reelbank link join {found[1]}")
    await world.eventually(
        lambda: len({b for (b,) in world.rows("select bank_id from communities")}) == 1
    )
    await world.on_discord("settings set", name="cards_channel", value=payloads.CARDS)
    await world.people.slash("UADA", "/reelbank settings set cards_channel C2")
    await world.eventually(lambda: world.rows(CHANNELS) == [(2,)])


CHANNELS = "select count(*) from communities where settings like '%cards_channel%'"


async def submit_on_discord(world: World, **values: str) -> Any:
    """Open the form in Discord, fill it in, and give what came of it."""
    opened = await world.on_discord("idea add", payloads.ALICE)
    sent = await world.discord.send_form(opened.callback["data"], **values)
    await world.eventually(lambda: sent.callback is not None and not sent.is_waiting)
    return sent


async def submit_on_slack(world: World, user: str, **values: str) -> None:
    world.slack.views.clear()
    await world.people.slash(user, "/idea add")
    [view] = await world.eventually(lambda: list(world.slack.views.values()))
    await world.people.submit(user, view, **values)


def discord_cards(world: World) -> list[dict[str, Any]]:
    return world.discord.posted(payloads.CARDS)


def slack_cards(world: World) -> list[dict[str, Any]]:
    return world.slack.messages["C2"]


@pytest.mark.parametrize("processes", [BOTH, APART], ids=["one process", "two processes"])
async def test_one_idea_on_both_platforms(world: World, processes: tuple[str, ...]) -> None:
    for platforms in processes:
        await world.start(platforms)
    await link(world)

    kept = await submit_on_discord(world, text=CRASH)
    assert "#1" in str(kept.original) + str(kept.followups)
    await world.eventually(lambda: discord_cards(world) and slack_cards(world))

    # A member of the workspace has the same idea, sees it, and votes for it instead.
    await submit_on_slack(world, "UMIA", text=CRASH_AGAIN)
    shown = await world.eventually(
        lambda: (
            [v for v in world.slack.views.values() if "#1" in str(v)]
            or [m for m in world.slack.ephemeral if "#1" in str(m)]
        )
    )
    await _press_on_slack(world, "UMIA", shown[0], "Vote for #1 instead")
    await world.eventually(lambda: world.rows("select count(*) from votes where value = 1")[0][0])
    for cards in (discord_cards, slack_cards):
        await world.eventually(lambda cards=cards: "1 for" in str(cards(world)))

    # A moderator of the server accepts from the card; the card in the workspace follows.
    made = await world.discord.interact(
        3, _component(discord_cards(world)[0], "Accept"), user_id=payloads.MOD,
        message=discord_cards(world)[0],
    )  # fmt: skip
    await world.eventually(lambda: made.callback is not None)
    for cards in (discord_cards, slack_cards):
        await world.eventually(lambda cards=cards: "accepted" in str(cards(world)))

    # An administrator of the workspace declines another one, with a reason.
    await submit_on_slack(world, "UBEN", text=MENU)
    await world.eventually(lambda: len(slack_cards(world)) == len(discord_cards(world)) == 2)
    world.slack.views.clear()
    await world.people.click("UADA", slack_cards(world)[1], "Decline", channel="C2")
    [reason] = await world.eventually(lambda: list(world.slack.views.values()))
    await world.people.submit("UADA", reason, reason="We have it already")
    for cards in (discord_cards, slack_cards):
        await world.eventually(lambda cards=cards: "We have it already" in str(cards(world)[1]))

    assert world.rows("select status from ideas order by number") == [("accepted",), ("declined",)]
    assert len(slack_cards(world)) == len(discord_cards(world)) == 2
    assert world.discord.problems == []
    assert world.slack.problems == []
    await world.stop()


async def _press_on_slack(world: World, user: str, shown: dict[str, Any], label: str) -> None:
    if "ts" in shown:
        await world.people.click(user, shown, label)
    else:
        await world.people.click_in_view(user, shown, label)


def _component(message: dict[str, Any], label: str) -> dict[str, Any]:
    item = next(i for i in payloads.items(message) if i.get("label") == label)
    return {"component_type": item["type"], "custom_id": item["custom_id"]}


async def test_unlinked_communities_part_with_what_their_members_submitted(world: World) -> None:
    await world.start("discord+slack")
    await link(world)
    await submit_on_discord(world, text=CRASH)
    await submit_on_slack(world, "UMIA", text=MENU)
    await world.eventually(lambda: world.rows("select count(*) from ideas") == [(2,)])

    await world.people.slash("UADA", "/reelbank link leave")
    asked = await world.eventually(
        lambda: [m for m in world.slack.ephemeral if "Do it" in str(m.get("blocks"))]
    )
    await world.people.click("UADA", asked[-1], "Do it")

    banks = "select count(distinct bank_id) from communities"
    await world.eventually(lambda: world.rows(banks) == [(2,)])
    kept = world.rows(PER_COMMUNITY)
    assert dict(kept)["slack:T1"] == 1


async def test_nothing_is_lost_or_doubled_when_the_process_is_killed(world: World) -> None:
    await world.start("discord+slack")
    await link(world)
    texts = [f"{MENU} Kitchen number {n}, with {w}." for n, w in enumerate(WORDS)]

    for number, text in enumerate(texts):
        opened = await world.on_discord("idea add", payloads.ALICE)
        sent = await world.discord.send_form(opened.callback["data"], text=text)
        if number % 2:  # killed as soon as Discord was told that it arrived
            await world.eventually(lambda sent=sent: sent.callback is not None)
            await world.kill("discord+slack")
            await world.start("discord+slack")
        else:
            await world.eventually(lambda sent=sent: not sent.is_waiting and sent.callback)
        if "Mine is different" in str(sent.original) + str(sent.followups):
            await world.discord.click(sent.original, "Mine is different, keep it")

    await world.eventually(lambda: world.rows(UNFINISHED) == [(0,)], 30)
    await world.eventually(lambda: world.rows(IDEAS_AND_DRAFTS)[0][0] >= len(texts), 30)
    kept = world.rows("select text, count(*) from ideas group by text")
    assert all(count == 1 for _, count in kept)
    # What the killed process had leased to send is taken up when its lease has run out.
    await world.eventually(lambda: len(slack_cards(world)) >= len(kept), LEASE_S + 15)
    numbers = [re.search(r"#(\d+)", str(c)) for c in slack_cards(world)]
    assert len({n[1] for n in numbers if n}) == len(slack_cards(world)) == len(kept)
    await world.stop()


WORDS = ("soup", "bread", "noodles", "salad")
UNFINISHED = "select count(*) from deliveries where done_at is null"
IDEAS_AND_DRAFTS = "select (select count(*) from ideas) + (select count(*) from drafts)"
PER_COMMUNITY = """
select c.key, count(i.id) from communities c join ideas i on i.bank_id = c.bank_id group by 1
"""
