"""A model on loopback, a writer that asks it, and an answer made by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.core.language_model import make_writer
from bot.market import Market
from bot.market.llm import Writer
from bot.settings import Settings
from storage import Store
from tests.fakes.llm_server import ModelServer, model_server

TODAY = date(2026, 11, 22)
MakeWriter = Callable[..., Writer]


@pytest.fixture(scope="session", autouse=True)
def libraries() -> None:
    """Load the vendors' libraries once: it takes seconds, and the time-outs here are short."""
    import anthropic  # noqa: F401
    import openai  # noqa: F401


async def ready(writer: Writer) -> Writer:
    """Wait for the client, so that a short time-out meets the server and not the loading."""
    await writer.open()
    await asyncio.shield(writer._load())
    return writer


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with model_server() as server:
        yield server


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = Store.open(tmp_path / "llm.db", durable=False)
    yield store
    store.close()


@pytest.fixture
async def writer_of(server: ModelServer, store: Store, market: Market) -> AsyncIterator[MakeWriter]:
    """Make writers as `reelbank run` does, from settings."""
    made: list[Writer] = []

    def make(**more: Any) -> Writer:
        is_openai = more.get("llm_provider", "openai") == "openai"
        values = {
            "llm_model": "model-1",
            "llm_api_key": "key-123456",
            "llm_base_url": server.openai_url if is_openai else server.root_url,
            "llm_timeout_s": 5.0,
            **more,
        }
        settings = Settings(_env_file=None, **values)
        writer = make_writer(settings, store, market.lexicon.stopwords)
        assert writer is not None
        made.append(writer)
        return writer

    yield make
    for writer in made:
        await writer.close()


@pytest.fixture
def writer(writer_of: MakeWriter) -> Writer:
    return writer_of()
