"""Messages that may be meant for the bot: mentions, direct messages, replies, its own threads."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import discord
import structlog

from bot.adapters.discord_bot.drawing import discard, draw
from bot.adapters.discord_bot.files import of_message
from bot.adapters.discord_bot.parts import Part
from bot.adapters.discord_bot.sending import NETWORK_ERRORS, nonce_of, patiently
from bot.adapters.discord_bot.threads import Threads, referenced
from bot.adapters.discord_bot.who import Communities, actor_of, place_of
from bot.core.listen import Heard, hear
from bot.core.model import Reply

if TYPE_CHECKING:
    from bot.core.services import Services

log = structlog.get_logger(__name__)

_TYPING_AFTER_S = 0.7
_KINDS = frozenset({discord.MessageType.default, discord.MessageType.reply})


class Messages:
    """Hears messages and answers as a reply to them."""

    def __init__(self, services: Services, communities: Communities, threads: Threads) -> None:
        self._services = services
        self._communities = communities
        self._threads = threads

    async def handle(self, message: discord.Message, own_id: int) -> None:
        """Answer a message, where it is meant for the bot and core has something to say."""
        if not _is_from_a_member(message):
            return
        heard = await self._heard(message, own_id)
        if heard is None:
            return
        reply = await self._with_typing(message, heard)
        if reply is not None:
            await self._send(message, heard, reply)

    async def _heard(self, message: discord.Message, own_id: int) -> Heard | None:
        is_direct = message.guild is None
        is_mention = _names(message, own_id)
        answered = await self._answered_by_us(message, own_id, is_mention=is_mention)
        in_own_thread = answered or _is_our_thread(message, own_id)
        # Without the Message Content intent other messages come without their words.
        if not (message.content and (is_direct or is_mention or in_own_thread)):
            return None
        community = await self._communities.of(message.guild, message.author)
        thread = await self._threads.of(message, own_id)
        return Heard(
            actor=actor_of(message.author, message.guild, community.settings),
            community=community,
            place=place_of(message.channel, message.channel.id, message, thread=thread),
            text=spoken(message, own_id),
            now=self._services.clock(),
            is_mention=is_mention,
            is_direct=is_direct,
            in_own_thread=in_own_thread,
            locale=str(message.guild.preferred_locale) if message.guild else "en-US",
            delivery_id=f"discord:{message.id}",
            attached=of_message(message),
        )

    async def _answered_by_us(
        self, message: discord.Message, own_id: int, *, is_mention: bool
    ) -> bool:
        if message.reference is None or not (message.content or is_mention):
            return False
        answered = await referenced(message)
        return answered is not None and answered.author.id == own_id

    async def _with_typing(self, message: discord.Message, heard: Heard) -> Reply | None:
        """Hear; show that the bot is typing if that takes a while."""
        hearing = asyncio.ensure_future(hear(self._services, heard))
        done, _ = await asyncio.wait({hearing}, timeout=_TYPING_AFTER_S)
        if not done:
            try:
                await message.channel.typing()
            except (discord.HTTPException, *NETWORK_ERRORS):
                log.debug("discord_typing_failed")
        return await hearing

    async def _send(self, message: discord.Message, heard: Heard, reply: Reply) -> None:
        if reply.progress is not None:
            async for last in reply.progress:
                reply = last  # a message is posted once, when it is whole
        parts = await draw(self._services, reply, heard.locale)
        try:
            for number, part in enumerate(parts):
                nonce = nonce_of(f"{heard.delivery_id}#{number}")
                sent = await patiently(
                    _sender(message, part, nonce, is_first=number == 0), is_repeatable=True
                )
                if heard.place.thread_id:
                    self._threads.remember(sent.id, heard.place.thread_id)
        except discord.HTTPException as error:
            # No permission to write here, or the channel is gone: nobody can be told.
            log.warning("discord_answer_refused", status=error.status, code=error.code)
        finally:
            await asyncio.to_thread(discard, reply)


def _sender(
    message: discord.Message, part: Part, nonce: str, *, is_first: bool
) -> Callable[[], Awaitable[discord.Message]]:
    if is_first:
        return lambda: message.reply(**part.to_send(), nonce=nonce, mention_author=False)
    return lambda: message.channel.send(**part.to_send(), nonce=nonce)


def _is_from_a_member(message: discord.Message) -> bool:
    is_person = not message.author.bot and not message.webhook_id
    return is_person and message.type in _KINDS


def _names(message: discord.Message, own_id: int) -> bool:
    """Tell whether the bot itself is mentioned; @everyone and roles don't count."""
    return any(user.id == own_id for user in message.mentions)


def _is_our_thread(message: discord.Message, own_id: int) -> bool:
    return isinstance(message.channel, discord.Thread) and message.channel.owner_id == own_id


def spoken(message: discord.Message, own_id: int) -> str:
    """Give the words without the mention of the bot, other mentions by name."""
    text = re.sub(rf"<@!?{own_id}>", " ", message.content)
    for user in message.mentions:
        text = re.sub(rf"<@!?{user.id}>", lambda _, u=user: f"@{u.display_name}", text)  # type: ignore[misc]
    for channel in message.channel_mentions:
        text = text.replace(f"<#{channel.id}>", f"#{getattr(channel, 'name', '')}")
    return re.sub(r"[ \t]{2,}", " ", text).strip()
