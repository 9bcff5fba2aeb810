"""Messages outside of a reply: cards, notices and their edits, each posted once per key.

A post carries its key in the message's metadata. Where an earlier attempt may have gone through
without our hearing of it, the channel is searched for the key first; of several messages with one
key, all but the first are deleted.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_app.answering import content
from bot.adapters.slack_app.blocks import Message, messages
from bot.adapters.slack_app.controls import Controls, controls_of
from bot.adapters.slack_app.failures import (
    NETWORK,
    UNCLEAR_S,
    courier_error,
    error_name,
    is_unclear,
)
from bot.adapters.slack_app.files import Pictures
from bot.adapters.slack_app.inspector import PICKERS, Inspector
from bot.adapters.slack_app.uploads import delete, fitted, send_pictures, upload
from bot.adapters.slack_app.workspace import PLATFORM, Identity
from bot.core.courier import Gone, Lack, Sent, TryLater
from bot.core.model import Choice, Community, File, Reply
from bot.core.services import Services
from prompts import render

log = structlog.get_logger(__name__)

EVENT_TYPE = "reelbank"
_LOOK_BACK_S = 24 * 3600
_PAGE = 100
_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class Link:
    """A connection to the workspace: the client that repeats calls, and the one for posting."""

    client: AsyncWebClient
    poster: AsyncWebClient
    identity: Identity
    pictures: Pictures


class SlackCourier:
    """Posts, edits and deletes messages of the bot's own."""

    platform = PLATFORM
    pickers = PICKERS
    knows_roles_in_direct = True

    def __init__(self, services: Services) -> None:
        self._services = services
        self._link: Link | None = None
        self._clear: OrderedDict[str, None] = OrderedDict()  # keys that failed for certain

    def connect(self, link: Link | None) -> None:
        """Use these clients from now on; None: not connected, everything has to wait."""
        self._link = link

    @property
    def _connected(self) -> Link:
        if self._link is None:
            raise TryLater(UNCLEAR_S)
        return self._link

    @property
    def _client(self) -> AsyncWebClient:
        return self._connected.client

    @property
    def _poster(self) -> AsyncWebClient:
        return self._connected.poster

    async def post(
        self,
        community: Community,
        channel_id: str,
        reply: Reply,
        *,
        key: str,
        thread_id: str | None,
    ) -> Sent:
        """Post a message, or find the one that an earlier attempt posted under this key."""
        locale = str(community.settings.get("locale") or "en")
        files: list[File] = [reply.file] if reply.file is not None else []
        try:
            found = await self._found(channel_id, thread_id, key)
            if reply.file is not None and found is None:
                # Before the words, which carry the key: rather a file twice than none.
                reply, fitting = await fitted(reply, reply.file, locale)
                files += fitting
                if fitting:
                    await upload(self._poster, fitting, channel=channel_id, thread_ts=thread_id)
                else:
                    reply = replace(reply, text=render("slack.file_too_big", locale))
            first, *more = messages(reply, await self._controls(reply, locale))
            ts = found or await self._post(channel_id, first, thread_id, key)
        except NETWORK as error:
            raise courier_error(error) from None
        finally:
            await delete(files)
        if found is None:
            for message in more:  # what does not fit follows in the thread of the first
                await self._follow(channel_id, message, thread_id or ts)
        if reply.pictures and found is None:
            # Once the words are there, for they carry the key: a picture is never shown twice.
            await send_pictures(
                self._poster, reply.pictures, channel=channel_id, thread_ts=thread_id
            )
        return Sent(channel_id, ts, thread_id)

    async def _controls(self, reply: Reply, locale: str) -> Controls:
        controls = await controls_of(self._services, reply, locale=locale)
        pictures = self._connected.pictures
        return replace(controls, picture=await pictures.reference(reply.image))

    async def _post(
        self, channel_id: str, message: Message, thread_id: str | None, key: str
    ) -> str:
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
        try:
            posted = await self._poster.chat_postMessage(
                channel=channel_id, thread_ts=thread_id, metadata=metadata, **content(message)
            )
        except NETWORK as error:
            if error_name(error) == "invalid_blocks" and message.plain:
                return await self._post(channel_id, message.without_table, thread_id, key)
            if not is_unclear(error):
                self._remember_clear(key)
            raise
        return str(posted["ts"])

    async def _follow(self, channel_id: str, message: Message, thread_ts: str) -> None:
        try:
            await self._poster.chat_postMessage(
                channel=channel_id, thread_ts=thread_ts, **content(message)
            )
        except NETWORK as error:
            log.warning("slack_rest_not_posted", error=error_name(error))

    def _remember_clear(self, key: str) -> None:
        self._clear[key] = None
        while len(self._clear) > _REMEMBERED:
            self._clear.popitem(last=False)

    async def _found(self, channel_id: str, thread_id: str | None, key: str) -> str | None:
        """Find the message of this key; where history cannot be read, there is none to find."""
        if self._clear.pop(key, True) is None:
            return None  # the last attempt was refused, so there is nothing to find
        oldest = str(time.time() - _LOOK_BACK_S)
        arguments: dict[str, Any] = {
            "channel": channel_id,
            "limit": _PAGE,
            "include_all_metadata": True,
        }
        try:
            if thread_id:
                answer = await self._client.conversations_replies(
                    **arguments, ts=thread_id, oldest=oldest
                )
            else:
                answer = await self._client.conversations_history(**arguments, oldest=oldest)
        except NETWORK as error:
            if is_unclear(error):
                raise
            log.info("slack_history_unreadable", error=error_name(error))
            return None
        stamps = sorted(str(m["ts"]) for m in answer.get("messages") or () if _key(m) == key)
        for ts in stamps[1:]:
            await self._discard(channel_id, ts)
        return stamps[0] if stamps else None

    async def _discard(self, channel_id: str, ts: str) -> None:
        try:
            await self._client.chat_delete(channel=channel_id, ts=ts)
        except NETWORK as error:
            log.warning("slack_duplicate_stays", error=error_name(error))

    async def edit(self, community: Community, sent: Sent, reply: Reply) -> None:
        """Replace what a message shows."""
        locale = str(community.settings.get("locale") or "en")
        drawn = messages(reply, await self._controls(reply, locale))[0]
        try:
            await self._update(sent, drawn)
        except NETWORK as error:
            raise courier_error(error) from None

    async def _update(self, sent: Sent, message: Message) -> None:
        try:
            await self._client.chat_update(
                channel=sent.channel_id,
                ts=sent.message_id,
                text=message.text,
                blocks=list(message.blocks),
            )
        except NETWORK as error:
            if error_name(error) != "invalid_blocks" or not message.plain:
                raise
            await self._update(sent, message.without_table)

    async def delete(self, community: Community, sent: Sent) -> None:
        """Delete one of our own messages; one that is gone already is fine."""
        try:
            await self._client.chat_delete(channel=sent.channel_id, ts=sent.message_id)
        except NETWORK as error:
            known = courier_error(error)
            if not isinstance(known, Gone):
                raise known from None

    async def tell(self, community: Community, account_key: str, reply: Reply, *, key: str) -> Sent:
        """Send a direct message."""
        platform, _, user = account_key.partition(":")
        user_id = user.rpartition(":")[2]
        if platform != PLATFORM or not user_id:
            raise Gone("no such account")
        try:
            opened = await self._client.conversations_open(users=user_id)
        except NETWORK as error:
            raise courier_error(error) from None
        return await self.post(
            community, str(opened["channel"]["id"]), reply, key=key, thread_id=None
        )

    async def discard(self, community: Community, reference: str) -> None:
        """Delete a picture that Slack keeps for our messages."""
        try:
            await self._client.files_delete(file=reference)
        except NETWORK as error:
            if error_name(error) not in {"file_not_found", "file_deleted"}:
                raise courier_error(error) from None

    async def thread_below(self, community: Community, sent: Sent, title: str) -> str:
        """Give the message's own id: on Slack every message can have a thread."""
        del community, title
        return sent.message_id

    async def missing(self, community: Community, locale: str = "en") -> list[Lack]:
        """Name missing scopes, and channels that the bot has not been invited to."""
        return await Inspector(self._client).missing(community, locale)

    async def names(self, community: Community, ids: Collection[str]) -> Mapping[str, str]:
        """Give what channels, user groups and members are called."""
        return await Inspector(self._client).names(community, ids)

    async def groups(self, community: Community) -> Sequence[Choice]:
        """List the workspace's user groups."""
        return await Inspector(self._client).groups(community)


def _key(message: Any) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    return str((metadata.get("event_payload") or {}).get("key"))
