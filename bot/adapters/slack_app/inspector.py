"""Looking around in a workspace: scopes, the channels that the bot is in, names."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_app import clients
from bot.adapters.slack_app.failures import NETWORK, courier_error, error_name, login_error
from bot.adapters.slack_app.manifest import BOT_NAME, SCOPES
from bot.core.courier import CourierError, Lack, TokenRefused, TryLater
from bot.core.model import Choice, Community, SelectKind
from prompts import render

if TYPE_CHECKING:
    from bot.settings import Settings

PICKERS = frozenset({SelectKind.CHOICE, SelectKind.CHANNEL, SelectKind.MEMBER})
APPS = "https://api.slack.com/apps"
_CHANNELS = ("cards_channel", "staff_channel", "digest_channel")


class Inspector:
    """Looks around with the bot's token."""

    pickers = PICKERS

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def missing(self, community: Community, locale: str = "en") -> list[Lack]:
        """Name missing scopes, channels that the bot is not in, and what is gone."""
        answer = await self._ask(self._client.auth_test())
        lacking = sorted(SCOPES - scopes_of(answer))
        link = await self._reinstall_link(str(answer.get("bot_id") or "")) if lacking else None
        found = [
            Lack(render("slack.missing_scope", locale, scope=scope), url=link) for scope in lacking
        ]
        for setting in _CHANNELS:
            channel_id = str(community.settings.get(setting) or "")
            if channel_id:
                found += await self._in_channel(setting, channel_id, locale)
        return found + await self._gone_groups(community, locale)

    async def names(self, community: Community, ids: Collection[str]) -> Mapping[str, str]:
        """Give what channels, user groups and members are called."""
        del community
        wanted = [one for one in dict.fromkeys(ids) if one]
        has_groups = any(one.startswith("S") for one in wanted)
        groups = {g.value: g.label for g in await self._groups()} if has_groups else {}
        found = await asyncio.gather(*(self._name(one, groups) for one in wanted))
        return {one: name for one, name in zip(wanted, found, strict=True) if name}

    async def groups(self, community: Community) -> Sequence[Choice]:
        """List the workspace's user groups; plans without them have none."""
        del community
        return await self._groups()

    # --- within -------------------------------------------------------------------------------

    async def _groups(self) -> list[Choice]:
        try:
            answer = await self._client.usergroups_list()
        except NETWORK as error:
            if isinstance(courier_error(error), TryLater):
                raise courier_error(error) from None
            return []
        return [Choice(str(g["id"]), f"@{g['handle']}") for g in answer.get("usergroups") or ()]

    async def _name(self, one: str, groups: Mapping[str, str]) -> str | None:
        if one.startswith("S"):
            return groups.get(one)
        try:
            if one.startswith(("slack:", "U", "W")):
                answer = await self._ask(self._client.users_info(user=one.rpartition(":")[2]))
                user = answer["user"]
                profile = user.get("profile") or {}
                return str(profile.get("display_name") or user.get("real_name") or user["name"])
            answer = await self._ask(self._client.conversations_info(channel=one))
            return f"#{answer['channel'].get('name') or one}"
        except (CourierError, KeyError) as error:
            if isinstance(error, TryLater):
                raise
            return None

    async def _in_channel(self, setting: str, channel_id: str, locale: str) -> list[Lack]:
        try:
            answer = await self._client.conversations_info(channel=channel_id)
        except NETWORK as error:
            if error_name(error) == "channel_not_found":
                return [Lack(render(f"slack.{setting}_gone", locale, bot=BOT_NAME), setting)]
            # Where it is not known, say nothing rather than something wrong.
            return []
        channel = answer["channel"]
        name = f"#{channel.get('name') or channel_id}"
        if channel.get("is_archived"):
            return [Lack(render("slack.channel_archived", locale, channel=name), setting)]
        if not channel.get("is_member"):
            return [Lack(render("slack.not_in", locale, channel=name, bot=BOT_NAME), setting)]
        return []

    async def _gone_groups(self, community: Community, locale: str) -> list[Lack]:
        chosen = [str(one) for one in community.settings.get("moderator_roles") or ()]
        groups = [one for one in chosen if one.startswith("S")]
        if not groups:
            return []
        known = {group.value for group in await self._groups()}
        count = len([one for one in groups if one not in known])
        words = render("slack.groups_gone", locale, count=count)
        return [Lack(words, "moderator_roles")] if count else []

    async def _reinstall_link(self, bot_id: str) -> str:
        """Give the page on which the app is installed anew, with the scopes that it lists."""
        try:
            answer = await self._client.bots_info(bot=bot_id)
            return f"{APPS}/{answer['bot']['app_id']}/install-on-team"
        except (*NETWORK, KeyError):
            return APPS

    async def _ask(self, asking: Awaitable[Any]) -> Any:
        try:
            return await asking
        except NETWORK as error:
            if login_error(error, "") is not None:
                raise TokenRefused from None
            raise courier_error(error) from None


def scopes_of(answer: Any) -> frozenset[str]:
    """Read the granted scopes out of the headers of any answer."""
    headers = answer.headers.items()
    granted = str(next((v for k, v in headers if k.lower() == "x-oauth-scopes"), ""))
    return frozenset(scope.strip() for scope in granted.split(",") if scope.strip())


@asynccontextmanager
async def open_inspector(settings: Settings) -> AsyncIterator[Inspector]:
    """Look around with the token of the settings, for as long as the block lasts."""
    token = settings.slack_bot_token
    if token is None:
        raise TokenRefused
    async with aiohttp.ClientSession() as session:
        base = settings.slack_api_base.rstrip("/") + "/"
        yield Inspector(clients.web_client(token.get_secret_value().strip(), base, session))
