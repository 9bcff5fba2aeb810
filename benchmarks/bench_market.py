"""Answers at 1x and 10x the knowledge (`--huge`: 100x) against a bare FTS5 query over the claims.

The knowledge grows by clones of the built-in entities under made-up names.
"""

from __future__ import annotations

import argparse
import itertools
import random
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import yaml

from bot.market import Market
from bot.market.compiling import compile_entities, restore
from bot.market.schema import Entity, Fact, Source

QUESTIONS = Path(__file__).parent.parent / "tests" / "market" / "data" / "questions_dev.yaml"
TODAY = date(2026, 11, 22)
ROUNDS = 3
_SYLLABLES = ("ba", "dor", "fi", "gan", "kel", "lu", "mi", "nor", "pa", "ris", "sto", "ve", "zu")


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds per question."""

    median: float
    p99: float


def measure(call: Callable[[str], object], texts: Sequence[str]) -> Times:
    for text in texts:
        call(text)
    found = []
    for text in texts * ROUNDS:
        began = time.perf_counter()
        call(text)
        found.append((time.perf_counter() - began) * 1000)
    found.sort()
    return Times(found[len(found) // 2], found[int(len(found) * 0.99)])


def resident_mb() -> float:
    """Give the memory of this process in MB, 0 where the system does not say."""
    status = Path("/proc/self/status")
    match = re.search(r"VmRSS:\s+(\d+)", status.read_text("utf-8")) if status.exists() else None
    return int(match.group(1)) / 1024 if match else 0.0


def names() -> Iterator[str]:
    rng = random.Random(7)
    for number in itertools.count():
        yield "".join(rng.choices(_SYLLABLES, k=4)).title() + f" {number % 9 + 1}"


def grown(entities: Sequence[Entity], times: int) -> Iterator[Entity]:
    """Give the entities and so many times less one clones of those that are no side matter."""
    yield from entities
    new = names()
    for copy in range(1, times):
        for entity in entities:
            if entity.kind in ("family", "name", "term", "guide", "hardware"):
                continue
            name = next(new)
            facts = tuple(
                replace(f, claim=f.claim.replace(entity.name, name)) for f in entity.facts
            )
            identifier = f"clone-{copy}-{entity.id}"  # another id could exist
            yield replace(
                entity, id=identifier, name=name, aliases=(), facts=facts, predecessor=None
            )


def fts5(entities: Sequence[Entity]) -> Callable[[str], object]:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE facts USING fts5(name, claim, tokenize='porter')")
    rows = [(e.name, f.claim) for e in entities for f in e.facts]
    database.executemany("INSERT INTO facts VALUES (?, ?)", rows)
    query = "SELECT claim FROM facts WHERE facts MATCH ? ORDER BY rank LIMIT 5"

    def search(text: str) -> object:
        words = [f'"{w}"' for w in re.findall(r"\w+", text)]
        return database.execute(query, (" OR ".join(words),)).fetchall()

    return search


def at_scale(built_in: Market, times: int, texts: Sequence[str]) -> Market:
    entities = list(grown(built_in.knowledge.entities, times))
    facts = sum(len(e.facts) for e in entities)
    before = resident_mb()
    began = time.perf_counter()
    compiled = compile_entities(entities, built_in.lexicon)
    market = Market(restore(compiled), built_in.lexicon)
    compile_s = time.perf_counter() - began
    del compiled
    answers = measure(lambda text: market.answer(text, today=TODAY, ask_back=False), texts)
    memory = resident_mb() - before
    base = measure(fts5(entities), texts)
    print(f"{times}x: {len(entities)} entities, {facts} facts, compiled in {compile_s:.1f} s")
    print(f"  bare FTS5 (baseline)  {base.median:7.2f} ms median {base.p99:7.2f} ms p99")
    print(
        f"  answer                {answers.median:7.2f} ms median {answers.p99:7.2f} ms p99"
        f"   x{answers.median / base.median:.2f} x{answers.p99 / base.p99:.2f}"
    )
    print(f"  memory                {memory:7.0f} MB more")
    return market


def additions(market: Market, label: str) -> None:
    source = Source("https://example.org", "A notice", "Example", "2026-11", "vendor")
    fact = Fact(claim="Zorbo 2 makes clips of 9 seconds.", as_of="2026-11", source=source)
    entity = Entity(id="zorbo-2", name="Zorbo 2", kind="model", facts=(fact,))
    began = time.perf_counter()
    market.with_entities([entity])
    print(f"  adding a fact, {label}: {(time.perf_counter() - began) * 1000:.0f} ms")


def starts() -> Market:
    """Measure the start without and with compiled knowledge."""
    with tempfile.TemporaryDirectory() as folder:
        times = []
        for _ in range(2):
            began = time.perf_counter()
            market = Market.load(cache_dir=Path(folder))
            times.append(time.perf_counter() - began)
    print(f"start: {times[0]:.2f} s from YAML (baseline), {times[1]:.2f} s compiled", end="")
    print(f"   x{times[1] / times[0]:.2f}")
    return market


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--huge", "--full", action="store_true", help="also 100x (minutes)")
    args = parser.parse_args(argv)
    texts = [str(q["question"]) for q in yaml.safe_load(QUESTIONS.read_text("utf-8"))]
    built_in = starts()
    for times in (1, 10, 100) if args.huge else (1, 10):
        additions(at_scale(built_in, times, texts), f"{times}x")


if __name__ == "__main__":
    main()
