"""What people do with an answer: say whether it helped, or share it with the channel."""

from __future__ import annotations

import asyncio

from bot.core.commands import ideas
from bot.core.commands.ask import TURNS, lookup, today, turns_of
from bot.core.errors import NotFound
from bot.core.model import Choice, Command, Field, FieldType, Reply, Request
from bot.core.services import Services
from bot.core.texts import short
from prompts import plain, render


async def feedback(services: Services, request: Request) -> Reply:
    """Keep what somebody thinks of an answer."""
    value = 1 if request.text("value") == "1" else -1
    await services.store.questions.feedback(
        ideas.write_of(request), request.number("id") or 0, value, request.text("reason")
    )
    return Reply(text=render("ask.thanks" if value == 1 else "ask.thanks_bad", request.locale))


async def share(services: Services, request: Request) -> Reply:
    """Say a private answer to everyone in the channel."""
    row = await services.store.questions.get(request.number("id") or 0)
    if (
        row is None
        or row.community_id != request.community.id
        or row.person_id != request.actor.person_id
    ):
        raise NotFound("answer_gone")
    market = await services.banks.market(request.community.bank_id)
    earlier = await services.store.questions.thread(
        row.thread_key, 50, community_id=request.community.id
    )
    answer = await asyncio.to_thread(
        market.answer,
        row.question,
        turns=turns_of([other for other in earlier if other.id < row.id][-TURNS:]),
        today=today(request),
        ideas=await lookup(services, request, row.question),
    )
    if answer.plain() != row.answer:
        # The knowledge has changed since, and nobody has seen what would be shared.
        raise NotFound("answer_changed")
    shown = Reply(
        title=plain(short(row.question, 200)),
        text=answer.text,
        table=answer.table,
        citations=answer.citations,
    )
    return Reply(text=render("ask.shared", request.locale), announce=shown)


FEEDBACK = Command(
    name="feedback",
    summary="Say whether an answer helped",
    handle=feedback,
    form_title="What was missing?",
    fields=(
        Field(name="id", label="Answer", type=FieldType.INTEGER, is_required=True),
        Field(
            name="value",
            label="Helpful",
            type=FieldType.CHOICE,
            choices=(Choice("1", "helpful"), Choice("-1", "not helpful")),
            is_required=True,
        ),
        Field(
            name="reason",
            label="What was wrong or missing?",
            type=FieldType.TEXT,
            max_length=500,
            in_form=True,
        ),
    ),
    is_listed=False,
    is_write=True,
)
SHARE = Command(
    name="share",
    summary="Share a private answer with the channel",
    handle=share,
    fields=(Field(name="id", label="Answer", type=FieldType.INTEGER, is_required=True),),
    is_listed=False,
    is_write=True,
)
