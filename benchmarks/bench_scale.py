"""Adding, look-alikes and search at 10,000 ideas; with `--full` also at 100,000 and a million.

One store grows from size to size, so that the growth is seen in one table. Each figure stands
beside a baseline of the same run: bare FTS5 on the same index, brute-force numpy over as many
vectors, embedding and one bare INSERT. Texts come from `corpus.py`; the vectors of stored ideas
are those of a few thousand embedded texts with noise added, since embedding a million would take
two hours (ideas that are added while measuring are embedded for real). A stopped run goes on where
it was with `--folder`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import itertools
import os
import random
import resource
import shutil
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.bench_store import Bare
from benchmarks.corpus import Corpus
from bot.core.banks import Banks
from bot.core.dispatch import dispatch
from bot.core.likeness import Models
from bot.core.model import Actor, Community, Reply, Request
from bot.core.services import Services
from bot.market import Market
from bot.settings import Settings
from storage import IdeaFilter, IdeaTag, NewIdea, Store, Write
from storage.connection import connect

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SIZES = (10_000, 100_000, 1_000_000)
BATCH = 2_000
EMBEDDED = 3_000
NOISE = 0.9  # a stored vector's cosine to the embedded one it was made from is about 0.75
GOALS_MS = {"add": 150.0, "search": 100.0}
MEMORY_GOAL_MIB = 1024
BRUTE_ROWS = 20_000


@dataclass
class Times:
    """Milliseconds of one kind of call and of its baseline, at one size."""

    ours: list[float] = field(default_factory=list)
    base: list[float] = field(default_factory=list)


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def timed(call: Callable[[], Awaitable[object]]) -> tuple[object, float]:
    began = time.perf_counter()
    result = await call()
    return result, (time.perf_counter() - began) * 1000


def resident_mib() -> float:
    """Give the memory of this process: now where the system says it, else the greatest so far."""
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Vectors:
    """Made-up vectors that are spread like real ones."""

    def __init__(self, models: Models, corpus: Corpus) -> None:
        texts = [text for _, text in corpus.texts(EMBEDDED)]
        rows = models.likeness().encode(texts)
        if rows is None:
            raise SystemExit("The embedding model is missing: nothing to measure.")
        self.rows = rows
        self._random = np.random.default_rng(5)

    def some(self, start: int, count: int) -> np.ndarray:
        chosen = self.rows[np.arange(start, start + count) % len(self.rows)]
        noise = self._random.normal(size=chosen.shape).astype(np.float32)
        noise *= NOISE / np.sqrt(chosen.shape[1])
        noisy = chosen + noise
        return noisy / np.linalg.norm(noisy, axis=1, keepdims=True)


@functools.cache
def made_up(models: Models) -> Vectors:
    return Vectors(models, Corpus(seed=3))


async def fill(store: Store, models: Models, up_to: int, say: Callable[[str], None]) -> None:
    """Bring the store up to so many ideas; what is there already is kept."""
    community = await store.communities.ensure("console:local", "Console", NOW)
    have = sum((await store.ideas.counts(community.bank_id)).values())
    if have >= up_to:
        return
    corpus = Corpus(seed=have + 11)
    vectors = made_up(models)
    embedder = models.embedder
    assert embedder is not None
    texts = corpus.texts(up_to - have)
    write = Write(person_id=None, community_id=community.id, now=NOW)
    began, done = time.perf_counter(), 0
    while chunk := list(itertools.islice(texts, BATCH)):
        rows = vectors.some(have + done, len(chunk))
        news = [
            _new(text, industry, row, embedder.model_id, have + done + n)
            for n, ((industry, text), row) in enumerate(zip(chunk, rows, strict=True))
        ]
        await store.ideas.add_many(write, community.bank_id, news)
        done += len(chunk)
    took = time.perf_counter() - began
    say(f"  filled {done:,} ideas with tags and made-up vectors: {done / took:,.0f} a second")


def _new(text: str, industry: str, row: np.ndarray, model_id: str, number: int) -> NewIdea:
    words = text.split()
    pick = random.Random(number)
    return NewIdea(
        title=" ".join(words[:9]),
        text=text,
        status=pick.choice(("accepted", "accepted", "pending", "declined")),
        tags=(IdeaTag(industry=industry, rank=0, confidence=0.8, because=(words[0],)),),
        created_at=NOW - timedelta(minutes=pick.randint(0, 10**6)),
        external_id=f"b{number}",
        vector=row.tobytes(),
        vector_model=model_id,
    )


def services_of(store: Store, models: Models) -> Services:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    market = Market.load
    banks = Banks(store, market, models)
    return Services(store=store, market=market, banks=banks, settings=settings, clock=lambda: NOW)


class Members:
    """People who each add one idea through the product."""

    def __init__(self, services: Services, community: Community) -> None:
        self._services, self._community = services, community
        self._began = int(time.time())
        self._count = itertools.count(self._began)
        self.cpu_ms: list[float] = []

    async def add(self, text: str) -> tuple[Reply, float]:
        """Add an idea as a new member; where look-alikes are shown, keep it all the same."""
        actor = Actor(f"console:local:m{next(self._count)}", "member")
        asked = await self._run(actor, "idea add", {"text": text})
        reply, took = asked
        while not reply.text.startswith("Kept") and reply.buttons:
            button = reply.buttons[-1]
            if button.command != "idea keep":
                break
            reply, more = await self._run(actor, "idea keep", dict(button.values))
            took = max(took, more)
        return reply, took

    async def _run(self, actor: Actor, command: str, values: dict) -> tuple[Reply, float]:
        request = Request(
            command=command,
            actor=actor,
            community=self._community,
            # An hour on, or the community's quota for an hour would end the measurement.
            now=NOW + timedelta(hours=next(self._count) - self._began),
            values=values,
            delivery_id=f"bench:{next(self._count)}:{random.random()}",
        )
        before = time.process_time()
        reply, took = await timed(lambda: dispatch(self._services, request))
        self.cpu_ms.append((time.process_time() - before) * 1000)
        assert isinstance(reply, Reply)
        assert reply.ok, reply.text
        return reply, took


async def measure_adding(
    members: Members, models: Models, folder: Path, texts: Sequence[str]
) -> tuple[Times, Times, Counter[str]]:
    bare = Bare(folder / f"bare-{time.time_ns()}.db")
    whole, embedding, outcomes = Times(), Times(), Counter[str]()
    for text in texts:
        reply, took = await members.add(text)
        outcomes["kept" if reply.text.startswith("Kept") else "asked back"] += 1
        whole.ours.append(took)
        _, alone = await timed(lambda t=text: asyncio.to_thread(models.vectors, [t + " x"]))
        began = time.perf_counter()
        bare.insert(NewIdea(title=text[:60], text=text))
        embedding.ours.append(alone)
        whole.base.append(alone + (time.perf_counter() - began) * 1000)
    bare.connection.close()
    return whole, embedding, outcomes


def searches(corpus: Corpus, kept: Sequence[str], rounds: int) -> Iterator[tuple[str, IdeaFilter]]:
    pick = random.Random(9)
    for _ in range(rounds):
        text = pick.choice(kept)
        yield "one word", IdeaFilter(words=corpus.query(text, 1))
        yield "two words", IdeaFilter(words=corpus.query(text, 2))
        yield "three words", IdeaFilter(words=corpus.query(text, 3))
        yield "common words", IdeaFilter(words=pick.choice(("second", "silent", "people watch")))
        yield (
            "eight words, of two ideas",
            IdeaFilter(words=f"{corpus.query(text, 4)} {corpus.query(pick.choice(kept), 4)}"),
        )
        word = corpus.query(text, 1)
        yield "a misspelt word", IdeaFilter(words=f"{word[:2]}{word[3:]}")
        yield "a word in an industry", IdeaFilter(words=word, industries=("insurance",))
        yield "no words, best first", IdeaFilter(sort="best")
        yield "an industry, newest first", IdeaFilter(industries=("games",), sort="new")


async def measure_searching(
    store: Store, bank_id: int, corpus: Corpus, kept: Sequence[str], rounds: int
) -> dict[str, Times]:
    raw = connect(store.path, read_only=True)
    found: dict[str, Times] = {}
    for kind, wanted in searches(corpus, kept, rounds):
        times = found.setdefault(kind, Times())
        _, took = await timed(lambda w=wanted: store.ideas.search(bank_id, w))
        times.ours.append(took)
        match = " AND ".join(f'"{w}"' for w in wanted.words.split()) or '"silent"'
        sql = "SELECT rowid FROM ideas_fts WHERE ideas_fts MATCH ? ORDER BY rank LIMIT 10"
        began = time.perf_counter()
        raw.execute(sql, (match,)).fetchall()
        times.base.append((time.perf_counter() - began) * 1000)
    raw.close()
    return found


async def measure_likeness(
    services: Services, bank_id: int, rows: np.ndarray, size: int, texts: Sequence[str]
) -> Times:
    """Compare the product's look-alike search with brute force, the latter per row times rows."""
    times = Times()
    brute = np.repeat(rows, -(-BRUTE_ROWS // len(rows)), axis=0)[:BRUTE_ROWS]
    for text in texts:
        vector = services.banks.models.likeness().encode([text])
        assert vector is not None
        _, took = await timed(lambda t=text: services.banks.similar(bank_id, t))
        times.ours.append(took)
        began = time.perf_counter()
        np.argpartition(-(brute @ vector[0]), 25)
        times.base.append((time.perf_counter() - began) * 1000 * size / BRUTE_ROWS)
    return times


def sizes_of(path: Path) -> list[tuple[str, float]]:
    """Give MiB by table and index, the largest first."""
    raw = connect(path, read_only=True)
    with contextlib.closing(raw):
        try:
            rows = raw.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY 1").fetchall()
        except Exception:  # noqa: BLE001  a SQLite built without dbstat
            return []
    grouped: Counter[str] = Counter()
    for name, size in rows:
        grouped["words (FTS5)" if name.startswith("ideas_fts") else name] += size
    return [(name, size / 2**20) for name, size in grouped.most_common(8)]


@dataclass(frozen=True)
class Run:
    """What a run of all sizes shares."""

    folder: Path
    models: Models
    rounds: int
    say: Callable[[str], None]


async def at_size(run: Run, size: int) -> dict[str, str]:
    """Measure everything at one size; gives the table's cells by name of the row."""
    path = run.folder / "reelbank.db"
    store = Store.open(path)
    await fill(store, run.models, size, run.say)
    store.close()
    store = Store.open(path)
    try:
        return await _measured(store, run, size)
    finally:
        store.close()


async def _measured(store: Store, run: Run, size: int) -> dict[str, str]:
    models, rounds = run.models, run.rounds
    row = await store.communities.ensure("console:local", "Console", NOW)
    community = Community(id=row.id, key=row.key, name=row.name, bank_id=row.bank_id)
    corpus = Corpus(seed=size + 1)
    fresh = [text for _, text in corpus.texts(3 * rounds)]
    page = await store.ideas.search(row.bank_id, IdeaFilter(sort="new"), limit=500)
    kept = [idea.text for idea in page.ideas]
    services = services_of(store, models)
    members = Members(services, community)
    await services.banks.tagger(row.bank_id)
    cells = {"load on the machine's processors": f"{os.getloadavg()[0]:.1f} on {os.cpu_count()}"}
    _, opening = await timed(lambda: members.add(fresh[-1]))
    cells["first idea after a start, ms"] = f"{opening:,.0f}"
    _, ready = await timed(lambda: services.banks.ready(row.bank_id))
    cells["look-alikes ready after that, ms"] = f"{ready:,.0f}"
    adding, alone, outcomes = await measure_adding(members, models, run.folder, fresh[:rounds])
    cells["idea add, median ms"] = _cell(adding, 0.5)
    cells["idea add, p99 ms (goal 150)"] = _cell(adding, 0.99)
    cells["  processor time of each request, p99"] = f"{percentile(members.cpu_ms, 0.99):.1f}"
    cells["  of it the embedding alone, median"] = f"{statistics.median(alone.ours):.1f}"
    found = await measure_searching(store, row.bank_id, corpus, kept, rounds)
    every = Times(
        [v for t in found.values() for v in t.ours], [v for t in found.values() for v in t.base]
    )
    cells["search, all kinds, median ms"] = _cell(every, 0.5)
    cells["search, all kinds, p99 ms (goal 100)"] = _cell(every, 0.99)
    for kind, times in found.items():
        cells[f"  {kind}, p99"] = _cell(times, 0.99)
    likeness = await measure_likeness(
        services, row.bank_id, made_up(models).rows, size, fresh[-rounds:]
    )
    cells["look-alikes, median ms"] = _cell(likeness, 0.5)
    cells["look-alikes, p99 ms"] = _cell(likeness, 0.99)
    cells["memory of the process, MiB (goal 1,024)"] = f"{resident_mib():,.0f}"
    run.say(f"  {size:,}: {dict(outcomes)}")
    for name, mib in sizes_of(store.path):
        cells[f"size of {name}, MiB"] = f"{mib:,.0f}"
    return cells


EXPLAINED = """
Ours, and in brackets the ratio to the baseline at the same percentile: embedding and a bare INSERT
for adding, bare FTS5 with the same words for searching, brute-force numpy for look-alikes. Stored
vectors are made up from embedded ones with noise; ideas added while measuring are embedded.
"""


def _cell(times: Times, share: float) -> str:
    ours, base = percentile(times.ours, share), percentile(times.base, share)
    return f"{ours:,.1f} (x{ours / max(base, 1e-6):.2f})"


def table(columns: Sequence[tuple[str, dict[str, str]]]) -> str:
    names = dict.fromkeys(name for _, cells in columns for name in cells)
    rows = [["", *(title for title, _ in columns)]]
    rows += [[name, *(cells.get(name, "") for _, cells in columns)] for name in names]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])


async def run(folder: Path, sizes: Sequence[int], rounds: int, say: Callable[[str], None]) -> None:
    whole = Run(folder, Models(), rounds, say)
    columns = []
    for size in sizes:
        columns.append((f"{size:,}", await at_size(whole, size)))
        say(table(columns[-1:]))
    say(EXPLAINED)
    say(table(columns))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="up to a million (15 minutes, 5 GB)")
    parser.add_argument("--sizes", help="sizes with commas between, instead")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--folder", type=Path, help="keep the store here, to go on with later")
    chosen = parser.parse_args(arguments)
    sizes = SIZES if chosen.full else SIZES[:1]
    if chosen.sizes:
        sizes = tuple(int(size.replace("_", "")) for size in chosen.sizes.split(","))
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="reelbank-scale-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(run(folder, sizes, chosen.rounds, lambda line: print(line, flush=True)))
    finally:
        if chosen.folder is None:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
