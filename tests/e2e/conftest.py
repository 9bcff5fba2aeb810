"""`reelbank run` as a black box: real processes between a Discord and a Slack on loopback."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.fakes import discord_payloads as payloads
from tests.fakes.discord_server import DiscordServer
from tests.fakes.slack_people import SlackPeople
from tests.fakes.slack_server import APP_TOKEN, BOT_TOKEN, SlackServer

ROOT = Path(__file__).parents[2]


@dataclass
class World:
    """Both platforms, the data folder, and the processes that serve them."""

    discord: DiscordServer
    slack: SlackServer
    people: SlackPeople
    data_dir: Path
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    def _environment(self, platforms: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("REELBANK_")}
        given = {
            **kept,
            "NO_PROXY": "127.0.0.1",
            "REELBANK_DATA_DIR": str(self.data_dir),
            "REELBANK_LOG_FILE": str(self.data_dir / f"{platforms}.log"),
            "REELBANK_ALLOW_EMBEDDER": "false",
        }
        if "discord" in platforms:
            given |= {
                "REELBANK_DISCORD_TOKEN": self.discord.token,
                "REELBANK_DISCORD_API_BASE": self.discord.api_base,
                "REELBANK_DISCORD_GATEWAY_URL": self.discord.gateway_url,
            }
        if "slack" in platforms:
            given |= {
                "REELBANK_SLACK_BOT_TOKEN": BOT_TOKEN,
                "REELBANK_SLACK_APP_TOKEN": APP_TOKEN,
                "REELBANK_SLACK_API_BASE": f"{self.slack.base}/api/",
            }
        return given

    async def start(self, platforms: str) -> None:
        """Start a process for these platforms, and wait until each has logged in."""
        self.data_dir.mkdir(exist_ok=True)
        # From a folder of its own, so that nobody's .env is read.
        self.processes[platforms] = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "run",
            cwd=self.data_dir,
            env={**self._environment(platforms), "PYTHONPATH": str(ROOT)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        if "discord" in platforms:
            await asyncio.wait_for(self.discord.gateway.connected.wait(), 30)
            await self.discord.until(lambda: bool(self.discord.commands), 30)
        if "slack" in platforms:
            await self.eventually(lambda: self.slack.connections > 0)

    async def kill(self, platforms: str) -> None:
        """Kill a process as the power cut would."""
        process = self.processes.pop(platforms)
        process.send_signal(signal.SIGKILL)
        await process.wait()
        if "discord" in platforms:
            self.discord.gateway.connected.clear()

    async def stop(self) -> None:
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            assert await asyncio.wait_for(process.wait(), 20) == 0

    async def eventually(self, is_so: Callable[[], Any], timeout_s: float = 20.0) -> Any:
        """Wait until something is so in either platform or in the store."""
        deadline = asyncio.get_running_loop().time() + timeout_s
        while not (found := is_so()):
            assert asyncio.get_running_loop().time() < deadline, self.logs()
            await asyncio.sleep(0.02)
        return found

    def logs(self) -> str:
        return "\n".join(p.read_text()[-3000:] for p in self.data_dir.glob("*.log"))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Read the store from outside."""
        connection = sqlite3.connect(f"file:{self.data_dir / 'reelbank.db'}?mode=ro", uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    async def on_discord(
        self, command: str, /, user_id: str = payloads.OWNER, **options: Any
    ) -> Any:
        """Use an app command, and wait for what came of it."""
        made = await self.discord.interact(2, payloads.slash(command, options), user_id=user_id)
        await self.eventually(lambda: made.callback is not None and not made.is_waiting)
        return made


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    discord, slack = DiscordServer(), SlackServer()
    await discord.start()
    await slack.start()
    async with aiohttp.ClientSession() as session:
        made = World(discord, slack, SlackPeople(slack, None, session), tmp_path / "data")
        try:
            yield made
        finally:
            for process in made.processes.values():
                if process.returncode is None:
                    process.kill()
                    await process.wait()
            await slack.stop()
            await discord.stop()
