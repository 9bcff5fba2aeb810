"""Buttons, menus and forms as Discord components; every custom_id is a wire id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot.adapters.discord_bot.markdown import safe_url, words
from bot.core import wire
from bot.core.model import (
    Button,
    Choice,
    Field,
    FieldType,
    Form,
    Reply,
    Request,
    Select,
    Style,
    Value,
)
from bot.core.services import Services
from prompts import render

ROWS = 5
PER_ROW = 5
CHOICES = 25
_LABEL, _OPTION = 80, 100
_TITLE, _FIELD_LABEL, _FIELD_HINT, _FIELD_TEXT = 45, 45, 100, 4000

MENU = "_menu"
"""The hidden value that says under which name a menu's choice goes, with `*` for several."""

FIELDS = "_fields"
"""The hidden value that says which fields a form shows, where it is not the command's own form."""

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
    """Draw a menu of at most 25 choices; None where there is nothing to choose."""
    options = _options(shown.choices, shown.chosen)
    if not options:
        return None
    many = min(shown.max_values, len(options))
    hidden = shown.name + ("*" if shown.max_values > 1 else "")
    wire_id = await wire.encode(services, shown.command, {**shown.values, MENU: hidden})
    if wire_id in taken:
        twin = {**shown.values, MENU: hidden, "_twin": str(len(taken))}
        wire_id = await wire.encode(services, shown.command, twin)
    taken.add(wire_id)
    select: discord.ui.Select[discord.ui.View] = discord.ui.Select(
        custom_id=wire_id,
        placeholder=words(shown.placeholder, _OPTION) or None,
        min_values=min(shown.min_values, many),
        max_values=many,
        options=options,
    )
    return Row((select,))


def _options(choices: Sequence[Choice], chosen: Sequence[str] = ()) -> list[discord.SelectOption]:
    """Give options with different values, as Discord demands."""
    by_value = {c.value: c for c in choices if 0 < len(c.value) <= _OPTION}
    return [
        discord.SelectOption(
            label=words(choice.label, _OPTION) or choice.value,
            value=choice.value,
            description=words(choice.description, _OPTION) or None,
            default=choice.value in chosen,
        )
        for choice in list(by_value.values())[:CHOICES]
    ]


def _unique(stem: str, taken: set[str]) -> str:
    wire_id = f"{stem}{len(taken)}"
    taken.add(wire_id)
    return wire_id


# --- forms ------------------------------------------------------------------------------------


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
            channel_types=[discord.ChannelType.text, discord.ChannelType.news],
            default_values=_default(value, discord.SelectDefaultValueType.channel),
        )
    if field.type is FieldType.MEMBER:
        return discord.ui.UserSelect(
            custom_id=field.name,
            required=field.is_required,
            min_values=int(field.is_required),
            default_values=_default(value, discord.SelectDefaultValueType.user),
        )
    choices = await _choices(services, field, request)
    if len(choices) <= CHOICES and _options(choices):
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
        placeholder=words(field.placeholder, _OPTION) or render("discord.choose", locale),
        required=field.is_required,
        min_values=int(field.is_required),
        options=_options(choices, chosen[:1]),
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


def _default(
    value: Value, kind: discord.SelectDefaultValueType
) -> list[discord.SelectDefaultValue]:
    digits = str(value or "").rpartition(":")[2]
    if not digits.isdigit():
        return []
    return [discord.SelectDefaultValue(id=int(digits), type=kind)]


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
