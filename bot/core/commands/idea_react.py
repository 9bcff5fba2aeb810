"""What members do with ideas of others: vote and follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from bot.core.commands import ideas, shown
from bot.core.errors import InvalidField
from bot.core.model import Choice, Command, Field, FieldType, Reply, Request
from bot.core.notices import to_staff
from bot.core.services import Services
from prompts import render
from storage import Idea, IdeaFilter, VoteCount

BURST_WINDOW = timedelta(minutes=30)
BURST_NEW = timedelta(hours=24)
BURST_OF = 5
"""So many votes within the window, for or against, from people who are new are held out."""

DRIP_WINDOW = timedelta(hours=24)
DRIP_OF = 10
DRIP_SHARE = 0.75
"""A burst that comes drop by drop: so many votes of new people in a day, and hardly any others."""

_WORDS: dict[str, Literal[-1, 0, 1]] = {
    "1": 1, "+1": 1, "up": 1, "yes": 1, "0": 0, "none": 0, "-1": -1, "down": -1, "no": -1,
}  # fmt: skip


async def vote(services: Services, request: Request) -> Reply:
    """Set the actor's vote. It never toggles: the same button twice leaves the same vote."""
    await ideas.require_welcome(services, request)
    said = request.text("vote").lower()
    value = _WORDS.get(said)
    if said and value is None:
        raise InvalidField("vote", "vote_value")
    asked = await ideas.require_idea(services, request)
    idea = await _counted(services, request, asked)
    if value is None:
        return _asked_back(request, idea)
    count = await services.store.votes.set(
        ideas.write_of(request),
        idea.bank_id,
        idea.number,
        value,
        request.community.platform,
        is_new=request.actor.is_new,
    )
    count = await _held_out(services, request, idea) or count
    draft = request.number("draft")
    if draft is not None:
        await services.store.drafts.drop(ideas.side_write_of(request), draft)
    return Reply(
        text=render(
            "idea.voted",
            request.locale,
            number=idea.number,
            title=idea.title,
            vote=value,
            votes=shown.votes_text(count, request.locale),
            merged_from=asked.number if asked.number != idea.number else None,
        )
    )


def _asked_back(request: Request, idea: Idea) -> Reply:
    """Ask which way, with the buttons that say it."""
    title, number = idea.title, idea.number
    return Reply(
        text=render("idea.vote_which", request.locale, number=number, title=title),
        buttons=shown.vote_buttons(idea, request.locale),
    )


async def _counted(services: Services, request: Request, asked: Idea) -> Idea:
    """Give the idea that a vote counts for: what a merged one was merged into."""
    if asked.status != "merged" or asked.merged_into is None:
        return ideas.require_open(asked)
    target = await services.store.ideas.get(asked.bank_id, asked.merged_into)
    return ideas.require_open(target or asked)


async def _held_out(services: Services, request: Request, idea: Idea) -> VoteCount | None:
    """Hold a burst of votes from new accounts out until a moderator decides."""
    suspects = await _suspects(services, request, idea)
    if not suspects or not await _is_settled(services, request):
        return None
    notices = await to_staff(services, idea.bank_id, request.now)
    write = replace(ideas.program_write_of(request), notices=notices)
    return await services.store.votes.hold_out(write, idea.bank_id, idea.number, suspects)


async def _suspects(services: Services, request: Request, idea: Idea) -> list[int]:
    """Give the voters of a burst: many new people at once, or hardly any others for a day."""
    votes, bank_id, number = services.store.votes, idea.bank_id, idea.number
    at_once, for_a_day = request.now - BURST_WINDOW, request.now - DRIP_WINDOW
    burst = await votes.newcomers(bank_id, number, voted_since=at_once, new_for=BURST_NEW)
    if len(burst) >= BURST_OF:
        return burst
    drip = await votes.newcomers(bank_id, number, voted_since=for_a_day, new_for=BURST_NEW)
    if len(drip) < DRIP_OF:
        return []
    lately = [v for v in await votes.voters(bank_id, number) if v.voted_at >= for_a_day]
    return drip if len(drip) >= DRIP_SHARE * len(lately) else []


async def _is_settled(services: Services, request: Request) -> bool:
    """Tell whether the bank is older than a day; in a younger one everybody is new."""
    old = IdeaFilter(until=request.now - BURST_NEW, sort="old")
    page = await services.store.ideas.search(
        request.community.bank_id, old, limit=1, with_facets=False
    )
    return page.total > 0


async def follow(services: Services, request: Request) -> Reply:
    """Follow an idea, or stop to."""
    idea = await ideas.require_idea(services, request)
    is_stop = request.flag("stop")
    change = services.store.followers.unfollow if is_stop else services.store.followers.follow
    await change(ideas.write_of(request), idea.bank_id, idea.number)
    text = "idea.unfollowed" if is_stop else "idea.followed"
    return Reply(text=render(text, request.locale, number=idea.number))


VOTE = Command(
    name="idea vote",
    summary="Vote for or against an idea, or take your vote back",
    handle=vote,
    fields=(
        ideas.idea_field(),
        Field(
            name="vote",
            label="Vote",
            type=FieldType.CHOICE,
            description="up, down, or none to take it back",
            choices=(
                Choice("1", "up"),
                Choice("-1", "down"),
                Choice("0", "none"),
            ),
        ),
    ),
    is_write=True,
    examples=("idea vote 42 up", "idea vote 42 none"),
)
FOLLOW = Command(
    name="idea follow",
    summary="Hear what becomes of an idea",
    handle=follow,
    fields=(
        ideas.idea_field(),
        Field(name="stop", label="Stop", type=FieldType.FLAG, description="yes: no longer"),
    ),
    is_write=True,
    examples=("idea follow 42", "idea follow 42 stop:yes"),
)
