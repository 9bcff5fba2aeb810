"""What the measurements of the platforms run: the smallest bots there are, and the product."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import discord
from aiohttp import web
from discord import app_commands
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.discord_bot import DiscordAdapter
from bot.adapters.discord_bot.endpoints import use_endpoints
from bot.adapters.slack_app.adapter import SlackAdapter
from bot.app import open_services
from bot.core.services import Services
from bot.demo import read_lines
from bot.settings import Settings
from storage import NewIdea, Write
from tests.fakes import discord_checks, slack_server
from tests.fakes import discord_payloads as payloads
from tests.fakes.discord_server import DiscordServer
from tests.fakes.slack_server import BOT_TOKEN, SIGNING_SECRET, TEAM, SlackServer

IDEAS = [line.text for line in read_lines()]
WORDS = IDEAS[0][:40]
"""What the first idea begins with, and what the echoes say."""

DISCORD = f"discord:{payloads.GUILD}"
SLACK = f"slack:{TEAM}"


@contextlib.contextmanager
def without_checks() -> Iterator[None]:
    """Let the counterparts take everything: what they check takes longer than what is measured."""
    with (
        mock.patch.object(discord_checks, "against_description", return_value=[]),
        mock.patch.object(discord_checks, "of_message", return_value=[]),
        mock.patch.object(slack_server, "check_message"),
        mock.patch.object(slack_server, "pings", return_value=[]),
    ):
        yield


@asynccontextmanager
async def product(folder: Path, community: str, **settings: Any) -> AsyncIterator[Services]:
    """Open the product as `reelbank run` does, with the ideas of the demonstration."""
    given = Settings(_env_file=None, data_dir=folder, **settings)  # type: ignore[call-arg]
    async with open_services(given) as services:
        row = await services.store.communities.ensure(community, "Film club", services.clock())
        if not await services.store.ideas.get(row.bank_id, 1):
            write = Write(person_id=None, community_id=row.id, now=services.clock())
            ideas = [NewIdea(title=line[:80], text=line, platform="discord") for line in IDEAS]
            await services.store.ideas.add_many(write, row.bank_id, ideas)
        yield services


@asynccontextmanager
async def echo_bot(server: DiscordServer) -> AsyncIterator[None]:
    """Run the smallest discord.py client that answers a slash command."""
    use_endpoints(server.api_base, server.gateway_url)
    client = discord.Client(intents=discord.Intents(guilds=True))
    tree = app_commands.CommandTree(client)

    @tree.command(name="echo", description="Say it")
    async def echo(interaction: discord.Interaction) -> None:
        await interaction.response.send_message(WORDS, ephemeral=True)

    @tree.command(name="later", description="Say it later")
    async def later(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.edit_original_response(content=WORDS)

    running = asyncio.create_task(client.start(server.token))
    await asyncio.wait_for(server.gateway.connected.wait(), 10)
    await asyncio.wait_for(client.wait_until_ready(), 10)
    try:
        yield
    finally:
        await client.close()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def reelbank_on_discord(folder: Path, server: DiscordServer) -> AsyncIterator[Services]:
    settings = {
        "discord_token": SecretStr(server.token),
        "discord_api_base": server.api_base,
        "discord_gateway_url": server.gateway_url,
    }
    async with product(folder, DISCORD, **settings) as services:
        adapter, stop = DiscordAdapter(services), asyncio.Event()
        running = asyncio.create_task(adapter.run(stop))
        await asyncio.wait_for(server.gateway.connected.wait(), 10)
        try:
            yield services
        finally:
            stop.set()
            await asyncio.wait_for(running, 15)


@asynccontextmanager
async def echo_app(server: SlackServer) -> AsyncIterator[int]:
    """Run the smallest Bolt app that answers a slash command over HTTP."""
    client = AsyncWebClient(token=BOT_TOKEN, base_url=f"{server.base}/api/")
    app = AsyncApp(client=client, signing_secret=SIGNING_SECRET)

    @app.command("/echo")
    async def echo(ack: Any) -> None:
        await ack(WORDS)

    @app.command("/later")
    async def later(ack: Any, respond: Any) -> None:
        await ack()
        await respond(WORDS)

    runner = web.AppRunner(app.server(port=0, path="/slack/events").web_app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def reelbank_on_slack(
    folder: Path, server: SlackServer
) -> AsyncIterator[tuple[int, Services]]:
    settings = {
        "slack_bot_token": BOT_TOKEN,
        "slack_signing_secret": SIGNING_SECRET,
        "slack_api_base": f"{server.base}/api/",
        "slack_port": 0,
    }
    async with product(folder, SLACK, **settings) as services:
        adapter, stop = SlackAdapter(services), asyncio.Event()
        running = asyncio.create_task(adapter.run(stop))
        await asyncio.wait_for(adapter.ready.wait(), 10)
        try:
            yield adapter.port or 0, services
        finally:
            stop.set()
            await asyncio.wait_for(running, 15)
