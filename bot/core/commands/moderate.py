"""Moderators' other tools: merge and part ideas, held-out votes, blocking."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.core.commands import ideas, shown
from bot.core.commands.bulk import SURE, Bulk, numbers_field, numbers_of, run_bulk
from bot.core.commands.deciding import claim_obstacle, standing
from bot.core.commands.members import find_member
from bot.core.commands.queue import and_queue
from bot.core.commands.undo import undo_button
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
from bot.core.statuses import sources, target
from prompts import render
from storage import Idea, NotThere, Stale, Write

_DAYS_MOST = 365


async def merge(services: Services, request: Request) -> Reply:
    """Merge an idea into another, or several: votes, followers and notes are those of all."""
    numbers = numbers_of(request.text("number"))
    into = await ideas.require_idea(services, request, "into")
    if len(numbers) > 1:
        return await run_bulk(services, request, numbers, _bulk_merge(services, request, into))
    idea = await ideas.require_idea(services, ideas.with_number(request, numbers[0]))
    obstacle = await _cannot_merge(services, request, idea, into)
    if obstacle is not None:
        raise obstacle
    merged = await _merge(services, request, idea, into, ideas.write_of(request))
    root = await services.store.ideas.get(idea.bank_id, merged.merged_into or into.number)
    whole = root or into
    reply = Reply(
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
    return await and_queue(services, request, reply)


def _bulk_merge(services: Services, request: Request, into: Idea) -> Bulk:
    async def check(_one: Request, idea: Idea) -> Conflict | None:
        return await _cannot_merge(services, request, idea, into)

    async def do(_one: Request, idea: Idea, write: Write) -> None:
        await _merge(services, request, idea, into, write)

    return Bulk(name="merge", check=check, do=do)


async def _cannot_merge(
    services: Services, request: Request, idea: Idea, into: Idea
) -> Conflict | None:
    """Give what stands against merging an idea into another one."""
    if idea.id == into.id:
        return Conflict("merge_itself", number=idea.number)
    if target("merge", idea.status) is None:
        return Conflict("cannot_merge", **await standing(services, request, idea))
    if into.status not in {"pending", "accepted", "merged"}:
        return Conflict("cannot_merge", **await standing(services, request, into))
    return await claim_obstacle(services, request, idea)


async def _merge(
    services: Services, request: Request, idea: Idea, into: Idea, write: Write
) -> Idea:
    notices = await to_followers(services, idea, "merged", request.now, by=request.actor.person_id)
    try:
        return await services.store.ideas.merge(
            replace(write, notices=notices),
            idea.bank_id,
            idea.number,
            into.number,
            expected=sources("merge"),
        )
    except Stale as stale:
        current = stale.current if isinstance(stale.current, Idea) else idea
        raise Conflict("cannot_merge", **await standing(services, request, current)) from None


async def keep_apart(services: Services, request: Request) -> Reply:
    """Say that two ideas which look alike are not the same; the pair does not come back."""
    number, into = request.number("number") or 0, request.number("into") or 0
    try:
        await services.store.pairs.keep_apart(
            ideas.write_of(request), request.community.bank_id, number, into
        )
    except NotThere:
        raise NotFound("no_pair", number=number, other=into) from None
    reply = Reply(
        text=render("mod.apart", request.locale, number=number, other=into),
        buttons=(undo_button(request),),
        style=Style.SUCCESS,
    )
    return await and_queue(services, request, reply)


async def unmerge(services: Services, request: Request) -> Reply:
    """Make a merged idea again what it was before."""
    idea = await ideas.require_idea(services, request)
    if idea.status != "merged":
        raise Conflict("not_merged", number=idea.number, status=idea.status)
    by = request.actor.person_id
    notices = await to_followers(services, idea, "unmerged", request.now, by=by)
    write = replace(ideas.write_of(request), notices=notices)
    parted = await services.store.ideas.unmerge(write, idea.bank_id, idea.number)
    status = shown.status_word(parted.status, request.locale)
    text = render("mod.unmerged", request.locale, number=idea.number, status=status)
    reply = Reply(text=text, buttons=(undo_button(request, idea.number),))
    return await and_queue(services, request, reply)


def _button(request: Request, label: str, command: str, idea: Idea) -> Button:
    return Button(
        label=render(f"button.{label}", request.locale),
        command=command,
        values={"number": idea.number, "back": request.text("back") or None},
    )


async def decide_votes(services: Services, request: Request) -> Reply:
    """Count the votes of a burst that were held out, or drop them."""
    idea = await ideas.require_idea(services, request)
    is_kept = request.flag("keep")
    try:
        count = await services.store.votes.release(
            ideas.write_of(request), idea.bank_id, idea.number, keep=is_kept
        )
    except NotThere:
        raise Conflict("votes_decided", number=idea.number) from None
    text = "mod.votes_kept" if is_kept else "mod.votes_dropped"
    votes = shown.votes_text(count, request.locale)
    reply = Reply(
        text=render(text, request.locale, number=idea.number, votes=votes),
        buttons=(undo_button(request, idea.number),),
    )
    return await and_queue(services, request, reply)


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
        return Reply(
            text=render("mod.blocked_author", request.locale, number=number, days=days),
            buttons=(undo_button(request),),
        )
    if is_lifted and await _lift_left_behind(services, request, member):
        return Reply(text=render("mod.unblocked", request.locale))
    person_id = await _person(services, request, member)
    if person_id == request.actor.person_id:
        raise Conflict("block_yourself")
    if is_lifted:
        await services.store.members.unblock(write, community_id, person_id)
        text = render("mod.unblocked", request.locale)
        return Reply(text=text, buttons=(undo_button(request),))
    await services.store.members.block(write, community_id, person_id, until)
    text = render("mod.blocked", request.locale, days=days)
    return Reply(text=text, buttons=(undo_button(request),))


async def _lift_left_behind(services: Services, request: Request, member: str) -> bool:
    """Lift the block of somebody who was erased since; tells whether there was one."""
    members = services.store.members
    if not member or await members.by_account(member) is not None:
        return False
    try:
        await members.unblock_account(ideas.write_of(request), request.community.id, member)
    except NotThere:
        return False
    return True


async def _person(services: Services, request: Request, member: str) -> int:
    """Give who is named: a member, or the author of an idea."""
    if not member:
        number = request.number("number")
        idea = None
        if number is not None:
            idea = await services.store.ideas.get(request.community.bank_id, number)
        if idea is None or idea.author_id is None:
            raise InvalidField("member", "who_to_block")
        return idea.author_id
    return (await find_member(services, request, member)).id


_HIDDEN = (Field(name="back", label="Back", max_length=80, in_option=False),)

MERGE = Command(
    name="mod merge",
    summary="Merge an idea, or several, into another one; votes are carried over",
    handle=merge,
    form_title="Merge",
    fields=(
        numbers_field(),
        replace(ideas.idea_field("into", "Into which idea?"), in_form=True),
        SURE,
        *_HIDDEN,
    ),
    audience=Role.MODERATOR,
    is_write=True,
    examples=("mod merge 42 17", "mod merge 42,43 into:17"),
)
KEEP_APART = Command(
    name="mod apart",
    summary="Say that two ideas that look alike are not the same",
    handle=keep_apart,
    fields=(ideas.idea_field(), ideas.idea_field("into", "And"), *_HIDDEN),
    audience=Role.MODERATOR,
    is_write=True,
    examples=("mod apart 42 17",),
)
UNMERGE = Command(
    name="mod unmerge",
    summary="Part a merged idea again, as it was before",
    handle=unmerge,
    fields=(ideas.idea_field(), *_HIDDEN),
    audience=Role.MODERATOR,
    is_write=True,
    examples=("mod unmerge 42",),
)
VOTES = Command(
    name="mod votes",
    summary="Count the votes that were held out on an idea, or drop them",
    handle=decide_votes,
    fields=(
        ideas.idea_field(),
        Field(name="keep", label="Count them", type=FieldType.FLAG, is_required=True),
        *_HIDDEN,
    ),
    audience=Role.MODERATOR,
    is_write=True,
    is_listed=False,
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
