"""The command line: time to the first answer. Also what other measurements fill and time with."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.demo import read_lines
from storage import IdeaTag, NewIdea, Store, VoteCount, Write

PYTHON = sys.executable
RUNS = 7
_CHUNK = 5000
_INDUSTRIES = ("legal-forensics", "film-tv", "healthcare", "insurance", "games")


def main(argv: Sequence[str] = ()) -> None:
    """Print every ratio."""
    parser = argparse.ArgumentParser(prog="bench_cli")
    parser.add_argument("--full", action="store_true", help="makes no difference here")
    parser.parse_args(list(argv))
    with tempfile.TemporaryDirectory(prefix="reelbank-bench-") as folder:
        first_answer(Path(folder))


def first_answer(folder: Path) -> None:
    """Time a fresh `reelbank ask`, with the knowledge compiled and not, against importing click."""
    environment = {**os.environ, "REELBANK_DATA_DIR": str(folder / "ask")}
    ask = [PYTHON, "-m", "bot", "ask", "how long can a kling clip be"]

    def uncompiled() -> float:
        shutil.rmtree(folder / "ask", ignore_errors=True)
        return timed(ask, environment)

    baseline = median(lambda: timed([PYTHON, "-c", "import click"], environment))
    print(f"python -c 'import click'            {baseline * 1000:8.0f} ms    1.0x")
    for name, run in (
        ("reelbank --help", lambda: timed([PYTHON, "-m", "bot", "--help"], environment)),
        ("first ask ever (compiles)", uncompiled),
        ("reelbank ask", lambda: timed(ask, environment)),
    ):
        seconds = median(run)
        print(f"{name:<34}  {seconds * 1000:8.0f} ms {seconds / baseline:6.1f}x")


async def fill(path: Path, count: int) -> float:
    """Fill a store with varied ideas; gives the seconds."""
    store = Store.open(path, durable=False)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    community = await store.communities.ensure("console:local", "Console", now)
    chance = random.Random(1)
    lines = read_lines()
    started = time.perf_counter()
    for start in range(0, count, _CHUNK):
        news = [_idea(n, lines, chance, now) for n in range(start, min(start + _CHUNK, count))]
        write = Write(person_id=None, community_id=community.id, now=now)
        await store.ideas.add_many(write, community.bank_id, news)
    store.close()
    return time.perf_counter() - started


def _idea(n: int, lines: Sequence[object], chance: random.Random, now: datetime) -> NewIdea:
    one, other = chance.choice(lines), chance.choice(lines)
    text = f"{one.text} {other.text} (no. {n})"  # type: ignore[attr-defined]
    tags = tuple(
        IdeaTag(
            industry=industry,
            rank=rank,
            confidence=round(chance.uniform(0.3, 1), 2),
            because=("crash", "report"),
        )
        for rank, industry in enumerate(chance.sample(_INDUSTRIES, 2))
    )
    up = chance.randint(0, 30)
    return NewIdea(
        title=text[:80],
        text=text,
        author_name=one.author,  # type: ignore[attr-defined]
        status=chance.choice(("pending", "accepted", "declined")),
        created_at=now - timedelta(minutes=n),
        tags=tags,
        tallies=VoteCount(up=up, by_platform={"discord": (up, 0)}) if n % 4 == 0 else VoteCount(),
    )


def timed(command: Sequence[str], environment: dict[str, str]) -> float:
    """Give the seconds that a command takes from start to end."""
    started = time.perf_counter()
    subprocess.run(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True
    )
    return time.perf_counter() - started


@dataclass(frozen=True)
class Spent:
    """What a command took: seconds from start to end, those of the processor, peak memory."""

    seconds: float
    cpu_s: float
    peak_mb: float


def spent(command: Sequence[str], environment: dict[str, str]) -> Spent:
    """Run a command and give what it took (Linux, macOS)."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(command))
    peak = usage.ru_maxrss / (1024 if sys.platform == "linux" else 1 << 20)
    return Spent(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, peak)


def median(run: Callable[[], float], runs: int = RUNS) -> float:
    """Give the median of several runs."""
    return statistics.median(run() for _ in range(runs))


if __name__ == "__main__":
    main(sys.argv[1:])
