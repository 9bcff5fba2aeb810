"""A store on a file, and the world of store_world in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from store_world import World, make_world

from storage import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "reelbank.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    store = Store.open(path, durable=False)
    yield store
    store.close()


@pytest.fixture
async def world(store: Store) -> World:
    return await make_world(store)
