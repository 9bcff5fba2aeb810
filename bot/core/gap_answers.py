"""Gaps that the knowledge can answer by now: found, taken off the list, and whoever waits is told.

Whoever adds a fact settles at once what it answers. What comes otherwise, with a newer Reelbank,
is only pointed out: moderators look at it, and their word tells who waited.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from bot.core import community_settings, notices
from bot.core.gap_topics import MOST
from bot.core.model import Button, Community, Reply
from prompts import render
from storage import Gap, Notice, Write

if TYPE_CHECKING:
    from bot.core.banks import Banks
    from bot.core.services import Services
    from bot.market import Answer, Market
    from storage import Store


_in_vain: WeakKeyDictionary[Market, set[int]] = WeakKeyDictionary()
"""Gaps that a state of the knowledge cannot answer: asking it again would give nothing else."""


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What became of gaps: the ids of those that are answered now, and how many are told."""

    answered: tuple[int, ...] = ()
    told: int = 0


def answer_of(market: Market, question: str, today: date) -> Answer | None:
    """Answer a gap's question; None where it still cannot be."""
    answer = market.answer(question, today=today, ask_back=False)
    is_answered = not (answer.abstained or answer.is_gap) and bool(answer.citations)
    return answer if is_answered else None


async def answerable(store: Store, banks: Banks, bank_id: int, today: date) -> list[Gap]:
    """Give the open gaps of a bank that can be answered by now, the most asked first."""
    gaps = [gap for gap in await store.gaps.list(bank_id, "open", MOST) if gap.question]
    market = await banks.market(bank_id)
    known = _in_vain.setdefault(market, set())
    unsure = [gap for gap in gaps if gap.id not in known]
    answered = await asyncio.to_thread(_answered, market, unsure, today)
    known |= {gap.id for gap in unsure} - {gap.id for gap in answered}
    return answered


async def recheck(
    services: Services, write: Write, bank_id: int, only: Collection[int] | None = None
) -> Rechecked:
    """Ask the open gaps of a bank again and settle those that are answered.

    Args:
        services: what is asked.
        write: that of a community of the bank, without a delivery.
        bank_id: whose gaps.
        only: the ids of those to look at; None: all.
    """
    found_now = await answerable(services.store, services.banks, bank_id, write.now.date())
    answered = [gap for gap in found_now if only is None or gap.id in only]
    if not answered:
        return Rechecked()
    found: list[Notice] = []
    for gap in answered:
        found += await _notices(services, write, bank_id, gap)
    ids = tuple(gap.id for gap in answered)
    await services.store.gaps.settle(replace(write, notices=tuple(found)), ids, "answered")
    return Rechecked(ids, len(found))


def _answered(market: Market, gaps: Sequence[Gap], today: date) -> list[Gap]:
    return [gap for gap in gaps if answer_of(market, gap.question, today)]


async def _notices(services: Services, write: Write, bank_id: int, gap: Gap) -> list[Notice]:
    communities = await services.banks.communities(bank_id)
    found = []
    for follower in await services.store.gaps.followers(bank_id, gap.id):
        where = notices.reach(follower.person, follower.community_id, communities)
        if where is None:
            continue
        community, account = where
        found.append(
            Notice(
                key=f"gap:{gap.id}:{follower.person.id}:{int(write.now.timestamp())}",
                platform=community.key.partition(":")[0],
                community_id=community.id,
                payload={"gap_id": gap.id, "account": account},
                kind="gap",
            )
        )
    return found


async def told_reply(services: Services, community: Community, question: str) -> Reply | None:
    """Give what somebody is told who waited for an answer; None where there is none after all."""
    market = await services.banks.market(community.bank_id)
    today = services.clock().astimezone(community_settings.zone(community.settings)).date()
    answer = await asyncio.to_thread(answer_of, market, question, today)
    if answer is None:
        return None
    locale = str(community_settings.get(community.settings, "locale"))
    return Reply(
        title=render("gap.told_title", locale),
        text=render("gap.told", locale, question=question, answer=answer.text),
        table=answer.table,
        citations=answer.citations,
        buttons=(
            Button(
                label=render("gap.ask_again", locale), command="ask", values={"question": question}
            ),
        ),
    )
