"""Forms as Discord modals: drawing one, and reading what was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import discord

from bot.adapters.discord_bot.components import (
    CHOICES,
    OPTION,
    WRITABLE,
    default_values,
    options_of,
)
from bot.adapters.discord_bot.markdown import words
from bot.core import wire
from bot.core.model import Choice, Field, FieldType, Form, Request, Value
from bot.core.services import Services
from prompts import render

_TITLE, _FIELD_LABEL, _FIELD_HINT, _FIELD_TEXT = 45, 45, 100, 4000

_FILES = 4
"""Files of one form; an idea takes no more."""


async def modal(services: Services, form: Form, request: Request) -> discord.ui.Modal:
    """Draw a form as a modal of at most five fields; values of no field travel in its id."""
    names = {field.name for field in form.fields}
    carried = {name: value for name, value in form.values.items() if name not in names}
    wire_id = await wire.encode_form(services, form.command, carried)
    drawn = discord.ui.Modal(title=words(form.title, _TITLE) or "Reelbank", custom_id=wire_id)
    for field in form.fields[:5]:
        value = form.values.get(field.name)
        drawn.add_item(
            discord.ui.Label(
                text=words(field.label, _FIELD_LABEL) or field.name,
                description=words(field.description, _FIELD_HINT) or None,
                component=await _control(services, field, value, request),
            )
        )
    drawn.stop()  # as with views: nothing of it is kept in memory
    return drawn


async def _control(
    services: Services, field: Field, value: Value, request: Request
) -> discord.ui.Item[Any]:
    if field.type is FieldType.CHANNEL:
        return discord.ui.ChannelSelect(
            custom_id=field.name,
            required=field.is_required,
            min_values=int(field.is_required),
            channel_types=WRITABLE,
            default_values=default_values(value, discord.SelectDefaultValueType.channel),
        )
    if field.type is FieldType.MEMBER:
        return discord.ui.UserSelect(
            custom_id=field.name,
            required=field.is_required,
            min_values=int(field.is_required),
            default_values=default_values(value, discord.SelectDefaultValueType.user),
        )
    if field.type is FieldType.FILE:
        return discord.ui.FileUpload(
            custom_id=field.name,
            required=field.is_required,
            min_values=int(field.is_required),
            max_values=_FILES,
        )
    choices = await _choices(services, field, request)
    if len(choices) <= CHOICES and options_of(choices):
        return _choice_menu(field, choices, value, request.locale)
    return _text_input(field, value)


async def _choices(services: Services, field: Field, request: Request) -> Sequence[Choice]:
    if field.type is FieldType.FLAG:
        return [
            Choice("true", render("discord.yes", request.locale)),
            Choice("false", render("discord.no", request.locale)),
        ]
    if field.type is not FieldType.CHOICE:
        return ()
    if field.choices or field.complete is None:
        return field.choices
    found = await field.complete(services, request, "")
    # A full page may be cut off: then the member types, and the command resolves the name.
    return found if len(found) < CHOICES else ()


def _choice_menu(
    field: Field, choices: Sequence[Choice], value: Value, locale: str
) -> discord.ui.Select[discord.ui.View]:
    text = str(value).lower() if isinstance(value, bool) else value
    chosen = text if isinstance(text, tuple) else (str(text),) if text is not None else ()
    return discord.ui.Select(
        custom_id=field.name,
        placeholder=words(field.placeholder, OPTION) or render("discord.choose", locale),
        required=field.is_required,
        min_values=int(field.is_required),
        options=options_of(choices, chosen[:1]),
    )


def _text_input(field: Field, value: Value) -> discord.ui.TextInput[discord.ui.View]:
    is_long = field.type is FieldType.TEXT
    is_number = field.type in {FieldType.INTEGER, FieldType.IDEA}
    longest = 16 if is_number else min(field.max_length, _FIELD_TEXT)
    prefill = "" if value is None else str(value)
    return discord.ui.TextInput(
        custom_id=field.name,
        style=discord.TextStyle.paragraph if is_long else discord.TextStyle.short,
        required=field.is_required,
        # A prefill outside of the limits makes Discord refuse the whole form.
        default=prefill[:longest] or None,
        placeholder=words(field.placeholder, _FIELD_HINT) or None,
        min_length=_shortest(field, prefill),
        max_length=longest,
    )


def _shortest(field: Field, prefill: str) -> int | None:
    """Give the least length that Discord shall insist on; a prefill must not fall below it."""
    is_number = field.type in {FieldType.INTEGER, FieldType.IDEA}
    is_prefill_short = 0 < len(prefill) < field.min_length
    return None if is_number or is_prefill_short or not field.min_length else field.min_length


def submitted(data: Mapping[str, Any]) -> dict[str, Value]:
    """Read the values of a sent modal by field name; a member comes as an account key."""
    values: dict[str, Value] = {}
    for row in data.get("components", ()):
        for control in [row.get("component"), *row.get("components", ())]:
            if isinstance(control, dict) and "custom_id" in control:
                values[str(control["custom_id"])] = _submitted(control)
    return values


def _submitted(control: Mapping[str, Any]) -> Value:
    if "values" not in control:
        return str(control.get("value") or "")
    chosen = [str(value) for value in control["values"]]
    if not chosen:
        return None
    is_member = control.get("type") == discord.ComponentType.user_select.value
    return f"discord:{chosen[0]}" if is_member else chosen[0]
