"""How much of what was imported still waits to be read; the job that reads it is in jobs/."""

from __future__ import annotations

import asyncio

from bot.core.services import Services


async def waiting(services: Services, bank_id: int) -> tuple[int, int]:
    """Count the ideas that wait for industries and for a vector; (0, 0) where nothing is known.

    Known is it by the process that reads them, and costs it next to nothing.
    """
    marks = services.banks.read_up_to
    known = [marks[what] for what in (f"tags:{bank_id}", "vectors") if what in marks]
    if not known:
        return 0, 0
    embedder = await asyncio.to_thread(lambda: services.banks.models.embedder)
    model = embedder.model_id if embedder else None
    return await services.store.ideas.unread(bank_id, model, after_id=min(known))
