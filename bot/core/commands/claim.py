"""Claiming: telling the other moderators that one looks at an idea, for half an hour."""

from __future__ import annotations

from datetime import timedelta

from bot.core.commands import ideas
from bot.core.commands.bulk import Bulk, numbers_field, numbers_of, run_bulk
from bot.core.commands.deciding import claim_obstacle, standing
from bot.core.commands.queue import and_queue
from bot.core.commands.undo import undo_button
from bot.core.errors import Conflict
from bot.core.model import Button, Command, Field, FieldType, Reply, Request, Role, Style
from bot.core.services import Services
from bot.core.statuses import CAN_BE_CLAIMED
from prompts import render
from storage import Idea, Stale, Write

LASTS = timedelta(minutes=30)
_MINUTES = 30


async def claim(services: Services, request: Request) -> Reply:
    """Claim an idea or several, or give one back."""
    numbers = numbers_of(request.text("number"))
    if len(numbers) > 1:
        return await run_bulk(services, request, numbers, _bulk(services, request))
    idea = await ideas.require_idea(services, ideas.with_number(request, numbers[0]))
    if request.flag("lift"):
        return await _released(services, request, idea)
    obstacle = await _obstacle(services, request, idea)
    if obstacle is not None and obstacle.text == "claimed_by":
        return _take_over(request, obstacle)
    if obstacle is not None:
        raise obstacle
    await _claim(services, request, idea, ideas.write_of(request))
    reply = Reply(
        text=render("mod.claimed", request.locale, number=idea.number, minutes=_MINUTES),
        buttons=(undo_button(request, idea.number),),
        style=Style.SUCCESS,
    )
    return await and_queue(services, request, reply)


def _bulk(services: Services, request: Request) -> Bulk:
    async def check(_one: Request, idea: Idea) -> Conflict | None:
        return await _obstacle(services, request, idea)

    async def do(_one: Request, idea: Idea, write: Write) -> None:
        await _claim(services, request, idea, write)

    return Bulk(name="claim", check=check, do=do)


async def _obstacle(services: Services, request: Request, idea: Idea) -> Conflict | None:
    if idea.status not in CAN_BE_CLAIMED:
        return Conflict("cannot_claim", **await standing(services, request, idea))
    return await claim_obstacle(services, request, idea)


async def _claim(services: Services, request: Request, idea: Idea, write: Write) -> None:
    try:
        await services.store.claims.take(
            write,
            idea.bank_id,
            idea.number,
            request.now + LASTS,
            expected=CAN_BE_CLAIMED,
            takes_over=request.flag("over"),
        )
    except Stale as stale:
        if isinstance(stale.current, Idea):
            known = await standing(services, request, stale.current)
            raise Conflict("cannot_claim", **known) from None
        # Two claimed at once: say who was faster.
        raise await claim_obstacle(services, request, idea) or Conflict(
            "not_claimed", number=idea.number
        ) from None


async def _released(services: Services, request: Request, idea: Idea) -> Reply:
    try:
        await services.store.claims.release(ideas.write_of(request), idea.bank_id, idea.number)
    except Stale:
        raise Conflict("not_claimed", number=idea.number) from None
    reply = Reply(
        text=render("mod.released", request.locale, number=idea.number),
        buttons=(undo_button(request, idea.number),),
    )
    return await and_queue(services, request, reply)


def _take_over(request: Request, obstacle: Conflict) -> Reply:
    button = Button(
        label=render("button.claim_over", request.locale),
        command="mod claim",
        values={
            "number": obstacle.values["number"],
            "over": True,
            "back": request.text("back") or None,
        },
    )
    return Reply(
        text=render("error.claimed_by", request.locale, **obstacle.values),
        buttons=(button,),
        style=Style.DANGER,
        is_private=True,
        ok=False,
    )


CLAIM = Command(
    name="mod claim",
    summary="Tell other moderators that you look at an idea; ends after 30 minutes",
    handle=claim,
    fields=(
        numbers_field(),
        Field(name="lift", label="Give back", type=FieldType.FLAG, description="yes: give it back"),
        Field(
            name="sure",
            label="Sure",
            type=FieldType.FLAG,
            description="yes: several at once without the dry run",
        ),
        Field(name="over", label="Over a claim", type=FieldType.FLAG, in_option=False),
        Field(name="back", label="Back", max_length=80, in_option=False),
    ),
    audience=Role.MODERATOR,
    is_write=True,
    examples=("mod claim 42", "mod claim 42 lift:yes"),
)
