"""Comparing new ideas with the others, so that the queue shows which are probably the same."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from bot.core.model import Job
from bot.core.pairing import compare_some
from bot.core.services import Services

BATCH = 8
_AT_MOST_S = 5.0
"""A run takes a twelfth of the time at most: after a large import it works at leisure."""


async def compare_new(services: Services, _now: datetime) -> None:
    """Compare the newest ideas that were not compared yet."""
    ends_at = time.monotonic() + _AT_MOST_S
    while time.monotonic() < ends_at and await compare_some(services, None, BATCH):
        pass


JOBS = (Job(name="compare ideas", every=timedelta(minutes=1), run=compare_new),)
