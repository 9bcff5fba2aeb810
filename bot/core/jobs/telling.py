"""What communities are told by their own clock: the weekly digest, the scheduled export."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.model import Job
from bot.core.services import Services
from bot.core.turns_due import take_due


async def take_turns(services: Services, now: datetime) -> None:
    """Put what is due into the outbox, which draws and sends it."""
    for kind in ("digest", "export"):
        await take_due(services, kind, now)


JOBS = (Job(name="take turns", every=timedelta(minutes=1), run=take_turns),)
