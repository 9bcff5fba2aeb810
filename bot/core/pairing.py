"""Finding ideas that are probably the same, for the queue: each idea is compared once."""

from __future__ import annotations

from bot.core.banks import meaning_of
from bot.core.services import Services
from bot.core.statuses import CAN_BE_VOTED_ON
from storage import Idea

PROBABLE = 0.58
"""Likeness from which two ideas are shown to moderators as probably the same."""

_NEAREST = 3


async def compare_some(services: Services, bank_id: int | None, at_most: int) -> int:
    """Compare ideas that were not yet, the newest first; gives how many there were."""
    waiting = await services.store.pairs.uncompared(at_most, bank_id)
    for idea in waiting:
        await services.store.pairs.compared(idea, await _alike(services, idea))
    return len(waiting)


async def _alike(services: Services, idea: Idea) -> list[tuple[int, float, tuple[str, ...]]]:
    if idea.status not in CAN_BE_VOTED_ON:
        return []
    found = await services.banks.similar(
        idea.bank_id,
        meaning_of(idea.title, idea.text),
        limit=_NEAREST,
        at_least=PROBABLE,
        besides=[idea.number],
    )
    return [(match.number, match.score, match.shared) for match in found]
