"""A `Form` as a modal and a submitted modal as values.

The view's `callback_id` is the form's wire id; values of no field travel in `private_metadata`
where they fit, in an `actions` row where they do not. A view that was open during a restart, or
for a week, can therefore be sent as if nothing had happened.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.adapters.slack_app import limits, mrkdwn
from bot.adapters.slack_app.blocks import section
from bot.adapters.slack_app.controls import label, option
from bot.adapters.slack_app.origin import Origin
from bot.core import wire
from bot.core.model import Choice, Command, Field, FieldType, Form, Value
from bot.core.services import Services
from prompts import render

View = dict[str, Any]

_ACTION = "value"
_YES = "yes"
_ROOM = 2000
"""Characters of hidden values in the metadata; the rest of the 3,000 says where it came from."""


def form_of(command: Command, values: Mapping[str, Value]) -> Form:
    """Give a command's own form, prefilled."""
    title = command.form_title or command.summary
    return Form(command=command.name, title=title, fields=command.form_fields, values=values)


async def form_view(
    services: Services, form: Form, origin: Origin, *, locale: str, errors: Sequence[str] = ()
) -> View:
    """Draw a form as a modal; no look-up is made unless hidden values are too long to travel."""
    names = {field.name for field in form.fields}
    hidden = {n: v for n, v in form.values.items() if n not in names and v is not None}
    metadata = {**origin.to_metadata(), "v": hidden}
    wire_id = f"f1|{form.command}|"
    if len(json.dumps(hidden)) > _ROOM:
        wire_id = await wire.encode_form(services, form.command, hidden)
        metadata["v"] = {}
    blocks = [section(mrkdwn.line(text, 2900)) for text in errors]
    blocks += [_input(field, form.values.get(field.name), locale) for field in form.fields]
    return {
        "type": "modal",
        "callback_id": wire_id,
        "title": _plain(form.title, limits.VIEW_TITLE),
        "submit": _plain(form.submit_label, limits.VIEW_TITLE),
        "close": _plain(render("slack.cancel", locale), limits.VIEW_TITLE),
        "private_metadata": json.dumps(metadata),
        "blocks": blocks,
    }


def message_view(title: str, blocks: Sequence[Any], origin: Origin, locale: str) -> View:
    """Draw something to read as a modal without a send button."""
    return {
        "type": "modal",
        "callback_id": "screen",
        "title": _plain(title, limits.VIEW_TITLE),
        "close": _plain(render("slack.close", locale), limits.VIEW_TITLE),
        "private_metadata": json.dumps(origin.to_metadata()),
        "blocks": list(blocks),
    }


def _plain(text: str, limit: int) -> View:
    return {"type": "plain_text", "text": label(text, limit), "emoji": True}


def _input(field: Field, value: Value, locale: str) -> View:
    block: View = {
        "type": "input",
        "block_id": field.name,
        "label": _plain(field.label, limits.FIELD),
        "optional": not field.is_required or field.type is FieldType.FLAG,
        "element": {"action_id": _ACTION, **_element(field, value, locale)},
    }
    if field.description and field.type is not FieldType.FLAG:
        block["hint"] = _plain(field.description, limits.FIELD)
    return block


def _element(field: Field, value: Value, locale: str) -> View:
    draw = {
        FieldType.INTEGER: _number,
        FieldType.FLAG: _flag,
        FieldType.CHANNEL: _channel,
        FieldType.MEMBER: _member,
        FieldType.FILE: _file,
    }.get(field.type)
    if draw is not None:
        return draw(field, value, locale)
    if field.choices or field.complete is not None:
        return _menu(field, value, locale)
    return _text(field, value, locale)


def _text(field: Field, value: Value, _locale: str) -> View:
    initial = "" if value is None or isinstance(value, tuple) else str(value)[: limits.INPUT]
    # A prefilled text over the field's limit stays whole; validation then says what is wrong.
    longest = limits.INPUT if len(initial) > field.max_length else field.max_length
    element: View = {
        "type": "plain_text_input",
        "multiline": field.type is FieldType.TEXT,
        "max_length": max(1, min(longest, limits.INPUT)),
    }
    if field.min_length and field.is_required:
        element["min_length"] = min(field.min_length, element["max_length"])
    if field.placeholder:
        element["placeholder"] = _plain(field.placeholder, limits.PLACEHOLDER)
    return {**element, "initial_value": initial} if initial else element


