"""The workspace that the token belongs to, and requests made from its payloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.adapters.slack_app.clients import is_response_url
from bot.adapters.slack_app.files import of_payloads
from bot.adapters.slack_app.origin import Origin
from bot.adapters.slack_app.people import People
from bot.adapters.slack_app.reading import plain_words
from bot.core.model import Attached, Community, Place, Request, SourceMessage, Value
from bot.core.services import Services

PLATFORM = "slack"


@dataclass(frozen=True, slots=True)
class Identity:
    """What `auth.test` tells about our token."""

    team_id: str
    team_name: str
    bot_user_id: str
    bot_id: str
    url: str  # of the workspace, ending in "/"
    scopes: frozenset[str] = frozenset()

    @property
    def community_key(self) -> str:
        """Give the key of the workspace's community."""
        return f"{PLATFORM}:{self.team_id}"

    def permalink(self, channel_id: str, ts: str, thread_ts: str | None = None) -> str | None:
        """Give the address of a message; Slack builds it the same way, so no call is needed."""
        if not channel_id or not ts:
            return None
        address = f"{self.url}archives/{channel_id}/p{ts.replace('.', '')}"
        return f"{address}?thread_ts={thread_ts}&cid={channel_id}" if thread_ts else address


class Workspace:
    """Turns payloads into origins, places and requests."""

    def __init__(
        self, services: Services, identity: Identity, people: People, api_base: str
    ) -> None:
        self.services = services
        self.identity = identity
        self.people = people
        self._api_base = api_base
        self.has_left = False

    async def community(self) -> Community:
        """Give the community with its present settings.

        Once we were removed, what still comes in late must not bring it back: only a start does.
        """
        store, key = self.services.store, self.identity.community_key
        row = await store.communities.get(key) if self.has_left else None
        if row is None:
            now = self.services.clock()
            row = await store.communities.ensure(key, self.identity.team_name, now)
        return Community(
            id=row.id, key=row.key, name=row.name, bank_id=row.bank_id, settings=row.settings
        )

    def origin(self, body: Mapping[str, Any]) -> Origin:
        """Read where a command, action, shortcut or submission came from."""
        container = body.get("container") or {}
        user = body.get("user") or {}
        channel = body.get("channel") or {}
        view = body.get("view") or {}
        message = body.get("message") or {}
        url = str(body.get("response_url") or "")
        origin = Origin(
            user_id=str(user.get("id") or body.get("user_id") or ""),
            channel_id=str(
                channel.get("id") or body.get("channel_id") or container.get("channel_id") or ""
            ),
            thread_ts=message.get("thread_ts") or container.get("thread_ts"),
            message_ts=container.get("message_ts"),
            is_ephemeral=bool(container.get("is_ephemeral")),
            response_url=url if is_response_url(url, self._api_base) else "",
            trigger_id=str(body.get("trigger_id") or ""),
            view_id=str(view.get("id") or ""),
            is_home=view.get("type") == "home",
        )
        if view.get("type") != "modal":
            return origin
        restored = origin.with_metadata(view)
        is_ours = is_response_url(restored.response_url, self._api_base)
        return restored if is_ours else restored.without_response_url()

    def place(self, origin: Origin) -> Place:
        """Give the place as core knows it."""
        ts = origin.message_ts if not origin.is_ephemeral else None
        above = origin.thread_ts if origin.thread_ts != ts else None
        return Place(
            channel_id=origin.channel_id,
            thread_id=origin.thread_ts,
            message_id=ts,
            permalink=self.identity.permalink(origin.channel_id, ts or "", above),
            is_direct=origin.is_direct,
        )

    async def request(
        self,
        origin: Origin,
        command: str,
        values: Mapping[str, Value],
        *,
        name: str = "",
        delivery_id: str | None = None,
        source: SourceMessage | None = None,
        is_form: bool = False,
        attached: tuple[Attached, ...] = (),
        wait_s: float = 10.0,
    ) -> Request:
        """Make a request; asks Slack who it is for at most about `wait_s` each step."""
        community = await self.community()
        member = await self.people.member(origin.user_id, name, wait_s=wait_s)
        return Request(
            command=command,
            actor=await self.people.actor(community, member, wait_s=wait_s),
            community=community,
            now=self.services.clock(),
            values=values,
            place=self.place(origin),
            locale=member.locale,
            delivery_id=delivery_id,
            source=source,
            is_form=is_form,
            attached=attached,
        )

    async def source(self, body: Mapping[str, Any], *, wait_s: float) -> SourceMessage:
        """Read the message that a message shortcut was used on."""
        message = body.get("message") or {}
        channel_id = str((body.get("channel") or {}).get("id") or "")
        user_id = str(message.get("user") or "")
        is_bot = bool(message.get("bot_id")) or not user_id
        named = str(message.get("username") or "")
        author = await self.people.member(user_id, named, wait_s=wait_s) if user_id else None
        ts, thread_ts = str(message.get("ts") or ""), message.get("thread_ts")
        permalink = self.identity.permalink(channel_id, ts, thread_ts)
        return SourceMessage(
            text=plain_words(str(message.get("text") or "")),
            author_key=self.people.key(user_id or str(message.get("bot_id") or "unknown")),
            author_name=author.name if author else named,
            permalink=permalink,
            author_is_bot=is_bot or bool(author and author.is_bot),
            place=Place(
                channel_id=channel_id,
                thread_id=thread_ts,
                message_id=ts or None,
                permalink=permalink,
                is_direct=channel_id.startswith("D"),
            ),
            attached=of_payloads(message.get("files")),
        )
