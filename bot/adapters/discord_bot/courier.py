"""Messages outside of a reply: cards, notices, direct messages, and what is missing for them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any, Literal, TypeVar

import discord

from bot.adapters.discord_bot.drawing import discard, draw
from bot.adapters.discord_bot.inspector import PICKERS, Inspector
from bot.adapters.discord_bot.markdown import words
from bot.adapters.discord_bot.parts import Part
from bot.adapters.discord_bot.permissions import lacking
from bot.adapters.discord_bot.sending import NETWORK_ERRORS, courier_error, nonce_of, patiently
from bot.core.courier import CourierError, Forbidden, Gone, Lack, Sent, TryLater
from bot.core.model import Choice, Community, Reply, Request
from bot.core.services import Services

T = TypeVar("T")

_PATIENCE_S = 5.0
"""A longer rate limit goes back to the outbox, which comes again."""

_HAS_THREAD = 160004
_THREAD_NAME = 100
_DAY_MIN: Literal[1440] = 1440
_NOT_CONNECTED_S = 5.0
_LOGIN_S = 15.0
"""How long the first messages of a process (replayed deliveries) wait for the login."""


class DiscordCourier:
    """Sends through whichever client is connected at the moment."""

    platform = "discord"
    pickers = PICKERS
    knows_roles_in_direct = False

    def __init__(self, services: Services) -> None:
        self._services = services
        self._client: discord.Client | None = None
        self._logged_in = asyncio.Event()

    def serve(self, client: discord.Client) -> None:
        """Send through this client from now on; it is logged in."""
        self._client = client
        self._logged_in.set()

    async def post(
        self,
        community: Community,
        channel_id: str,
        reply: Reply,
        *,
        key: str,
        thread_id: str | None,
    ) -> Sent:
        """Post a message; the nonce makes Discord drop a repetition for some minutes."""
        channel = await self._channel(thread_id or channel_id)
        first = await self._send(channel, reply, key, _locale(community))
        return Sent(channel_id, str(first.id), thread_id)

    async def edit(self, community: Community, sent: Sent, reply: Reply) -> None:
        """Replace what one of our messages shows; what exceeds one message is left out."""
        message = await self._message(sent)
        part, *_ = await draw(self._services, reply, _locale(community))
        await self._try(lambda: message.edit(**part.to_edit()), self._place(sent.channel_id))

    async def delete(self, community: Community, sent: Sent) -> None:
        """Delete one of our messages; one that is gone already is fine."""
        message = await self._message(sent)
        try:
            await self._try(message.delete, self._place(sent.channel_id))
        except Gone:
            return

    async def tell(self, community: Community, account_key: str, reply: Reply, *, key: str) -> Sent:
        """Send a direct message."""
        client = await self._connected()
        user_id = int(account_key.rpartition(":")[2])
        opened = await self._try(lambda: client.create_dm(discord.Object(user_id)))
        first = await self._send(opened, reply, key, _locale(community))
        return Sent(str(opened.id), str(first.id))

    async def announce(self, channel_id: str, reply: Reply, request: Request, *, key: str) -> None:
        """Say something in a channel, as a reply to the message that a request was about.

        Its author is notified: it is they who are asked.
        """
        channel = await self._channel(channel_id)
        more: dict[str, Any] = {}
        source = request.source
        if source is not None and source.place.message_id:
            more["reference"] = discord.MessageReference(
                message_id=int(source.place.message_id),
                channel_id=channel.id,
                fail_if_not_exists=False,
            )
            more["allowed_mentions"] = discord.AllowedMentions(
                everyone=False, users=False, roles=False, replied_user=not source.author_is_bot
            )
        await self._send(channel, reply, key, request.locale, **more)

    async def discard(self, community: Community, reference: str) -> None:
        """Do nothing: pictures belong to their messages, and go with them."""

    async def thread_below(self, community: Community, sent: Sent, title: str) -> str:
        """Begin a thread on one of our messages; one that is there has the message's own id."""
        del community
        client = await self._connected()
        channel_id, message_id = self._place(sent.channel_id), self._place(sent.message_id)
        name = words(title, _THREAD_NAME) or "Reelbank"
        begin = client.http.start_thread_with_message  # the message's own way needs a cached server
        try:
            await patiently(
                lambda: begin(channel_id, message_id, name=name, auto_archive_duration=_DAY_MIN),
                is_repeatable=True,
                patience_s=_PATIENCE_S,
            )
        except (discord.DiscordException, *NETWORK_ERRORS) as error:
            if getattr(error, "code", 0) != _HAS_THREAD:
                raise self._known(error, channel_id) from None
        return sent.message_id

    async def missing(self, community: Community, locale: str = "en") -> list[Lack]:
        """Name the permissions that are missing in the server or in its chosen channels."""
        return await Inspector(await self._connected()).missing(community, locale)

    async def names(self, community: Community, ids: Collection[str]) -> Mapping[str, str]:
        """Give what channels, roles and members are called."""
        return await Inspector(await self._connected()).names(community, ids)

    async def groups(self, community: Community) -> Sequence[Choice]:
        """Give nothing: Discord itself lists a server's roles."""
        del community
        return ()

    # --- within -------------------------------------------------------------------------------

    async def _send(
        self,
        channel: discord.abc.Messageable,
        reply: Reply,
        key: str,
        locale: str,
        **more: Any,
    ) -> discord.Message:
        """Send all parts; gives the first. What is `more` goes with the first one only."""
        place = getattr(channel, "id", None)
        limit = self._file_limit_bytes(place)
        parts = await draw(self._services, reply, locale, file_limit_bytes=limit)
        first: discord.Message | None = None
        try:
            for number, part in enumerate(parts):
                sent = await self._try(_sender(channel, part, f"{key}#{number}", more), place)
                first, more = first or sent, {}
        finally:
            await asyncio.to_thread(discard, reply, parts)
        if first is None:  # draw gives at least one part
            raise Gone
        return first

    async def _try(self, call: Callable[[], Awaitable[T]], channel_id: int | None = None) -> T:
        """Make a call with Discord's errors in core's words.

        Raises:
            CourierError: any of its kinds.
        """
        try:
            return await patiently(call, is_repeatable=True, patience_s=_PATIENCE_S)
        except (discord.DiscordException, *NETWORK_ERRORS) as error:
            raise self._known(error, channel_id) from None  # the original may quote what was sent

    def _known(self, error: Exception, channel_id: int | None) -> CourierError:
        known = courier_error(error)
        if isinstance(known, Forbidden) and not known.missing:
            return Forbidden(self._lacking_in(channel_id))
        return known

    def _file_limit_bytes(self, channel_id: int | None) -> int:
        """Give what the server takes; boosted ones take more."""
        channel = self._client.get_channel(channel_id) if self._client and channel_id else None
        guild = getattr(channel, "guild", None)
        return guild.filesize_limit if guild else discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES

    def _lacking_in(self, channel_id: int | None) -> str:
        channel = self._client.get_channel(channel_id) if self._client and channel_id else None
        if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
            return "View Channel"
        held = channel.permissions_for(channel.guild.me)
        return ", ".join(lacking(held)) or "View Channel"

    async def _connected(self) -> discord.Client:
        try:
            await asyncio.wait_for(self._logged_in.wait(), _LOGIN_S)
        except TimeoutError:
            raise TryLater(_NOT_CONNECTED_S) from None
        if self._client is None or self._client.is_closed():
            raise TryLater(_NOT_CONNECTED_S)
        return self._client

    async def _channel(self, channel_id: str) -> discord.PartialMessageable:
        client = await self._connected()
        return client.get_partial_messageable(self._place(channel_id))

    async def _message(self, sent: Sent) -> discord.PartialMessage:
        # A thread that was begun on a message has its id; the message itself stays above.
        is_above = sent.thread_id in {None, sent.message_id}
        channel = await self._channel(sent.channel_id if is_above else str(sent.thread_id))
        return channel.get_partial_message(self._place(sent.message_id))

    @staticmethod
    def _place(snowflake: str) -> int:
        if not snowflake.isdigit():
            raise Gone
        return int(snowflake)


def _sender(
    channel: discord.abc.Messageable, part: Part, key: str, more: dict[str, Any]
) -> Callable[[], Awaitable[discord.Message]]:
    return lambda: channel.send(**part.to_send(), **more, nonce=nonce_of(key))


def _locale(community: Community) -> str:
    return str(community.settings.get("locale") or "en")
