"""What an interaction's payload asks for: its command, its values, its message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import discord

from bot.adapters.discord_bot.app_commands import commands_with_menu
from bot.adapters.discord_bot.capture import carried_source, source_of
from bot.adapters.discord_bot.components import FIELDS, MENU
from bot.adapters.discord_bot.files import resolved
from bot.adapters.discord_bot.forms import submitted
from bot.core import commands, wire
from bot.core.dispatch import find
from bot.core.model import Attached, Command, Field, SourceMessage, Value

if TYPE_CHECKING:
    from bot.core.services import Services

Interaction = discord.Interaction[discord.Client]
Payload = Mapping[str, Any]

_SUBCOMMAND, _GROUP, _USER, _FILE = 1, 2, 6, 11


@dataclass(frozen=True, slots=True)
class Asked:
    """What a payload asks for."""

    command: Command
    values: Mapping[str, Value] = field(default_factory=dict)
    is_form: bool = False  # a form was sent
    opens_form: bool = False  # a button that opens the form
    source: SourceMessage | None = None
    attached: tuple[Attached, ...] = ()

    @property
    def plain_values(self) -> dict[str, Value]:
        """Give the values without what this adapter hides among them."""
        return {name: value for name, value in self.values.items() if not name.startswith("_")}

    @property
    def form_fields(self) -> tuple[Field, ...]:
        """Give the fields that the form shows: those that a button names, or the command's own."""
        named = [self.command.field(name) for name in str(self.values.get(FIELDS) or "").split()]
        return tuple(f for f in named if f is not None) or self.command.form_fields


async def read(services: Services, interaction: Interaction) -> Asked | None:
    """Read what is asked for; None where the id is too old or not ours."""
    data: Payload = interaction.data or {}
    if interaction.type is discord.InteractionType.application_command:
        return _read_command(interaction, data)
    found = await wire.decode(services, str(data.get("custom_id", "")))
    command = find(found.command) if found else None
    if found is None or command is None:
        return None
    if interaction.type is discord.InteractionType.modal_submit:
        values = {**found.values, **submitted(data)}
        source = carried_source(found.values)
        sent = tuple(resolved(data).values())
        return Asked(command, values, is_form=True, source=source, attached=sent)
    values = {**found.values, **_chosen(found.values, data)}
    return Asked(command, values, opens_form=found.kind == "form")


def _read_command(interaction: Interaction, data: Mapping[str, Any]) -> Asked | None:
    if data.get("type") == discord.AppCommandType.message.value:
        label = data.get("name")
        menu = next(
            (c for c in commands_with_menu(commands.ALL) if c.message_action == label), None
        )
        return Asked(menu, source=source_of(interaction, data)) if menu else None
    name, options = leaf(data)
    command = find_shown(name)
    if command is None:
        return None
    files = resolved(data)
    chosen = [files.get(str(o["value"])) for o in options if o.get("type") == _FILE]
    attached = tuple(file for file in chosen if file is not None)
    values = option_values(options)
    values |= {
        str(o["name"]): files[str(o["value"])].name
        for o in options
        if o.get("type") == _FILE and str(o["value"]) in files
    }
    return Asked(command, values, attached=attached)


def find_shown(name: str) -> Command | None:
    """Find a command by what Discord calls it: a family's own command is its `show`."""
    return find(name) or (find(name.removesuffix(" show")) if name.endswith(" show") else None)


def leaf(data: Mapping[str, Any]) -> tuple[str, list[Mapping[str, Any]]]:
    """Give the full name of the command and its options."""
    name = str(data.get("name", ""))
    options: list[Mapping[str, Any]] = list(data.get("options") or ())
    while options and options[0].get("type") in {_SUBCOMMAND, _GROUP}:
        name = f"{name} {options[0]['name']}"
        options = list(options[0].get("options") or ())
    return name, options


def option_values(options: Sequence[Mapping[str, Any]]) -> dict[str, Value]:
    """Give what was typed into the options, a member as an account key."""
    return {
        str(o["name"]): f"discord:{o['value']}" if o.get("type") == _USER else o.get("value")
        for o in options
    }


def _chosen(carried: Mapping[str, Value], data: Mapping[str, Any]) -> dict[str, Value]:
    """Give what was chosen in a menu, under the name that travelled with it."""
    hidden = carried.get(MENU)
    if not isinstance(hidden, str):
        return {}
    is_member = data.get("component_type") == discord.ComponentType.user_select.value
    values = tuple(
        f"discord:{value}" if is_member else str(value) for value in data.get("values") or ()
    )
    if hidden.endswith("*"):
        return {hidden[:-1]: values}
    return {hidden: values[0] if values else None}
