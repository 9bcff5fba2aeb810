"""Opening what a command needs, and no more: the knowledge, the tagger, the store, a bank."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.core.banks import Banks
    from bot.core.services import Services
    from bot.market import Market
    from bot.settings import Settings
    from bot.tagging import Likeness, Tagger
    from storage import CommunityRow, Person, Store, Write

CONSOLE_KEY = "console:local"


def open_market(settings: Settings) -> Market:
    """Load the knowledge, compiled where the cache has it; blocks."""
    from bot.app import load_market  # noqa: PLC0415

    return load_market(settings)


def open_tagger(settings: Settings) -> Tagger:
    """Load the built-in taxonomy and, where it works, the embedder; blocks."""
    from bot.tagging import Tagger, Taxonomy  # noqa: PLC0415

    return Tagger(Taxonomy.load(), _embedder(settings))


def open_likeness(settings: Settings) -> Likeness:
    """Load what compares texts; blocks."""
    from bot.tagging import Likeness  # noqa: PLC0415

    return Likeness(_embedder(settings))


def _embedder(settings: Settings):  # type: ignore[no-untyped-def]
    from bot.tagging import load_embedder  # noqa: PLC0415

    return load_embedder() if settings.allow_embedder else None


@asynccontextmanager
async def opened_store(settings: Settings) -> AsyncIterator[Store]:
    """Open the store alone: no knowledge, no embedder."""
    from bot.app import open_store  # noqa: PLC0415

    store = await open_store(settings)
    try:
        yield store
    finally:
        store.close()


@asynccontextmanager
async def opened_bank(settings: Settings) -> AsyncIterator[tuple[Store, Banks]]:
    """Open the store with what is cached per bank; the knowledge loads only if it is asked for."""
    from bot.core.banks import Banks  # noqa: PLC0415
    from bot.core.likeness import models_for  # noqa: PLC0415

    async with opened_store(settings) as store:
        yield store, Banks(store, lambda: open_market(settings), models_for(settings))


@asynccontextmanager
async def opened_services(settings: Settings) -> AsyncIterator[Services]:
    """Open everything that handlers use."""
    from bot import logs  # noqa: PLC0415  structlog takes 80 ms that `ask` need not pay
    from bot.app import open_services  # noqa: PLC0415

    logs.set_up_quiet()
    async with open_services(settings) as services:
        yield services


async def community_of(store: Store, key: str) -> CommunityRow:
    """Give the community of a key; the console's is made on first use.

    Raises:
        click.UsageError: no such community; says which there are.
    """
    row = await store.communities.get(key)
    if row is not None:
        return row
    if key == CONSOLE_KEY:
        return await store.communities.ensure(key, "Console", datetime.now(UTC))
    known = sorted(c.key for c in await store.communities.all())
    there = ", ".join(known) if known else "none yet"
    raise click.UsageError(f"There is no community {key}. There is: {there}.")


async def operator(store: Store, community: CommunityRow) -> Person:
    """Give the person at the terminal, who acts as an admin."""
    from bot.settings import login_name  # noqa: PLC0415

    name = login_name()
    now = datetime.now(UTC)
    return await store.members.ensure(community.id, f"console:{name}", name, now)


async def write_by_operator(store: Store, community: CommunityRow) -> Write:
    """Give a write in the name of whoever is at the terminal."""
    from storage import Write  # noqa: PLC0415

    person = await operator(store, community)
    return Write(person_id=person.id, community_id=community.id, now=datetime.now(UTC))
