"""The pages of `reelbank browse`, served by the real program and read in Chromium."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import IdeaTag, Store, Write
from tests.fakes.collection import new
from tests.pages.conftest import Browser

pytest.importorskip("datasette", reason="datasette is not installed")

HOSTILE = "<script>window.pwned = 1</script><img src=x onerror='window.pwned = 2'> crash clips"


@asynccontextmanager
async def served(folder: Path, *arguments: str) -> AsyncIterator[str]:
    """Run `reelbank browse` in a process of its own; gives its address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "browse", "--port", "0", *arguments,
        env={**os.environ, "REELBANK_DATA_DIR": str(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    assert process.stderr
    line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
    found = re.search(r"http://\S+", line)
    if found is None:
        pytest.fail(line + (await process.stderr.read()).decode())
    yield found[0]
    process.send_signal(signal.SIGINT)
    _, errors = await asyncio.wait_for(process.communicate(), 20)
    assert errors.decode() == ""
    assert process.returncode == 0


async def filled(folder: Path) -> Path:
    store = Store.open(folder / "reelbank.db", durable=False)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    community = await store.communities.ensure("console:local", "Reel makers", now)
    write = Write(person_id=None, community_id=community.id, now=now)
    for text, status, industry in (
        ("Rebuild the crash for the jury from the police report", "accepted", "legal-forensics"),
        ("An insurer shows its customers how a crash came about", "pending", "insurance"),
        (HOSTILE, "accepted", "insurance"),
        ("Hiddenzzz: declined for good reasons", "declined", "insurance"),
    ):
        tag = IdeaTag(industry=industry, rank=0, confidence=1.0)
        await store.ideas.add(write, community.bank_id, new(text, status=status, tags=(tag,)))
    store.close()
    return folder


async def test_people_search_and_narrow_down(browser: Browser, tmp_path: Path) -> None:
    async with served(await filled(tmp_path), "--refresh", "0") as address:
        page = await browser.opens(address)
        assert "Reel makers" in await page.inner_text("h1")
        await page.fill("#words", "crashes")
        await page.press("#words", "Enter")
        assert "3 rows" in await page.inner_text("h3")
        await page.click(".facet-info a:has-text('Insurance')")
        assert "2 rows" in await page.inner_text("h3")
        await page.click(".facet-info a:has-text('pending')")
        assert "1 row" in await page.inner_text("h3")
        assert "An insurer shows" in await page.inner_text("table.rows-and-columns")

        for name in ("best", "industries", "months", "undecided", "in_industry?industry=legal"):
            await page.goto(f"{address}collection/{name}")
            assert await page.locator("table.rows-and-columns tbody tr").count() > 0, name

        assert browser.complaints == []
        assert browser.asked_elsewhere(address) == []


async def test_nothing_hidden_leaves_and_nobody_writes(browser: Browser, tmp_path: Path) -> None:
    async with served(await filled(tmp_path), "--refresh", "0") as address:
        page = await browser.opens(f"{address}collection/ideas?_size=max")
        assert "window.pwned" in await page.inner_text("table.rows-and-columns")
        assert await page.evaluate("window.pwned") is None
        assert "Hiddenzzz" not in await page.content()

        fetched = await page.request.get(f"{address}collection.db")
        copy = tmp_path / "copy.db"
        copy.write_bytes(await fetched.body())
        assert b"hiddenzzz" not in copy.read_bytes().lower()
        with sqlite3.connect(copy) as connection:
            assert connection.execute("SELECT count(*) FROM ideas").fetchone() == (3,)

        refused = await page.request.get(f"{address}collection.json?sql=delete+from+ideas")
        assert refused.status == 400
        unknown = await page.request.get(f"{address}reelbank.json")
        assert unknown.status == 404
        assert browser.asked_elsewhere(address) == []


async def test_new_ideas_come_with_the_next_copy(browser: Browser, tmp_path: Path) -> None:
    folder = await filled(tmp_path)
    async with served(folder, "--refresh", "0.02") as address:
        page = await browser.opens(f"{address}collection/ideas")
        assert "3 rows" in await page.inner_text("h3")
        store = Store.open(folder / "reelbank.db", durable=False)
        row = await store.communities.get("console:local")
        assert row is not None
        write = Write(person_id=None, community_id=row.id, now=datetime(2026, 11, 23, tzinfo=UTC))
        await store.ideas.add(write, row.bank_id, new("Weather clips", status="accepted"))
        store.close()
        for _ in range(60):
            await asyncio.sleep(0.5)
            await page.reload()
            if "4 rows" in await page.inner_text("h3"):
                break
        assert "Weather clips" in await page.inner_text("table.rows-and-columns")


async def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    folder = await filled(tmp_path)
    async with served(folder, "--refresh", "0") as address:
        port = address.rstrip("/").rpartition(":")[2]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "browse", "--port", port,
            env={**os.environ, "REELBANK_DATA_DIR": str(folder)},
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, errors = await asyncio.wait_for(process.communicate(), 60)

    assert process.returncode == 1
    assert f"Port {port} is taken" in errors.decode()
