"""Bringing a reply to where it belongs: a modal, the asker alone, a thread or the channel."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_app import clients, limits
from bot.adapters.slack_app.blocks import Message, messages, view_blocks
from bot.adapters.slack_app.controls import Controls, controls_of
from bot.adapters.slack_app.failures import NETWORK, error_name
from bot.adapters.slack_app.files import Pictures
from bot.adapters.slack_app.forms import View, form_view, message_view
from bot.adapters.slack_app.origin import Origin
from bot.adapters.slack_app.uploads import send_file, send_pictures
from bot.core.model import Reply, Visibility
from bot.core.services import Services
from prompts import render

log = structlog.get_logger(__name__)

Way = Callable[[Origin, Message], Awaitable[bool]]

_EDIT_EVERY_S = 1.2
"""Slack allows about one edit a second for each message."""


class NotDelivered(Exception):
    """None of the ways to answer worked; said in the log without the words."""


class Answering:
    """Sends replies; every way that fails gives place to the next one."""

    def __init__(
        self,
        services: Services,
        *,
        client: AsyncWebClient,
        poster: AsyncWebClient,
        session: aiohttp.ClientSession,
        pictures: Pictures,
    ) -> None:
        self._services = services
        self._client = client
        self._poster = poster
        self._session = session
        self._pictures = pictures
        self._direct: dict[str, str] = {}  # user -> the channel of their direct messages with us

    async def say(
        self, origin: Origin, reply: Reply, visibility: Visibility, *, locale: str
    ) -> None:
        """Deliver a reply and what belongs to it; failures are logged, never raised."""
        try:
            await self._say(origin, reply, visibility, locale)
        except (*NETWORK, NotDelivered) as error:
            log.warning("slack_reply_lost", error=error_name(error))

    async def _say(self, origin: Origin, reply: Reply, visibility: Visibility, locale: str) -> None:
        for_asker = visibility is Visibility.ASKER or reply.is_private
        if await self._is_with_us(origin):
            origin, visibility = replace(origin, is_spoken=True), Visibility.EVERYONE
        if reply.progress is not None:
            origin, reply = await self._follow(origin, reply, reply.progress, visibility)
        if reply.announce is not None:
            await self._announce(origin, reply.announce, locale)
        if reply.file is not None:
            asker = origin.user_id
            reply = await send_file(self._poster, self.direct_channel, asker, reply, locale=locale)
        if reply.form is not None and await self._open_next(origin, reply, locale):
            return
        if for_asker and origin.view_id:
            view = await self.view_of(origin, reply, locale=locale)
            if view is not None and await self._show(origin, view):
                return
        await self._deliver_all(origin, reply, visibility, locale=locale)

    async def _deliver_all(
        self, origin: Origin, reply: Reply, visibility: Visibility, *, locale: str
    ) -> None:
        is_alone = origin.is_spoken and origin.is_direct
        is_public = is_alone or (visibility is Visibility.EVERYONE and not reply.is_private)
        await self._deliver(origin, reply, is_public=is_public, locale=locale)
        if reply.pictures:
            await self._show_pictures(origin, reply, is_public=is_public, locale=locale)

    async def _show_pictures(
        self, origin: Origin, reply: Reply, *, is_public: bool, locale: str
    ) -> None:
        """Upload pictures to where the words are, or to the asker's direct messages with us."""
        is_here = is_public and bool(origin.channel_id)
        sent = await send_pictures(
            self._poster,
            reply.pictures,
            channel=origin.channel_id if is_here else await self.direct_channel(origin.user_id),
            thread_ts=origin.thread_ts if is_here else None,
            comment="" if is_here else reply.title or reply.text,
        )
        if is_here and sent:
            return
        text = render("slack.pictures_privately" if sent else "slack.file_failed", locale)
        await self._deliver(origin, Reply(text=text), is_public=is_public, locale=locale)

    async def _is_with_us(self, origin: Origin) -> bool:
        """Tell whether only the asker reads: the direct messages with the bot, not another's."""
        if not origin.is_direct or origin.is_ephemeral:
            return False
        if origin.is_spoken:
            return True  # Slack sends us no messages of other direct conversations
        try:
            return await self.direct_channel(origin.user_id) == origin.channel_id
        except NETWORK:
            return False

    async def _deliver(self, origin: Origin, reply: Reply, *, is_public: bool, locale: str) -> None:
        drawn = messages(reply, await self._controls(reply, locale))
        if reply.replace and await self._replace(origin, drawn[0], is_public=is_public):
            drawn = drawn[1:]
        for message in drawn:
            await self._send(origin, message, is_public=is_public)

    async def _controls(self, reply: Reply, locale: str) -> Controls:
        controls = await controls_of(self._services, reply, locale=locale)
        return replace(controls, picture=await self._pictures.reference(reply.image))

    # --- one message --------------------------------------------------------------------------

    async def _send(self, origin: Origin, message: Message, *, is_public: bool) -> None:
        if is_public and origin.is_spoken:
            ways: list[Way] = [self._post, self._respond_publicly]
        elif is_public:
            ways = [self._respond_publicly, self._post]
        else:
            ways = [self._respond_privately, self._post_privately, self._post_directly]
        for way in ways:
            if await self._try(way, origin, message):
                return
        raise NotDelivered

    async def _try(self, way: Way, origin: Origin, message: Message) -> bool:
        """Go one way; a message that Slack's block checks refuse goes again without a table."""
        try:
            return await way(origin, message)
        except NETWORK as error:
            name = error_name(error)
            if name in {"invalid_blocks", "invalid_attachments"} and message.plain:
                return await self._try(way, origin, replace(message.without_table, plain=()))
            log.info("slack_way_closed", way=getattr(way, "__name__", ""), error=name)
            return False

    async def _respond_privately(self, origin: Origin, message: Message) -> bool:
        if origin.is_spoken:
            return False
        return await self._respond(origin, message, response_type="ephemeral")

    async def _respond_publicly(self, origin: Origin, message: Message) -> bool:
        more = {"thread_ts": origin.thread_ts} if origin.thread_ts else {}
        return await self._respond(origin, message, response_type="in_channel", **more)

    async def _respond(self, origin: Origin, message: Message, **how: Any) -> bool:
        if not origin.has_response_url:
            return False
        hook = clients.webhook(origin.response_url, self._session)
        payload = {
            "text": message.text,
            "blocks": list(message.blocks),
            "replace_original": False,
            "unfurl_links": False,
            "unfurl_media": False,
            **how,
        }
        answer = await hook.send_dict(payload)
        if answer.status_code == 200:  # noqa: PLR2004
            return True
        if "invalid_blocks" in answer.body and message.plain:
            return await self._respond(origin, replace(message.without_table, plain=()), **how)
        log.info("slack_response_url_closed", status=answer.status_code)
        return False

    async def _post(self, origin: Origin, message: Message) -> bool:
        if not origin.channel_id:
            return False
        await self._poster.chat_postMessage(
            channel=origin.channel_id, thread_ts=origin.thread_ts, **content(message)
        )
        return True

    async def _post_privately(self, origin: Origin, message: Message) -> bool:
        if not origin.channel_id:
            return False
        await self._poster.chat_postEphemeral(
            channel=origin.channel_id,
            user=origin.user_id,
            thread_ts=origin.thread_ts,
            text=message.text,
            blocks=list(message.blocks),
        )
        return True

    async def _post_directly(self, origin: Origin, message: Message) -> bool:
        channel = await self.direct_channel(origin.user_id)
        await self._poster.chat_postMessage(channel=channel, **content(message))
        return True

    async def direct_channel(self, user_id: str) -> str:
        """Open the direct message with a user and give its channel."""
        if user_id not in self._direct:
            opened = await self._client.conversations_open(users=user_id)
            self._direct[user_id] = str(opened["channel"]["id"])
        return self._direct[user_id]

    async def _replace(self, origin: Origin, message: Message, *, is_public: bool) -> bool:
        """Edit the message that the button sits on, if those who see it may see the reply."""
        if not origin.message_ts or not (is_public or origin.is_ephemeral):
            return False
        if await self._respond(origin, message, replace_original=True):
            return True
        if origin.is_ephemeral:
            return False  # only its response address can edit it
        return await self._try(self._update, origin, message)

    async def _update(self, origin: Origin, message: Message) -> bool:
        await self._client.chat_update(
            channel=origin.channel_id,
            ts=str(origin.message_ts),
            text=message.text,
            blocks=list(message.blocks),
        )
        return True

    # --- modals -------------------------------------------------------------------------------

    async def view_of(self, origin: Origin, reply: Reply, *, locale: str) -> View | None:
        """Give a reply as a modal; None where it brings what does not belong in one."""
        if reply.file or reply.pictures or reply.announce or reply.progress:
            return None
        if reply.form is not None and not reply.buttons:
            return await form_view(
                self._services, reply.form, origin, locale=locale, errors=_above(reply)
            )
        controls = await self._controls(reply, locale)
        fits = len(reply.title) <= limits.VIEW_TITLE
        blocks = view_blocks(replace(reply, title="") if fits else reply, controls)
        title = (fits and reply.title) or render("slack.screen", locale)
        return message_view(title, blocks, origin, locale)

    async def _open_next(self, origin: Origin, reply: Reply, locale: str) -> bool:
        """Show the reply's form at once where Slack lets us; False: a button must do."""
        if reply.form is None or reply.buttons:  # there is something to read and choose first
            return False
        view = await self.view_of(origin, reply, locale=locale)
        return view is not None and await self._show(origin, view)

    async def _show(self, origin: Origin, view: Mapping[str, Any]) -> bool:
        try:
            if origin.view_id and not origin.is_home:
                await self._client.views_update(view_id=origin.view_id, view=dict(view))
            elif origin.has_trigger:
                await self._poster.views_open(trigger_id=origin.trigger_id, view=dict(view))
            else:
                return False
        except NETWORK as error:
            log.info("slack_view_not_shown", error=error_name(error))
            return False
        return True

    # --- what else a reply may bring ----------------------------------------------------------

    async def _announce(self, origin: Origin, reply: Reply, locale: str) -> None:
        controls = await self._controls(reply, locale)
        public = replace(origin, is_spoken=True)
        for message in messages(reply, controls):
            await self._send(public, message, is_public=True)

    async def _follow(
        self,
        origin: Origin,
        first: Reply,
        progress: AsyncIterator[Reply],
        visibility: Visibility,
    ) -> tuple[Origin, Reply]:
        """Show an answer while it grows, where it can be edited.

        Returns:
            The last reply, and the origin as if the reply's button sat on what is shown, so
            that the last one replaces it.
        """
        is_public = visibility is Visibility.EVERYONE and not first.is_private
        shown: str | None = None
        last, edited_at = first, 0.0
        async for reply in progress:
            last = reply
            if (
                is_public
                and origin.is_spoken
                and reply.text
                and time.monotonic() - edited_at >= _EDIT_EVERY_S
            ):
                shown = await self._draft(origin, reply, shown)
                edited_at = time.monotonic()
        if shown is None:
            return origin, replace(last, progress=None)
        grown = replace(origin, message_ts=shown, is_ephemeral=False, response_url="")
        return grown, replace(last, progress=None, replace=True)

    async def _draft(self, origin: Origin, reply: Reply, shown: str | None) -> str | None:
        message = messages(reply, Controls())[0]
        try:
            if shown is None:
                posted = await self._poster.chat_postMessage(
                    channel=origin.channel_id, thread_ts=origin.thread_ts, **content(message)
                )
                return str(posted["ts"])
            await self._client.chat_update(
                channel=origin.channel_id, ts=shown, text=message.text, blocks=list(message.blocks)
            )
        except SlackApiError as error:
            log.info("slack_draft_not_shown", error=error_name(error))
        return shown


def _above(reply: Reply) -> list[str]:
    """Give what stands above a form: what is wrong, else what the reply says."""
    return list(reply.errors.values()) or ([reply.text] if reply.text else [])


def content(message: Message) -> dict[str, Any]:
    """Give the arguments of `chat.postMessage`; nothing in them pings or unfolds."""
    return {
        "text": message.text,
        "blocks": list(message.blocks),
        "unfurl_links": False,
        "unfurl_media": False,
        "parse": "none",
        "link_names": False,
    }
