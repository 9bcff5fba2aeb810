"""The real adapter and store, with a strict Slack of our own on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.adapters.slack_app import modals
from bot.adapters.slack_app.adapter import SlackAdapter
from bot.core import commands, dispatch
from bot.core.banks import Banks
from bot.core.services import Services
from bot.settings import Settings
from storage import Store
from tests.fakes.slack_people import SlackPeople
from tests.fakes.slack_server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackServer
from tests.slack.features import Seen, make


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback is reached directly, and a retry waits for no random fraction of a second."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    module = "slack_sdk.http_retry"
    monkeypatch.setattr(f"{module}.builtin_async_handlers.random.random", lambda: 0.0)
    interval = f"{module}.builtin_interval_calculators.BackoffRetryIntervalCalculator"
    monkeypatch.setattr(f"{interval}.calculate_sleep_duration", lambda *_: 0.0)


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modals, "_ACK_WITHIN_S", 0.3)
    monkeypatch.setattr(modals, "_SETTLE_S", 0.01)
    monkeypatch.setattr(modals, "_PREFILL_S", 0.1)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    """Put commands of our own in the place of the product's."""
    noted = Seen()
    monkeypatch.setattr(commands, "ALL", make(noted), raising=False)
    dispatch._by_name.cache_clear()
    yield noted
    dispatch._by_name.cache_clear()


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    server = SlackServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "reelbank.db", durable=False, busy_timeout_s=1.0)
    yield opened
    opened.close()


def settings_for(slack: SlackServer, data_dir: Path, **more: Any) -> Settings:
    values: dict[str, Any] = {
        "data_dir": data_dir,
        "slack_bot_token": BOT_TOKEN,
        "slack_signing_secret": SIGNING_SECRET,
        "slack_api_base": f"{slack.base}/api/",
        "slack_port": 0,
    }
    return Settings(_env_file=None, **{**values, **more})


def services_for(store: Store, settings: Settings) -> Services:
    def no_market() -> Any:
        raise AssertionError("these commands ask nothing of the market")

    return Services(
        store=store,
        market=None,  # type: ignore[arg-type]
        banks=Banks(store, no_market),
        settings=settings,
        clock=lambda: datetime.now(UTC),
    )


@asynccontextmanager
async def running(services: Services) -> AsyncIterator[SlackAdapter]:
    """Run the adapter until the block ends; what it raises is raised here."""
    adapter = SlackAdapter(services)
    stop = asyncio.Event()
    run = asyncio.create_task(adapter.run(stop))
    ready = asyncio.create_task(adapter.ready.wait())
    await asyncio.wait({run, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
    try:
        if run.done():
            run.result()
        yield adapter
    finally:
        ready.cancel()
        stop.set()
        if not run.done():
            await asyncio.wait_for(run, 10)


@pytest.fixture
async def adapter(
    slack: SlackServer, store: Store, tmp_path: Path, seen: Seen
) -> AsyncIterator[SlackAdapter]:
    async with running(services_for(store, settings_for(slack, tmp_path))) as connected:
        yield connected
    assert slack.problems == []


@pytest.fixture
async def people(slack: SlackServer, adapter: SlackAdapter) -> AsyncIterator[SlackPeople]:
    """People of the workspace whose Slack sends signed requests to our port."""
    async with aiohttp.ClientSession() as session:
        yield SlackPeople(slack, adapter.port, session)


@pytest.fixture
async def socket_people(
    slack: SlackServer, store: Store, tmp_path: Path, seen: Seen
) -> AsyncIterator[SlackPeople]:
    """People of the workspace whose Slack sends envelopes over our WebSocket."""
    settings = settings_for(slack, tmp_path, slack_app_token=APP_TOKEN)
    async with running(services_for(store, settings)), aiohttp.ClientSession() as session:
        yield SlackPeople(slack, None, session)
    assert slack.problems == []
