"""What waits for a moderator, kind by kind, with the buttons that decide it in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.core import gap_topics
from bot.core.commands import shown
from bot.core.commands.industries import complete_industry
from bot.core.commands.queue_kinds import AGES, KINDS, PAGE, WHOSE, Asked, Waiting
from bot.core.errors import InvalidField
from bot.core.model import (
    Button,
    Choice,
    Command,
    Field,
    FieldType,
    Reply,
    Request,
    Role,
    Select,
    Value,
)
from bot.core.pairing import compare_some
from bot.core.services import Services
from prompts import plain, render

_FILTERS = ("industry", "age", "whose")
_COMPARED = 10
"""New ideas that are compared when the queue is opened, before the job gets to them."""


async def show_queue(services: Services, request: Request) -> Reply:
    """List what waits, one kind at a time, with the counts of all kinds."""
    bank_id = request.community.bank_id
    await compare_some(services, bank_id, _COMPARED)
    counts = await gap_topics.waiting(services, bank_id)
    kind = request.text("kind") or next((name for name in KINDS if counts[name]), "pending")
    asked = await _asked(services, request, kind)
    waiting = await KINDS[kind](services, request, asked)
    if asked.offset and asked.offset >= waiting.total:
        # The last page was decided away: show the one before.
        asked = replace(asked, offset=max(0, (waiting.total - 1) // PAGE * PAGE))
        waiting = await KINDS[kind](services, request, asked)
    return Reply(
        title=render("queue.title", request.locale),
        text=await _said(services, request, asked, waiting, counts),
        items=waiting.items,
        selects=_kinds(request, asked, counts),
        buttons=(*_pages(request, asked, waiting), *_filter_button(request, asked, waiting.total)),
        replace=request.flag("paged"),
    )


async def and_queue(services: Services, request: Request, reply: Reply) -> Reply:
    """Give a decision's reply above the queue as it is now, where it was decided in the queue."""
    state = request.text("back")
    if not state or not reply.ok:
        return reply
    kind, offset, *filters = (state.split(".") + [""] * 5)[:5]
    if kind not in KINDS:
        return reply
    values: dict[str, Value] = {"kind": kind, "offset": offset, "paged": True}
    values |= dict(zip(_FILTERS, filters, strict=True))
    queue = await show_queue(services, replace(request, command="queue", values=values))
    return replace(
        queue,
        text=f"{reply.text}\n\n{queue.text}".strip(),
        buttons=(*reply.buttons, *queue.buttons),
    )


async def _asked(services: Services, request: Request, kind: str) -> Asked:
    """Read the filters.

    Raises:
        InvalidField: there is no such industry.
    """
    typed = request.text("industry")
    industry = None
    if typed:
        taxonomy = await services.banks.taxonomy(request.community.bank_id)
        industry = taxonomy.resolve(typed)
        if industry is None:
            raise InvalidField("industry", "no_such_industry", name=typed)
    age, whose = request.text("age"), request.text("whose")
    return Asked(
        kind=kind,
        offset=request.number("offset") or 0,
        industry=industry,
        age=age if age in AGES else "",
        whose=whose if whose in WHOSE else "",
    )


async def _said(
    services: Services,
    request: Request,
    asked: Asked,
    waiting: Waiting,
    counts: Mapping[str, int],
) -> str:
    locale = request.locale
    if not waiting.total and not asked.filters and not any(counts.values()):
        return render("queue.empty", locale)
    if not waiting.total and asked.held:
        lines = [render("queue.none_fits", locale)]
    else:
        lines = [render(f"queue.{asked.kind}", locale, count=waiting.total)]
    taxonomy = await services.banks.taxonomy(request.community.bank_id)
    words = {
        "industry": plain(taxonomy.name(asked.industry or "other", locale)),
        "age": render("queue.filter_age", locale, age=asked.age) if asked.age else "",
        "whose": render("queue.filter_whose", locale, whose=asked.whose) if asked.whose else "",
    }
    if asked.held:
        filters = [words[name] for name in asked.held]
        lines.append(render("queue.filtered", locale, filters=filters))
    if asked.left_aside:
        filters = [words[name] for name in asked.left_aside]
        kind = render("queue.named", locale, kind=asked.kind)
        lines.append(render("queue.left_aside", locale, filters=filters, kind=kind))
    return "\n".join(lines)


def _kinds(request: Request, asked: Asked, counts: Mapping[str, int]) -> tuple[Select, ...]:
    """Give the menu of kinds with their counts; none where there is nothing to choose."""
    kinds = [name for name in KINDS if counts[name] or name == asked.kind]
    if len(kinds) < 2:  # noqa: PLR2004  a menu of one is none
        return ()
    choices = tuple(
        Choice(name, render(f"queue.kind_{name}", request.locale, count=counts[name]))
        for name in kinds
    )
    return (
        Select(
            command="queue",
            name="kind",
            placeholder=render("queue.choose_kind", request.locale),
            choices=choices,
            values={**dict(asked.filters), "paged": True},
            chosen=(asked.kind,),
        ),
    )


def _pages(request: Request, asked: Asked, waiting: Waiting) -> tuple[Button, ...]:
    values = {"kind": asked.kind, **dict(asked.filters)}
    return shown.paging_buttons(
        replace(request, values=values),
        offset=asked.offset,
        limit=PAGE,
        total=waiting.total,
        command="queue",
    )


def _filter_button(request: Request, asked: Asked, total: int) -> tuple[Button, ...]:
    """Give the button that opens the filters, where there is enough to filter."""
    if total <= PAGE and not asked.filters:
        return ()
    return (
        Button(
            label=render("queue.filter", request.locale),
            command="queue",
            values={"kind": asked.kind, **dict(asked.filters), "paged": True},
            opens_form=True,
        ),
    )


QUEUE = Command(
    name="queue",
    summary="See what waits for a decision, and decide it",
    handle=show_queue,
    form_title="Filter the queue",
    fields=(
        Field(
            name="kind",
            label="What",
            type=FieldType.CHOICE,
            description="pending ideas, if you leave it out",
            choices=tuple(Choice(kind, kind) for kind in KINDS),
        ),
        Field(
            name="industry",
            label="Industry",
            type=FieldType.CHOICE,
            description="Only ideas of this industry",
            max_length=100,
            complete=complete_industry,
            in_form=True,
        ),
        Field(
            name="age",
            label="Waiting for at least",
            type=FieldType.CHOICE,
            description="day, week or month",
            choices=tuple(Choice(age, f"a {age}") for age in AGES),
            in_form=True,
        ),
        Field(
            name="whose",
            label="Claimed by",
            type=FieldType.CHOICE,
            description="mine: claimed by you; unclaimed: by nobody",
            choices=(Choice("mine", "me"), Choice("unclaimed", "nobody")),
            in_form=True,
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
    examples=("queue", "queue duplicates", "queue pending industry:insurance whose:unclaimed"),
)
