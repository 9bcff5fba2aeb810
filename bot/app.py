"""The composition root: opens the store, loads the knowledge, hands out Services."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.core.errors import StoreUnusable

if TYPE_CHECKING:
    from bot.core.services import Services
    from bot.market import Market
    from bot.settings import Settings
    from storage import Store


def now() -> datetime:
    """Give the present, in UTC."""
    return datetime.now(UTC)


def load_market(settings: Settings) -> Market:
    """Load the built-in knowledge, compiled where the cache holds it; blocks."""
    from bot.market import Market  # noqa: PLC0415  only who asks pays for it

    return Market.load(cache_dir=settings.cache_dir)


async def open_store(settings: Settings) -> Store:
    """Open the store of the data folder, making both on first use.

    Raises:
        StoreUnusable: it cannot be opened; says why and what to do, and nothing was overwritten.
    """
    from storage import Store, StoreError  # noqa: PLC0415  sqlite-utils loads with it

    try:
        return await asyncio.to_thread(Store.open, settings.store_path)
    except StoreError as error:
        raise StoreUnusable(str(error)) from error
    except OSError as error:
        message = (
            f"The data folder {settings.data_dir} cannot be used ({error.strerror}). "
            "Give the user that runs Reelbank the right to write there, or choose another "
            "folder with REELBANK_DATA_DIR."
        )
        raise StoreUnusable(message) from error


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Open everything that handlers use, and close it at the end.

    The embedder is not loaded here: `banks` does that when the first idea needs it.
    """
    from bot.core.banks import Banks  # noqa: PLC0415
    from bot.core.language_model import make_writer  # noqa: PLC0415
    from bot.core.likeness import models_for  # noqa: PLC0415
    from bot.core.services import Services  # noqa: PLC0415

    loading = asyncio.create_task(asyncio.to_thread(load_market, settings))
    try:
        store = await open_store(settings)
    except BaseException:
        await asyncio.wait({loading})
        raise
    try:
        market = await loading
        banks = Banks(store, lambda: market, models_for(settings))
        writer = make_writer(settings, store, market.lexicon.stopwords)
        services = Services(
            store=store, market=market, banks=banks, settings=settings, clock=now, writer=writer
        )
        async with contextlib.AsyncExitStack() as stack:
            if writer is not None:
                stack.push_async_callback(writer.close)
                await writer.open()
            yield services
    finally:
        await asyncio.to_thread(store.close)


async def run_platforms(services: Services) -> bool:
    """Serve every platform that has a token, until a signal comes.

    Returns:
        False at once if no platform has one.

    Raises:
        OperatorError: not one of them could log in.
    """
    from bot import supervision  # noqa: PLC0415  adapters load only when they are used

    platforms = supervision.configured_platforms(services.settings)
    if platforms:
        await supervision.run_platforms(services, platforms)
    return bool(platforms)
