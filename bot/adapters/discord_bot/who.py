"""Who asks, where and in which community: Discord's objects as core's values."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import discord

from bot.core.model import Actor, Community, Place, Role
from bot.core.services import Services

if TYPE_CHECKING:
    from storage.rows import CommunityRow

    Author = discord.User | discord.Member
else:
    Author = object

DIRECT = "dm"
NEW_ACCOUNT = timedelta(days=7)
_FEW_GUILDS = 25
"""Servers up to which a direct message's sender is looked for in each."""

_REMEMBERED = 5000
_HOME_LASTS = timedelta(hours=1)
"""After this a sender's servers are looked up again: they may have joined or left one."""


class Communities:
    """Finds the community of a guild or a direct message; what it found last is in memory.

    The memory answers before the acknowledgement, when the store may be slow; it is only used
    for what an answer looks like. What is written always goes to the community read from the store.
    """

    def __init__(self, services: Services, client: discord.Client) -> None:
        self._services = services
        self._client = client
        self._known: dict[str, Community] = {}
        # Where a user's direct messages belong, and when that was looked up.
        self._homes: OrderedDict[int, tuple[str, datetime]] = OrderedDict()

    def at_once(self, guild: discord.Guild | None, user: Author) -> Community | None:
        """Give the community from memory, without waiting."""
        if guild is not None:
            return self._known.get(f"discord:{guild.id}")
        home = self._homes.get(user.id)
        return self._known.get(home[0]) if home else None

    async def of(self, guild: discord.Guild | None, user: Author) -> Community:
        """Give the community from the store; first sight of a guild makes it."""
        if guild is not None:
            return await self._ensure(f"discord:{guild.id}", guild.name or str(guild.id))
        key, name = await self._home(user)
        return await self._ensure(key, name)

    def forget(self) -> None:
        """Drop what is in memory, since settings changed."""
        self._known.clear()

    async def _ensure(self, key: str, name: str) -> Community:
        now = self._services.clock()
        row = await self._services.store.communities.ensure(key, name, now)
        self._known[key] = community_of(row)
        return self._known[key]

    async def _home(self, user: Author) -> tuple[str, str]:
        """Find where a direct message belongs: the one server shared with its sender, or none."""
        now = self._services.clock()
        key, looked_up_at = self._homes.get(user.id, ("", now))
        if not key or now - looked_up_at > _HOME_LASTS:
            shared = await self._shared(user.id)
            key = f"discord:{shared[0].id}" if len(shared) == 1 else f"discord:dm-{user.id}"
            self._homes[user.id] = (key, now)
            while len(self._homes) > _REMEMBERED:
                self._homes.popitem(last=False)
        guild_id = key.removeprefix("discord:")
        guild = self._client.get_guild(int(guild_id)) if guild_id.isdigit() else None
        return key, guild.name if guild else f"@{user.name}"

    async def _shared(self, user_id: int) -> list[discord.Guild]:
        guilds = [guild for guild in self._client.guilds if not guild.unavailable]
        if len(guilds) > _FEW_GUILDS:
            return [guild for guild in guilds if guild.get_member(user_id)]
        found = await asyncio.gather(*(_is_member(guild, user_id) for guild in guilds))
        return [guild for guild, is_in in zip(guilds, found, strict=True) if is_in]


async def _is_member(guild: discord.Guild, user_id: int) -> bool:
    if guild.get_member(user_id):
        return True
    try:
        await guild.fetch_member(user_id)
    except discord.HTTPException:
        return False
    return True


def community_of(row: CommunityRow) -> Community:
    """Give the store's row as core's value."""
    return Community(row.id, row.key, row.name, row.bank_id, row.settings)


def actor_of(user: Author, guild: discord.Guild | None, settings: Mapping[str, object]) -> Actor:
    """Give who acts, with the role that the platform's permissions grant."""
    return Actor(
        key=f"discord:{guild.id if guild else DIRECT}:{user.id}",
        display_name=user.display_name,
        role=role_of(user, settings),
        is_new=discord.utils.utcnow() - user.created_at < NEW_ACCOUNT,
    )


def role_of(user: Author, settings: Mapping[str, object]) -> Role:
    """Read the role from permissions: who manages the server is an administrator."""
    if not isinstance(user, discord.Member):
        return Role.MEMBER
    granted = user.guild_permissions
    if granted.administrator or granted.manage_guild:
        return Role.ADMIN
    chosen = settings.get("moderator_roles")
    ours = {str(role) for role in chosen} if isinstance(chosen, list | tuple) else set()
    has_role = f"discord:{user.id}" in ours or any(str(r.id) in ours for r in user.roles)
    return Role.MODERATOR if granted.manage_messages or has_role else Role.MEMBER


def place_of(
    channel: object, channel_id: int | None, message: discord.Message | None, *, thread: str | None
) -> Place:
    """Give where something was said; inside a Discord thread, its parent is the channel.

    `message_id` stays empty: the conversation is in `thread`, or there is none.
    """
    is_thread = isinstance(channel, discord.Thread)
    parent_id = channel.parent_id if isinstance(channel, discord.Thread) else channel_id
    is_lasting = message is not None and not message.flags.ephemeral
    return Place(
        channel_id=str(parent_id or channel_id or ""),
        thread_id=str(channel_id) if is_thread else thread,
        permalink=message.jump_url if message and is_lasting else None,
        is_direct=isinstance(channel, discord.DMChannel),
    )


def locale_of(interaction: discord.Interaction[discord.Client]) -> str:
    """Give the locale that the member's Discord is set to."""
    return str(interaction.locale or interaction.guild_locale or "en-US")
