"""Discord and Slack: `/idea show` against a bare echo command, and acknowledgements under load.

Both platforms are counterparts of our own on loopback (tests/fakes), without their checks, so that
what is measured is the libraries and the product.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import logging
import os
import sqlite3
import statistics
import tempfile
import threading
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import structlog

from benchmarks.loopback import (
    WORDS,
    echo_app,
    echo_bot,
    reelbank_on_discord,
    reelbank_on_slack,
    without_checks,
)
from bot.core.services import Services
from tests.fakes import discord_payloads as payloads
from tests.fakes.discord_server import DiscordServer, Interaction
from tests.fakes.slack_people import SlackPeople
from tests.fakes.slack_server import SlackServer

ROUNDS = 3
REQUESTS = 100
AT_ONCE = 50
LOCKED_S = 4.0
COUNT = "SELECT count(*) FROM votes"
GOAL = 3.0

Once = Callable[[], Awaitable[Any]]


def main(argv: Sequence[str] = ()) -> None:
    """Print every ratio."""
    parser = argparse.ArgumentParser(prog="bench_platforms")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="in each of three rounds")
    parser.add_argument("--full", action="store_true", help="no different: it is small")
    options = parser.parse_args(list(argv))
    os.environ["NO_PROXY"] = "127.0.0.1"
    logging.disable(logging.ERROR)
    # discord.py schedules a last event when it is closed, and lets it go.
    warnings.filterwarnings("ignore", message="coroutine 'Client._run_event'")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with without_checks(), tempfile.TemporaryDirectory(prefix="reelbank-bench-") as folder:
        asyncio.run(measure(Path(folder), options.requests))


async def measure(folder: Path, requests: int) -> None:
    print(f"{requests * ROUNDS} requests each, one after the other; median, 99th percentile")
    await compare("Discord", discord_ways(folder / "discord"), requests)
    await compare("Slack over HTTP", slack_ways(folder / "slack"), requests)
    print(f"\nAcknowledgements of {AT_ONCE} votes at once (Discord and Slack wait 3 s)")
    await discord_under_load(folder / "discord-load")
    await slack_under_load(folder / "slack-load")


async def compare(platform: str, ways: Callable[[str], Any], requests: int) -> None:
    """Time the same number of requests through each way, in turns."""
    print(f"\n{platform}")
    times: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name in ("echo", "deferred echo", "/idea show"):
            async with ways(name) as once:
                for _ in range(10):
                    await once()  # connections are open, what is cached is cached
                times.setdefault(name, []).extend([await timed(once) for _ in range(requests)])
    base = statistics.median(times["echo"])
    for name, seconds in times.items():
        ratio = statistics.median(seconds) / base
        print(f"{name:28}{shown(seconds)}{ratio:7.1f}x")
    deferred, ours = (statistics.median(times[name]) for name in ("deferred echo", "/idea show"))
    print(f"/idea show: {ours / base:.1f}x an echo (goal: {GOAL:.0f}x)", end="")
    print(f", {ours / deferred:.1f}x one that defers first, as Reelbank does")


async def timed(once: Once) -> float:
    started = time.perf_counter()
    await once()
    return time.perf_counter() - started


def shown(seconds: Sequence[float]) -> str:
    p99 = statistics.quantiles(seconds, n=100)[98]
    return f"{statistics.median(seconds) * 1000:9.2f} ms {p99 * 1000:9.2f} ms"


# --- Discord ----------------------------------------------------------------------------------


def discord_ways(folder: Path) -> Callable[[str], Any]:
    @asynccontextmanager
    async def ways(name: str) -> AsyncIterator[Once]:
        server = DiscordServer()
        await server.start()
        runner = reelbank_on_discord(folder, server) if name == "/idea show" else echo_bot(server)
        async with runner:
            options = {"number": "1"} if name == "/idea show" else {}
            command = {"echo": "echo", "deferred echo": "later"}.get(name, "idea show")
            # Several members: one alone would soon be asked to wait.
            users = itertools.cycle(str(1_100_000_000_000_200_000 + n) for n in range(10))

            async def once() -> None:
                data = payloads.slash(command, options)
                made = await server.interact(2, data, user_id=next(users))
                await server.until(lambda: is_answered(made))
                assert WORDS in str(made.original)

            yield once
        await server.stop()

    return ways


def is_answered(made: Interaction) -> bool:
    return made.original is not None and not made.is_waiting


async def discord_under_load(folder: Path) -> None:
    server = DiscordServer()
    await server.start()
    async with reelbank_on_discord(folder, server) as services:
        users = (str(1_100_000_000_000_100_000 + n) for n in itertools.count())

        async def vote() -> float:
            data = payloads.slash("idea vote", {"number": "1", "vote": "1"})
            started = time.perf_counter()
            made = await server.interact(2, data, user_id=next(users))
            await made.answered.wait()
            return time.perf_counter() - started

        await under_load("Discord", vote, services)
    await server.stop()


# --- Slack ------------------------------------------------------------------------------------


def slack_ways(folder: Path) -> Callable[[str], Any]:
    @asynccontextmanager
    async def ways(name: str) -> AsyncIterator[Once]:
        async with AsyncExitStack() as stack:
            server = SlackServer()
            await server.start()
            stack.push_async_callback(server.stop)
            session = await stack.enter_async_context(aiohttp.ClientSession())
            if name == "/idea show":
                port, _ = await stack.enter_async_context(reelbank_on_slack(folder, server))
            else:
                port = await stack.enter_async_context(echo_app(server))
            people = SlackPeople(server, port, session)
            line = {"echo": "/echo", "deferred echo": "/later"}.get(name, "/idea show 1")
            ids = [f"UMEMBER{n}" for n in range(10)]
            for user in ids:
                server.add_user(user, user.title())
            users = itertools.cycle(ids)

            async def once() -> None:
                said = len(server.ephemeral)
                ack = await people.slash(next(users), line)
                assert ack.status == 200
                if name != "echo":  # it says all in the acknowledgement
                    while len(server.ephemeral) == said:
                        server._changed.clear()
                        await server._changed.wait()
                    assert WORDS in str(server.ephemeral[-1])

            yield once

    return ways


async def slack_under_load(folder: Path) -> None:
    server = SlackServer()
    await server.start()
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with (
        reelbank_on_slack(folder, server) as (port, services),
        aiohttp.ClientSession(connector=connector) as session,
    ):
        people = SlackPeople(server, port, session)
        users = (f"UVOTER{n}" for n in itertools.count())

        async def vote() -> float:
            user = next(users)
            server.add_user(user, user.title())
            ack = await people.slash(user, "/idea vote 1 1")
            assert ack.status == 200
            return ack.seconds

        await under_load("Slack over HTTP", vote, services)
    await server.stop()


# --- load -------------------------------------------------------------------------------------


async def under_load(
    platform: str, vote: Callable[[], Awaitable[float]], services: Services
) -> None:
    """Let many vote at once while the store is free, slow, and locked; none may be lost."""
    path = services.settings.store_path
    await vote()
    counted = 1
    for name, trouble in (
        ("store free", None),
        ("store slow: held 200 of 220 ms", lambda: holding(path, 0.2, 0.02)),
        (f"store locked for {LOCKED_S:.0f} s", lambda: holding(path, LOCKED_S, 0.0)),
    ):
        with trouble() if trouble else contextlib.nullcontext():
            times = sorted(await asyncio.gather(*(vote() for _ in range(AT_ONCE))))
        counted += AT_ONCE
        await until_counted(path, counted)
        p99 = times[-1]  # of fifty, the 99th percentile is the slowest
        print(
            f"{platform:18}{name:34}{statistics.median(times) * 1000:8.0f} ms"
            f"{p99 * 1000:8.0f} ms  all {AT_ONCE} kept"
        )


@contextlib.contextmanager
def holding(path: Path, hold_s: float, free_s: float) -> Iterator[None]:
    """Hold the store's write lock from outside: once if it is never free, else again and again."""
    is_over, is_held = threading.Event(), threading.Event()

    def hold() -> None:
        connection = sqlite3.connect(path, timeout=30.0, isolation_level=None)
        while not is_over.is_set():
            connection.execute("BEGIN IMMEDIATE")
            is_held.set()
            time.sleep(hold_s)
            connection.execute("ROLLBACK")
            if not free_s:
                break
            time.sleep(free_s)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    is_held.wait()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


async def until_counted(path: Path, wanted: int) -> None:
    """Wait until every vote stands in the store.

    Raises:
        TimeoutError: some are lost.
    """
    with contextlib.closing(sqlite3.connect(path)) as connection:
        async with asyncio.timeout(60):
            # The rows come from threads, which set no event.
            while connection.execute(COUNT).fetchone()[0] < wanted:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


if __name__ == "__main__":
    main()