def _file(_field: Field, _value: Value, _locale: str) -> View:
    return {"type": "file_input", "max_files": limits.FILES}


def _number(field: Field, value: Value, _locale: str) -> View:
    element: View = {"type": "number_input", "is_decimal_allowed": False}
    if field.minimum is not None:
        element["min_value"] = str(field.minimum)
    if field.maximum is not None:
        element["max_value"] = str(field.maximum)
    digits = "" if value is None else str(value).lstrip("#")
    is_number = digits.isascii() and digits.removeprefix("-").isdigit()
    return {**element, "initial_value": digits} if is_number else element


def _flag(field: Field, value: Value, _locale: str) -> View:
    yes = option(Choice(_YES, field.description or field.label))
    element: View = {"type": "checkboxes", "options": [yes]}
    is_on = value is True or str(value).lower() in {"true", _YES, "1"}
    return {**element, "initial_options": [yes]} if is_on else element


def _channel(field: Field, value: Value, locale: str) -> View:
    element: View = {
        "type": "conversations_select",
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        "placeholder": _plain(field.placeholder or render("slack.choose", locale), 150),
    }
    return {**element, "initial_conversation": str(value)} if value else element


def _member(field: Field, value: Value, locale: str) -> View:
    element: View = {
        "type": "users_select",
        "placeholder": _plain(field.placeholder or render("slack.choose", locale), 150),
    }
    return {**element, "initial_user": str(value).rpartition(":")[2]} if value else element


def _menu(field: Field, value: Value, locale: str) -> View:
    placeholder = _plain(field.placeholder or render("slack.choose", locale), limits.PLACEHOLDER)
    chosen = "" if value is None or isinstance(value, tuple) else str(value)
    if field.complete is not None or len(field.choices) > limits.OPTIONS:
        listed = next((c for c in field.choices if c.value == chosen), None)
        start = option(listed or Choice(chosen, f"#{chosen}" if chosen.isdigit() else chosen))
        element: View = {
            "type": "external_select",
            "min_query_length": 0,
            "placeholder": placeholder,
        }
        return {**element, "initial_option": start} if chosen else element
    options = [option(choice) for choice in field.choices]
    element = {"type": "static_select", "options": options, "placeholder": placeholder}
    start = next((o for o in options if o["value"] == chosen), {})
    return {**element, "initial_option": start} if start else element


def submitted(
    view: Mapping[str, Any], command: Command, account_key: str
) -> tuple[dict[str, Value], frozenset[str]]:
    """Read the values of a submitted modal.

    Args:
        view: the view of the payload.
        command: what handles it; says which field is of which type.
        account_key: `slack:<team>:`, put before the id of a chosen member.

    Returns:
        The values, and the names of the blocks that can show an error.
    """
    state = (view.get("state") or {}).get("values") or {}
    values: dict[str, Value] = {}
    for name, actions in state.items():
        field = command.field(name)
        raw: Mapping[str, Any] = next(iter(actions.values()), {})
        if field is not None:
            values[name] = _read(field, raw, account_key)
    return values, frozenset(state)


def _read(field: Field, raw: Mapping[str, Any], account_key: str) -> Value:
    if field.type is FieldType.FLAG:
        return bool(raw.get("selected_options"))
    chosen = raw.get("selected_option")
    if chosen:
        return str(chosen["value"])
    if field.type is FieldType.FILE:
        names = ", ".join(str(file.get("name") or "file") for file in raw.get("files") or ())
        return names[: field.max_length] or None
    if raw.get("selected_user"):
        return f"{account_key}{raw['selected_user']}"
    text = raw.get("value") or raw.get("selected_conversation")
    return None if text is None else str(text)


def hidden_values(view: Mapping[str, Any]) -> dict[str, Value]:
    """Read the values of no field that travelled in the metadata."""
    try:
        kept = json.loads(view.get("private_metadata") or "{}").get("v", {})
    except (ValueError, AttributeError):
        return {}
    if not isinstance(kept, dict):
        return {}
    return {str(n): tuple(v) if isinstance(v, list) else v for n, v in kept.items()}
