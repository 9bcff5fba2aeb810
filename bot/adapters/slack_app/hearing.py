"""Events: what is said to the bot without a command, the Home tab, and being uninstalled."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any

import structlog

from bot.adapters.slack_app.answering import Answering
from bot.adapters.slack_app.home import Home
from bot.adapters.slack_app.origin import Origin
from bot.adapters.slack_app.people import QUICK_S, Member
from bot.adapters.slack_app.reading import mentions, plain_words
from bot.adapters.slack_app.workspace import PLATFORM, Workspace
from bot.core import intake
from bot.core.dispatch import visibility
from bot.core.listen import Heard, hear, request_of
from bot.core.model import Community, Reply, Visibility
from bot.core.services import Services
from storage import StoreLocked, Write

log = structlog.get_logger(__name__)

Event = Mapping[str, Any]
Work = Coroutine[Any, Any, None]

_SPOKEN = {None, "file_share", "thread_broadcast", "me_message"}


class Hearing:
    """Takes events in; an event that arrives four times, or as two kinds, has one effect."""

    def __init__(self, workspace: Workspace, answering: Answering, home: Home) -> None:
        self._workspace = workspace
        self._services: Services = workspace.services
        self._answering = answering
        self._home = home
        self.has_left = False

    async def take(self, body: Mapping[str, Any]) -> Work | None:
        """Write an event down before it is acknowledged; give what is to be done about it."""
        event = body.get("event") or {}
        kind = str(event.get("type") or "")
        if kind == "app_uninstalled":
            return self._leave(kind)
        if kind == "tokens_revoked":
            # Revoked user tokens are of no concern: only the bot's own ends its stay.
            return self._leave(kind) if (event.get("tokens") or {}).get("bot") else None
        if self.has_left:
            return None
        if kind == "app_home_opened" and event.get("tab") == "home":
            return self._home.show(str(event.get("user") or ""))
        if kind in {"app_mention", "message"}:
            return await self._message(event)
        return None

    async def _leave(self, kind: str) -> None:
        """Mark the community as left; a late event must not bring it back before a restart."""
        self.has_left = True
        community = await self._services.store.communities.get(
            self._workspace.identity.community_key
        )
        if community is None:
            return
        write = Write(person_id=None, community_id=community.id, now=self._services.clock())
        await self._services.store.communities.leave(write, community.id)
        log.warning("slack_left", event_kind=kind, community=community.id)

    async def _message(self, event: Event) -> Work | None:
        if event.get("subtype") not in _SPOKEN or event.get("bot_id") or not event.get("user"):
            return None
        community = await self._workspace.community()
        heard = await self._heard(event, community)
        if not self._may_matter(heard, community):
            return None  # what is said between members is neither kept nor looked at
        request = request_of(heard)
        payload = intake.to_payload(request) if request else {}
        try:
            is_new = await self._services.store.deliveries.accept(
                str(heard.delivery_id),
                community.key,
                PLATFORM,
                payload,
                heard.now,
                timeout_s=intake.ACCEPT_TIMEOUT_S,
            )
        except StoreLocked:
            is_new = True  # answered all the same; a write of it says itself that it waits
        return self._answer(event, heard) if is_new else None

    async def _heard(self, event: Event, community: Community) -> Heard:
        identity = self._workspace.identity
        origin = _origin(event)
        text = str(event.get("text") or "")
        member = await self._workspace.people.member(origin.user_id, wait_s=QUICK_S)
        ts = str(event["ts"])
        is_direct = event.get("channel_type") == "im" or origin.is_direct
        return Heard(
            actor=await self._workspace.people.actor(community, member, wait_s=QUICK_S),
            community=community,
            place=replace(
                self._workspace.place(replace(origin, message_ts=ts)), is_direct=is_direct
            ),
            text=plain_words(text, identity.bot_user_id),
            now=self._services.clock(),
            is_mention=event.get("type") == "app_mention" or mentions(text, identity.bot_user_id),
            is_direct=is_direct,
            in_own_thread=await self._is_own_thread(event, community),
            locale=member.locale,
            delivery_id=f"slack:m:{identity.team_id}:{origin.channel_id}:{ts}",
        )

    async def _is_own_thread(self, event: Event, community: Community) -> bool:
        """Tell whether the bot began this thread or has answered in it."""
        thread_ts = event.get("thread_ts")
        if not thread_ts:
            return False
        if event.get("parent_user_id") == self._workspace.identity.bot_user_id:
            return True
        key = f"{community.key}:{thread_ts}"
        rows = await self._services.store.questions.thread(key, 1, community_id=community.id)
        return bool(rows)

    @staticmethod
    def _may_matter(heard: Heard, community: Community) -> bool:
        if heard.is_direct or heard.is_mention or heard.in_own_thread:
            return True
        modes = community.settings.get("channel_modes") or {}
        return "all" in {modes.get(heard.place.channel_id), community.settings.get("answers")}

    async def _answer(self, event: Event, heard: Heard) -> None:
        people = self._workspace.people
        member: Member = await people.member(str(event["user"]))
        actor = await people.actor(heard.community, member)
        heard = replace(heard, actor=actor, locale=member.locale)
        reply = await hear(self._services, heard)
        await self._finish(heard, reply)
        if reply is None:
            return
        request = request_of(heard)
        shown = Visibility.EVERYONE if request is None else visibility(request)
        origin = _origin(event)
        if heard.is_direct:
            shown = Visibility.EVERYONE
        await self._answering.say(origin, reply, shown, locale=heard.locale)

    async def _finish(self, heard: Heard, reply: Reply | None) -> None:
        outcome = "silent" if reply is None else "done" if reply.ok else "refused"
        if reply is not None and reply.is_busy:
            return  # left for replay
        try:
            await self._services.store.deliveries.finish(str(heard.delivery_id), outcome)
        except StoreLocked:
            log.warning("finish_waits", delivery=heard.delivery_id)


def _origin(event: Event) -> Origin:
    """Give where an answer goes: into the thread; in a direct message, where it was asked."""
    channel_id = str(event.get("channel") or "")
    ts, thread_ts = str(event.get("ts") or ""), event.get("thread_ts")
    is_direct = event.get("channel_type") == "im" or channel_id.startswith("D")
    return Origin(
        user_id=str(event.get("user") or ""),
        channel_id=channel_id,
        thread_ts=str(thread_ts) if thread_ts else (None if is_direct else ts),
        is_spoken=True,
    )
