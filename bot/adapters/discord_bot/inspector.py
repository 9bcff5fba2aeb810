"""Looking around in a server: what the bot may do, what channels, roles and members are called.

A connected bot answers from what the gateway told it; the doctor, which only logs in, asks REST.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import discord

from bot.adapters.discord_bot.endpoints import use_endpoints
from bot.adapters.discord_bot.permissions import invite, lacking, remedy
from bot.adapters.discord_bot.sending import NETWORK_ERRORS, courier_error, patiently
from bot.core.courier import Gone, Lack, TokenRefused, TryLater
from bot.core.model import Choice, Community, SelectKind
from prompts import render

if TYPE_CHECKING:
    from bot.settings import Settings

T = TypeVar("T")

PICKERS = frozenset(SelectKind)
_CHANNELS = ("cards_channel", "staff_channel", "digest_channel")
_PATIENCE_S = 3.0
_OUTAGE_S = 30.0
_ACCOUNT = "discord:"


@dataclass(frozen=True, slots=True)
class Seen:
    """A server as it is now."""

    guild: discord.Guild
    me: discord.Member
    channels: Mapping[int, discord.abc.GuildChannel]


class Inspector:
    """Looks around through a client that is logged in."""

    pickers = PICKERS
    knows_roles_in_direct = False

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def missing(self, community: Community, locale: str = "en") -> list[Lack]:
        """Name missing permissions in the server and its chosen channels, and what is gone."""
        guild_id = _guild_id(community)
        if guild_id is None:
            return []  # direct messages need nothing
        seen = await self._seen(guild_id)
        link = invite(self._client.application_id or seen.me.id, guild_id)
        everywhere = lacking(seen.me.guild_permissions)
        found = [Lack(remedy(name, "", locale), url=link) for name in everywhere]
        for setting in _CHANNELS:
            chosen = str(community.settings.get(setting) or "")
            if chosen:
                found += _in_channel(seen, setting, chosen, frozenset(everywhere), locale)
        return found + _gone_roles(seen, community, locale)

    async def names(self, community: Community, ids: Collection[str]) -> Mapping[str, str]:
        """Give what channels, roles and members are called."""
        guild_id = _guild_id(community)
        if guild_id is None:
            return {}
        seen = await self._seen(guild_id)
        names: dict[str, str] = {}
        for one in ids:
            if one.isdigit() and int(one) in seen.channels:
                names[one] = f"#{seen.channels[int(one)].name}"
            elif one.isdigit() and (role := seen.guild.get_role(int(one))):
                names[one] = f"@{role.name}"
            elif one.startswith(_ACCOUNT) and one.removeprefix(_ACCOUNT).isdigit():
                names |= await self._member(seen.guild, one)
        return names

    async def groups(self, community: Community) -> Sequence[Choice]:
        """Give nothing: Discord itself lists a server's roles."""
        del community
        return ()

    # --- within -------------------------------------------------------------------------------

    async def _member(self, guild: discord.Guild, account: str) -> dict[str, str]:
        try:
            found = await self._try(guild.fetch_member(int(account.removeprefix(_ACCOUNT))))
        except Gone:
            return {}
        return {account: found.display_name}

    async def _seen(self, guild_id: int) -> Seen:
        guild = self._client.get_guild(guild_id)
        if guild is not None and guild.unavailable:
            raise TryLater(_OUTAGE_S)
        if guild is not None and guild.me is not None:
            return Seen(guild, guild.me, {c.id: c for c in guild.channels})
        user = self._client.user
        if user is None:
            raise TryLater(_OUTAGE_S)
        guild = await self._try(self._client.fetch_guild(guild_id))
        channels = await self._try(guild.fetch_channels())
        me = await self._try(guild.fetch_member(user.id))
        return Seen(guild, me, {c.id: c for c in channels})

    async def _try(self, asking: Awaitable[T]) -> T:
        """Ask, with Discord's errors in core's words.

        Raises:
            CourierError: any of its kinds.
        """
        try:
            return await asking
        except (discord.DiscordException, *NETWORK_ERRORS) as error:
            raise courier_error(error) from None


def _in_channel(
    seen: Seen, setting: str, chosen: str, everywhere: frozenset[str], locale: str
) -> list[Lack]:
    channel = seen.channels.get(int(chosen)) if chosen.isdigit() else None
    if channel is None:
        words = render(f"discord.{setting}_gone", locale)
        return [Lack(words, setting)]
    held = channel.permissions_for(seen.me)
    return [
        Lack(remedy(name, f"#{channel.name}", locale), setting)
        for name in lacking(held)
        if name not in everywhere
    ]


def _gone_roles(seen: Seen, community: Community, locale: str) -> list[Lack]:
    chosen = community.settings.get("moderator_roles") or ()
    gone = [r for r in map(str, chosen) if r.isdigit() and seen.guild.get_role(int(r)) is None]
    if not gone:
        return []
    return [Lack(render("discord.roles_gone", locale, count=len(gone)), "moderator_roles")]


def _guild_id(community: Community) -> int | None:
    number = community.key.rpartition(":")[2]
    return int(number) if number.isdigit() else None


@asynccontextmanager
async def open_inspector(settings: Settings) -> AsyncIterator[Inspector]:
    """Log in without connecting, for as long as the block lasts.

    Raises:
        OSError, TimeoutError, discord.DiscordException: Discord is not reached, or refuses.
    """
    if settings.discord_token is None:
        raise TokenRefused
    use_endpoints(settings.discord_api_base, settings.discord_gateway_url)
    token = settings.discord_token.get_secret_value()
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            await patiently(lambda: client.login(token), is_repeatable=True, patience_s=_PATIENCE_S)
        except discord.LoginFailure:
            raise TokenRefused from None
        except (TimeoutError, discord.DiscordException, *NETWORK_ERRORS) as error:
            raise courier_error(error) from None
        yield Inspector(client)
