"""An administrator walks through the setup on Discord, by its own pickers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot.adapters.discord_bot import create_client
from bot.adapters.discord_bot.courier import DiscordCourier
from bot.core import dispatch
from bot.core.services import Services
from bot.settings import Settings
from storage import Store
from tests.fakes.house import make_house


@pytest.fixture
async def whole(tmp_path: Path, market: Any) -> AsyncIterator[Services]:
    dispatch._by_name.cache_clear()
    store = Store.open(tmp_path / "reelbank.db", durable=False)
    house = await make_house(store, market)
    services = replace(house.services, settings=Settings(_env_file=None, data_dir=tmp_path))
    yield services
    store.close()


@pytest.fixture
def simcord_bot(whole: Services) -> discord.Client:
    courier = whole.couriers["discord"] = DiscordCourier(whole)
    return create_client(whole, courier)


@dataclass
class Club:
    guild: Any
    general: Any
    cards: Any
    mods: Any
    boss: Any
    mia: Any
    services: Services

    async def settings(self) -> dict[str, Any]:
        row = await self.services.store.communities.get(f"discord:{self.guild.id}")
        assert row is not None
        return dict(row.settings)


@pytest.fixture
def club(simcord_env: simcord.Env, whole: Services) -> Club:
    env = simcord_env
    guild = env.create_guild("Film club")
    boss = guild.create_role("Boss", permissions=discord.Permissions(manage_guild=True))
    closed = discord.PermissionOverwrite(send_messages=False, attach_files=False)
    return Club(
        guild,
        guild.create_text_channel("general"),
        guild.create_text_channel("cards", overwrites={env.bot.user: closed}),
        guild.create_role("Mods"),
        guild.add_member(env.create_user("boss"), roles=[boss]),
        guild.add_member(env.create_user("mia", global_name="Mia")),
        whole,
    )


def menu(message: Any, placeholder: str) -> str:
    """Give the id of the menu whose placeholder begins so."""
    items = [item for row in message.components for item in row["components"]]
    return str(
        next(i["custom_id"] for i in items if i.get("placeholder", "").startswith(placeholder))
    )


def said(message: Any) -> str:
    embed = message.embeds[0]
    fields = " ".join(f"{f.name}: {f.value}" for f in embed.fields)
    return f"{embed.title} {embed.description} {fields}"


@pytest.mark.simcord(settle_timeout=30.0)
async def test_the_walk(club: Club) -> None:
    boss = club.boss
    screen = (await boss.slash(club.general, "setup")).response
    assert "1 of 9" in said(screen)

    pick = menu(screen, "Channel for cards")
    screen = (await boss.select(screen, [club.cards], custom_id=pick)).response
    assert (await club.settings())["cards_channel"] == str(club.cards.id)
    assert "**Send Messages** in #cards" in said(screen)
    assert "**Attach Files** in #cards" in said(screen)
    assert "View Channel" not in said(screen)
    item = next(
        i
        for row in screen.components
        for i in row["components"]
        if i["custom_id"] and i["type"] == 8
    )
    assert item["default_values"] == [{"id": club.cards.id, "type": "channel"}]

    pick = menu(screen, "Channel for cards")
    screen = (await boss.select(screen, [club.general], custom_id=pick)).response
    assert "missing" not in said(screen)
    screen = (await boss.click(screen, label="Next ▶")).response
    screen = (await boss.click(screen, label="Skip ▶")).response
    pick = menu(screen, "Roles or groups")
    screen = (await boss.select(screen, [club.mods], custom_id=pick)).response
    pick = menu(screen, "People who moderate")
    screen = (await boss.select(screen, [club.mia], custom_id=pick)).response
    assert "@Mods, Mia" in said(screen)
    queue = (await club.mia.slash(club.general, "queue")).response
    assert "Queue" in said(queue)  # a moderator now

    pick = menu(screen, "Roles or groups")
    screen = (await boss.select(screen, [], custom_id=pick)).response
    assert (await club.settings())["moderator_roles"] == [f"discord:{club.mia.id}"]
    screen = (await boss.click(screen, label="Finish")).response
    assert "All is well" in said(screen)
    assert "#general" in said(screen)


@pytest.mark.simcord(settle_timeout=30.0)
async def test_one_channel_may_differ(club: Club) -> None:
    boss = club.boss
    screen = (await boss.slash(club.general, "setup", step="answers")).response
    pick = menu(screen, "A channel")
    screen = (await boss.select(screen, [club.general], custom_id=pick)).response
    screen = (await boss.select(screen, ["all"], custom_id=menu(screen, "#general"))).response
    assert (await club.settings())["channel_modes"] == {str(club.general.id): "all"}
    assert "#general: to every question" in said(screen)


@pytest.mark.simcord(settle_timeout=30.0)
async def test_a_time_zone_is_searched_by_its_country(club: Club) -> None:
    boss = club.boss
    screen = (await boss.slash(club.general, "setup", step="digest")).response
    form = await boss.click(screen, label="Search a time zone")
    screen = (await boss.submit_modal(form, {"zone": "spain"})).response
    screen = (
        await boss.select(screen, ["Europe/Madrid"], custom_id=menu(screen, "Time zone"))
    ).response
    assert "Europe/Madrid" in said(screen)
    assert (await club.settings())["timezone"] == "Europe/Madrid"
    offered = await boss.autocomplete(
        club.general, "settings set", "value", "germ", name="timezone"
    )
    assert "Europe/Berlin" in str(offered)


@pytest.mark.simcord(settle_timeout=30.0)
async def test_only_who_manages_the_server_sets_up(club: Club) -> None:
    refused = await club.mia.slash(club.general, "setup")
    assert refused.ephemeral
    assert "admin" in said(refused.response)
