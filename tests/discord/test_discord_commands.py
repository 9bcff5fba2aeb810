"""Every command of the house on Discord: what Discord is told, and that each can be used."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot.adapters.discord_bot import create_client
from bot.adapters.discord_bot.app_commands import fingerprint, payloads
from bot.app import open_services
from bot.core import commands, dispatch
from bot.core.model import Command, Field, FieldType
from bot.core.services import Services
from bot.settings import Settings
from prompts import render
from tests.fakes import discord_checks

LISTED = [command for command in commands.ALL if command.is_listed]


def leaves(payload: dict[str, Any]) -> list[dict[str, Any]]:
    subs = [option for option in payload.get("options", ()) if option["type"] == 1]
    return subs or [payload]


def test_discord_is_told_every_listed_command_and_menu() -> None:
    told = payloads(commands.ALL)
    names = {
        payload["name"] if leaf is payload else f"{payload['name']} {leaf['name']}"
        for payload in told
        if payload["type"] == 1
        for leaf in leaves(payload)
    }
    assert names == {command.name for command in LISTED}
    assert {p["name"] for p in told if p["type"] == 3} == {
        command.message_action for command in commands.ALL if command.message_action
    }


def test_what_discord_is_told_keeps_to_its_limits() -> None:
    told = payloads(commands.ALL)

    assert len([p for p in told if p["type"] == 1]) <= 100
    for payload in told:
        assert len(json.dumps(payload)) < 20_000
        assert _characters(payload) <= 8000
        assert len(payload.get("options", ())) <= 25
        for leaf in leaves(payload) if payload["type"] == 1 else ():
            assert re.fullmatch(r"[-_a-z0-9]{1,32}", leaf["name"])
            assert 1 <= len(leaf["description"]) <= 100
            required = [option["required"] for option in leaf.get("options", ())]
            assert required == sorted(required, reverse=True)
            assert len(required) <= 25
            for option in leaf.get("options", ()):
                assert not (option.get("autocomplete") and option.get("choices"))
                assert len(option.get("choices", ())) <= 25
    body = discord_checks.against_description("PUT", "/applications/1/commands", told)
    assert body == []


def _characters(node: dict[str, Any]) -> int:
    """Count as Discord does: names, descriptions and values, all the way down."""
    own = sum(len(str(node.get(key, ""))) for key in ("name", "description", "value"))
    inner = [*node.get("options", ()), *node.get("choices", ())]
    return own + sum(_characters(child) for child in inner)


def test_a_change_is_noticed() -> None:
    told = payloads(commands.ALL)

    assert fingerprint(1, told) == fingerprint(1, payloads(commands.ALL))
    assert fingerprint(1, told) != fingerprint(2, told)
    assert fingerprint(1, told) != fingerprint(1, told[1:])


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Services]:
    dispatch._by_name.cache_clear()
    async with open_services(Settings(_env_file=None, data_dir=tmp_path)) as services:
        yield services


@pytest.fixture
def simcord_bot(whole: Services) -> discord.Client:
    return create_client(whole)


@pytest.mark.simcord(settle_timeout=30.0)
async def test_every_command_can_be_used(simcord_env: simcord.Env) -> None:
    env = simcord_env
    guild = env.create_guild("Film club")
    general = guild.create_text_channel("general")
    boss_role = guild.create_role("Boss", permissions=discord.Permissions(manage_guild=True))
    boss = guild.add_member(env.create_user("boss"), roles=[boss_role])
    alice = guild.add_member(env.create_user("alice"))
    unexpected = render("error.unexpected")
    refused: dict[str, str] = {}

    for command in LISTED:
        result = await boss.slash(general, command.name, **_options(command, general, alice))
        assert result.acknowledged, command.name
        if result.modal is not None:
            result = await boss.submit_modal(result, _filled(result.modal))
        said = _said(result)
        assert said, command.name
        if unexpected in said:
            refused[command.name] = said

    assert refused == {}


def _options(command: Command, channel: Any, member: Any) -> dict[str, Any]:
    """Give a value for each option that Discord insists on."""
    needed = [f for f in command.options if f.is_required and not f.in_form]
    return {field.name: _value(field, channel, member) for field in needed}


def _value(field: Field, channel: Any, member: Any) -> Any:
    known: dict[FieldType, Any] = {
        FieldType.CHANNEL: channel,
        FieldType.MEMBER: member,
        FieldType.INTEGER: field.minimum or 1,
        FieldType.FLAG: True,
        FieldType.IDEA: "1",
    }
    if field.type is FieldType.CHOICE and field.choices:
        return field.choices[0].value
    return known.get(field.type, "words enough for a field"[: field.max_length])


def _filled(modal: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for label in modal["components"]:
        control = label["component"]
        if control["type"] == 4:
            longest = control.get("max_length") or 4000
            values[control["custom_id"]] = (
                control.get("value") or "Turn reports into films"[:longest]
            )
        elif control["type"] == 3 and control.get("required"):
            values[control["custom_id"]] = [control["options"][0]["value"]]
    return values


def _said(result: Any) -> str:
    shown = [message for message in (result.response, *result.followups) if message]
    texts = [m.content or "" for m in shown]
    texts += [f"{e.title} {e.description}" for m in shown for e in m.embeds]
    return "\n".join(texts)
