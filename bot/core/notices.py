"""What people are told outside of a reply: followers of an idea, and moderators that work waits.

A notice names what happened and to which idea, never a text: its words are drawn when it is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from bot.core import community_settings
from bot.core.services import Services
from storage import CommunityRow, Idea, Notice, Person

Event = Literal["accepted", "declined", "merged", "unmerged", "restored", "upheld", "note"]

WANTED = ("decisions", "all", "none")
"""What somebody hears of the ideas they follow; the first is the default."""

NOTES_EVERY = timedelta(minutes=2)
"""Comments on an idea within so long make one message."""

STAFF_EVERY_S = 900.0
"""Moderators of a community are told of new work at most this often."""

_STAFF_DELAY = timedelta(seconds=5)
_SILENT = frozenset({"console"})
"""Platforms on which nobody can be written to: whoever is there looks for themselves."""


async def to_followers(
    services: Services, idea: Idea, event: Event, now: datetime, *, by: int | None = None
) -> tuple[Notice, ...]:
    """Give one message per follower, except for whoever does it, to go along with the write."""
    communities = await services.banks.communities(idea.bank_id)
    followers = await services.store.followers.of(idea.bank_id, idea.number)
    wanted = await services.store.members.notices([person.id for person in followers])
    at, due_at = _when(event, now)
    notices = []
    for person in followers:
        is_told = _wants(wanted.get(person.id, WANTED[0]), event) and person.id != by
        where = reach(person, idea.community_id, communities) if is_told else None
        if where is None:
            continue
        community, account = where
        # Only where the community lets members know who decided.
        is_named = by is not None and community_settings.get(community.settings, "named_decisions")
        named = {"by": by} if is_named else {}
        notices.append(
            Notice(
                # A second decision within a version is news again, so the time is in the key.
                key=f"notice:{idea.id}:{event}:{at}:{person.id}",
                platform=community.key.partition(":")[0],
                community_id=community.id,
                payload={"what": event, "idea_id": idea.id, "account": account, "at": at} | named,
                due_at=due_at,
            )
        )
    return tuple(notices)


def _wants(wanted: str, event: Event) -> bool:
    return wanted == "all" or (wanted == "decisions" and event != "note")


def _when(event: Event, now: datetime) -> tuple[int, datetime | None]:
    """Give the second that names a notice, and when it is sent; comments are gathered a while."""
    at = int(now.timestamp())
    if event != "note":
        return at, None
    at -= at % int(NOTES_EVERY.total_seconds())
    return at, datetime.fromtimestamp(at, UTC) + NOTES_EVERY


def reach(
    person: Person, community_id: int | None, communities: Sequence[CommunityRow]
) -> tuple[CommunityRow, str] | None:
    """Give the account to write to, in the community that it is about where that can be."""
    found = [
        (community, account)
        for account in person.accounts
        for community in communities
        if _is_in(account, community)
    ]
    found.sort(key=lambda pair: (pair[0].id != community_id, pair[0].id))
    return found[0] if found else None


def _is_in(account: str, community: CommunityRow) -> bool:
    """Tell whether an account can be reached through a community."""
    platform, _, rest = account.partition(":")
    theirs, _, place = community.key.partition(":")
    if platform != theirs or platform in _SILENT:
        return False
    # An account that names its place (a workspace) is reached there alone.
    return ":" not in rest or rest.partition(":")[0] == place


async def to_staff(services: Services, bank_id: int, now: datetime) -> tuple[Notice, ...]:
    """Give what tells the staff channels that something waits in the queue, not too often."""
    notices = []
    for community in await services.banks.communities(bank_id):
        if not community_settings.get(community.settings, "staff_channel"):
            continue
        left_s = await services.store.limits.hit(
            f"staff:{community.id}", "notice", now, STAFF_EVERY_S, 1
        )
        notices.append(
            Notice(
                key=f"staff:{community.id}",
                platform=community.key.partition(":")[0],
                community_id=community.id,
                payload={"what": "queue"},
                kind="staff",
                due_at=now + max(timedelta(seconds=left_s), _STAFF_DELAY),
            )
        )
    return tuple(notices)
