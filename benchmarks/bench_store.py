"""The store against SQLite itself, in one run: adding, searching, scanning.

Run it with `python -m benchmarks.bench_store`; the numbers that count are the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage import IdeaFilter, IdeaTag, NewIdea, Store, Write
from storage.connection import connect
from storage.idea_rows import SELECT

NOW = datetime(2026, 11, 22, tzinfo=UTC)
INDUSTRIES = ("legal", "media", "advertising", "education", "health", "retail", "transport")
VOCABULARY = 20_000
BATCH = 2_000


@dataclass(frozen=True)
class Line:
    """One comparison: milliseconds of ours and of the baseline."""

    what: str
    ours_ms: float
    base: str
    base_ms: float
    goal: str = ""

    def __str__(self) -> str:
        ratio = self.ours_ms / self.base_ms
        goal = f"  (goal {self.goal})" if self.goal else ""
        return (
            f"{self.what:<44} {self.ours_ms:>9.3f} ms   {self.base:<36} {self.base_ms:>9.3f} ms"
            f"   {ratio:>6.2f}x{goal}"
        )


class Texts:
    """Made-up texts whose words are as unevenly common as those of a language."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)
        syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
        words: dict[str, None] = {}
        while len(words) < VOCABULARY:
            count = self._random.choice((2, 2, 3, 3, 4))
            words["".join(self._random.choices(syllables, k=count))] = None
        self.words = list(words)
        self.kept: list[list[str]] = []
        self._weights = [1 / (rank + 10) for rank in range(VOCABULARY)]

    def ideas(self, count: int) -> Iterator[NewIdea]:
        pick = self._random.choices
        for number in range(count):
            text = pick(self.words, self._weights, k=self._random.randint(15, 60))
            if number % 100 == 0:
                self.kept.append(text)
            industry, second = self._random.sample(INDUSTRIES, 2)
            yield NewIdea(
                title=" ".join(text[:6]),
                text=" ".join(text),
                tags=(
                    IdeaTag(industry=industry, rank=0, confidence=0.8, because=(text[0],)),
                    IdeaTag(industry=second, rank=1, confidence=0.3),
                ),
                created_at=NOW - timedelta(minutes=self._random.randint(0, 10**6)),
                external_id=f"e{number}",
            )

    def query(self, count: int) -> str:
        """Give words of one of the ideas, so that AND finds something."""
        return " ".join(self._random.sample(self._random.choice(self.kept), count))


def median_ms(seconds: list[float]) -> float:
    return statistics.median(seconds) * 1000


def percentile_ms(seconds: list[float], share: float) -> float:
    return sorted(seconds)[int(len(seconds) * share)] * 1000


class Bare:
    """What somebody would write by hand: one table, one INSERT per commit."""

    def __init__(self, path: Path) -> None:
        self.connection = connect(path)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute(
            "CREATE TABLE ideas (id INTEGER PRIMARY KEY, bank_id INTEGER, number INTEGER, "
            "title TEXT, text TEXT, status TEXT, created_at INTEGER, author_id INTEGER)"
        )
        self.count = 0

    def insert(self, idea: NewIdea) -> None:
        self.count += 1
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute(
            "INSERT INTO ideas (bank_id, number, title, text, status, created_at, author_id) "
            "VALUES (1, ?, ?, ?, 'pending', 0, 7)",
            (self.count, idea.title, idea.text),
        )
        self.connection.execute("COMMIT")


async def bench_add(folder: Path, store: Store, texts: Texts, count: int) -> Iterator[Line]:
    """Add one by one, in turn with the bare insert, so that both meet the same disk."""
    community = await store.communities.ensure("console:local", "Console", NOW)
    person = await store.members.ensure(community.id, "console:me", "Me", NOW)
    bare = Bare(folder / "bare.db")
    ours: list[float] = []
    base: list[float] = []
    with_model = [NewIdea(**{**_fields(i), "external_id": None}) for i in texts.ideas(count)]
    for number, idea in enumerate(with_model):
        write = Write(
            person_id=person.id, community_id=community.id, now=NOW, delivery_id=f"add-{number}"
        )
        started = time.perf_counter()
        await store.ideas.add(write, community.bank_id, idea)
        between = time.perf_counter()
        bare.insert(idea)
        base.append(time.perf_counter() - between)
        ours.append(between - started)
    bare.connection.close()
    return iter(
        (
            Line("add an idea, median", median_ms(ours), "bare insert", median_ms(base), "3x"),
            Line(
                "add an idea, p99", percentile_ms(ours, 0.99), "bare insert, p99",
                percentile_ms(base, 0.99),
            ),
        )
    )  # fmt: skip


def _fields(idea: NewIdea) -> dict[str, object]:
    return {name: getattr(idea, name) for name in NewIdea.__dataclass_fields__}


async def fill(store: Store, texts: Texts, rows: int) -> float:
    """Import ideas; gives how many a second."""
    community = await store.communities.ensure("console:local", "Console", NOW)
    write = Write(person_id=None, community_id=community.id, now=NOW)
    seconds = 0.0
    batch: list[NewIdea] = []
    for number, idea in enumerate(texts.ideas(rows), start=1):
        batch.append(idea)
        if len(batch) == BATCH or number == rows:
            started = time.perf_counter()
            await store.ideas.add_many(write, community.bank_id, batch)
            seconds += time.perf_counter() - started
            batch = []
    return rows / seconds


