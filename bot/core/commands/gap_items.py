"""How a topic of gaps is shown, in `market gaps` and in the queue, with the buttons for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from bot.core.gap_answers import answerable
from bot.core.gap_topics import GapTopic, gap_topics
from bot.core.model import ActionItem, Button, Request, Style
from bot.core.services import Services
from bot.core.texts import short
from prompts import render
from storage import GapState

if TYPE_CHECKING:
    from bot.market import Market

STATES: tuple[GapState, ...] = ("open", "answered", "dismissed")
MOST_IDS = 100
_WORDINGS = 2


async def gap_items(
    services: Services,
    request: Request,
    *,
    state: GapState = "open",
    before: datetime | None = None,
    offset: int,
    limit: int,
    back: str = "",
) -> tuple[tuple[ActionItem, ...], int]:
    """Give a page of topics with the buttons that settle them, and how many there are in all.

    With `before`, only those that were first asked about before that time.
    """
    bank_id, today = request.community.bank_id, request.now.date()
    topics = await gap_topics(services.store, services.banks, bank_id, state)
    if before is not None:
        topics = [t for t in topics if min(gap.first_at for gap in t.gaps) < before]
    market = await services.banks.market(bank_id)
    known: set[int] = set()
    if state == "open":
        found = await answerable(services.store, services.banks, bank_id, today)
        known = {gap.id for gap in found}
        topics.sort(key=lambda topic: known.isdisjoint(topic.ids))  # what only needs a word first
    page: Sequence[GapTopic] = topics[offset : offset + limit]
    items = (
        _item(request, topic, state, market, back, is_known=not known.isdisjoint(topic.ids))
        for topic in page
    )
    return tuple(items), len(topics)


def _item(
    request: Request,
    topic: GapTopic,
    state: GapState,
    market: Market,
    back: str,
    *,
    is_known: bool,
) -> ActionItem:
    locale = request.locale
    wordings = [g.question for g in topic.gaps if g.question and g.question != topic.question]
    text = render(
        "gap.item",
        locale,
        question=short(topic.question, 200) or render("gap.erased", locale),
        count=topic.count,
        wordings=[short(text, 90) for text in wordings[:_WORDINGS]],
        more=max(0, len(wordings) - _WORDINGS),
        followers=topic.followers,
        last=f"{topic.gaps[0].last_at:%Y-%m-%d}",
        is_known=is_known,
    )
    ids = ",".join(str(id_) for id_ in topic.ids[:MOST_IDS])
    if state != "open":
        return ActionItem(text=text, buttons=(_settle(request, ids, "open", back),))
    add = Button(
        label=render("gap.add", locale),
        command="market add",
        values=_hints(market, topic),
        style=Style.PRIMARY,
        opens_form=True,
    )
    others = (_settle(request, ids, "answered", back), _settle(request, ids, "dismissed", back))
    return ActionItem(text=text, buttons=(add, *others))


def _hints(market: Market, topic: GapTopic) -> dict[str, str | None]:
    """Give what the form for a fact may say already: whom it is about, what kind of value."""
    name, field = market.wanted(topic.question)
    at = market.knowledge.position
    known = [market.knowledge.entity(e).name for e in topic.entities if e in at]
    return {"entity": known[0] if known else name or None, "value": f"{field}: " if field else None}


def _settle(request: Request, ids: str, state: GapState, back: str) -> Button:
    return Button(
        label=render(f"gap.make_{state}", request.locale),
        command="market close",
        values={"ids": ids, "state": state, "back": back or None},
    )
