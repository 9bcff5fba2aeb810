"""How much one member and one community may do; moderators are not counted."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakKeyDictionary

from bot.core.errors import TooMany
from bot.core.model import Command, Request, Role
from bot.core.services import Services
from storage import Store

_REMEMBERED = 20_000
"""Keys after which those who have been quiet for a window are forgotten."""


@dataclass(frozen=True, slots=True)
class Quota:
    """At most so many within a sliding window."""

    at_most: int
    window_s: float


PER_MEMBER = {"write": Quota(20, 600.0), "read": Quota(60, 600.0)}
PER_COMMUNITY = {"write": Quota(300, 600.0), "read": Quota(1200, 600.0)}


@dataclass(slots=True)
class Reads:
    """Who looked at something lately, in this process.

    A look must neither wait for the disk nor for whoever holds the store, so it is not counted
    there: two processes allow twice as many, which harms nobody.
    """

    _times: dict[str, deque[float]] = field(default_factory=dict)
    _sweep_at: int = field(default_factory=lambda: _REMEMBERED)

    def hit(self, key: str, quota: Quota, now_s: float) -> float:
        """Count one use unless there were enough; gives the seconds until the next is free."""
        if len(self._times) > self._sweep_at:
            since = now_s - quota.window_s
            self._times = {k: t for k, t in self._times.items() if t and t[-1] > since}
            # Those who are left are not gone through again for each use while a crowd is here.
            self._sweep_at = max(_REMEMBERED, 2 * len(self._times))
        times = self._times.setdefault(key, deque())
        while times and times[0] <= now_s - quota.window_s:
            times.popleft()
        if len(times) >= quota.at_most:
            return times[0] + quota.window_s - now_s
        times.append(now_s)
        return 0.0


_reads: WeakKeyDictionary[Store, Reads] = WeakKeyDictionary()


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
        left_s = await _hit(services, request, command, key, quota)
        if left_s > 0:
            raise TooMany("too_many", seconds_left=max(1, round(left_s)))


def may_be_offered(services: Services, account_key: str, community_id: int, now: datetime) -> bool:
    """Count an offer to keep what somebody said; nobody is offered more than they could read."""
    reads = _reads.setdefault(services.store, Reads())
    key = f"account:{account_key}:{community_id}"
    return not reads.hit(key, PER_MEMBER["read"], now.timestamp())


async def _hit(
    services: Services, request: Request, command: Command, key: str, quota: Quota
) -> float:
    if not command.is_write:
        reads = _reads.setdefault(services.store, Reads())
        return reads.hit(key, quota, request.now.timestamp())
    return await services.store.limits.hit(key, "write", request.now, quota.window_s, quota.at_most)
