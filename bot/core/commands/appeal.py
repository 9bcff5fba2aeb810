"""Appeals: an author asks for a second look, and another moderator decides."""

from __future__ import annotations

from dataclasses import replace

from bot.core.appeals import may_hear
from bot.core.commands import ideas
from bot.core.commands.deciding import claim_obstacle, notices_of, standing
from bot.core.commands.queue import and_queue
from bot.core.commands.undo import undo_button
from bot.core.errors import Conflict, NotAllowed
from bot.core.model import Command, Field, FieldType, Reply, Request, Role, Style
from bot.core.notices import to_staff
from bot.core.services import Services
from prompts import render
from storage import Stale


async def appeal(services: Services, request: Request) -> Reply:
    """Appeal against the decline of one's own idea, once."""
    await ideas.require_welcome(services, request)
    idea = await ideas.require_idea(services, request)
    if not ideas.is_author(request, idea):
        raise NotAllowed("not_yours", number=idea.number)
    if idea.status != "declined":
        raise Conflict("not_declined", number=idea.number, status=idea.status)
    notices = await to_staff(services, idea.bank_id, request.now)
    write = replace(ideas.write_of(request), notices=notices)
    try:
        await services.store.appeals.make(write, idea.bank_id, idea.number, request.text("text"))
    except Stale as stale:
        if stale.current == "before":
            raise Conflict("appealed_before", number=idea.number) from None
        raise Conflict("not_declined", number=idea.number, status=idea.status) from None
    return Reply(
        text=render("idea.appealed", request.locale, number=idea.number), style=Style.SUCCESS
    )


async def uphold(services: Services, request: Request) -> Reply:
    """Let a decline stand after an appeal; the author is told."""
    idea = await ideas.require_idea(services, request)
    waiting = await services.store.appeals.of(idea.bank_id, idea.number)
    if waiting is None or waiting.closed_at or idea.status != "declined":
        raise Conflict("no_appeal", **await standing(services, request, idea))
    if not await may_hear(services, request, waiting):
        raise Conflict("appeal_of_own", number=idea.number)
    obstacle = await claim_obstacle(services, request, idea)
    if obstacle is not None:
        raise obstacle
    notices = await notices_of(services, request, idea, "upheld")
    write = replace(ideas.write_of(request), notices=notices)
    try:
        await services.store.appeals.uphold(
            write, idea.bank_id, idea.number, reason=request.text("reason")
        )
    except Stale:
        current = await services.store.ideas.get(idea.bank_id, idea.number) or idea
        raise Conflict("no_appeal", **await standing(services, request, current)) from None
    reply = Reply(
        text=render("mod.upheld", request.locale, number=idea.number, title=idea.title),
        buttons=(undo_button(request, idea.number),),
    )
    return await and_queue(services, request, reply)


APPEAL = Command(
    name="idea appeal",
    summary="Ask another moderator to look at your declined idea again",
    handle=appeal,
    form_title="Appeal",
    fields=(
        ideas.idea_field(),
        Field(
            name="text",
            label="Why should it be accepted?",
            type=FieldType.TEXT,
            is_required=True,
            max_length=1000,
            in_form=True,
        ),
    ),
    is_write=True,
    inline="text",
    examples=("idea appeal 42 It is not about cinema: it is for the claim handlers.",),
)
UPHOLD = Command(
    name="mod uphold",
    summary="Let a decline stand after its author appealed",
    handle=uphold,
    form_title="Let it stand",
    fields=(
        ideas.idea_field(),
        Field(
            name="reason",
            label="Your words, for the author to read",
            type=FieldType.TEXT,
            description="The first reason stands, if you leave it out",
            max_length=500,
            in_form=True,
        ),
        Field(name="over", label="Over a claim", type=FieldType.FLAG, in_option=False),
        Field(name="back", label="Back", max_length=80, in_option=False),
    ),
    audience=Role.MODERATOR,
    is_write=True,
    inline="reason",
    examples=("mod uphold 42 We keep ideas about films here, not about games.",),
)
