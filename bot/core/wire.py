"""What a button, menu or form carries through a platform and back: a command and its values.

A wire id is stateless: `v1|idea vote|number=42&vote=1` runs a command, `f1|...` opens its form.
It holds at most 100 characters (Discord's `custom_id`); what is longer, or is anybody's words,
goes to an `actions` row that is kept for 30 days, and the id is `v1@<key>`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qsl, urlencode

from bot.core.model import Button, Reply, Value

if TYPE_CHECKING:
    from bot.core.services import Services

LIMIT = 100
"""Characters of a Discord custom_id, the shorter of the two platforms' limits."""

OF = "_of"
"""The hidden value that says whose words go along: an account key."""

_OURS = re.compile(r"[\w.:#@+-]{0,48}", re.ASCII)
_KINDS: dict[str, Literal["run", "form"]] = {"v1": "run", "f1": "form"}
_PREFIX = {kind: prefix for prefix, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Wire:
    """A decoded wire id: run the command with the values, or open its form with them."""

    kind: Literal["run", "form"]
    command: str
    values: Mapping[str, Value] = field(default_factory=dict)


async def encode(services: Services, command: str, values: Mapping[str, Value]) -> str:
    """Give the wire id of a button that runs a command."""
    return await _encode(services, Wire("run", command, values))


async def encode_form(services: Services, command: str, values: Mapping[str, Value]) -> str:
    """Give the wire id of a form, or of a button that opens it, with what it is prefilled with."""
    return await _encode(services, Wire("form", command, values))


async def decode(services: Services, wire_id: str) -> Wire | None:
    """Read a wire id back; None where it is not ours, or its row was purged."""
    prefix, mark, rest = wire_id[:2], wire_id[2:3], wire_id[3:]
    kind = _KINDS.get(prefix)
    if kind is None:
        return None
    if mark == "@":
        row = await services.store.actions.get(rest)
        return None if row is None else Wire(kind, str(row["command"]), _from_json(row["values"]))
    command, bar, query = rest.partition("|")
    if mark != "|" or not bar:
        return None
    return Wire(kind, command, dict(parse_qsl(query, keep_blank_values=True)))


async def _encode(services: Services, wire: Wire) -> str:
    values = {name: value for name, value in wire.values.items() if value is not None}
    pairs = [(n, p) for n, v in values.items() for p in _parts(v)]
    short = f"{_PREFIX[wire.kind]}|{wire.command}|{urlencode(pairs)}"
    if len(short) <= LIMIT and _is_plain(values):
        return short
    row = {"command": wire.command, "values": {n: _to_json(v) for n, v in values.items()}}
    return f"{_PREFIX[wire.kind]}@{await services.store.actions.put(row, services.clock())}"


def owned(reply: Reply, account_key: str) -> Reply:
    """Say whose words the buttons of a reply carry, so that they go when that person is erased."""

    def own(button: Button) -> Button:
        return replace(button, values=_owned(button.values, account_key))

    form = reply.form
    return replace(
        reply,
        buttons=tuple(map(own, reply.buttons)),
        items=tuple(replace(i, buttons=tuple(map(own, i.buttons))) for i in reply.items),
        form=form and replace(form, values=_owned(form.values, account_key)),
    )


def _owned(values: Mapping[str, Value], account_key: str) -> Mapping[str, Value]:
    return values if _is_plain(values) else {**values, OF: account_key}


def _is_plain(values: Mapping[str, Value]) -> bool:
    """Tell whether values can travel in the id itself: short, and nobody's words."""
    # A tuple of one would come back as a plain text, so tuples travel in a row.
    if any(isinstance(value, tuple) for value in values.values()):
        return False
    parts = (p for v in values.values() if v is not None for p in _parts(v))
    return all(_OURS.fullmatch(part) for part in parts)


def _parts(value: Value) -> list[str]:
    if isinstance(value, tuple):
        return list(value)
    return [("true" if value else "false") if isinstance(value, bool) else str(value)]


def _to_json(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _from_json(values: Mapping[str, Any]) -> dict[str, Value]:
    return {n: tuple(v) if isinstance(v, list) else v for n, v in values.items()}
