"""Events: what is said to the bot without a command, the Home tab, and being uninstalled."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog

from bot.adapters.slack_app.answering import Answering
from bot.adapters.slack_app.files import of_payloads
from bot.adapters.slack_app.home import Home
from bot.adapters.slack_app.origin import Origin
from bot.adapters.slack_app.people import QUICK_S, Member
from bot.adapters.slack_app.reading import mentions, plain_words
from bot.adapters.slack_app.workspace import PLATFORM, Workspace
from bot.core import hello, intake
from bot.core.dispatch import visibility
from bot.core.listen import Heard, comment_below, hear, request_of
from bot.core.model import Community, Reply, Visibility
from bot.core.services import Services
from storage import StoreLocked, Write

log = structlog.get_logger(__name__)

Event = Mapping[str, Any]
Work = Coroutine[Any, Any, None]

_SPOKEN = {None, "file_share", "thread_broadcast", "me_message"}


@dataclass(frozen=True, slots=True)
class _To:
    """How a message is meant for the bot."""

    is_mention: bool
    is_direct: bool
    in_own_thread: bool


class Hearing:
    """Takes events in; an event that arrives four times, or as two kinds, has one effect."""

    def __init__(self, workspace: Workspace, answering: Answering, home: Home) -> None:
        self._workspace = workspace
        self._services: Services = workspace.services
        self._answering = answering
        self._home = home

    async def take(self, body: Mapping[str, Any]) -> Work | None:
        """Write an event down before it is acknowledged; give what is to be done about it."""
        event = body.get("event") or {}
        kind = str(event.get("type") or "")
        if kind == "app_uninstalled":
            return self._leave(kind)
        if kind == "tokens_revoked":
            # Revoked user tokens are of no concern: only the bot's own ends its stay.
            return self._leave(kind) if (event.get("tokens") or {}).get("bot") else None
        if self._workspace.has_left:
            return None
        if kind == "app_home_opened":
            return self._home_opened(str(event.get("user") or ""), str(event.get("tab") or ""))
        if kind in {"app_mention", "message"}:
            return await self._message(event)
        return None

    async def _home_opened(self, user_id: str, tab: str) -> None:
        """Show the Home tab; the first administrator to come, who installed us, gets a hello.

        Slack opens the app for whoever has installed it, and does not tell us who that is.
        """
        if tab == "home":
            await self._home.show(user_id)
        workspace = self._workspace
        member = await workspace.people.member(user_id)
        if not member.is_admin:
            return
        row = await self._services.store.communities.get(workspace.identity.community_key)
        if row is not None:
            account = workspace.people.key(user_id)
            await hello.greet(self._services, row, accounts=[account], locale=member.locale)

    async def _leave(self, kind: str) -> None:
        """Mark the community as left; a late event must not bring it back before a restart."""
        self._workspace.has_left = True
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
        to = await self._addressed(event, community)
        if to is None:
            return None  # what is said between members is neither kept nor looked at
        heard = await self._heard(event, community, to)
        accepted = await self._accept(heard)
        if accepted is None:
            return None
        return self._answer(event, replace(heard, is_accepted=accepted))

    async def _addressed(self, event: Event, community: Community) -> _To | None:
        """Tell how a message is meant for the bot; None where it is not."""
        text, us = str(event.get("text") or ""), self._workspace.identity.bot_user_id
        to = _To(
            is_mention=event.get("type") == "app_mention" or mentions(text, us),
            is_direct=_origin(event).is_direct,
            in_own_thread=await self._is_own_thread(event, community),
        )
        modes = community.settings.get("channel_modes") or {}
        answers_all = "all" in {modes.get(event.get("channel")), community.settings.get("answers")}
        is_meant = to.is_mention or to.is_direct or to.in_own_thread or answers_all
        return to if is_meant else None

    async def _is_own_thread(self, event: Event, community: Community) -> bool:
        """Tell whether the bot began this thread or has answered in it."""
        thread_ts = event.get("thread_ts")
        if not thread_ts:
            return False
        if event.get("parent_user_id") == self._workspace.identity.bot_user_id:
            return True
        cards = self._services.store.cards
        if await cards.idea_below(community.id, community.bank_id, str(thread_ts)) is not None:
            return True
        key = f"{community.key}:{thread_ts}"
        rows = await self._services.store.questions.thread(key, 1, community_id=community.id)
        return bool(rows)

    async def _heard(self, event: Event, community: Community, to: _To) -> Heard:
        identity, people = self._workspace.identity, self._workspace.people
        origin, ts = _origin(event), str(event["ts"])
        member = await people.member(origin.user_id, wait_s=QUICK_S)
        place = self._workspace.place(replace(origin, message_ts=ts))
        return Heard(
            actor=await people.actor(community, member, wait_s=QUICK_S),
            community=community,
            place=replace(place, is_direct=to.is_direct),
            text=plain_words(str(event.get("text") or ""), identity.bot_user_id),
            now=self._services.clock(),
            is_mention=to.is_mention,
            is_direct=to.is_direct,
            in_own_thread=to.in_own_thread,
            locale=member.locale,
            delivery_id=f"slack:m:{identity.team_id}:{origin.channel_id}:{ts}",
            attached=of_payloads(event.get("files")),
        )

    async def _accept(self, heard: Heard) -> bool | None:
        """Write a message down before it is acknowledged.

        None for one that was seen before; False where the store is too slow, and the message is
        answered all the same.
        """
        deliveries, delivery_id = self._services.store.deliveries, str(heard.delivery_id)
        request = await comment_below(self._services, heard) or request_of(heard)
        payload = intake.to_payload(request) if request else {}
        try:
            is_new = await deliveries.accept(
                delivery_id,
                heard.community.key,
                PLATFORM,
                payload,
                heard.now,
                timeout_s=intake.ACCEPT_TIMEOUT_S,
            )
            if is_new and request is None:
                await deliveries.finish(delivery_id, "offered")  # nothing of it is to be replayed
        except StoreLocked:
            return False
        return True if is_new else None

    async def _answer(self, event: Event, heard: Heard) -> None:
        people = self._workspace.people
        member: Member = await people.member(str(event["user"]))
        actor = await people.actor(heard.community, member)
        heard = replace(heard, actor=actor, locale=member.locale)
        reply = await hear(self._services, heard)
        await self._finish(heard, reply)
        if reply is None:
            return
        request = await comment_below(self._services, heard) or request_of(heard)
        shown = Visibility.EVERYONE if request is None else visibility(request)
        await self._answering.say(_origin(event), reply, shown, locale=heard.locale)

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
    is_direct = channel_id.startswith("D")
    return Origin(
        user_id=str(event.get("user") or ""),
        channel_id=channel_id,
        thread_ts=str(thread_ts) if thread_ts else (None if is_direct else ts),
        is_spoken=True,
    )
