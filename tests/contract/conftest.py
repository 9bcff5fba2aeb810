"""The script, played once a session on each platform with the product's real services."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.adapters.slack_app import modals
from bot.core import dispatch
from bot.core.banks import Banks
from bot.core.likeness import Models
from bot.core.model import Reply, Request
from bot.core.outbox import deliver_due
from bot.core.services import Services
from bot.market import Market
from bot.settings import Settings
from storage import Store, Write
from tests.contract.on_console import Console
from tests.contract.on_discord import Discord
from tests.contract.on_slack import Slack
from tests.contract.script import SCRIPT
from tests.contract.stage import ANN, MODERATORS, Minutes, Notes, Play, Step, with_notes
from tests.fakes.discord_server import DiscordServer
from tests.fakes.slack_server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, SlackServer

PLATFORMS = ("console", "discord", "slack-http", "slack-socket")


@asynccontextmanager
async def a_house(folder: Path, market: Market, **settings: Any) -> AsyncIterator[Services]:
    """Open a store of its own; look-alikes go by words, since the model is slow to load."""
    store = Store.open(folder / "reelbank.db", durable=False)
    given = Settings(_env_file=None, data_dir=folder, **settings)
    banks = Banks(store, lambda: market, Models(lambda: None))
    try:
        yield Services(store=store, market=market, banks=banks, settings=given, clock=Minutes())
    finally:
        store.close()


@asynccontextmanager
async def on_console(folder: Path, market: Market) -> AsyncIterator[tuple[Services, Any]]:
    here = folder / "here"
    here.mkdir()
    async with a_house(folder, market) as services:
        with contextlib.chdir(here):
            yield services, Console(services)


@asynccontextmanager
async def on_discord(folder: Path, market: Market) -> AsyncIterator[tuple[Services, Any]]:
    server = DiscordServer()
    await server.start()
    settings = {
        "discord_token": SecretStr(server.token),
        "discord_api_base": server.api_base,
        "discord_gateway_url": server.gateway_url,
    }
    try:
        async with a_house(folder, market, **settings) as services:
            yield services, Discord(services, server)
    finally:
        await server.stop()


@asynccontextmanager
async def on_slack(
    folder: Path, market: Market, *, has_socket: bool
) -> AsyncIterator[tuple[Services, Any]]:
    server = SlackServer()
    await server.start()
    settings = {
        "slack_bot_token": BOT_TOKEN,
        "slack_app_token": APP_TOKEN if has_socket else None,
        "slack_signing_secret": SIGNING_SECRET,
        "slack_api_base": f"{server.base}/api/",
        "slack_port": 0,
    }
    try:
        async with a_house(folder, market, **settings) as services:
            yield services, Slack(services, server)
    finally:
        await server.stop()


Setting = Callable[[Path, Market], AbstractAsyncContextManager[tuple[Services, Any]]]
SETTINGS: dict[str, Setting] = {
    "console": on_console,
    "discord": on_discord,
    "slack-http": lambda folder, market: on_slack(folder, market, has_socket=False),
    "slack-socket": lambda folder, market: on_slack(folder, market, has_socket=True),
}


PATIENCE_S = 90
"""For one step: longer than pictures may take to draw (60 s), so that only a hang ends it."""


async def play(platform: str, folder: Path, market: Market) -> Play:
    """Play the whole script on one platform."""
    played = Play(file=folder / "reelbank.db")
    async with SETTINGS[platform](folder, market) as (services, stage):
        notes = await set_up(services, stage)
        try:
            for step in SCRIPT:
                await _one(services, stage, notes, step, played)
        finally:
            played.problems = await stage.close()
    return played


async def set_up(services: Services, stage: Any) -> Notes:
    """Let the platform in, and say who moderates."""
    now = services.clock()
    row = await services.store.communities.ensure(stage.community_key, "Film club", now)
    write = Write(person_id=None, community_id=row.id, now=now)
    roles = {"moderator_roles": (MODERATORS,)}
    await services.store.communities.set_settings(write, row.id, roles)
    await stage.open()
    words = {"platform": stage.platform, "account": stage.account(ANN), "cards": stage.cards}
    return Notes(row.id, row.bank_id, now, words)


async def _one(services: Services, stage: Any, notes: Notes, step: Step, played: Play) -> None:
    services.clock.pass_by()  # type: ignore[attr-defined]
    notes.now = services.clock()
    if step.behind is not None:
        await step.behind(services, notes)
    await services.banks.refresh()
    reached: list[str] = []
    run = dispatch._run

    async def noted(given: Services, request: Request) -> Reply:
        reached.append(request.command)
        return await run(given, request)

    dispatch._run = noted
    try:
        shown = await asyncio.wait_for(stage.act(with_notes(step.action, notes)), PATIENCE_S)
    except Exception as error:
        error.add_note(f"{stage.platform}: {step}: {step.action}")
        raise
    finally:
        dispatch._run = run
    sent = stage.begin()
    while await deliver_due(services, {stage.platform: stage.courier}, services.clock()):
        pass
    played.shown.append(shown)
    played.sent.append(sent())
    played.reached.append(reached)


@pytest.fixture(scope="session")
def plays(market: Market, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Play]:
    """Give what came of the script on a platform; each is played when it is first asked for."""
    done: dict[str, Play] = {}

    def played(platform: str) -> Play:
        if platform not in done:
            dispatch._by_name.cache_clear()
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("NO_PROXY", "127.0.0.1")
                patch.setattr(modals, "_SETTLE_S", 0.01)
                folder = tmp_path_factory.mktemp(platform)
                done[platform] = asyncio.run(play(platform, folder, market))
        return done[platform]

    return played
