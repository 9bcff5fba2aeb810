"""A quoted author's answer: whether their message may be kept as an idea with their name."""

from __future__ import annotations

from dataclasses import replace

from bot.core.commands import ideas
from bot.core.commands.idea_reading import first_status
from bot.core.errors import Conflict, NotAllowed, NotFound
from bot.core.model import Choice, Command, Field, FieldType, Reply, Request, Style, Visibility
from bot.core.notices import to_staff
from bot.core.services import Services
from prompts import render
from storage import Idea


async def consent(services: Services, request: Request) -> Reply:
    """Keep the quote with its author's name, or delete it."""
    number = request.number("number") or 0
    idea = await services.store.ideas.get(request.community.bank_id, number)
    if idea is None:
        raise NotFound("consent_gone")
    if not ideas.is_author(request, idea):
        raise NotAllowed("consent_not_yours")
    if idea.consent != "asked":
        raise Conflict("consent_given", number=number)
    if request.text("answer") == "refuse":
        await services.store.ideas.delete(ideas.write_of(request), idea.bank_id, number)
        return Reply(text=render("capture.refused", request.locale), replace=True)
    return await _given(services, request, idea)


async def _given(services: Services, request: Request, idea: Idea) -> Reply:
    write = ideas.write_of(request)
    status = first_status(request, idea.flags)
    if status == "pending":
        notices = await to_staff(services, idea.bank_id, request.now)
        write = replace(write, notices=notices)
    await services.store.ideas.give_consent(write, idea.bank_id, idea.number)
    if status != idea.status:
        await services.store.ideas.set_status(
            ideas.program_write_of(request),
            idea.bank_id,
            idea.number,
            expected=["pending"],
            to=status,
        )
    side = ideas.side_write_of(request)
    await services.store.followers.follow(side, idea.bank_id, idea.number)
    return Reply(
        text=render("capture.given", request.locale, number=idea.number, title=idea.title),
        style=Style.SUCCESS,
        replace=True,
    )


def visibility(_request: Request) -> Visibility:
    """The question stands in the channel, and so does the answer that takes its place."""
    return Visibility.EVERYONE


CONSENT = Command(
    name="consent",
    summary="Say whether your message may be kept as an idea",
    handle=consent,
    fields=(
        ideas.idea_field(),
        Field(
            name="answer",
            label="Answer",
            type=FieldType.CHOICE,
            choices=(Choice("give", "yes"), Choice("refuse", "no")),
            is_required=True,
        ),
    ),
    visibility=visibility,
    is_write=True,
    is_listed=False,
)
