"""What authors do with their own ideas: edit and withdraw; anonymous authors too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.core.banks import meaning_of
from bot.core.commands import ideas
from bot.core.commands.idea_reading import TEXT_LIMIT, TITLE_LIMIT, flags_of, tags_of, title_of
from bot.core.errors import Conflict, InvalidField
from bot.core.model import Button, Command, Field, FieldType, Reply, Request, Style, Value
from bot.core.notices import to_staff
from bot.core.services import Services
from bot.core.statuses import CAN_BE_EDITED, sources
from prompts import render
from storage import Idea, Status

_FIELDS = ("title", "text", "beneficiaries", "link")
_EMPTY = "-"
"""What is typed on a line to empty a field; an emptied field of a form does the same."""


async def prefill(services: Services, request: Request) -> Mapping[str, Value]:
    """Give the idea as it is, for the form."""
    idea = await ideas.require_own(services, request)
    return {
        "number": idea.number,
        "title": idea.title,
        "text": idea.text,
        "beneficiaries": idea.beneficiaries,
        "link": idea.link,
        "anonymous": idea.is_anonymous,
        "version": idea.version,
    }


async def edit_idea(services: Services, request: Request) -> Reply:
    """Change an idea; what was accepted is reviewed again where the community reviews first."""
    await ideas.require_welcome(services, request)
    idea = await ideas.require_own(services, request)
    if idea.status not in CAN_BE_EDITED:
        raise Conflict("not_editable", number=idea.number, status=idea.status)
    changes = changes_of(request, idea)
    if "text" in changes and "title" not in changes and idea.title == title_of(idea.text):
        changes["title"] = title_of(changes["text"])
    if not changes:
        return Reply(text=render("idea.edit_nothing", request.locale, number=idea.number))
    reopens = _reopens(request)
    write = ideas.write_of(request)
    if idea.status in reopens:
        notices = await to_staff(services, idea.bank_id, request.now)
        write = replace(write, notices=notices)
    edited = await services.store.ideas.edit(
        write,
        idea.bank_id,
        idea.number,
        changes=changes,
        expected_version=request.number("version"),
        reopens=reopens,
    )
    if "text" in changes or "title" in changes:
        edited = await read_again(services, request, edited)
    return Reply(
        text=render(
            "idea.edited",
            request.locale,
            number=idea.number,
            title=edited.title,
            waits=not ideas.is_public(request.community, edited),
        ),
        style=Style.SUCCESS,
    )


def changes_of(request: Request, idea: Idea) -> dict[str, Any]:
    """Give the fields that differ; in a form an empty field is empty, on a line left alone."""
    changes: dict[str, Any] = {}
    for name in _FIELDS:
        typed = request.text(name)
        if typed or request.is_form or request.values.get(name) == _EMPTY:
            changes[name] = "" if typed == _EMPTY else typed
    for name in ("title", "text"):
        if name in changes and not changes[name]:
            del changes[name]
    if request.values.get("anonymous") is not None and ideas.is_author(request, idea):
        changes["is_anonymous"] = request.flag("anonymous")
    if changes.get("link") and not changes["link"].lower().startswith(("http://", "https://")):
        raise InvalidField("link", "no_link")
    return {name: value for name, value in changes.items() if getattr(idea, name) != value}


async def read_again(services: Services, request: Request, idea: Idea) -> Idea:
    """Tag the new words, where no person chose the industries, and compare by them from now."""
    # By the program, not by the person: the log must not name an author.
    write, bank_id = ideas.program_write_of(request), idea.bank_id
    tagging = await services.banks.tag(bank_id, idea.text, title=idea.title)
    if tagging.is_idea and all(tag.set_by == "tagger" for tag in idea.tags):
        idea = await services.store.ideas.set_tags(
            write, bank_id, idea.number, tags_of(tagging, None)
        )
    vector = await services.banks.vector(meaning_of(idea.title, idea.text))
    if vector is not None:
        await services.store.ideas.set_vector(
            write, bank_id, idea.number, vector.model, vector.data
        )
    beside = f"{idea.title}\n{idea.beneficiaries}\n{idea.link}"
    flags = tuple(dict.fromkeys((*idea.flags, *flags_of(idea.text, tagging, beside=beside))))
    if flags != idea.flags:
        idea = await services.store.ideas.set_flags(write, bank_id, idea.number, flags)
    return idea


async def review_again(services: Services, request: Request, idea: Idea) -> Idea:
    """Take an idea back to the queue whose files changed; words do so in the edit itself."""
    reopens = _reopens(request)
    if idea.status not in reopens:
        return idea
    notices = await to_staff(services, idea.bank_id, request.now)
    write = replace(ideas.side_write_of(request), notices=notices)
    return await services.store.ideas.reopen(write, idea.bank_id, idea.number, reopens)


def _reopens(request: Request) -> tuple[Status, ...]:
    """List the statuses from which an edit leads back to the queue; a moderator's never does.

    An accepted idea is reviewed again where the community reviews first, a declined one once.
    """
    if ideas.is_moderator(request):
        return ()
    return ("accepted", "declined") if ideas.reviews_first(request.community) else ("declined",)


async def withdraw_idea(services: Services, request: Request) -> Reply:
    """Withdraw an idea: nobody finds it any more, and its number is not given again."""
    idea = await ideas.require_own(services, request)
    if not ideas.is_author(request, idea):
        raise Conflict("decline_instead", number=idea.number)
    if idea.status not in sources("withdraw"):
        raise Conflict("not_withdrawable", number=idea.number, status=idea.status)
    if request.flag("ask"):
        return _ask(request, idea)
    await services.store.ideas.set_status(
        ideas.write_of(request),
        idea.bank_id,
        idea.number,
        expected=sources("withdraw"),
        to="withdrawn",
    )
    return Reply(
        text=render("idea.withdrawn", request.locale, number=idea.number),
        replace=True,
    )


def _ask(request: Request, idea: Idea) -> Reply:
    return Reply(
        text=render("idea.withdraw_sure", request.locale, number=idea.number, title=idea.title),
        buttons=(
            Button(
                label=render("button.withdraw_sure", request.locale),
                command="idea withdraw",
                values={"number": idea.number},
                style=Style.DANGER,
            ),
        ),
    )


EDIT_IDEA = Command(
    name="idea edit",
    summary="Change your idea; every version is kept",
    handle=edit_idea,
    form_title="Edit idea",
    fields=(
        ideas.idea_field(),
        Field(name="title", label="Title", max_length=TITLE_LIMIT, in_form=True),
        Field(
            name="text",
            label="What would you use text-to-video for?",
            type=FieldType.TEXT,
            max_length=TEXT_LIMIT,
            in_form=True,
        ),
        Field(name="beneficiaries", label="Who benefits", max_length=500, in_form=True),
        Field(name="link", label="Link", max_length=500, in_form=True),
        Field(
            name="anonymous",
            label="Keep my name to yourself",
            type=FieldType.FLAG,
            in_form=True,
        ),
        Field(name="version", label="Version", type=FieldType.INTEGER, in_option=False),
    ),
    is_write=True,
    prefill=prefill,
    inline="text",
    examples=("idea edit 42", "idea edit 42 title:Crash clips for juries"),
)
WITHDRAW_IDEA = Command(
    name="idea withdraw",
    summary="Take your idea back",
    handle=withdraw_idea,
    fields=(
        ideas.idea_field(),
        Field(name="ask", label="Ask first", type=FieldType.FLAG, in_option=False),
    ),
    is_write=True,
    examples=("idea withdraw 42",),
)
