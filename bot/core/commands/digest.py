"""The digest as moderators see it before everybody does."""

from __future__ import annotations

from dataclasses import replace

from bot.core import community_settings
from bot.core.digest_words import digest_reply
from bot.core.model import Command, Reply, Request, Role
from bot.core.services import Services
from bot.core.turns_due import LONGEST, WEEK, channel_of, plan_of
from prompts import render


async def show_digest(services: Services, request: Request) -> Reply:
    """Show what the next digest would say today, and when and where it goes."""
    community = request.community
    stands = (await services.store.schedules.all("digest")).get(community.id)
    last = stands.last_at if stands else None
    since = max(last or request.now - WEEK, request.now - LONGEST)
    reply = await digest_reply(services, community, since, request.now)
    settings = community.settings
    footer = render(
        "digest.preview" if plan_of(settings, "digest") else "digest.unplanned",
        request.locale,
        day=str(community_settings.get(settings, "digest_day")),
        hour=int(community_settings.get(settings, "digest_hour")),
        zone=str(community_settings.get(settings, "timezone")),
        has_channel=bool(channel_of(settings, "digest")),
    )
    if reply is None:
        return Reply(text=render("digest.nothing", request.locale), footer=footer)
    return replace(reply, footer=footer)


DIGEST = Command(
    name="digest",
    summary="See what the weekly digest would say today, only for you",
    handle=show_digest,
    audience=Role.MODERATOR,
    takes_long=True,
    examples=("digest",),
)
