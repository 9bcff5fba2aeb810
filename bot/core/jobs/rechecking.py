"""Asking the gaps again: a newer Reelbank may know what nobody recorded when it was asked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.core import community_settings
from bot.core.gap_answers import answerable
from bot.core.model import Job
from bot.core.services import Services
from storage import CommunityRow, Write


async def recheck_gaps(services: Services, now: datetime) -> None:
    """Tell the moderators of each bank about gaps that can be answered by now.

    The same gaps are pointed out once (as long as sent messages are remembered); `market gaps`
    shows them first until somebody settles them. What a state of the knowledge could not answer
    is not asked of it again, so that a look without news costs one read of a bank.
    """
    communities = [c for c in await services.store.communities.all() if c.left_at is None]
    for bank_id in sorted({community.bank_id for community in communities}):
        found = await answerable(services.store, services.banks, bank_id, now.date())
        if found:
            theirs = (c for c in communities if c.bank_id == bank_id)
            await _tell(services, theirs, [gap.id for gap in found], now)


async def _tell(
    services: Services, communities: Iterable[CommunityRow], gap_ids: list[int], now: datetime
) -> None:
    which = hashlib.sha256(repr(sorted(gap_ids)).encode()).hexdigest()[:16]
    for community in communities:
        key = f"gaps:{community.id}:{which}"
        has_place = community_settings.get(community.settings, "staff_channel")
        if not has_place or await services.store.outbox.has(key):
            continue
        write = Write(person_id=None, community_id=community.id, now=now)
        platform = community.key.partition(":")[0]
        await services.store.outbox.enqueue(
            write, community.id, platform, "staff", key, {"what": "gaps"}
        )


JOBS = (Job(name="recheck gaps", every=timedelta(hours=1), run=recheck_gaps),)
