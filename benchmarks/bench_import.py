"""An import of 10,000 ideas (100,000 with `--full`), and what it costs others while it is read.

Kept, numbered and searchable by words at once, against the bare INSERT of the same rows; then the
industries and vectors in the background, against the embedder alone, while somebody searches.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import csv
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.bench_scale import NOW, percentile, services_of, timed
from benchmarks.corpus import Corpus
from bot.core.backlog import waiting
from bot.core.imports import Import
from bot.core.jobs.reading import read_some
from bot.core.likeness import Models
from bot.core.services import Services
from storage import IdeaFilter, Store
from storage.connection import connect

GOAL = 2_000  # ideas a second
READ_S = 20.0


def write_file(path: Path, rows: int) -> list[str]:
    texts = [text for _, text in Corpus(seed=21).texts(rows)]
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["text", "external_id"])
        out.writerows((text, n) for n, text in enumerate(texts))
    return texts


def bare_speed(path: Path, texts: list[str]) -> float:
    """Give how many rows a second a table with an index of words takes, a thousand a commit."""
    with contextlib.closing(connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE VIRTUAL TABLE t USING fts5 (text, tokenize='porter unicode61')")
        began = time.perf_counter()
        for at in range(0, len(texts), 1000):
            connection.execute("BEGIN IMMEDIATE")
            some = [(text,) for text in texts[at : at + 1000]]
            connection.executemany("INSERT INTO t VALUES (?)", some)
            connection.execute("COMMIT")
        return len(texts) / (time.perf_counter() - began)


async def run(folder: Path, rows: int) -> None:
    texts = write_file(folder / "ideas.csv", rows)
    store = Store.open(folder / "reelbank.db")
    community = await store.communities.ensure("console:local", "Console", NOW)
    services = services_of(store, Models())
    taxonomy = await services.banks.taxonomy(community.bank_id)
    began = time.perf_counter()
    report = await Import(store, community, taxonomy, NOW).run(folder / "ideas.csv")
    speed = rows / (time.perf_counter() - began)
    assert report.added == rows
    bare = bare_speed(folder / "bare.db", texts)
    print(f"import of {rows:,}: {speed:,.0f} ideas a second, durable and numbered (goal {GOAL:,}),")
    print(f"  against {bare:,.0f} rows a second into bare FTS5: x{bare / speed:.2f} the time")
    page = await store.ideas.search(community.bank_id, IdeaFilter(words=texts[rows // 2][:40]))
    print(f"  found by its words at once: {page.total > 0}")
    await _reading(services, community.bank_id, store, texts)
    store.close()


async def _reading(services: Services, bank_id: int, store: Store, texts: list[str]) -> None:
    models = services.banks.models
    sample = texts[:128]
    _, alone = await timed(lambda: asyncio.to_thread(models.vectors, sample))
    searches: list[float] = []
    done = asyncio.Event()

    async def search() -> None:
        corpus = Corpus(seed=4)
        while not done.is_set():
            words = corpus.query(texts[len(searches) % len(texts)], 2)
            _, took = await timed(lambda w=words: store.ideas.search(bank_id, IdeaFilter(words=w)))
            searches.append(took)
            await asyncio.sleep(0.05)

    other = asyncio.create_task(search())
    read, began = 0, time.perf_counter()
    while time.perf_counter() - began < READ_S:
        some = await read_some(services, [bank_id], NOW)
        read += some
        if not some:
            break
    took = time.perf_counter() - began
    done.set()
    await other
    base = len(sample) / alone * 1000
    print(f"read in the background: {read / took:,.0f} ideas a second with industries and vectors,")
    print(f"  the embedder alone {base:,.0f}: x{base / (read / took):.2f}")
    half, worst = statistics.median(searches), percentile(searches, 0.99)
    print(f"  searches meanwhile: median {half:.1f} ms, p99 {worst:.1f} ms")
    print(f"  still to be read, as /stats says: {await waiting(services, bank_id)}")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    rows = 100_000 if parser.parse_args(arguments).full else 10_000
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder), rows))


if __name__ == "__main__":
    main()