async def bench_search(store: Store, texts: Texts, rounds: int) -> list[Line | str]:
    """Search as a member does, against nothing but the index with the same words."""
    raw = connect(store.path, read_only=True)
    lines: list[Line | str] = []
    for count in (1, 2, 3):
        queries = [texts.query(count) for _ in range(rounds)]
        for facets in (False, True):
            ours: list[float] = []
            base: list[float] = []
            for words in queries:
                started = time.perf_counter()
                await store.ideas.search(1, IdeaFilter(words=words), with_facets=facets)
                between = time.perf_counter()
                match = " AND ".join(f'"{word}"' for word in words.split())
                raw.execute(
                    "SELECT rowid FROM ideas_fts WHERE ideas_fts MATCH ? ORDER BY rank LIMIT 10",
                    (match,),
                ).fetchall()
                base.append(time.perf_counter() - between)
                ours.append(between - started)
            name = f"search {count} word(s){', facets' if facets else ''}"
            lines += [
                Line(f"{name}, median", median_ms(ours), "bare FTS5", median_ms(base)),
                Line(
                    f"{name}, p99", percentile_ms(ours, 0.99), "bare FTS5, p99",
                    percentile_ms(base, 0.99),
                ),
            ]  # fmt: skip
    raw.close()
    for name, spoil in (("a misspelt word", _misspelt), ("words no idea has all of", _mixed)):
        times = []
        for _ in range(rounds):
            words = spoil(texts)
            started = time.perf_counter()
            await store.ideas.search(1, IdeaFilter(words=words))
            times.append(time.perf_counter() - started)
        worst = percentile_ms(times, 0.99)
        lines.append(f"search, {name}: median {median_ms(times):.1f} ms, p99 {worst:.1f} ms")
    return lines


def _misspelt(texts: Texts) -> str:
    word, other = texts.query(2).split()
    return f"{word[:2]}{word[3:]}q {other}"


def _mixed(texts: Texts) -> str:
    return " ".join(texts.query(1) for _ in range(6))


async def bench_browse(store: Store, rounds: int) -> list[Line]:
    """List without words, against ten rows by number."""
    raw = connect(store.path, read_only=True)

    async def ours(wanted: IdeaFilter) -> float:
        times = []
        for _ in range(rounds):
            started = time.perf_counter()
            await store.ideas.search(1, wanted)
            times.append(time.perf_counter() - started)
        return median_ms(times)

    base = []
    for _ in range(rounds):
        started = time.perf_counter()
        raw.execute(f"{SELECT} WHERE i.bank_id = 1 ORDER BY i.number DESC LIMIT 10").fetchall()
        base.append(time.perf_counter() - started)
    raw.close()
    filters = {
        "best": IdeaFilter(sort="best"),
        "votes": IdeaFilter(sort="votes"),
        "pending, newest": IdeaFilter(statuses=("pending",), sort="new"),
        "an industry, best": IdeaFilter(industries=("legal",), sort="best"),
    }
    return [
        Line(f"list: {name}", await ours(wanted), "ten rows by number", median_ms(base))
        for name, wanted in filters.items()
    ]


def bench_scan(store: Store) -> Line | str:
    """Read everything into values, against the same SELECT in SQLite's own shell."""
    shell = shutil.which("sqlite3")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    count = sum(1 for _ in store.ideas.scan(1, IdeaFilter()))
    ours = time.perf_counter() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    what = f"scan {count:,} ideas (memory +{grown} MiB)"
    if shell is None:
        return f"{what:<44} {ours * 1000:>9.3f} ms   no sqlite3 shell here: not compared"
    statement = f"{SELECT} WHERE i.bank_id = 1 ORDER BY i.number;"
    started = time.perf_counter()
    subprocess.run(
        [shell, "-csv", str(store.path), " ".join(statement.split())],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return Line(what, ours * 1000, "the same SELECT in sqlite3", _ms_since(started), "3x")


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


async def run(folder: Path, rows: int, rounds: int, say: Callable[[str], None]) -> None:
    """Print every comparison."""
    texts = Texts()
    store = Store.open(folder / "reelbank.db")
    for line in await bench_add(folder, store, texts, max(200, rounds * 5)):
        say(str(line))
    store.close()
    (folder / "reelbank.db").unlink()
    store = Store.open(folder / "reelbank.db")
    speed = await fill(store, texts, rows)
    size_mib = store.path.stat().st_size / (1 << 20)
    say(f"import of {rows:,}: {speed:,.0f} ideas a second (goal 2,000); file {size_mib:,.0f} MiB")
    for line in await bench_search(store, texts, rounds):
        say(str(line))
    for line in await bench_browse(store, rounds):
        say(str(line))
    say(str(await asyncio.to_thread(bench_scan, store)))
    store.close()


def main(arguments: list[str] | None = None) -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="ideas to search and scan")
    parser.add_argument("--rounds", type=int, default=100, help="repetitions of each")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder), chosen.rows, chosen.rounds, print))


if __name__ == "__main__":
    main()
