"""The adapter on a line to a strict Discord of our own on loopback."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import discord.gateway
import discord.http
import pytest
from pydantic import SecretStr

from bot.adapters.discord_bot import DiscordAdapter
from bot.adapters.discord_bot import adapter as adapter_module
from bot.adapters.discord_bot.client import ReelbankClient
from bot.core.services import Services
from bot.settings import Settings
from tests.fakes.discord_gateway import IDENTIFY
from tests.fakes.discord_server import DiscordServer


@dataclass
class Line:
    """The adapter at work, and the server that it talks to."""

    server: DiscordServer
    adapter: DiscordAdapter
    stop: asyncio.Event
    running: asyncio.Task[None]

    async def count(self, op: int, times: int) -> None:
        """Wait until the gateway has received an op code so often."""
        while self.server.gateway.received.count(op) < times:
            await asyncio.sleep(0.01)
        await self.server.gateway.connected.wait()

    async def answers(self, name: str = "quiet", **options: Any) -> str:
        """Use a command; gives what the bot made of it."""
        made = await self.server.slash(name, **options)
        await self.server.until(lambda: made.original is not None and not made.is_waiting)
        return str(made.original and made.original["content"])


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordServer]:
    # Restores discord.py's own addresses for the tests after this one.
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    default = discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", default)
    # discord.py waits for servers to come in, and before a new session: not in a test.
    monkeypatch.setattr(adapter_module, "_SHORTEST_PAUSE_S", 0.01)

    async def at_once(*_: Any, **__: Any) -> None:
        return

    monkeypatch.setattr(ReelbankClient, "before_identify_hook", at_once)
    made = DiscordServer()
    await made.start()
    yield made
    await made.stop()


def pointed_at(services: Services, server: DiscordServer, **more: Any) -> Services:
    given = {
        "discord_token": SecretStr(server.token),
        "discord_api_base": server.api_base,
        "discord_gateway_url": server.gateway_url,
        **more,
    }
    settings = Settings(_env_file=None, data_dir=services.settings.data_dir, **given)
    return replace(services, settings=settings)


@contextlib.asynccontextmanager
async def serving(services: Services) -> AsyncIterator[tuple[Any, asyncio.Event, Any]]:
    adapter, stop = DiscordAdapter(services), asyncio.Event()
    running = asyncio.create_task(adapter.run(stop))
    try:
        yield adapter, stop, running
    finally:
        stop.set()
        await asyncio.wait_for(running, 5.0)


@pytest.fixture
async def line(services: Services, own: Any, server: DiscordServer) -> AsyncIterator[Line]:
    async with serving(pointed_at(services, server)) as (adapter, stop, running):
        made = Line(server, adapter, stop, running)
        await asyncio.wait_for(made.count(IDENTIFY, 1), 5.0)
        yield made
    if server.problems:
        pytest.fail("Discord would refuse: " + "; ".join(server.problems))
