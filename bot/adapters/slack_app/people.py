"""Who a Slack user is: name, language and role, asked of Slack and kept for ten minutes.

What makes somebody a moderator or administrator is asked again after a minute, so that a role that
was taken away does not last; where Slack does not answer, it lasts ten minutes at most.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack_app.failures import NETWORK, error_name
from bot.core.model import Actor, Community, Role

log = structlog.get_logger(__name__)

_KEEP_S = 600.0
_KEEP_ROLE_S = 60.0
_MOST = 5000
QUICK_S = 0.5
"""What is not known after this long before an acknowledgement is asked again after it."""


@dataclass(frozen=True, slots=True)
class Member:
    """A user as `users.info` tells; a stranger belongs to another workspace (Slack Connect)."""

    user_id: str
    name: str
    locale: str = "en"
    is_admin: bool = False
    is_stranger: bool = False
    is_deactivated: bool = False
    is_bot: bool = False
    is_known: bool = True  # False: Slack has not answered, this is a guess from the payload


class People:
    """The members of one workspace."""

    def __init__(self, client: AsyncWebClient, team_id: str) -> None:
        self._client = client
        self._team_id = team_id
        self._members: OrderedDict[str, tuple[float, Member]] = OrderedDict()
        self._groups: dict[str, tuple[float, frozenset[str]]] = {}
        self._asking: dict[str, asyncio.Task[Member]] = {}

    async def member(self, user_id: str, name: str = "", *, wait_s: float = 10.0) -> Member:
        """Look a user up; after `wait_s` give what the payload told and go on asking behind.

        Args:
            user_id: Slack's id.
            name: what the payload calls the user, for as long as Slack has not answered.
            wait_s: how long the caller can wait.
        """
        kept = self._members.get(user_id)
        if kept and _age_s(kept[0]) < (_KEEP_ROLE_S if kept[1].is_admin else _KEEP_S):
            return kept[1]
        task = self._asking.get(user_id)
        if task is None:
            task = asyncio.create_task(self._ask(user_id))
            self._asking[user_id] = task
            task.add_done_callback(lambda _: self._asking.pop(user_id, None))
        done, _ = await asyncio.wait({task}, timeout=wait_s)
        if done and not task.cancelled() and task.result().is_known:
            return task.result()
        if kept is None:
            return Member(user_id, name or user_id, is_known=False)
        is_admin = kept[1].is_admin and _age_s(kept[0]) < _KEEP_S
        return replace(kept[1], is_admin=is_admin)

    async def _ask(self, user_id: str) -> Member:
        try:
            answer = await self._client.users_info(user=user_id, include_locale=True)
            user = answer["user"]
        except (*NETWORK, KeyError) as error:
            log.warning("slack_user_unknown", error=error_name(error))
            return Member(user_id, user_id, is_known=False)
        member = self._read(user_id, user)
        self._members[user_id] = (time.monotonic(), member)
        while len(self._members) > _MOST:
            self._members.popitem(last=False)
        return member

    def _read(self, user_id: str, user: Mapping[str, Any]) -> Member:
        profile = user.get("profile") or {}
        names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"))
        is_admin = any(user.get(k) for k in ("is_admin", "is_owner", "is_primary_owner"))
        is_stranger = bool(user.get("is_stranger")) or self._team_id not in _teams(user)
        return Member(
            user_id,
            next((str(n) for n in (*names, user.get("name")) if n), user_id),
            locale=str(user.get("locale") or "en").partition("-")[0].lower(),
            is_admin=is_admin and not is_stranger and not user.get("deleted"),
            is_stranger=is_stranger,
            is_deactivated=bool(user.get("deleted")),
            is_bot=bool(user.get("is_bot")),
        )

    def key(self, user_id: str) -> str:
        """Give the actor key of a user; all of this workspace's channels count as its own."""
        return f"slack:{self._team_id}:{user_id}"

    async def actor(self, community: Community, member: Member, *, wait_s: float = 5.0) -> Actor:
        """Give the actor with the role that Slack and the community grant."""
        role = await self._role(community, member, wait_s)
        return Actor(self.key(member.user_id), member.name, role=role)

    async def _role(self, community: Community, member: Member, wait_s: float) -> Role:
        if member.is_stranger or member.is_deactivated:
            return Role.MEMBER
        if member.is_admin:
            return Role.ADMIN
        wanted = community.settings.get("moderator_roles") or ()
        if {member.user_id, self.key(member.user_id)} & {str(one) for one in wanted}:
            return Role.MODERATOR
        groups = [str(group) for group in wanted if str(group).startswith("S")]
        if not groups:
            return Role.MEMBER
        try:
            async with asyncio.timeout(wait_s):
                listed = [await self._group(group) for group in groups]
        except TimeoutError:
            return Role.MEMBER
        return Role.MODERATOR if any(member.user_id in g for g in listed) else Role.MEMBER

    async def _group(self, group: str) -> frozenset[str]:
        kept = self._groups.get(group)
        if kept and _age_s(kept[0]) < _KEEP_ROLE_S:
            return kept[1]
        try:
            answer = await self._client.usergroups_users_list(usergroup=group)
        except NETWORK as error:
            log.warning("slack_user_group_unreadable", error=error_name(error))
            return kept[1] if kept and _age_s(kept[0]) < _KEEP_S else frozenset()
        users = frozenset(str(user) for user in answer.get("users") or ())
        self._groups[group] = (time.monotonic(), users)
        return users


def _age_s(at: float) -> float:
    return time.monotonic() - at


def _teams(user: Mapping[str, Any]) -> set[str]:
    """List the workspaces of a user; on Enterprise Grid there are several."""
    grid = user.get("enterprise_user") or {}
    return {str(user.get("team_id")), *(str(team) for team in grid.get("teams") or ())}
