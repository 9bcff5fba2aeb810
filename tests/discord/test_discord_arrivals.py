"""Coming to a server and leaving it: the hello, what was missed, outages that are no leaving."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from bot.core.outbox import deliver_due
from bot.core.services import Services
from storage import CommunityRow, Store
from tests.discord.line import Line, pointed_at, serving
from tests.fakes import discord_payloads as payloads
from tests.fakes.discord_gateway import IDENTIFY
from tests.fakes.discord_server import DiscordServer

KEY = f"discord:{payloads.GUILD}"
DM_OF_OWNER = payloads.dm_channel(payloads.OWNER)["id"]


async def until(store: Store, is_so: Callable[[CommunityRow | None], bool]) -> CommunityRow | None:
    async with asyncio.timeout(5):
        while not is_so(row := await store.communities.get(KEY)):
            await asyncio.sleep(0.01)
    return row


async def delivered(line: Line, services: Services) -> None:
    await until(services.store, lambda row: row is not None and bool(row.settings))
    await deliver_due(services, {"discord": line.adapter.courier}, services.clock())


def a_guild(**more: Any) -> dict[str, Any]:
    return {**payloads.guild(), **more}


async def test_the_first_channel_that_takes_it_gets_a_hello_with_a_setup_button(
    line: Line, services: Services
) -> None:
    await delivered(line, services)

    [hello] = line.server.posted(payloads.CHANNEL)
    assert "The setup takes two minutes" in hello["content"]
    labels = [item["label"] for item in payloads.items(hello)]
    assert labels == ["Set up", "What can you do?"]
    assert payloads.items(hello)[0]["custom_id"] == "v1|setup|"

    await line.server.gateway.dispatch("GUILD_CREATE", a_guild())
    await line.answers()
    await deliver_due(services, {"discord": line.adapter.courier}, services.clock())
    assert len(line.server.posted(payloads.CHANNEL)) == 1  # once for each community


async def test_where_no_channel_takes_it_the_owner_hears(line: Line, services: Services) -> None:
    line.server.forbidden_channels |= {payloads.CHANNEL, payloads.CARDS}
    await delivered(line, services)

    assert line.server.posted(payloads.CHANNEL) == []
    [hello] = line.server.posted(DM_OF_OWNER)
    assert f"type `/setup` in any channel of **{payloads.guild()['name']}**" in hello["content"]
    assert [item["label"] for item in payloads.items(hello)] == ["What can you do?"]


async def test_a_button_for_moderators_in_a_direct_message_says_where_to_go(
    line: Line, services: Services
) -> None:
    services.couriers["discord"] = line.adapter.courier
    data = {"component_type": 2, "custom_id": "v1|export|"}
    message = payloads.message("77", "Hello!")
    made = await line.server.interact(3, data, user_id=payloads.OWNER, in_dm=True, message=message)
    await asyncio.wait_for(made.answered.wait(), 5)
    await line.server.until(lambda: bool(made.followups))

    text = str(made.followups)
    assert "`/export` is for moderators" in text
    assert "in any channel of your server" in text


async def test_what_happened_while_the_bot_was_away_is_caught_up_with(
    services: Services, own: Any, server: DiscordServer
) -> None:
    store = services.store
    left = await store.communities.ensure("discord:42", "Left meanwhile", services.clock())
    direct = await store.communities.ensure("discord:dm-7", "@mia", services.clock())
    async with serving(pointed_at(services, server)) as (adapter, stop, running):
        line = Line(server, adapter, stop, running)
        await asyncio.wait_for(line.count(IDENTIFY, 1), 5.0)
        await until(store, lambda row: row is not None)
        async with asyncio.timeout(5):
            while (await store.communities.by_id(left.id)).left_at is None:  # type: ignore[union-attr]
                await asyncio.sleep(0.01)
    kept = await store.communities.by_id(direct.id)
    assert kept is not None
    assert kept.left_at is None


async def test_an_outage_is_no_leaving_and_coming_back_undoes_a_leaving(
    line: Line, services: Services
) -> None:
    await until(services.store, lambda row: row is not None)
    gone = {"id": payloads.GUILD, "unavailable": True}
    await line.server.gateway.dispatch("GUILD_DELETE", gone)
    await line.server.gateway.dispatch("GUILD_CREATE", a_guild(unavailable=False))
    await line.answers()
    row = await services.store.communities.get(KEY)
    assert row is not None
    assert row.left_at is None

    await line.server.gateway.dispatch("GUILD_DELETE", {"id": payloads.GUILD})
    await until(services.store, lambda row: row is not None and row.left_at is not None)
    back = a_guild()
    del back["unavailable"]  # a server that is joined anew has no such mark
    await line.server.gateway.dispatch("GUILD_CREATE", back)
    await until(services.store, lambda row: row is not None and row.left_at is None)
