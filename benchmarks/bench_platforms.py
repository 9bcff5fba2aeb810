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
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import aiohttp
import discord
import structlog
from aiohttp import web
from discord import app_commands
from pydantic import SecretStr
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.discord_bot import DiscordAdapter
from bot.adapters.discord_bot.endpoints import use_endpoints
from bot.adapters.slack_app.adapter import SlackAdapter
from bot.app import open_services
from bot.core.services import Services
from bot.demo import read_lines
from bot.settings import Settings
from storage import NewIdea, Write
from tests.fakes import discord_checks, slack_server
from tests.fakes import discord_payloads as payloads
from tests.fakes.discord_server import DiscordServer, Interaction
from tests.fakes.slack_people import SlackPeople
from tests.fakes.slack_server import BOT_TOKEN, SIGNING_SECRET, TEAM, SlackServer

ROUNDS = 3
REQUESTS = 100
AT_ONCE = 50
LOCKED_S = 4.0
GOAL = 3.0
DISCORD = f"discord:{payloads.GUILD}"
SLACK = f"slack:{TEAM}"

Once = Callable[[], Awaitable[Any]]


def main(argv: Sequence[str] = ()) -> None:
    """Print every ratio."""
    parser = argparse.ArgumentParser(prog="bench_platforms")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="in each of three rounds")
    parser.add_argument("--full", action="store_true", help="no different: it is small")
    options = parser.parse_args(list(argv))
    os.environ["NO_PROXY"] = "127.0.0.1"
    logging.disable(logging.ERROR)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with without_checks(), tempfile.TemporaryDirectory(prefix="reelbank-bench-") as folder:
        asyncio.run(measure(Path(folder), options.requests))


@contextlib.contextmanager
def without_checks() -> Iterator[None]:
    """Let the counterparts take everything: what they check takes longer than what is measured."""
    with (
        mock.patch.object(discord_checks, "against_description", lambda *_: []),
        mock.patch.object(discord_checks, "of_message", lambda *_: []),
        mock.patch.object(slack_server, "check_message", lambda _: None),
        mock.patch.object(slack_server, "pings", lambda _: []),
    ):
        yield


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
        verdict = f"  (goal: {GOAL:.0f}x)" if name == "/idea show" else ""
        print(f"{name:28}{shown(seconds)}{ratio:7.1f}x{verdict}")


async def timed(once: Once) -> float:
    started = time.perf_counter()
    await once()
    return time.perf_counter() - started


def shown(seconds: Sequence[float]) -> str:
    p99 = statistics.quantiles(seconds, n=100)[98]
    return f"{statistics.median(seconds) * 1000:9.2f} ms {p99 * 1000:9.2f} ms"


@asynccontextmanager
async def product(folder: Path, community: str, **settings: Any) -> AsyncIterator[Services]:
    """Open the product as `reelbank run` does, with the ideas of the demonstration."""
    given = Settings(_env_file=None, data_dir=folder, **settings)  # type: ignore[call-arg]
    async with open_services(given) as services:
        row = await services.store.communities.ensure(community, "Film club", services.clock())
        if not await services.store.ideas.get(row.bank_id, 1):
            write = Write(person_id=None, community_id=row.id, now=services.clock())
            ideas = [NewIdea(title=line[:80], text=line, platform="discord") for line in lines()]
            await services.store.ideas.add_many(write, row.bank_id, ideas)
        yield services


def lines() -> list[str]:
    return [line.text for line in read_lines()]


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

            async def once() -> None:
                made = await server.slash(command, **options)
                await server.until(lambda: is_answered(made))

            yield once
        await server.stop()

    return ways


def is_answered(made: Interaction) -> bool:
    return made.original is not None and not made.is_waiting


@asynccontextmanager
async def echo_bot(server: DiscordServer) -> AsyncIterator[None]:
    """Run the smallest discord.py client that answers a slash command."""
    use_endpoints(server.api_base, server.gateway_url)
    client = discord.Client(intents=discord.Intents(guilds=True))
    tree = app_commands.CommandTree(client)

    @tree.command(name="echo", description="Say it")
    async def echo(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("Reconstruct a crash", ephemeral=True)

    @tree.command(name="later", description="Say it later")
    async def later(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.edit_original_response(content="Reconstruct a crash")

    running = asyncio.create_task(client.start(server.token))
    await asyncio.wait_for(server.gateway.connected.wait(), 10)
    await asyncio.wait_for(client.wait_until_ready(), 10)
    try:
        yield
    finally:
        await client.close()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def reelbank_on_discord(folder: Path, server: DiscordServer) -> AsyncIterator[Services]:
    settings = {
        "discord_token": SecretStr(server.token),
        "discord_api_base": server.api_base,
        "discord_gateway_url": server.gateway_url,
    }
    async with product(folder, DISCORD, **settings) as services:
        adapter, stop = DiscordAdapter(services), asyncio.Event()
        running = asyncio.create_task(adapter.run(stop))
        await asyncio.wait_for(server.gateway.connected.wait(), 10)
        try:
            yield services
        finally:
            stop.set()
            await asyncio.wait_for(running, 15)


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

            async def once() -> None:
                said = len(server.ephemeral)
                ack = await people.slash("UMIA", line)
                assert ack.status == 200
                if name != "echo":  # it says all in the acknowledgement
                    while len(server.ephemeral) == said:
                        server._changed.clear()
                        await server._changed.wait()

            yield once

    return ways


@asynccontextmanager
async def echo_app(server: SlackServer) -> AsyncIterator[int]:
    """Run the smallest Bolt app that answers a slash command over HTTP."""
    client = AsyncWebClient(token=BOT_TOKEN, base_url=f"{server.base}/api/")
    app = AsyncApp(client=client, signing_secret=SIGNING_SECRET)

    @app.command("/echo")
    async def echo(ack: Any) -> None:
        await ack("Reconstruct a crash")

    @app.command("/later")
    async def later(ack: Any, respond: Any) -> None:
        await ack()
        await respond("Reconstruct a crash")

    runner = web.AppRunner(app.server(port=0, path="/slack/events").web_app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def reelbank_on_slack(
    folder: Path, server: SlackServer
) -> AsyncIterator[tuple[int, Services]]:
    settings = {
        "slack_bot_token": BOT_TOKEN,
        "slack_signing_secret": SIGNING_SECRET,
        "slack_api_base": f"{server.base}/api/",
        "slack_port": 0,
    }
    async with product(folder, SLACK, **settings) as services:
        adapter, stop = SlackAdapter(services), asyncio.Event()
        running = asyncio.create_task(adapter.run(stop))
        await asyncio.wait_for(adapter.ready.wait(), 10)
        try:
            yield adapter.port or 0, services
        finally:
            stop.set()
            await asyncio.wait_for(running, 15)


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
            while connection.execute("SELECT count(*) FROM votes").fetchone()[0] < wanted:
                await asyncio.sleep(0.05)


if __name__ == "__main__":
    main()
