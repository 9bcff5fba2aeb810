"""An import that is killed while its ideas are being read goes on where it was."""

from __future__ import annotations

import asyncio
import csv
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage import Store
from tests.fakes.command_line import Reelbank

ROOT = Path(__file__).parents[2]
COUNT = 600


@pytest.fixture
def many(tmp_path: Path) -> Path:
    path = tmp_path / "many.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["text", "external_id"])
        for n in range(COUNT):
            rows.writerow([f"Explain bus line {n} to passengers who change at stop {n * 7}", n])
    return path


async def unread(path: Path) -> tuple[int, int]:
    """Count the ideas that are kept, and those without an industry."""
    store = Store.open(path, durable=False)
    community = await store.communities.get("console:local")
    assert community is not None
    kept = sum((await store.ideas.counts(community.bank_id)).values())
    untagged, _ = await store.ideas.unread(community.bank_id, None)
    store.close()
    return kept, untagged


def test_what_was_kept_is_there_after_kill_9_and_the_rest_is_read_later(
    reelbank: Reelbank, many: Path, data_dir: Path
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(
        [sys.executable, "-m", "bot", "import", str(many)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment, cwd=ROOT,
    )  # fmt: skip
    store = data_dir / "reelbank.db"
    try:
        assert child.stdout is not None
        with child.stdout:
            assert f"{COUNT} ideas kept" in child.stdout.readline()
        for _ in range(200):  # until it is in the middle of reading
            if asyncio.run(unread(store))[1] < COUNT:
                break
            time.sleep(0.05)
    finally:
        child.kill()
        child.wait()

    kept, untagged = asyncio.run(unread(store))
    assert kept == COUNT
    assert untagged < COUNT
    if untagged:
        assert "wait for their industries" in reelbank("doctor").stdout
    again = reelbank("import", str(many))

    assert f"{COUNT:,} known already" in again.stdout
    assert asyncio.run(unread(store)) == (COUNT, 0)
