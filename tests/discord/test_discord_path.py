"""From a message to a decided card, with the real commands, in a simulated Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot.adapters.discord_bot import create_client
from bot.adapters.discord_bot.courier import DiscordCourier
from bot.core import dispatch
from bot.core.outbox import deliver_due
from bot.core.services import Services
from bot.settings import Settings
from storage import Store
from tests.fakes.house import make_house


@pytest.fixture
async def whole(tmp_path: Path, market: Any) -> AsyncIterator[Services]:
    dispatch._by_name.cache_clear()
    store = Store.open(tmp_path / "reelbank.db", durable=False)
    house = await make_house(store, market)
    yield replace(house.services, settings=Settings(_env_file=None, data_dir=tmp_path))
    store.close()


@pytest.fixture
def courier(whole: Services) -> DiscordCourier:
    return DiscordCourier(whole)


@pytest.fixture
def simcord_bot(whole: Services, courier: DiscordCourier) -> discord.Client:
    return create_client(whole, courier)


def labels(message: discord.Message) -> list[str]:
    return [item.label for row in message.components for item in row.children]  # type: ignore


@pytest.mark.simcord(settle_timeout=30.0)
async def test_a_message_becomes_a_card_that_is_voted_on_and_declined(
    simcord_env: simcord.Env, whole: Services, courier: DiscordCourier
) -> None:
    env = simcord_env
    guild = env.create_guild("Film club")
    general, cards = guild.create_text_channel("general"), guild.create_text_channel("cards")
    boss_role = guild.create_role("Boss", permissions=discord.Permissions(manage_guild=True))
    boss = guild.add_member(env.create_user("boss"), roles=[boss_role])
    alice = guild.add_member(env.create_user("alice", global_name="Alice"))
    carol = guild.add_member(env.create_user("carol", global_name="Carol"))

    async def delivered() -> discord.Message:
        await deliver_due(whole, {"discord": courier}, whole.clock())
        return cards.last_message

    await boss.slash(general, "settings set", name="cards_channel", value=f"<#{cards.id}>")
    said = await carol.send(general, "Reconstruct accidents from the police report for court")
    await alice.context_menu(general, "Save as idea", said)
    asked = general.last_message
    assert asked.reference is not None
    assert asked.reference.message_id == said.id
    assert cards.last_message is None

    # Only the author may answer, and the question is edited into the answer.
    refused = await alice.click(asked, label=labels(asked)[0])
    assert refused.followups[0].ephemeral
    answered = await carol.click(asked, label=labels(asked)[0])
    assert answered.response.id == asked.id
    card = await delivered()
    assert "Carol" in str(card.embeds[0].to_dict())

    await alice.click(card, label=labels(card)[0])
    card = await delivered()
    assert "1 for, 0 against" in str(card.embeds[0].to_dict())

    declining = next(label for label in labels(card) if label == "Decline")
    by_member = await alice.click(card, label=declining)
    assert by_member.modal is None
    form = await boss.click(card, label=declining)
    control = form.modal["components"][0]["component"]
    value: Any = "We have that" if control["type"] == 4 else [control["options"][0]["value"]]
    await boss.submit_modal(form, {control["custom_id"]: value})
    assert "declined" in str((await delivered()).embeds[0].to_dict())
    assert len(cards.history()) == 1  # one card, edited
