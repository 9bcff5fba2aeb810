"""Buttons and menus as Block Kit elements, each carrying its wire id.

An `action_id` is `<wire id>#<n>`; a menu's is `s:<field>:<wire id>#<n>`. The number makes ids
unique within a message, as Slack demands; everything else that a press needs is in the wire id,
so a control works after a restart and for as long as Slack shows it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from bot.adapters.slack_app import limits
from bot.adapters.slack_app.mrkdwn import safe_url
from bot.core import wire
from bot.core.markup import plain_text
from bot.core.model import Button, Choice, Reply, Select, SelectKind, Style, Value
from bot.core.services import Services
from prompts import render

Element = dict[str, Any]

LINK = "link"
_ID = re.compile(r"(?:s:(?P<name>[a-z_]{1,32}):)?(?P<wire>.*?)(?:#\d+)?", re.DOTALL)
_STYLES = {Style.PRIMARY: "primary", Style.SUCCESS: "primary", Style.DANGER: "danger"}


@dataclass(frozen=True, slots=True)
class Controls:
    """The elements of a reply, ready to be laid out."""

    buttons: tuple[Element, ...] = ()
    selects: tuple[Element, ...] = ()
    items: tuple[tuple[Element, ...], ...] = ()
    picture: str = ""  # Slack's id of the reply's picture


@dataclass(frozen=True, slots=True)
class Pressed:
    """What an `action_id` says: the wire id, and the field that a menu's choice fills."""

    wire_id: str
    name: str | None = None


def read_action_id(action_id: str) -> Pressed:
    """Read an `action_id` of ours back; a foreign one gives a wire id that nothing decodes."""
    found = _ID.fullmatch(action_id)
    return Pressed(action_id) if found is None else Pressed(found["wire"], found["name"])


async def controls_of(
    services: Services, reply: Reply, *, locale: str = "en", first: int = 0
) -> Controls:
    """Encode every button and menu of a reply.

    Args:
        services: where long wire ids are kept.
        reply: what is to be shown.
        locale: for the words of the button that opens the reply's form.
        first: the number to begin with, where several replies make up one screen.
    """
    number = count(first)
    buttons = list(reply.buttons)
    if reply.form is not None:
        form = reply.form
        buttons.insert(0, _form_button(form.command, form.values, form.title, locale))
    return Controls(
        buttons=await _buttons(services, buttons, number),
        selects=tuple(
            [await _select(services, s, next(number)) for s in reply.selects if _is_usable(s)]
        ),
        items=tuple([await _buttons(services, item.buttons, number) for item in reply.items]),
    )


def _form_button(command: str, values: Mapping[str, Value], title: str, locale: str) -> Button:
    return Button(
        label=render("slack.open_form", locale, title=title),
        command=command,
        values=values,
        style=Style.PRIMARY,
        opens_form=True,
    )


async def _buttons(
    services: Services, buttons: Sequence[Button], number: count[int]
) -> tuple[Element, ...]:
    return tuple([await _button(services, button, next(number)) for button in buttons])


async def _button(services: Services, button: Button, number: int) -> Element:
    element: Element = {
        "type": "button",
        "text": {"type": "plain_text", "text": label(button.label, limits.BUTTON), "emoji": True},
    }
    if button.url is not None:
        url = button.url if safe_url(button.url) and len(button.url) <= limits.URL else None
        return {**element, "action_id": f"{LINK}#{number}", **({"url": url} if url else {})}
    encode = wire.encode_form if button.opens_form else wire.encode
    element["action_id"] = f"{await encode(services, button.command, button.values)}#{number}"
    style = _STYLES.get(button.style)
    return {**element, "style": style} if style else element


def _is_usable(select: Select) -> bool:
    return bool(select.choices) or select.kind in {SelectKind.CHANNEL, SelectKind.MEMBER}


async def _select(services: Services, select: Select, number: int) -> Element:
    wire_id = await wire.encode(services, select.command, select.values)
    if select.kind in {SelectKind.CHANNEL, SelectKind.MEMBER}:
        return _picker(select, f"s:{select.name}:{wire_id}#{number}")
    options = [option(choice) for choice in select.choices[: limits.OPTIONS]]
    is_many = select.max_values > 1
    element: Element = {
        "type": "multi_static_select" if is_many else "static_select",
        "action_id": f"s:{select.name}:{wire_id}#{number}",
        "placeholder": {
            "type": "plain_text",
            "text": label(select.placeholder, limits.PLACEHOLDER),
        },
        "options": options,
    }
    chosen = [o for o in options if o["value"] in select.chosen]
    if is_many:
        element["max_selected_items"] = select.max_values
        return {**element, "initial_options": chosen} if chosen else element
    return {**element, "initial_option": chosen[0]} if chosen else element


def _picker(select: Select, action_id: str) -> Element:
    """Draw Slack's own menu of channels or members; user groups have none, and are listed."""
    is_many = select.max_values > 1
    thing = "conversations" if select.kind is SelectKind.CHANNEL else "users"
    placeholder = {"type": "plain_text", "text": label(select.placeholder, limits.PLACEHOLDER)}
    element: Element = {
        "type": f"multi_{thing}_select" if is_many else f"{thing}_select",
        "action_id": action_id,
        "placeholder": placeholder,
    }
    if select.kind is SelectKind.CHANNEL:
        element["filter"] = {"include": ["public", "private"], "exclude_bot_users": True}
    chosen = [one.rpartition(":")[2] for one in select.chosen]
    if is_many:
        element["max_selected_items"] = select.max_values
        return {**element, f"initial_{thing}": chosen} if chosen else element
    return {**element, f"initial_{thing[:-1]}": chosen[0]} if chosen else element


def option(choice: Choice) -> Element:
    """Give a choice as an option object."""
    shown: Element = {
        "text": {"type": "plain_text", "text": label(choice.label, limits.OPTION), "emoji": True},
        "value": choice.value[: limits.OPTION_VALUE],
    }
    if choice.description:
        words = label(choice.description, limits.OPTION)
        shown["description"] = {"type": "plain_text", "text": words}
    return shown


def label(text: str, limit: int) -> str:
    """Give a text for a place that takes plain words of at most `limit` characters."""
    words = " ".join(plain_text(text).split()) or "–"
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"
