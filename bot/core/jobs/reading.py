"""What an import leaves behind: ideas without industries or vectors, read at leisure, resumable."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.core.banks import meaning_of
from bot.core.commands.idea_reading import tags_of
from bot.core.model import Job
from bot.core.services import Services
from storage import Idea, Write

BATCH = 64
_AT_MOST_S = 60.0
"""A run ends after this long, so that other jobs get their turn; the next one goes on."""


async def read_backlog(services: Services, now: datetime) -> None:
    """Tag and embed what was imported, batch by batch."""
    ends_at = time.monotonic() + _AT_MOST_S
    banks = {c.bank_id for c in await services.store.communities.all() if c.left_at is None}
    while time.monotonic() < ends_at and await read_some(services, sorted(banks), now):
        pass


async def read_some(services: Services, bank_ids: Sequence[int], now: datetime) -> int:
    """Tag a batch of each bank, then embed as many: what was just tagged is embedded already."""
    tagged = [await tag_some(services, bank_id, now) for bank_id in bank_ids]
    return max(sum(tagged), await embed_some(services, now))


async def tag_some(services: Services, bank_id: int, now: datetime) -> int:
    """Tag a batch of ideas that have no industry; gives how many there were."""
    found, upto = await _unread(services, f"tags:{bank_id}", _without_tags(services, bank_id))
    if not found:
        return 0
    tagger = await services.banks.tagger(bank_id)
    examples = await services.banks.examples(bank_id)
    texts = [meaning_of(idea.title, idea.text) for idea in found]
    read = await asyncio.to_thread(tagger.tag_many, texts, examples=examples)
    tags = [(i.number, tags_of(tagging, None)) for i, tagging in zip(found, read, strict=True)]
    write = Write(person_id=None, community_id=None, now=now)
    await services.store.ideas.tag_many(write, bank_id, tags)
    services.banks.read_up_to[f"tags:{bank_id}"] = upto
    return len(found)


async def embed_some(services: Services, now: datetime) -> int:
    """Embed a batch of ideas of whatever bank; gives how many there were."""
    models = services.banks.models
    embedder = await asyncio.to_thread(lambda: models.embedder)
    if embedder is None:
        return 0
    model = embedder.model_id
    found, upto = await _unread(
        services,
        "vectors",
        lambda after: services.store.ideas.without_vector(model, BATCH, after_id=after),
    )
    if not found:
        return 0
    texts = [meaning_of(idea.title, idea.text) for idea in found]
    vectors = await asyncio.to_thread(models.vectors, texts)
    if vectors is None:
        return 0
    by_bank: dict[int, list[tuple[Idea, bytes]]] = {}
    for idea, vector in zip(found, vectors, strict=True):
        by_bank.setdefault(idea.bank_id, []).append((idea, vector.data))
    for bank_id, rows in by_bank.items():
        await services.store.ideas.set_vectors(
            Write(person_id=None, community_id=None, now=now),
            bank_id,
            model,
            [(idea.number, data) for idea, data in rows],
        )
    services.banks.read_up_to["vectors"] = upto
    return len(found)


_Find = Callable[[int], Awaitable[list[Idea]]]


def _without_tags(services: Services, bank_id: int) -> _Find:
    return lambda after: services.store.ideas.without_tags(bank_id, BATCH, after_id=after)


async def _unread(services: Services, what: str, find: _Find) -> tuple[list[Idea], int]:
    """Find a batch, and up to which id all will be read with it.

    What was read is remembered while the process lives, so that each batch of a million, and each
    look when there is nothing to do, needs no look at all of them.
    """
    newest = await services.store.ideas.newest_id()
    found = await find(services.banks.read_up_to.get(what, 0))
    if not found:
        services.banks.read_up_to[what] = newest
    return found, found[-1].id if len(found) == BATCH else newest


JOBS = (Job(name="read backlog", every=timedelta(seconds=15), run=read_backlog),)
