"""What members do with ideas of others: vote, follow, comment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from bot.core.commands import ideas, shown
from bot.core.errors import InvalidField
from bot.core.model import Choice, Command, Field, FieldType, Reply, Request, Role
from bot.core.notices import to_staff
from bot.core.services import Services
from prompts import render
from storage import Idea, IdeaFilter, VoteCount

BURST_WINDOW = timedelta(minutes=30)
BURST_NEW = timedelta(hours=24)
BURST_OF = 5
"""So many votes within the window from people first seen just now are held out of the count."""

_WORDS: dict[str, Literal[-1, 0, 1]] = {
    "1": 1, "+1": 1, "up": 1, "yes": 1, "0": 0, "none": 0, "-1": -1, "down": -1, "no": -1,
}  # fmt: skip


async def vote(services: Services, request: Request) -> Reply:
    """Set the actor's vote. It never toggles: the same button twice leaves the same vote."""
    await ideas.require_welcome(services, request)
    value = _WORDS.get(request.text("vote").lower())
    if value is None:
        raise InvalidField("vote", "vote_value")
    asked = await ideas.require_idea(services, request)
    idea = await _counted(services, request, asked)
    count = await services.store.votes.set(
        ideas.write_of(request), idea.bank_id, idea.number, value, request.community.platform
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


async def _counted(services: Services, request: Request, asked: Idea) -> Idea:
    """Give the idea that a vote counts for: what a merged one was merged into."""
    if asked.status != "merged" or asked.merged_into is None:
        return ideas.require_open(asked)
    target = await services.store.ideas.get(asked.bank_id, asked.merged_into)
    return ideas.require_open(target or asked)


async def _held_out(services: Services, request: Request, idea: Idea) -> VoteCount | None:
    """Hold a burst of votes from new accounts out until a moderator decides."""
    suspects = await services.store.votes.newcomers(
        idea.bank_id,
        idea.number,
        voted_since=request.now - BURST_WINDOW,
        seen_since=request.now - BURST_NEW,
    )
    if len(suspects) < BURST_OF or not await _is_settled(services, request):
        return None
    notices = await to_staff(services, idea.bank_id, request.now)
    write = replace(ideas.program_write_of(request), notices=notices)
    return await services.store.votes.hold_out(write, idea.bank_id, idea.number, suspects)


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


async def note(services: Services, request: Request) -> Reply:
    """Keep a comment with an idea."""
    await ideas.require_welcome(services, request)
    idea = await ideas.require_idea(services, request)
    await services.store.notes.add(
        ideas.write_of(request), idea.bank_id, idea.number, request.text("text"), is_staff=False
    )
    return Reply(text=render("idea.noted", request.locale, number=idea.number))


async def staff_note(services: Services, request: Request) -> Reply:
    """Keep a note that only moderators see."""
    idea = await ideas.require_idea(services, request)
    await services.store.notes.add(
        ideas.write_of(request), idea.bank_id, idea.number, request.text("text"), is_staff=True
    )
    return Reply(text=render("mod.noted", request.locale, number=idea.number))


_NOTE = Field(
    name="text",
    label="Note",
    type=FieldType.TEXT,
    is_required=True,
    max_length=1000,
    in_form=True,
)

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
NOTE = Command(
    name="idea note",
    summary="Comment on an idea",
    handle=note,
    form_title="Comment",
    fields=(ideas.idea_field(), _NOTE),
    is_write=True,
    inline="text",
    examples=("idea note 42 We tried this with a drone, it works.",),
)
STAFF_NOTE = Command(
    name="mod note",
    summary="Keep a note on an idea that only moderators see",
    handle=staff_note,
    form_title="Note for moderators",
    fields=(ideas.idea_field(), _NOTE),
    audience=Role.MODERATOR,
    is_write=True,
    inline="text",
    examples=("mod note 42 Ask the author for the police report.",),
)
