"""Moderators' other tools: merge and part ideas, undo, held-out votes, the log, blocking."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core import community_settings
from bot.core.commands import ideas, shown
from bot.core.commands.idea_change import read_again
from bot.core.errors import Conflict, InvalidField, NotFound
from bot.core.model import (
    Button,
    Command,
    Field,
    FieldType,
    Reply,
    Request,
    Role,
    Style,
)
from bot.core.notices import to_followers
from bot.core.services import Services
from bot.core.statuses import target
from prompts import render
from storage import Idea, NotThere, Stale

LOG_PAGE = 15
_DAYS_MOST = 365


async def merge(services: Services, request: Request) -> Reply:
    """Merge an idea into another: votes, followers and notes are those of both."""
    idea = await ideas.require_idea(services, request)
    into = await ideas.require_idea(services, request, "into")
    if idea.id == into.id:
        raise Conflict("merge_itself", number=idea.number)
    if target("merge", idea.status) is None:
        raise Conflict("cannot_merge", number=idea.number, status=idea.status)
    if into.status not in {"pending", "accepted", "merged"}:
        raise Conflict("cannot_merge", number=into.number, status=into.status)
    notices = await to_followers(services, idea, "merged", request.now, by=request.actor.person_id)
    write = replace(ideas.write_of(request), notices=notices)
    merged = await services.store.ideas.merge(write, idea.bank_id, idea.number, into.number)
    root = await services.store.ideas.get(idea.bank_id, merged.merged_into or into.number)
    whole = root or into
    return Reply(
        text=render(
            "mod.merged",
            request.locale,
            number=idea.number,
            into=whole.number,
            title=whole.title,
            votes=shown.votes_text(whole.votes, request.locale),
        ),
        buttons=(_button(request, "unmerge", "mod unmerge", idea),),
        style=Style.SUCCESS,
    )


async def unmerge(services: Services, request: Request) -> Reply:
    """Make a merged idea again what it was before."""
    idea = await ideas.require_idea(services, request)
    if idea.status != "merged":
        raise Conflict("not_merged", number=idea.number, status=idea.status)
    parted = await services.store.ideas.unmerge(ideas.write_of(request), idea.bank_id, idea.number)
    status = shown.status_word(parted.status, request.locale)
    return Reply(text=render("mod.unmerged", request.locale, number=idea.number, status=status))


async def undo(services: Services, request: Request) -> Reply:
    """Take back the last thing that a moderator did to an idea."""
    idea = await ideas.require_idea(services, request)
    last = await services.store.undo.last(idea.bank_id, idea.number)
    # What the program itself did (tags after an author's edit) is nobody's to undo.
    if last is None or last.actor_id is None:
        raise NotFound("nothing_to_undo", number=idea.number)
    try:
        restored = await services.store.undo.undo(
            ideas.write_of(request), idea.bank_id, idea.number, expected_id=last.id
        )
    except Stale:
        raise Conflict("undo_too_late", number=idea.number) from None
    if last.action == "edit":
        restored = await read_again(services, request, restored)
    return Reply(
        text=render(
            "mod.undone",
            request.locale,
            number=idea.number,
            action=last.action,
            status=shown.status_word(restored.status, request.locale),
        ),
        style=Style.SUCCESS,
    )


def _button(request: Request, label: str, command: str, idea: Idea) -> Button:
    return Button(
        label=render(f"button.{label}", request.locale),
        command=command,
        values={"number": idea.number},
    )


async def decide_votes(services: Services, request: Request) -> Reply:
    """Count the votes of a burst that were held out, or drop them."""
    idea = await ideas.require_idea(services, request)
    is_kept = request.flag("keep")
    count = await services.store.votes.release(
        ideas.write_of(request), idea.bank_id, idea.number, keep=is_kept
    )
    text = "mod.votes_kept" if is_kept else "mod.votes_dropped"
    votes = shown.votes_text(count, request.locale)
    return Reply(text=render(text, request.locale, number=idea.number, votes=votes))


async def show_log(services: Services, request: Request) -> Reply:
    """Show what was done in the bank, newest first; people only by their display name here."""
    before = request.number("before")
    rows = await services.store.audit.list(request.community.bank_id, LOG_PAGE + 1, before)
    listed = rows[:LOG_PAGE]
    zone = community_settings.zone(request.community.settings)
    names: dict[int, str] = {}
    for actor_id in {row.actor_id for row in listed if row.actor_id is not None}:
        person = await services.store.members.get(actor_id)
        if person is not None:
            names[actor_id] = person.display_name
    lines = [
        render(
            "mod.log_line",
            request.locale,
            at=row.at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
            who=names.get(row.actor_id or 0, ""),
            by_author=row.details.get("by") == "author",
            action=row.action,
            subject=row.subject.replace("idea:", "#"),
            to=row.details.get("to", ""),
        )
        for row in listed
    ]
    older: tuple[Button, ...] = ()
    if len(rows) > LOG_PAGE:
        button = Button(
            label=render("button.older", request.locale),
            command="mod log",
            values={"before": listed[-1].id},
        )
        older = (button,)
    text = render("mod.log", request.locale, lines=lines)
    return Reply(title=render("mod.log_title", request.locale), text=text, buttons=older)


async def block(services: Services, request: Request) -> Reply:
    """Keep somebody from writing here: a member, or the author of an idea, who stays unnamed."""
    days = request.number("days")
    until = request.now + timedelta(days=days) if days else None
    number, member = request.number("number"), request.text("member")
    is_lifted = request.flag("lift")
    write, community_id = ideas.write_of(request), request.community.id
    if number is not None and not is_lifted:
        idea = await ideas.require_idea(services, request)
        if ideas.is_author(request, idea):
            raise Conflict("block_yourself")
        try:
            await services.store.members.block_author(
                write, community_id, idea.bank_id, idea.number, until
            )
        except NotThere:
            raise NotFound("no_author", number=idea.number) from None
        return Reply(text=render("mod.blocked_author", request.locale, number=number, days=days))
    person_id = await _person(services, request, member)
    if person_id == request.actor.person_id:
        raise Conflict("block_yourself")
    if is_lifted:
        await services.store.members.unblock(write, community_id, person_id)
        return Reply(text=render("mod.unblocked", request.locale))
    await services.store.members.block(write, community_id, person_id, until)
    return Reply(text=render("mod.blocked", request.locale, days=days))


async def _person(services: Services, request: Request, member: str) -> int:
    """Give the person behind a platform's account key."""
    if not member:
        number = request.number("number")
        idea = None
        if number is not None:
            idea = await services.store.ideas.get(request.community.bank_id, number)
        if idea is None or idea.author_id is None:
            raise InvalidField("member", "who_to_block")
        return idea.author_id
    person = await services.store.members.by_account(member)
    if person is None:
        raise NotFound("no_such_member")
    return person.id


