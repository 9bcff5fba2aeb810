"""Weekly turns by a community's own clock: when one is due, and taking it once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Literal

from bot.core import community_settings
from storage import CommunityRow, Notice, Schedule

if TYPE_CHECKING:
    from bot.core.services import Services

Kind = Literal["digest", "export"]

WEEK = timedelta(days=7)
LONGEST = timedelta(days=35)
"""A turn looks back to the one before, and at most so far."""

_GRACE = timedelta(hours=1)
"""One who chooses this very hour means today, not in a week."""

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def last_due(now: datetime, day: str, hour: int, zone: tzinfo) -> datetime:
    """Give the last time, up to now, that it was this hour of this day in the zone.

    An hour that the clock skips in spring counts from where it would have been; of one that comes
    twice in autumn, the first counts.
    """
    here = now.astimezone(zone)
    back = (here.weekday() - _DAYS.index(day)) % 7
    for days in (back, back + 7):
        on = here.date() - timedelta(days=days)
        due = datetime(on.year, on.month, on.day, hour, tzinfo=zone).astimezone(UTC)
        if due <= now:
            return due
    raise AssertionError  # a week ago is past in every zone


def plan_of(settings: Mapping[str, Any], kind: Kind) -> str:
    """Write down when a community wants its turn; "" for never, or where there is no channel."""
    day = str(community_settings.get(settings, f"{kind}_day"))
    if day == "never" or not channel_of(settings, kind):
        return ""
    hour = community_settings.get(settings, "digest_hour")
    return f"{day} {hour} {community_settings.get(settings, 'timezone')}"


def channel_of(settings: Mapping[str, Any], kind: Kind) -> str:
    """Give the channel that a turn goes to; "" for none.

    Files hold names and ideas of every status, so they go where moderators are, and nowhere else.
    """
    names = ("digest_channel", "cards_channel") if kind == "digest" else ("staff_channel",)
    found = (community_settings.get(settings, name) for name in names)
    return str(next(filter(None, found), ""))


async def take_due(services: Services, kind: Kind, now: datetime) -> int:
    """Take every turn that is due, each once over all processes; gives how many were taken.

    A turn that was missed, since nothing ran, is taken late, and once.
    """
    stand = await services.store.schedules.all(kind)
    taken = 0
    for community in await services.store.communities.all():
        if community.left_at is None:
            taken += await _take(services, kind, community, stand.get(community.id), now)
    return taken


async def _take(
    services: Services, kind: Kind, community: CommunityRow, stands: Schedule | None, now: datetime
) -> bool:
    plan = plan_of(community.settings, kind)
    seen_at = stands.seen_at if stands else now
    if plan != (stands.plan if stands else ""):
        await services.store.schedules.plan(community.id, kind, plan, now)
        seen_at = now
    if not plan:
        return False
    day, hour = plan.split()[:2]
    due = last_due(now, day, int(hour), community_settings.zone(community.settings))
    last = stands.last_at if stands else None
    if due < seen_at - _GRACE or (last is not None and due <= last):
        return False
    since = max(last or due - WEEK, due - LONGEST)
    notice = Notice(
        key=f"{kind}:{community.id}:{due:%Y-%m-%dT%H:%M}",
        platform=community.key.partition(":")[0],
        community_id=community.id,
        kind=kind,
        payload={"since": since.isoformat(), "until": due.isoformat()},
    )
    return await services.store.schedules.take(kind, due, now, notice)
