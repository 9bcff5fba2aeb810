"""How much one member and one community may do; moderators are not counted."""

from __future__ import annotations

from dataclasses import dataclass

from bot.core.errors import TooMany
from bot.core.model import Command, Request, Role
from bot.core.services import Services


@dataclass(frozen=True, slots=True)
class Quota:
    """At most so many within a sliding window."""

    at_most: int
    window_s: float


PER_MEMBER = {"write": Quota(20, 600.0), "read": Quota(60, 600.0)}
PER_COMMUNITY = {"write": Quota(300, 600.0), "read": Quota(1200, 600.0)}


async def require_quota(services: Services, request: Request, command: Command) -> None:
    """Count this request.

    Raises:
        TooMany: the member, or the whole community, did too much; says the seconds left.
    """
    if request.actor.role >= Role.MODERATOR:
        return
    kind = "write" if command.is_write else "read"
    counted = (
        (f"person:{request.actor.person_id}:{request.community.id}", PER_MEMBER[kind]),
        (f"community:{request.community.id}", PER_COMMUNITY[kind]),
    )
    for key, quota in counted:
        left = await services.store.limits.hit(
            key, kind, request.now, quota.window_s, quota.at_most
        )
        if left > 0:
            raise TooMany("too_many", seconds_left=max(1, round(left)))
