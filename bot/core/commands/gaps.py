"""What was asked and nobody could answer: a list to work through, and hearing of an answer."""

from __future__ import annotations

from bot.core.commands import ideas, shown
from bot.core.commands.gap_items import MOST_IDS, STATES, gap_items
from bot.core.commands.queue import and_queue
from bot.core.commands.undo import undo_button
from bot.core.errors import NotFound
from bot.core.gap_answers import recheck
from bot.core.model import Button, Choice, Command, Field, FieldType, Reply, Request, Role
from bot.core.services import Services
from prompts import render
from storage import GapState

PAGE = 5


async def show_gaps(services: Services, request: Request) -> Reply:
    """List what was asked and nobody could answer; questions about the same thing together."""
    state, offset = _state(request), request.number("offset") or 0
    items, total = await gap_items(services, request, state=state, offset=offset, limit=PAGE)
    locale = request.locale
    if not total:
        return Reply(text=render("gap.nothing", locale, state=state))
    return Reply(
        title=render("gap.title", locale, state=state),
        text=render("gap.shown", locale, state=state, count=total),
        items=items,
        buttons=shown.paging_buttons(request, offset=offset, limit=PAGE, total=total),
        replace=request.flag("paged"),
    )


def _state(request: Request) -> GapState:
    asked = request.text("state")
    return next((state for state in STATES if state == asked), "open")


async def settle_gaps(services: Services, request: Request) -> Reply:
    """Give the gaps of a topic a state; who waits for an answer is told where there is one."""
    ids = [int(part) for part in request.text("ids").split(",") if part.strip().isdigit()]
    state = _state(request)
    if not ids:
        raise NotFound("not_there")
    told = 0
    if state == "answered":
        # Who waits is told first: a settled gap is asked no more.
        side = ideas.side_write_of(request)
        told = (await recheck(services, side, request.community.bank_id, ids)).told
    await services.store.gaps.settle(ideas.write_of(request), ids[:MOST_IDS], state)
    text = render(f"gap.now_{state}", request.locale, told=told)
    reply = Reply(text=text, buttons=(undo_button(request),))
    return await and_queue(services, request, reply)


async def follow_gap(services: Services, request: Request) -> Reply:
    """Let somebody hear of an answer to what they asked in vain."""
    write, question = ideas.write_of(request), request.text("question")
    await services.store.gaps.follow(write, request.number("id") or 0, question)
    return Reply(text=render("gap.following", request.locale), is_private=True)


def follow_button(gap_id: int, question: str, locale: str) -> Button:
    """Offer to tell the asker later, in the language of the answer."""
    return Button(
        label=render("gap.follow", locale),
        command="market follow",
        values={"id": gap_id, "question": question},
    )


GAPS = Command(
    name="market gaps",
    summary="See what was asked and nobody could answer",
    handle=show_gaps,
    fields=(
        Field(
            name="state",
            label="State",
            type=FieldType.CHOICE,
            description="open ones, if you leave it out",
            choices=tuple(Choice(state, state) for state in STATES),
        ),
        Field(
            name="offset",
            label="From",
            type=FieldType.INTEGER,
            minimum=0,
            maximum=1_000_000,
            in_option=False,
        ),
    ),
    audience=Role.MODERATOR,
    takes_long=True,
    examples=("market gaps", "market gaps dismissed"),
)
SETTLE_GAPS = Command(
    name="market close",
    summary="Take a question off the list of gaps, or put it back",
    handle=settle_gaps,
    fields=(
        Field(name="ids", label="Numbers", is_required=True, max_length=1200),
        Field(
            name="state",
            label="State",
            type=FieldType.CHOICE,
            choices=tuple(Choice(state, state) for state in STATES),
            is_required=True,
        ),
        Field(name="back", label="Back", max_length=80, in_option=False),
    ),
    audience=Role.MODERATOR,
    is_write=True,
    is_listed=False,
)
FOLLOW_GAP = Command(
    name="market follow",
    summary="Hear of an answer to what you asked",
    handle=follow_gap,
    fields=(
        Field(name="id", label="Number", type=FieldType.INTEGER, is_required=True),
        Field(name="question", label="Question", type=FieldType.TEXT, max_length=1000),
    ),
    is_write=True,
    is_listed=False,
)
