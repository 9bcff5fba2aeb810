"""Buttons, menus and forms as Discord components; every custom_id is a wire id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.adapters.discord_bot.markdown import safe_url, words
from bot.core import wire
from bot.core.model import (
    Button,
    Choice,
    Reply,
    Select,
    SelectKind,
    Style,
    Value,
)
from bot.core.services import Services
from prompts import render

ROWS = 5
PER_ROW = 5
CHOICES = 25
OPTION = 100
_LABEL = 80

MENU = "_menu"
"""The hidden value that says under which name a menu's choice goes, with `*` for several."""

FIELDS = "_fields"
"""The hidden value that says which fields a form shows, where it is not the command's own form."""

WRITABLE = [discord.ChannelType.text, discord.ChannelType.news]
_STYLES = {
    Style.PLAIN: discord.ButtonStyle.secondary,
    Style.PRIMARY: discord.ButtonStyle.primary,
    Style.SUCCESS: discord.ButtonStyle.success,
    Style.DANGER: discord.ButtonStyle.danger,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One action row: up to five buttons, or one menu."""

    items: tuple[discord.ui.Item[Any], ...]


def view_of(rows: Iterable[Row]) -> discord.ui.View | None:
    """Give the rows as discord.py wants them, or None for no rows.

    The view is stopped at once, so that discord.py does not keep it: clicks are handled by their
    wire id, and a week-old message needs no view in memory.
    """
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for item in row.items:
            item.row = number
            view.add_item(item)
    view.stop()
    return view if view.children else None


async def button(
    services: Services, shown: Button, taken: set[str]
) -> discord.ui.Button[discord.ui.View]:
    """Draw a button whose id is not among `taken`; adds it there."""
    label = words(shown.label, _LABEL) or "…"
    if shown.url is not None:
        address = safe_url(shown.url)
        if address:
            return discord.ui.Button(label=label, url=address)
        return discord.ui.Button(label=label, disabled=True, custom_id=_unique("-", taken))
    encode = wire.encode_form if shown.opens_form else wire.encode
    wire_id = await encode(services, shown.command, shown.values)
    if wire_id in taken:  # Discord refuses a message in which two buttons have one id
        twin = {**shown.values, "_twin": str(len(taken))}
        wire_id = await encode(services, shown.command, twin)
    taken.add(wire_id)
    return discord.ui.Button(label=label, style=_STYLES[shown.style], custom_id=wire_id)


async def button_rows(services: Services, buttons: Sequence[Button], taken: set[str]) -> list[Row]:
    """Draw buttons in rows of five."""
    drawn = [await button(services, shown, taken) for shown in buttons]
    return [Row(tuple(drawn[i : i + PER_ROW])) for i in range(0, len(drawn), PER_ROW)]


async def form_button(services: Services, reply: Reply, locale: str, taken: set[str]) -> list[Row]:
    """Draw the button that opens a reply's form: on Discord a form cannot follow a form."""
    form = reply.form
    if form is None:
        return []
    shown = Button(
        label=render("discord.fix_form" if reply.errors else "discord.open_form", locale),
        command=form.command,
        values={**form.values, FIELDS: " ".join(field.name for field in form.fields)},
        style=Style.PRIMARY,
        opens_form=True,
    )
    return [Row((await button(services, shown, taken),))]


async def menu(services: Services, shown: Select, taken: set[str]) -> Row | None:
    """Draw a menu of at most 25 choices, or Discord's own; None where nothing can be chosen."""
    options = options_of(shown.choices, shown.chosen)
    if not options and shown.kind is SelectKind.CHOICE:
        return None
    hidden = shown.name + ("*" if shown.max_values > 1 else "")
    wire_id = await wire.encode(services, shown.command, {**shown.values, MENU: hidden})
    if wire_id in taken:
        twin = {**shown.values, MENU: hidden, "_twin": str(len(taken))}
        wire_id = await wire.encode(services, shown.command, twin)
    taken.add(wire_id)
    if shown.kind is not SelectKind.CHOICE:
        return Row((_picker(shown, wire_id),))
    many = min(shown.max_values, len(options))
    select: discord.ui.Select[discord.ui.View] = discord.ui.Select(
        custom_id=wire_id,
        placeholder=words(shown.placeholder, OPTION) or None,
        min_values=min(shown.min_values, many),
        max_values=many,
        options=options,
    )
    return Row((select,))


def _picker(shown: Select, wire_id: str) -> discord.ui.Item[discord.ui.View]:
    """Draw Discord's own menu of channels, roles or members."""
    kind = {
        SelectKind.CHANNEL: discord.SelectDefaultValueType.channel,
        SelectKind.ROLE: discord.SelectDefaultValueType.role,
        SelectKind.MEMBER: discord.SelectDefaultValueType.user,
    }[shown.kind]
    common: dict[str, Any] = {
        "custom_id": wire_id,
        "placeholder": words(shown.placeholder, OPTION) or None,
        "min_values": shown.min_values,
        "max_values": min(shown.max_values, CHOICES),
        "default_values": [d for one in shown.chosen for d in default_values(one, kind)],
    }
    if shown.kind is SelectKind.CHANNEL:
        return discord.ui.ChannelSelect(**common, channel_types=WRITABLE)
    if shown.kind is SelectKind.ROLE:
        return discord.ui.RoleSelect(**common)
    return discord.ui.UserSelect(**common)


def options_of(choices: Sequence[Choice], chosen: Sequence[str] = ()) -> list[discord.SelectOption]:
    """Give options with different values, as Discord demands."""
    by_value = {c.value: c for c in choices if 0 < len(c.value) <= OPTION}
    return [
        discord.SelectOption(
            label=words(choice.label, OPTION) or choice.value,
            value=choice.value,
            description=words(choice.description, OPTION) or None,
            default=choice.value in chosen,
        )
        for choice in list(by_value.values())[:CHOICES]
    ]


def _unique(stem: str, taken: set[str]) -> str:
    wire_id = f"{stem}{len(taken)}"
    taken.add(wire_id)
    return wire_id


def default_values(
    value: Value, kind: discord.SelectDefaultValueType
) -> list[discord.SelectDefaultValue]:
    """Give what a menu of Discord's own begins with: a snowflake, or an account key."""
    digits = str(value or "").rpartition(":")[2]
    if not digits.isdigit():
        return []
    return [discord.SelectDefaultValue(id=int(digits), type=kind)]
