"""What was asked and nobody could answer: a list to work through."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.core.commands import ideas
from bot.core.commands.queue import and_queue
from bot.core.commands.undo import undo_button
from bot.core.model import Button, Command, Field, FieldType, Reply, Request, Role
from bot.core.services import Services
from prompts import render
from storage import Gap


async def show_gaps(services: Services, request: Request) -> Reply:
    """List what was asked and nobody could answer; questions that mean the same together."""
    gaps = await services.store.gaps.list(request.community.bank_id)
    if not gaps:
        return Reply(text=render("queue.gaps", request.locale, count=0))
    rows = [
        (members[0].question, sum(gap.count for gap in members), len(members) - 1)
        for members in await clusters(services, gaps)
    ]
    rows.sort(key=lambda row: -row[1])
    return Reply(
        title=render("market.gaps_title", request.locale),
        text=render("market.gaps", request.locale, rows=rows[:20]),
        buttons=(
            Button(
                label=render("button.open_gaps", request.locale),
                command="queue",
                values={"kind": "gaps"},
            ),
        ),
    )


async def clusters(services: Services, gaps: Sequence[Gap]) -> list[list[Gap]]:
    """Put questions that mean the same together, each group by its most asked one."""
    likeness = await asyncio.to_thread(services.banks.models.likeness)
    asked = [(str(n), gap.question) for n, gap in enumerate(gaps)]
    matches = await asyncio.to_thread(likeness.similar_batch, asked, limit=1)
    cluster = list(range(len(gaps)))
    for key, found in matches:
        if found:
            cluster[int(key)] = cluster[int(found[0].id)]
    groups: dict[int, list[Gap]] = {}
    for at, head in enumerate(cluster):
        groups.setdefault(head, []).append(gaps[at])
    return list(groups.values())


async def close_gap(services: Services, request: Request) -> Reply:
    """Take a gap off the list; asked again, it is back."""
    await services.store.gaps.close(ideas.write_of(request), request.number("id") or 0)
    text = render("market.gap_closed", request.locale)
    reply = Reply(text=text, buttons=(undo_button(request),))
    return await and_queue(services, request, reply)


GAPS = Command(
    name="market gaps",
    summary="See what was asked and nobody could answer",
    handle=show_gaps,
    audience=Role.MODERATOR,
    takes_long=True,
    examples=("market gaps",),
)
CLOSE_GAP = Command(
    name="market close",
    summary="Take a question off the list of gaps",
    handle=close_gap,
    fields=(Field(name="id", label="Number", type=FieldType.INTEGER, is_required=True),),
    audience=Role.MODERATOR,
    is_write=True,
    is_listed=False,
)
