"""The built-in knowledge, read once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.market.schema import FACTS_FOLDER, Entity, load_entities


@pytest.fixture(scope="session")
def entities() -> Sequence[Entity]:
    return load_entities(FACTS_FOLDER)