MERGE = Command(
    name="mod merge",
    summary="Merge an idea into another one; votes are carried over",
    handle=merge,
    fields=(ideas.idea_field(), ideas.idea_field("into", "Into")),
    audience=Role.MODERATOR,
    is_write=True,
    examples=("mod merge 42 17",),
)
UNMERGE = Command(
    name="mod unmerge",
    summary="Part a merged idea again, as it was before",
    handle=unmerge,
    fields=(ideas.idea_field(),),
    audience=Role.MODERATOR,
    is_write=True,
    examples=("mod unmerge 42",),
)
UNDO = Command(
    name="mod undo",
    summary="Take back the last thing a moderator did to an idea",
    handle=undo,
    fields=(ideas.idea_field(),),
    audience=Role.MODERATOR,
    is_write=True,
    examples=("mod undo 42",),
)
VOTES = Command(
    name="mod votes",
    summary="Count the votes that were held out on an idea, or drop them",
    handle=decide_votes,
    fields=(
        ideas.idea_field(),
        Field(name="keep", label="Count them", type=FieldType.FLAG, is_required=True),
    ),
    audience=Role.MODERATOR,
    is_write=True,
    is_listed=False,
)
LOG = Command(
    name="mod log",
    summary="See who did what, newest first",
    handle=show_log,
    fields=(Field(name="before", label="Before", type=FieldType.INTEGER, in_option=False),),
    audience=Role.MODERATOR,
    examples=("mod log",),
)
BLOCK = Command(
    name="mod block",
    summary="Keep a member, or an idea's author, from writing here",
    handle=block,
    fields=(
        ideas.idea_field("number", "Author of idea", is_required=False),
        Field(
            name="member",
            label="Member",
            type=FieldType.MEMBER,
            description="Or name the idea: an anonymous author stays unnamed",
        ),
        Field(
            name="days",
            label="Days",
            type=FieldType.INTEGER,
            description="Until lifted, if you leave it out",
            minimum=1,
            maximum=_DAYS_MOST,
        ),
        Field(
            name="lift", label="Lift", type=FieldType.FLAG, description="yes: let them write again"
        ),
    ),
    audience=Role.MODERATOR,
    is_write=True,
    examples=("mod block 42", "mod block 42 days:7", "mod block 42 lift:yes"),
)
