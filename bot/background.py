"""What runs beside the platforms: the outbox, the changes of other processes, the jobs, replays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.core import jobs
from bot.core.courier import Courier, CourierError
from bot.core.intake import replay
from bot.core.model import Job, Reply, Request
from bot.core.outbox import deliver_due, deliver_slow

if TYPE_CHECKING:
    from bot.core.services import Services

log = structlog.get_logger(__name__)

OUTBOX_S = 0.25
"""Looking for something to send costs one read of the store; our own writes are seen by this."""

SLOW_OUTBOX_S = 2.0
CHANGES_S = 1.0
JOBS_S = 5.0
REPLAY_S = 60.0
_LEFT_BEHIND = timedelta(minutes=5)
"""A delivery unfinished for so long belongs to no process that is still at work on it."""

_LEASE_S = 900.0
_PAUSE_AFTER_FAILURE_S = 5.0


@asynccontextmanager
async def background(
    services: Services,
    couriers: Mapping[str, Courier],
    on_change: Callable[[], Awaitable[None]] | None = None,
) -> AsyncIterator[None]:
    """Keep everything going that no platform asks for, until the block is left.

    Args:
        services: what jobs and cards use.
        couriers: by platform; may grow and change while this runs.
        on_change: called after something changed in the store, by whatever process.
    """
    outbox, slow_outbox = (
        partial(_send, deliver, services, couriers) for deliver in (deliver_due, deliver_slow)
    )

    async def changes() -> None:
        if await services.banks.refresh() and on_change is not None:
            await on_change()

    async def due_jobs() -> None:
        for job in jobs.ALL:
            await run_job(services, job)

    tasks = [
        asyncio.create_task(_forever("outbox", outbox, OUTBOX_S)),
        asyncio.create_task(_forever("slow outbox", slow_outbox, SLOW_OUTBOX_S)),
        asyncio.create_task(_forever("changes", changes, CHANGES_S)),
        asyncio.create_task(_forever("jobs", due_jobs, JOBS_S)),
        asyncio.create_task(_forever("replay", lambda: catch_up(services, couriers), REPLAY_S)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _send(
    deliver: Callable[[Services, Mapping[str, Courier], datetime], Awaitable[int]],
    services: Services,
    couriers: Mapping[str, Courier],
) -> None:
    if couriers:
        await deliver(services, couriers, services.clock())


async def _forever(name: str, step: Callable[[], Awaitable[object]], every_s: float) -> None:
    """Do one thing again and again; a failure is logged, and it goes on after a pause."""
    while True:
        try:
            await step()
            await asyncio.sleep(every_s)
        except Exception:  # a full disk must not end the loop for good
            log.exception("background_failed", loop=name)
            await asyncio.sleep(max(every_s, _PAUSE_AFTER_FAILURE_S))


async def run_job(services: Services, job: Job) -> bool:
    """Run a job if it is due and no other process has it; tells whether it ran."""
    now = services.clock()
    every_s = job.every.total_seconds()
    if not await services.store.jobs.claim(job.name, now, _LEASE_S, every_s):
        return False
    problem = None
    try:
        await job.run(services, now)
    except Exception as error:  # one job's failure is not the others'
        problem = type(error).__name__
        log.exception("job_failed", job=job.name)
    await services.store.jobs.finish(job.name, services.clock(), problem)
    return True


async def catch_up(
    services: Services, couriers: Mapping[str, Courier], *, at_start: bool = False
) -> int:
    """Run deliveries that an earlier process accepted and did not finish; gives how many.

    Args:
        services: what handlers use.
        couriers: only deliveries of these platforms are run.
        at_start: take all of them; later only those that nobody works on any more.
    """
    if not couriers:
        return 0

    async def send(request: Request, reply: Reply) -> None:
        courier = couriers.get(request.community.platform)
        key = f"replay:{request.delivery_id}"
        if courier is None:
            return
        try:
            await courier.tell(request.community, request.actor.account_key, reply, key=key)
        except CourierError as error:
            # What was asked for is done; only the word of it could not be brought.
            log.warning("replay_untold", delivery=request.delivery_id, why=type(error).__name__)

    older_than = None if at_start else services.clock() - _LEFT_BEHIND
    return await replay(services, list(couriers), send, older_than=older_than)
