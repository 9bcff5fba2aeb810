"""Gaps that ask about the same thing, together: what moderators work through."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from storage import Gap, GapState

if TYPE_CHECKING:
    from bot.core.banks import Banks
    from bot.core.likeness import Models
    from bot.core.services import Services
    from bot.market import Market
    from storage import Store

MOST = 300
"""Gaps that are compared, the most asked: half a second of comparing, besides reading them once."""

_REMEMBERED = 2000
_vectors: WeakKeyDictionary[Models, dict[str, Any]] = WeakKeyDictionary()
_groups: WeakKeyDictionary[Market, dict[GapState, tuple[Sequence[tuple[int, str]], list[int]]]] = (
    WeakKeyDictionary()
)
"""The last comparing by state of gaps: the queue counts topics each time that it is shown."""


@dataclass(frozen=True, slots=True)
class GapTopic:
    """Gaps that ask about one thing, the most asked first."""

    gaps: tuple[Gap, ...]

    @property
    def question(self) -> str:
        """Give the wording that was used most."""
        return next((gap.question for gap in self.gaps if gap.question), "")

    @property
    def count(self) -> int:
        """Count how often it was asked, in whatever words."""
        return sum(gap.count for gap in self.gaps)

    @property
    def followers(self) -> int:
        """Count who wants to hear of an answer."""
        return sum(gap.followers for gap in self.gaps)

    @property
    def entities(self) -> tuple[str, ...]:
        """Give the ids of what is known and was asked about, the most asked first."""
        return tuple(dict.fromkeys(e for gap in self.gaps for e in gap.entities))

    @property
    def ids(self) -> tuple[int, ...]:
        """Give the ids of the gaps."""
        return tuple(gap.id for gap in self.gaps)


async def gap_topics(
    store: Store, banks: Banks, bank_id: int, state: GapState = "open"
) -> list[GapTopic]:
    """Give the gaps of a bank by what they ask about, the most asked topic first."""
    gaps = await store.gaps.list(bank_id, state, MOST)
    if not gaps:
        return []
    market = await banks.market(bank_id)
    groups = await _groups_of(market, banks.models, gaps, state)
    by_group: dict[int, list[Gap]] = {}
    for group, gap in zip(groups, gaps, strict=True):
        by_group.setdefault(group, []).append(gap)
    topics = [GapTopic(tuple(found)) for found in by_group.values()]
    return sorted(topics, key=lambda topic: (-topic.count, -topic.gaps[0].last_at.timestamp()))


async def waiting(services: Services, bank_id: int) -> dict[str, int]:
    """Count what waits for moderators, kind by kind; of gaps it is topics, as they are listed."""
    counts = await services.store.waiting.counts(bank_id)
    if counts["gaps"]:
        counts["gaps"] = len(await gap_topics(services.store, services.banks, bank_id))
    return counts


async def _groups_of(
    market: Market, models: Models, gaps: Sequence[Gap], state: GapState
) -> list[int]:
    asked = [(gap.id, gap.question) for gap in gaps]
    held = _groups.setdefault(market, {})
    if state not in held or held[state][0] != asked:
        questions = [question for _, question in asked]
        held[state] = asked, await asyncio.to_thread(_grouped, market, models, questions)
    return held[state][1]


def _grouped(market: Market, models: Models, questions: Sequence[str]) -> list[int]:
    from bot.market import topics  # noqa: PLC0415  with the market only

    found = [market.topic(question) for question in questions]
    cosines = _cosines(models, [topic.text for topic in found])
    at_least = topics.TOGETHER_BY_WORDS if cosines is None else topics.TOGETHER
    return topics.grouped(topics.likenesses(found, cosines), at_least)


def _cosines(models: Models, texts: Sequence[str]) -> Sequence[Sequence[float]] | None:
    """Give how near each text is to each by meaning; None where no embedder works."""
    known = _vectors.setdefault(models, {})
    new = [text for text in dict.fromkeys(texts) if text not in known]
    rows = models.likeness().encode(new) if new else ()
    if rows is None:
        return None
    if len(known) + len(new) > _REMEMBERED:
        known = _vectors[models] = {text: known[text] for text in texts if text in known}
    known.update(zip(new, rows, strict=True))
    import numpy as np  # noqa: PLC0415  with the embedder only

    stacked = np.stack([known[text] for text in texts])
    cosines: list[list[float]] = (stacked @ stacked.T).tolist()
    return cosines
