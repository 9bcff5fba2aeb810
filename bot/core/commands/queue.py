"""What waits for a moderator, in one list with the buttons that decide it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.core.banks import meaning_of
from bot.core.commands import shown
from bot.core.commands.idea_show import show_button
from bot.core.model import (
    ActionItem,
    Button,
    Choice,
    Command,
    Field,
    FieldType,
    Reply,
    Request,
    Role,
    Style,
)
from bot.core.services import Services
from bot.core.texts import short
from prompts import plain, render
from storage import Idea, IdeaFilter

PAGE = 5
PROBABLE = 0.58
"""Likeness from which two ideas are shown as probably the same."""

_PAIRS_FROM = 25
"""Newest pending ideas that are compared for the list of probable duplicates."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page of one kind of work, and how much there is in all."""

    items: tuple[ActionItem, ...]
    total: int


async def show_queue(services: Services, request: Request) -> Reply:
    """List what waits, one kind at a time, with the counts of all kinds."""
    kind = request.text("kind") or "pending"
    offset = request.number("offset") or 0
    waiting = await _KINDS[kind](services, request, offset)
    counts = await _counts(services, request)
    counts[kind] = waiting.total
    locale = request.locale
    others = tuple(
        Button(
            label=render(f"queue.kind_{name}", locale, count=count),
            command="queue",
            values={"kind": name, "paged": True},
        )
        for name, count in counts.items()
        if name != kind and count
    )
    pages = shown.paging_buttons(request, offset=offset, limit=PAGE, total=waiting.total)
    return Reply(
        title=render("queue.title", locale),
        text=render(f"queue.{kind}", locale, count=waiting.total),
        items=waiting.items,
        buttons=(*pages, *others),
        replace=request.flag("paged"),
    )


async def _counts(services: Services, request: Request) -> dict[str, int]:
    """Count the kinds that are cheap to count."""
    bank_id = request.community.bank_id
    by_status = await services.store.ideas.counts(bank_id)
    flagged = await services.store.ideas.search(bank_id, _FLAGGED, limit=1, with_facets=False)
    return {
        "pending": by_status.get("pending", 0),
        "flagged": flagged.total,
        "votes": len(await services.store.votes.held(bank_id)),
        "facts": len(await services.store.knowledge.list(bank_id, ("proposed",))),
        "gaps": len(await services.store.gaps.list(bank_id)),
    }


async def _pending(services: Services, request: Request, offset: int) -> Waiting:
    return await _listed(services, request, _PENDING, offset)


async def _flagged(services: Services, request: Request, offset: int) -> Waiting:
    return await _listed(services, request, _FLAGGED, offset)


async def _listed(services: Services, request: Request, wanted: IdeaFilter, offset: int) -> Waiting:
    page = await services.store.ideas.search(
        request.community.bank_id, wanted, limit=PAGE, offset=offset, with_facets=False
    )
    taxonomy = await services.banks.taxonomy(request.community.bank_id)
    items = tuple(
        ActionItem(
            text=render(
                "queue.item",
                request.locale,
                line=shown.idea_line(idea, taxonomy, request.locale),
                text="" if is_in_title(idea) else short(idea.text, 240),
                flags=[render(f"flag.{flag}", request.locale) for flag in known_flags(idea)],
                waits_for_author=idea.consent == "asked",
            ),
            buttons=(
                *shown.decide_buttons(idea, request.locale),
                show_button(request, idea.number),
            ),
        )
        for idea in page.ideas
    )
    return Waiting(items, page.total)


def is_in_title(idea: Idea) -> bool:
    """Tell whether the title says all that the text says."""
    return idea.text.strip(" .") == idea.title.strip(" .")


def known_flags(idea: Idea) -> list[str]:
    """Give the flags that there are words for."""
    return [flag for flag in idea.flags if flag in FLAGS]


async def _duplicates(services: Services, request: Request, _offset: int) -> Waiting:
    """Compare the newest pending ideas with all others: the pairs that are probably the same."""
    bank_id = request.community.bank_id
    page = await services.store.ideas.search(
        bank_id, _PENDING_NEW, limit=_PAIRS_FROM, with_facets=False
    )
    items: list[ActionItem] = []
    seen: set[frozenset[int]] = set()
    for idea in page.ideas:
        found = await services.banks.similar(
            bank_id,
            meaning_of(idea.title, idea.text),
            limit=2,
            at_least=PROBABLE,
            besides=[idea.number],
        )
        for match in found:
            pair = frozenset({idea.number, match.number})
            other = await services.store.ideas.get(bank_id, match.number)
            is_open = other is not None and other.status in {"pending", "accepted"}
            if pair in seen or other is None or not is_open:
                continue
            seen.add(pair)
            items.append(_pair(request, idea, other, match.score, match.shared))
        if len(items) >= PAGE:
            break
    shown = tuple(items[:PAGE])
    return Waiting(shown, len(shown))


