"""What was acknowledged survives kill -9, once; several processes write to one file."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage import NewIdea, Store, Write, check

CHILD = Path(__file__).with_name("kept_child.py")
ROUNDS = 10


def start(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(CHILD), str(path), name, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
    )


def read_and_kill(child: subprocess.Popen[str], after_lines: int) -> list[list[str]]:
    """Read so many lines, wait for a moment that differs each time, then kill -9."""
    assert child.stdout is not None
    lines = [child.stdout.readline() for _ in range(after_lines)]
    timer = threading.Timer(random.random() / 200, child.kill)
    timer.start()
    with child.stdout:
        lines += child.stdout.readlines()
    child.wait()
    timer.cancel()
    # a last line without its end was cut off by the kill
    return [line.split() for line in lines if line.endswith("\n")]


async def replay(path: Path) -> int:
    """Do what was accepted and not finished, as a start does."""
    store = Store.open(path)
    now = datetime.now(UTC)
    community = await store.communities.ensure("console:local", "Console", now)
    pending = await store.deliveries.pending(["console"], now + timedelta(days=1))
    for delivery in pending:
        write = Write(person_id=None, community_id=community.id, now=now, delivery_id=delivery.id)
        new = NewIdea(title=delivery.id, text="replayed", external_id=delivery.id)
        await store.ideas.add(write, community.bank_id, new)
    assert await store.audit.verify() == []
    store.close()
    return len(pending)


def test_what_was_acknowledged_survives_kill_9_once(tmp_path: Path) -> None:
    path = tmp_path / "reelbank.db"
    kept: dict[str, int] = {}
    accepted: set[str] = set()
    replayed = 0
    for round_ in range(ROUNDS):
        child = start(path, f"r{round_}", 100_000)
        for kind, delivery, *number in read_and_kill(child, after_lines=random.randint(1, 40)):
            accepted.add(delivery)
            if kind == "kept":
                kept[delivery] = int(number[0])
        replayed += asyncio.run(replay(path))
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT external_id, number, title FROM ideas ORDER BY number"
    ).fetchall()
    stored = {external_id: number for external_id, number, _ in rows}
    assert len(kept) > ROUNDS
    assert len(rows) == len(stored)  # each once
    assert kept.items() <= stored.items()  # under the number that was said
    assert accepted <= stored.keys()  # accepted ones were replayed
    assert len(stored.keys() - accepted) <= ROUNDS  # committed just before the kill, unsaid
    assert [number for _, number, _ in rows] == list(range(1, len(rows) + 1))
    cards = connection.execute("SELECT count(*) FROM outbox WHERE kind = 'card'").fetchone()[0]
    audited = connection.execute("SELECT count(*) FROM audit WHERE action = 'idea.add'").fetchone()[
        0
    ]
    assert cards == audited == len(rows)
    connection.close()
    assert check(path) == []


def test_processes_write_to_one_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "reelbank.db"
    count = 60
    children = [start(path, name, count) for name in ("a", "b", "c")]
    said: list[list[str]] = []
    for child in children:
        out, _ = child.communicate(timeout=60)
        assert child.returncode == 0
        said += [line.split() for line in out.splitlines()]
    numbers = sorted(int(line[2]) for line in said if line[0] == "kept")
    assert numbers == list(range(1, 3 * count + 1))
    store = Store.open(path, durable=False)

    async def look() -> None:
        assert await store.ideas.counts(1) == {"pending": 3 * count}
        assert len(await store.communities.all()) == 1
        assert await store.audit.verify() == []
        assert await store.deliveries.pending(["console"], datetime.max.replace(tzinfo=UTC)) == []

    asyncio.run(look())
    store.close()
    assert check(path) == []


async def test_leases_are_exclusive_between_processes(tmp_path: Path) -> None:
    path = tmp_path / "reelbank.db"
    one, two = Store.open(path, durable=False), Store.open(path, durable=False)
    now = datetime.now(UTC)
    community = await one.communities.ensure("slack:T1", "x", now)
    write = Write(person_id=None, community_id=community.id, now=now)
    for n in range(50):
        await one.outbox.enqueue(write, community.id, "slack", "notice", f"k{n}", {"n": n})
    rounds = [
        await asyncio.gather(*(s.outbox.lease(["slack"], now, 7) for s in (one, two)))
        for _ in range(5)
    ]
    leased = [row.id for pair in rounds for rows in pair for row in rows]
    assert len(leased) == len(set(leased)) == 50
    claims = await asyncio.gather(
        *(s.jobs.claim("j", now, 60, 60) for s in (one, two) for _ in range(5))
    )
    assert claims.count(True) == 1
    hits = await asyncio.gather(
        *(s.limits.hit("p", "k", now, 60, 3) for s in (one, two) for _ in range(5))
    )
    assert hits.count(0.0) == 3
    accepted = await asyncio.gather(
        *(
            s.deliveries.accept("d", "slack:T1", "slack", {}, now)
            for s in (one, two)
            for _ in range(4)
        )
    )
    assert accepted.count(True) == 1
    one.close()
    two.close()
