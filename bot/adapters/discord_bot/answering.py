"""One interaction's replies: acknowledged in three seconds, then filled in, privately or not."""

from __future__ import annotations

import asyncio
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import discord
import structlog

from bot.adapters.discord_bot.drawing import discard, discard_copies, draw
from bot.adapters.discord_bot.parts import Part
from bot.adapters.discord_bot.sending import (
    ALREADY_ACKNOWLEDGED,
    NETWORK_ERRORS,
    TOKEN_GONE,
    nonce_of,
    patiently,
)
from bot.core.courier import CourierError
from bot.core.model import Reply, Request, Visibility

if TYPE_CHECKING:
    from bot.adapters.discord_bot.courier import DiscordCourier
    from bot.adapters.discord_bot.threads import Threads
    from bot.core.services import Services

log = structlog.get_logger(__name__)

_ACK_PATIENCE_S = 1.2
_PROGRESS_PAUSE_S = 1.0


class Ack(Enum):
    """How an interaction was acknowledged."""

    NOT_YET = auto()
    PLACEHOLDER = auto()  # "thinking ...": the first message fills it in
    UPDATE = auto()  # a click: the message that the button sits on may be edited
    LATE = auto()  # Discord no longer takes a reply to it


class Answer:
    """Acknowledges one interaction and sends what came of it."""

    def __init__(
        self,
        interaction: discord.Interaction[discord.Client],
        services: Services,
        *,
        courier: DiscordCourier,
        threads: Threads,
    ) -> None:
        self._interaction = interaction
        self._services = services
        self._courier = courier
        self._threads = threads
        self._is_private = True
        self._is_direct = interaction.guild_id is None
        self.ack = Ack.NOT_YET

    async def acknowledge(self, visibility: Visibility, *, takes_long: bool = False) -> None:
        """Acknowledge with the visibility that was declared; a lost race is no error.

        A click is acknowledged as an update, so that the reply may edit its message or be a new
        one; one that takes long shows that the bot is thinking instead.
        """
        is_click = self._interaction.message is not None
        # Nobody else reads a direct message, and a private reply there would vanish.
        self._is_private = visibility is Visibility.ASKER and not self._is_direct
        self.ack = Ack.UPDATE if is_click and not takes_long else Ack.PLACEHOLDER
        has_placeholder = self.ack is Ack.PLACEHOLDER
        try:
            await patiently(
                lambda: self._interaction.response.defer(
                    ephemeral=self._is_private, thinking=has_placeholder
                ),
                is_repeatable=True,
                patience_s=_ACK_PATIENCE_S,
            )
        except discord.InteractionResponded:
            return
        except discord.HTTPException as error:
            if error.code != ALREADY_ACKNOWLEDGED:
                self._too_late(error.code)
        except NETWORK_ERRORS:
            self._too_late(0)

    def _too_late(self, code: int) -> None:
        self.ack = Ack.LATE
        log.warning("discord_ack_failed", interaction=self._interaction.id, code=code)

    async def open_form(self, modal: discord.ui.Modal) -> None:
        """Open a form as the first response."""
        try:
            await patiently(
                lambda: self._interaction.response.send_modal(modal),
                is_repeatable=True,
                patience_s=_ACK_PATIENCE_S,
            )
        except discord.HTTPException as error:
            if error.code not in {ALREADY_ACKNOWLEDGED, *TOKEN_GONE}:
                raise
            self._too_late(error.code)

    async def send(self, request: Request, reply: Reply) -> None:
        """Send a reply, its progress before it and its announcement after it."""
        final = await self._progressed(request, reply) if reply.progress else reply
        try:
            await self._deliver(request, final)
            if final.announce is not None:
                await self._announce(request, final.announce)
        finally:
            if final.file is not None:
                await asyncio.to_thread(discard, final)

    async def say(self, request: Request, reply: Reply) -> None:
        """Show something for now, where there is a placeholder to show it in."""
        if self.ack is Ack.PLACEHOLDER:
            parts = await draw(self._services, reply, request.locale)
            await self._edit(parts[0])

    async def _progressed(self, request: Request, reply: Reply) -> Reply:
        """Show the replies as they come, at most one a second; gives the last."""
        last, shown_at = reply, 0.0
        loop = asyncio.get_running_loop()
        async for last in reply.progress or _nothing():
            if loop.time() - shown_at >= _PROGRESS_PAUSE_S:
                await self.say(request, last)
                shown_at = loop.time()
        return last

    async def _deliver(self, request: Request, reply: Reply) -> None:
        parts = await draw(
            self._services,
            reply,
            request.locale,
            file_limit_bytes=self._interaction.filesize_limit,
        )
        try:
            if self.ack is Ack.LATE:
                return await self._deliver_late(request, reply)
            try:
                await self._through_token(request, reply, list(parts))
            except discord.HTTPException as error:
                if error.code not in TOKEN_GONE:
                    raise
                await self._deliver_late(request, reply)
        finally:
            await asyncio.to_thread(discard_copies, reply, parts)

    async def _through_token(self, request: Request, reply: Reply, parts: list[Part]) -> None:
        is_private = self._is_private or (reply.is_private and not self._is_direct)
        if self.ack is Ack.UPDATE and reply.replace:
            await self._edit(parts.pop(0))
        elif self.ack is Ack.PLACEHOLDER and is_private == self._is_private:
            self._note(request, await self._edit(parts.pop(0)))
        elif self.ack is Ack.PLACEHOLDER:
            return await self._instead_of_placeholder(request, parts)
        await self._follow_all(request, parts, is_private=is_private)
        return None

    async def _instead_of_placeholder(self, request: Request, parts: list[Part]) -> None:
        """Follow up privately after a public placeholder, which cannot become private.

        While it waits it would take the first follow-up for its own words: so it is filled in
        before, and deleted after.
        """
        await self._edit(Part(content="…"))
        try:
            await self._follow_all(request, parts, is_private=True)
        finally:
            await self._interaction.delete_original_response()

    async def _follow_all(self, request: Request, parts: list[Part], *, is_private: bool) -> None:
        for part in parts:
            self._note(request, await self._follow_up(part, is_private=is_private))

    def _note(self, request: Request, message: discord.Message) -> None:
        if request.place.thread_id:
            self._threads.remember(message.id, request.place.thread_id)

    async def _edit(self, part: Part) -> discord.Message:
        return await patiently(
            lambda: self._interaction.edit_original_response(**part.to_edit()), is_repeatable=True
        )

    async def _follow_up(self, part: Part, *, is_private: bool) -> discord.Message:
        async def call() -> discord.Message:
            given: dict[str, Any] = part.to_send()
            return await self._interaction.followup.send(**given, ephemeral=is_private, wait=True)

        return await patiently(call, is_repeatable=False)

    async def _deliver_late(self, request: Request, reply: Reply) -> None:
        """Say it without the interaction: in the channel if all may see it, else directly."""
        key = f"late:{request.delivery_id}"
        try:
            if self._is_private or reply.is_private:
                await self._courier.tell(
                    request.community, request.actor.account_key, reply, key=key
                )
            else:
                await self._courier.post(
                    request.community,
                    str(self._interaction.channel_id),
                    reply,
                    key=key,
                    thread_id=None,
                )
        except CourierError as error:
            log.warning("discord_late_reply_lost", why=type(error).__name__)

    async def _announce(self, request: Request, reply: Reply) -> None:
        """Say something to the channel, as a reply to the message that it is about."""
        channel_id = request.place.thread_id or request.place.channel_id
        if self._interaction.channel_id is not None:
            channel_id = str(self._interaction.channel_id)
        try:
            await self._courier.announce(
                channel_id, reply, request, key=nonce_of(f"announce:{request.delivery_id}")
            )
        except CourierError:
            # No permission to write here: a follow-up needs none.
            for part in await draw(self._services, reply, request.locale):
                await self._follow_up(part, is_private=False)


async def _nothing() -> Any:
    return
    yield
