"""Forgetting in time: drafts, buttons, deliveries, questions, communities that left, erasures."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core import community_settings
from bot.core.jobs import times
from bot.core.model import Job
from bot.core.services import Services
from storage import Write


async def purge_old(services: Services, now: datetime) -> None:
    """Forget drafts, what buttons stand for, deliveries, messages, uses, and what has ended."""
    store = services.store
    await store.drafts.purge(now - times.DRAFTS)
    await store.actions.purge(now)
    await store.deliveries.purge(now - times.DELIVERIES)
    await store.outbox.purge(now - times.OUTBOX)
    await store.limits.purge(now - times.LIMITS)
    await store.claims.purge(now)
    await store.members.purge_blocks(now)


async def purge_questions(services: Services, now: datetime) -> None:
    """Forget questions that are older than their community wants."""
    for community in await services.store.communities.all():
        days = int(community_settings.get(community.settings, "retention_days"))
        await services.store.questions.purge(community.id, now - timedelta(days=days))


async def purge_left(services: Services, now: datetime) -> None:
    """Delete what belongs to communities from which Reelbank was removed long enough ago.

    It is done at the last look before the time is over, not at the first one after.
    """
    days = services.settings.purge_business_days
    for community in await services.store.communities.all():
        if community.left_at is None:
            continue
        if times.purge_due_at(community.left_at, days) < now + times.PURGE_EVERY:
            write = Write(person_id=None, community_id=community.id, now=now)
            await services.store.communities.purge(write, community.id)


async def scrub(services: Services, _now: datetime) -> None:
    """Finish an erasure whose bytes other readers still held; due within ten minutes."""
    if await services.store.needs_scrub():
        await services.store.scrub()


JOBS = (
    Job(name="purge old", every=timedelta(days=1), run=purge_old),
    Job(name="purge questions", every=timedelta(days=1), run=purge_questions),
    Job(name="purge left", every=times.PURGE_EVERY, run=purge_left),
    Job(name="scrub", every=timedelta(minutes=1), run=scrub),
)
