"""The app commands that Discord shows, generated from the command values and sent when changed."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import discord
import structlog

from bot.adapters.discord_bot.markdown import words
from bot.core.model import Choice, Command, Field, FieldType, Role

log = structlog.get_logger(__name__)

CHOICES = 25
_DESCRIPTION = 100
_SUBCOMMAND, _STRING, _INTEGER, _BOOLEAN, _USER, _CHANNEL, _FILE = 1, 3, 4, 5, 6, 7, 11
_SLASH, _MESSAGE_MENU = 1, 3
_TEXT_CHANNELS = [discord.ChannelType.text.value, discord.ChannelType.news.value]
_IN_GUILD, _IN_BOT_DM = 0, 1
_GUILD_INSTALL = 0

Payload = dict[str, Any]


def payloads(commands: Iterable[Command]) -> list[Payload]:
    """Give what Discord is told: one slash command per family or lone word, and message menus."""
    listed = [command for command in commands if command.is_listed]
    families: dict[str, list[Command]] = {}
    for command in listed:
        families.setdefault(command.name.partition(" ")[0], []).append(command)
    slash = [_family(word, members) for word, members in families.items()]
    menus = [_menu(command) for command in commands_with_menu(commands)]
    return slash + menus


def commands_with_menu(commands: Iterable[Command]) -> list[Command]:
    """List the commands that are offered on a message, listed or not."""
    return [command for command in commands if command.message_action]


def _family(word: str, members: list[Command]) -> Payload:
    alone = members[0] if len(members) == 1 and " " not in members[0].name else None
    if alone is not None:
        return _slash(word, alone.summary, [_option(f) for f in _ordered(alone)], members)
    subcommands = [
        {
            "type": _SUBCOMMAND,
            "name": command.name.partition(" ")[2] or "show",
            "description": words(command.summary, _DESCRIPTION),
            "options": [_option(field) for field in _ordered(command)],
        }
        for command in members
    ]
    about = " · ".join(str(sub["name"]) for sub in subcommands)
    return _slash(word, f"{word.capitalize()}: {about}", subcommands, members)


def _slash(word: str, summary: str, options: list[Payload], members: list[Command]) -> Payload:
    return {
        "type": _SLASH,
        "name": word,
        "description": words(summary, _DESCRIPTION),
        "options": options,
        "contexts": _contexts(members),
        "integration_types": [_GUILD_INSTALL],
    }


def _menu(command: Command) -> Payload:
    return {
        "type": _MESSAGE_MENU,
        "name": command.message_action,
        "contexts": [_IN_GUILD],
        "integration_types": [_GUILD_INSTALL],
    }


def _contexts(members: list[Command]) -> list[int]:
    """Offer a family in direct messages unless all of it needs a server."""
    needs_guild = all(_needs_guild(command) for command in members)
    return [_IN_GUILD] if needs_guild else [_IN_GUILD, _IN_BOT_DM]


def _needs_guild(command: Command) -> bool:
    has_place = any(f.type in {FieldType.CHANNEL, FieldType.MEMBER} for f in command.options)
    return command.audience >= Role.ADMIN or has_place


def _ordered(command: Command) -> list[Field]:
    """Give the options, required ones first, as Discord demands."""
    return sorted(command.options, key=lambda field: not _is_required(field))


def _is_required(field: Field) -> bool:
    """Tell whether Discord shall insist; what the form asks for may be left to the form."""
    return field.is_required and not field.in_form


def _option(field: Field) -> Payload:
    option: Payload = {
        "type": _type(field),
        "name": field.name,
        "description": words(field.description or field.label, _DESCRIPTION) or field.name,
        "required": _is_required(field),
    }
    if field.type is FieldType.CHANNEL:
        option["channel_types"] = _TEXT_CHANNELS
    if field.type is FieldType.INTEGER:
        limits = {"min_value": field.minimum, "max_value": field.maximum}
        option |= {name: limit for name, limit in limits.items() if limit is not None}
    if field.type in {FieldType.LINE, FieldType.TEXT} and field.complete is None:
        option["max_length"] = max(1, min(field.max_length, 6000))
        option |= {"min_length": field.min_length} if field.min_length and field.is_required else {}
    if completes(field):
        option["autocomplete"] = True
    elif field.choices and field.type is FieldType.CHOICE:
        option["choices"] = [_choice(choice) for choice in field.choices]
    return option


def completes(field: Field) -> bool:
    """Tell whether an option is completed while typing: by its own function or a long list."""
    is_texty = field.type in {FieldType.LINE, FieldType.TEXT, FieldType.CHOICE, FieldType.IDEA}
    is_long_list = field.type is FieldType.CHOICE and len(field.choices) > CHOICES
    return is_texty and (is_long_list or (field.complete is not None and not _is_short(field)))


def _is_short(field: Field) -> bool:
    return field.type is FieldType.CHOICE and 0 < len(field.choices) <= CHOICES


def _type(field: Field) -> int:
    return {
        FieldType.INTEGER: _INTEGER,
        FieldType.FLAG: _BOOLEAN,
        FieldType.CHANNEL: _CHANNEL,
        FieldType.MEMBER: _USER,
        FieldType.FILE: _FILE,
    }.get(field.type, _STRING)  # an idea's number is text, so that its title completes it


def _choice(choice: Choice) -> Payload:
    return {"name": words(choice.label, _DESCRIPTION) or choice.value, "value": choice.value}


# --- telling Discord --------------------------------------------------------------------------


def fingerprint(application_id: int, sent: list[Payload]) -> str:
    """Give a hash of what an application was told."""
    text = json.dumps([application_id, sent], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


async def sync(client: discord.Client, commands: Iterable[Command], remembered: Path) -> bool:
    """Tell Discord the commands if they changed since it was last told (200 a day are allowed).

    Args:
        client: logged in.
        commands: all of them.
        remembered: the file that keeps the hash of what was told last.

    Returns:
        Whether Discord was told.

    Raises:
        discord.HTTPException: Discord refused them.
    """
    application_id = client.application_id
    if application_id is None:
        return False
    sent = payloads(commands)
    current = fingerprint(application_id, sent)
    if await asyncio.to_thread(_read, remembered) == current:
        return False
    await client.http.bulk_upsert_global_commands(application_id, sent)
    await asyncio.to_thread(_write, remembered, current)
    log.info("discord_commands_sent", count=len(sent))
    return True


def _read(path: Path) -> str:
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="ascii")
