"""What the tests of tagging share: one embedder and taggers, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.tagging import Embedder, Tagger, Taxonomy, find_embedder

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    found = find_embedder()
    assert found.embedder is not None, found.reason
    return found.embedder


@pytest.fixture(scope="session")
def tagger(embedder: Embedder) -> Tagger:
    return Tagger(Taxonomy.load(), embedder)


@pytest.fixture(scope="session")
def lexical() -> Tagger:
    return Tagger(Taxonomy.load(), None)
