"""Coming to a server and leaving it, also while the bot was not running."""

from __future__ import annotations

from collections.abc import Sequence

import discord
import structlog

from bot.core import hello
from bot.core.services import Services
from storage.rows import CommunityRow, Write

log = structlog.get_logger(__name__)

_PREFIX = "discord:"
_PLACES = 3


class Arrivals:
    """Keeps the store's communities as they are on Discord."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def joined(self, guild: discord.Guild) -> None:
        """Make a server's community, or take it back, and say hello the first time."""
        row = await self._services.store.communities.ensure(
            f"{_PREFIX}{guild.id}", guild.name or str(guild.id), self._services.clock()
        )
        owner = [f"{_PREFIX}{guild.owner_id}"] if guild.owner_id else []
        await hello.greet(
            self._services,
            row,
            channels=_places(guild),
            accounts=owner,
            locale=str(guild.preferred_locale),
        )

    async def left(self, key: str) -> None:
        """Mark a community as left; its data is purged later, unless the bot is invited again."""
        store = self._services.store
        row = await store.communities.get(key)
        if row is None or row.left_at is not None:
            return
        write = Write(person_id=None, community_id=row.id, now=self._services.clock())
        await store.communities.leave(write, row.id)
        log.info("discord_guild_left", community=row.id)

    async def catch_up(self, guilds: Sequence[discord.Guild]) -> None:
        """Do what was missed while the bot was away.

        Servers in an outage are among `guilds`, too: they were not left.
        """
        known = {row.key: row for row in await self._services.store.communities.all()}
        there = {f"{_PREFIX}{guild.id}" for guild in guilds}
        for guild in guilds:
            if not guild.unavailable and _is_new(known.get(f"{_PREFIX}{guild.id}")):
                await self.joined(guild)
        for key, row in known.items():
            is_server = key.startswith(_PREFIX) and key.removeprefix(_PREFIX).isdigit()
            if is_server and key not in there and row.left_at is None:
                await self.left(key)


def _is_new(row: CommunityRow | None) -> bool:
    return row is None or row.left_at is not None


def _places(guild: discord.Guild) -> list[str]:
    """List channels in which the bot may write, the server's own for such news first."""
    me = guild.me
    if me is None:
        return []
    found = [guild.system_channel, *guild.text_channels]
    writable = [c for c in found if c is not None and _may_write(c.permissions_for(me))]
    return list(dict.fromkeys(str(c.id) for c in writable))[:_PLACES]


def _may_write(held: discord.Permissions) -> bool:
    return held.view_channel and held.send_messages
