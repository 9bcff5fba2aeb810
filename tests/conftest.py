"""What tests of all rooms use: the knowledge (loaded once), a store on a file, a house."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.services import Services
from bot.market import Market
from storage import Store
from tests.fakes.house import House, make_house


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Market:
    """The built-in knowledge, compiled once per run."""
    return Market.load(cache_dir=tmp_path_factory.mktemp("knowledge"))


@pytest.fixture
async def house(tmp_path: Path, market: Market) -> AsyncIterator[House]:
    """The real store on a file, with one Discord community; see tests/fakes/house.py."""
    store = Store.open(tmp_path / "house" / "reelbank.db", durable=False)
    yield await make_house(store, market)
    store.close()


@pytest.fixture
def services(house: House) -> Services:
    """What handlers use."""
    return house.services
