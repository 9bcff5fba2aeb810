"""The kinds of work in the queue: a page of each, with the buttons that decide it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.core.appeals import may_hear
from bot.core.commands import queue_items
from bot.core.commands.gap_items import gap_items
from bot.core.model import ActionItem, Request
from bot.core.services import Services
from storage import IdeaFilter

T = TypeVar("T")

PAGE = 3
"""Entries of a page: with a row of buttons each, a menu and the pages, Discord's five rows."""

AGES = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
WHOSE = ("mine", "unclaimed")
_ALL = ("industry", "age", "whose")
FITTING: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("pending", "edits", "flagged", "appeals"), _ALL),
    # Nobody claims a pair or a burst of votes; facts and questions have no industry.
    **dict.fromkeys(("duplicates", "votes"), ("industry", "age")),
    **dict.fromkeys(("facts", "gaps"), ("age",)),
}
"""The filters that say something about each kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What of the queue is wanted."""

    kind: str
    offset: int = 0
    industry: str | None = None
    age: str = ""
    whose: str = ""

    @property
    def filters(self) -> tuple[tuple[str, str], ...]:
        """Give the filters that are set, by the names of their fields."""
        pairs = (("industry", self.industry or ""), ("age", self.age), ("whose", self.whose))
        return tuple(pair for pair in pairs if pair[1])

    @property
    def held(self) -> tuple[str, ...]:
        """Give the names of the filters that are set and narrow this kind down."""
        return tuple(name for name, _ in self.filters if name in FITTING[self.kind])

    @property
    def left_aside(self) -> tuple[str, ...]:
        """Give the names of the filters that are set and say nothing about this kind."""
        return tuple(name for name, _ in self.filters if name not in FITTING[self.kind])

    def before(self, now: datetime) -> datetime | None:
        """Give the time before which something began to wait, if there is such a filter."""
        return now - AGES[self.age] if self.age else None

    @property
    def state(self) -> str:
        """Give all of it for a button, which brings it back after the decision."""
        parts = (self.kind, str(self.offset), self.industry or "", self.age, self.whose)
        return ".".join(parts).rstrip(".")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page of one kind of work, and how much there is in all."""

    items: tuple[ActionItem, ...]
    total: int


async def _pending(services: Services, request: Request, asked: Asked) -> Waiting:
    wanted = IdeaFilter(statuses=("pending",), is_edit=False, sort="old")
    return await _listed(services, request, asked, wanted)


async def _flagged(services: Services, request: Request, asked: Asked) -> Waiting:
    wanted = IdeaFilter(statuses=("pending",), flagged=True, sort="old")
    return await _listed(services, request, asked, wanted)


async def _edits(services: Services, request: Request, asked: Asked) -> Waiting:
    wanted = IdeaFilter(statuses=("pending",), is_edit=True, sort="old")
    return await _listed(services, request, asked, wanted)


async def _listed(
    services: Services, request: Request, asked: Asked, wanted: IdeaFilter
) -> Waiting:
    page = await services.store.ideas.search(
        request.community.bank_id,
        _filtered(request, asked, wanted),
        limit=PAGE,
        offset=asked.offset,
        with_facets=False,
    )
    items = await queue_items.of_ideas(services, request, page.ideas, asked.state)
    return Waiting(items, page.total)


def _filtered(request: Request, asked: Asked, wanted: IdeaFilter) -> IdeaFilter:
    return replace(
        wanted,
        industries=(asked.industry,) if asked.industry else (),
        until=asked.before(request.now),
        claims_at=request.now if asked.whose else None,
        claimed_by=request.actor.person_id if asked.whose == "mine" else None,
    )


async def _appeals(services: Services, request: Request, asked: Asked) -> Waiting:
    found, total = await services.store.appeals.open(
        request.community.bank_id,
        PAGE,
        asked.offset,
        wanted=_filtered(request, asked, IdeaFilter()),
    )
    items = []
    for idea, appeal in found:
        is_theirs = await may_hear(services, request, appeal)
        items.append(queue_items.of_appeal(request, idea, appeal, asked.state, is_theirs=is_theirs))
    return Waiting(tuple(items), total)


async def _duplicates(services: Services, request: Request, asked: Asked) -> Waiting:
    found, total = await services.store.pairs.open(
        request.community.bank_id,
        PAGE,
        asked.offset,
        industry=asked.industry,
        until=asked.before(request.now),
    )
    items = [queue_items.of_pair(request, pair, asked.state) for pair in found]
    return Waiting(tuple(items), total)


async def _votes(services: Services, request: Request, asked: Asked) -> Waiting:
    bank_id = request.community.bank_id
    held = await services.store.votes.held(
        bank_id, industry=asked.industry, until=asked.before(request.now)
    )
    some = held[asked.offset : asked.offset + PAGE]
    known = {
        idea.number: idea
        for idea in await services.store.ideas.by_numbers(bank_id, [number for number, _ in some])
    }
    items = [
        queue_items.of_votes(request, known[number], count, asked.state) for number, count in some
    ]
    return Waiting(tuple(items), len(held))


async def _facts(services: Services, request: Request, asked: Asked) -> Waiting:
    rows = await services.store.knowledge.list(request.community.bank_id, ("proposed",))
    before = asked.before(request.now)
    rows = [row for row in rows if before is None or row.at < before]
    return _sliced(rows, asked, lambda row: queue_items.of_fact(request, row, asked.state))


async def _gaps(services: Services, request: Request, asked: Asked) -> Waiting:
    items, total = await gap_items(
        services,
        request,
        before=asked.before(request.now),
        offset=asked.offset,
        limit=PAGE,
        back=asked.state,
    )
    return Waiting(items, total)


def _sliced(rows: Sequence[T], asked: Asked, drawn: Callable[[T], ActionItem]) -> Waiting:
    page = rows[asked.offset : asked.offset + PAGE]
    return Waiting(tuple(drawn(row) for row in page), len(rows))


KINDS: Mapping[str, Callable[[Services, Request, Asked], Awaitable[Waiting]]] = {
    "pending": _pending,
    "edits": _edits,
    "appeals": _appeals,
    "duplicates": _duplicates,
    "flagged": _flagged,
    "votes": _votes,
    "facts": _facts,
    "gaps": _gaps,
}
"""By the name of the kind, in the order of the menu."""