def _pair(
    request: Request, idea: Idea, other: Idea, score: float, shared: tuple[str, ...]
) -> ActionItem:
    newer, older = sorted((idea, other), key=lambda i: -i.number)
    return ActionItem(
        text=render(
            "queue.pair",
            request.locale,
            newer=newer.number,
            newer_title=short(newer.title),
            older=older.number,
            older_title=short(older.title),
            percent=round(score * 100),
            words=list(shared),
        ),
        buttons=(
            Button(
                label=render(
                    "button.merge", request.locale, number=newer.number, into=older.number
                ),
                command="mod merge",
                values={"number": newer.number, "into": older.number},
                style=Style.PRIMARY,
            ),
            show_button(request, newer.number),
            show_button(request, older.number),
        ),
    )


async def _votes(services: Services, request: Request, _offset: int) -> Waiting:
    held = await services.store.votes.held(request.community.bank_id)
    items = tuple(
        ActionItem(
            text=render("queue.held", request.locale, number=number, count=count),
            buttons=(
                _held_button(request, number, keep=True),
                _held_button(request, number, keep=False),
                show_button(request, number),
            ),
        )
        for number, count in held
    )
    return Waiting(items[:PAGE], len(items))


def _held_button(request: Request, number: int, *, keep: bool) -> Button:
    return Button(
        label=render("button.votes_keep" if keep else "button.votes_drop", request.locale),
        command="mod votes",
        values={"number": number, "keep": keep},
    )


async def _facts(services: Services, request: Request, _offset: int) -> Waiting:
    rows = await services.store.knowledge.list(request.community.bank_id, ("proposed",))
    items = tuple(
        ActionItem(
            text=render(
                "queue.fact",
                request.locale,
                entity=row.entity_id,
                claim=str(row.fact.get("claim", "")),
                source=str(row.fact.get("source", {}).get("url", "")),
            ),
            buttons=(
                Button(
                    label=render("button.accept", request.locale),
                    command="market decide",
                    values={"id": row.id, "accept": True},
                    style=Style.SUCCESS,
                ),
                Button(
                    label=render("button.retire", request.locale),
                    command="market decide",
                    values={"id": row.id, "accept": False},
                ),
            ),
        )
        for row in rows
    )
    return Waiting(items[:PAGE], len(items))


async def _gaps(services: Services, request: Request, offset: int) -> Waiting:
    gaps = await services.store.gaps.list(request.community.bank_id)
    items = tuple(
        ActionItem(
            text=render("queue.gap", request.locale, question=plain(gap.question), count=gap.count),
            buttons=(
                Button(
                    label=render("button.gap_close", request.locale),
                    command="market close",
                    values={"id": gap.id},
                ),
            ),
        )
        for gap in gaps[offset : offset + PAGE]
    )
    return Waiting(items, len(gaps))


FLAGS = (
    *("not_an_idea", "links_only", "personal_data", "revised"),
    *("unknown_status", "unknown_industry"),
)
_PENDING = IdeaFilter(statuses=("pending",), sort="old")
_PENDING_NEW = IdeaFilter(statuses=("pending",), sort="new")
_FLAGGED = IdeaFilter(statuses=("pending",), flagged=True, sort="old")
_KINDS: Mapping[str, Callable[[Services, Request, int], Awaitable[Waiting]]] = {
    "pending": _pending,
    "flagged": _flagged,
    "duplicates": _duplicates,
    "votes": _votes,
    "facts": _facts,
    "gaps": _gaps,
}

QUEUE = Command(
    name="queue",
    summary="See what waits for a decision, and decide it",
    handle=show_queue,
    fields=(
        Field(
            name="kind",
            label="What",
            type=FieldType.CHOICE,
            description="pending ideas, if you leave it out",
            choices=tuple(Choice(kind, kind) for kind in _KINDS),
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
    examples=("queue", "queue duplicates"),
)
