"""Compiled knowledge: what a wheel brings is used only where it fits facts and code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.market import compiling
from bot.market.compiling import load_compiled, write_built
from bot.market.schema import FACTS_FOLDER


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("wheel") / "compiled.json"
    write_built(path)
    return path


def never(*_: object) -> None:
    raise AssertionError("compiled again")


def test_what_the_wheel_brings_is_used_and_nothing_is_compiled_or_kept(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled, _ = load_compiled(FACTS_FOLDER, None)
    monkeypatch.setattr(compiling, "BUILT", built)
    monkeypatch.setattr(compiling, "compile_entities", never)

    knowledge, lexicon = load_compiled(FACTS_FOLDER, tmp_path)

    assert knowledge.entities == compiled.entities
    assert knowledge.vocabulary == compiled.vocabulary
    assert lexicon["fields"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("broken", ["", "{}", "[", "key"])
def test_what_fits_not_is_never_used(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    other = tmp_path / "compiled.json"
    stale = {**json.loads(built.read_bytes()), "key": "of other facts", "entities": []}
    other.write_text(json.dumps(stale) if broken == "key" else broken, "utf-8")
    monkeypatch.setattr(compiling, "BUILT", other)
    cache = tmp_path / "cache"
    cache.mkdir()
    key = compiling.fingerprint(FACTS_FOLDER)
    (cache / f"market-{key[:16]}.json").write_bytes(built.read_bytes())
    monkeypatch.setattr(compiling, "compile_entities", never)

    assert load_compiled(FACTS_FOLDER, cache)[0].entities
