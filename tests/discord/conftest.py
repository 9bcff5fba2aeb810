"""A store on a file, services around it, and the bot in a simulated Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest
import simcord

from bot.adapters.discord_bot import create_client
from bot.core import commands, dispatch
from bot.core.services import Services
from bot.settings import Settings
from storage import Store
from tests.discord import own_commands
from tests.discord.line import line, server

__all__ = ["line", "server"]

BOT_MAY = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
)


@pytest.fixture
async def services(tmp_path: Path) -> AsyncIterator[Services]:
    store = Store.open(tmp_path / "reelbank.db", durable=False)
    unused: Any = SimpleNamespace()
    settings = Settings(_env_file=None, data_dir=tmp_path)
    yield Services(
        store=store, market=unused, banks=unused, settings=settings, clock=lambda: datetime.now(UTC)
    )
    store.close()


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """Put our own commands in the place of the real ones."""
    monkeypatch.setattr(commands, "ALL", own_commands.ALL, raising=False)
    dispatch._by_name.cache_clear()
    own_commands.seen.clear()
    own_commands.files[:] = [tmp_path / "export.csv"]
    yield own_commands
    dispatch._by_name.cache_clear()


@dataclass
class Town:
    """A server with a member, a moderator, an administrator and the bot."""

    env: simcord.Env
    services: Services
    guild: Any
    general: Any
    alice: Any
    mod: Any
    boss: Any
    more: dict[str, Any] = field(default_factory=dict)

    async def restart(self) -> None:
        """Begin anew as after a crash: nothing in memory, the same store."""
        await self.env.restart_bot(create_client(self.services))


@pytest.fixture
def simcord_bot(services: Services, own: Any) -> discord.Client:
    return create_client(services)


@pytest.fixture
def town(simcord_env: simcord.Env, services: Services) -> Town:
    env = simcord_env
    guild = env.create_guild("Film club")
    general = guild.create_text_channel("general")
    mods = guild.create_role("Mods", permissions=discord.Permissions(manage_messages=True))
    boss = guild.create_role("Boss", permissions=discord.Permissions(manage_guild=True))
    return Town(
        env,
        services,
        guild,
        general,
        guild.add_member(env.create_user("alice", global_name="Alice")),
        guild.add_member(env.create_user("mod"), roles=[mods]),
        guild.add_member(env.create_user("boss"), roles=[boss]),
    )
