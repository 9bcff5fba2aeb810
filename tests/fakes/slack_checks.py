"""Whether Slack would take a payload: the SDK's own validators, and limits that they lack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

MESSAGE_BLOCKS = 50
MESSAGE_SIZE = 13_200
ONLY_IN_MESSAGES = {"table"}
_PING = re.compile(r"<!(?:channel|here|everyone|subteam)[^>]*>|<@[A-Z0-9]+(?:\|[^>]*)?>")
_LINK = re.compile(r"<(?P<url>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")


class Refused(Exception):
    """Slack would answer with this error."""

    def __init__(self, error: str, detail: str) -> None:
        super().__init__(f"{error}: {detail}")
        self.error = error
        self.detail = detail


def check_message(payload: dict[str, Any]) -> None:
    """Check a message's blocks and its fallback text."""
    blocks = payload.get("blocks") or []
    if not isinstance(payload.get("text"), str) or not payload["text"].strip():
        raise Refused("no_text", "a message without fallback text")
    if len(payload["text"]) > 40_000:
        raise Refused("msg_too_long", str(len(payload["text"])))
    if len(blocks) > MESSAGE_BLOCKS:
        raise Refused("invalid_blocks", f"{len(blocks)} blocks")
    size = sum(len(text) for text in strings(blocks))
    if size > MESSAGE_SIZE:
        raise Refused("msg_blocks_too_long", f"{size} characters")
    if sum(block["type"] == "table" for block in blocks) > 1:
        raise Refused("invalid_attachments", "only_one_table_allowed")
    check_blocks(blocks)


def check_view(view: dict[str, Any]) -> None:
    """Check a modal or Home tab."""
    _valid(View(**view))
    blocks = view.get("blocks") or []
    if not 1 <= len(blocks) <= 100:
        raise Refused("invalid_arguments", f"{len(blocks)} blocks in a view")
    for block in blocks:
        if block["type"] in ONLY_IN_MESSAGES:
            raise Refused("invalid_arguments", f"{block['type']} is for messages only")
    has_input = any(block["type"] == "input" for block in blocks)
    if view["type"] == "modal" and has_input and not view.get("submit"):
        raise Refused("invalid_arguments", "a modal with inputs needs submit")
    if len(str(view).encode()) > 250_000:
        raise Refused("view_too_large", "")
    check_blocks(blocks)


def check_blocks(blocks: list[dict[str, Any]]) -> None:
    """Check each block and everything inside, and that ids are unique."""
    for block in blocks:
        parsed = Block.parse(block)
        if parsed is None:
            raise Refused("invalid_blocks", f"unknown block {block.get('type')}")
        _valid(parsed)
        _by_hand(block)
    _unique([b["block_id"] for b in blocks if "block_id" in b], "block_id")
    _unique([e["action_id"] for e in elements(blocks) if "action_id" in e], "action_id", blocks)


def _valid(thing: Any) -> None:
    try:
        for part in _walk(thing):
            part.validate_json()
    except SlackObjectFormationError as error:
        raise Refused("invalid_blocks", str(error)) from None


def _walk(thing: Any) -> Iterator[JsonObject]:
    if isinstance(thing, JsonObject):
        yield thing
        for value in vars(thing).values():
            yield from _walk(value)
    elif isinstance(thing, list | tuple):
        for part in thing:
            yield from _walk(part)


def _by_hand(block: dict[str, Any]) -> None:
    """Check what slack_sdk's models let through."""
    kind = block["type"]
    for text in texts(block):
        if not text["text"]:
            raise Refused("invalid_blocks", "must be more than 0 characters")
    for field in block.get("fields") or []:
        _at_most(field["text"], 2000, "field")
    for element in block["elements"] if kind == "context" else []:
        _at_most(element.get("text", ""), 3000, "context")
    if kind == "table":
        _check_table(block)
    if kind == "input":
        _at_most(block["label"]["text"], 2000, "label")
        _check_input(block["element"])
    _check_menus(block)


def _check_menus(block: dict[str, Any]) -> None:
    for element in elements([block]):
        for option in element.get("options") or []:
            _at_most(option["text"]["text"], 75, "option")
            _at_most(option["value"], 150, "option value")
            if not option["value"]:
                raise Refused("invalid_blocks", "empty option value")
        is_static = element["type"] in {"static_select", "multi_static_select"}
        if is_static and not element.get("options"):
            raise Refused("invalid_blocks", "a menu without options")


def _check_table(block: dict[str, Any]) -> None:
    rows = block["rows"]
    if len(rows) > 100 or any(not 1 <= len(row) <= 20 for row in rows):
        raise Refused("invalid_blocks", "table size")
    if len({len(row) for row in rows}) != 1:
        raise Refused("invalid_blocks", "ragged table")
    for row in rows:
        for cell in row:
            if not "".join(strings(cell.get("elements") or cell.get("text", ""))):
                raise Refused("invalid_blocks", "empty cell")
    if sum(len(text) for text in strings(rows)) > 14_000:
        raise Refused("invalid_blocks", "table too long")


def _check_input(element: dict[str, Any]) -> None:
    initial, longest = element.get("initial_value", ""), element.get("max_length", 3000)
    if element["type"] == "plain_text_input" and not 1 <= longest <= 3000:
        raise Refused("invalid_arguments", "max_length")
    if len(initial) > longest:
        raise Refused("invalid_arguments", "initial_value exceeds max_length")


def _at_most(text: str, limit: int, what: str) -> None:
    if len(text) > limit:
        raise Refused("invalid_blocks", f"{what}: {len(text)} of {limit} characters")


def _unique(ids: list[str], what: str, _blocks: Any = None) -> None:
    twice = {i for i in ids if ids.count(i) > 1}
    if twice and what == "block_id":
        raise Refused("invalid_blocks", f"{what} twice")
    if twice and twice != {"value"}:  # each input block has an element of its own
        raise Refused("invalid_blocks", f"{what} twice: {sorted(twice)}")


def elements(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """List buttons, menus and inputs."""
    for block in blocks:
        if block["type"] == "actions":
            yield from block["elements"]
        if "accessory" in block:
            yield block["accessory"]
        if block["type"] == "input":
            yield block["element"]


def texts(part: Any) -> Iterator[dict[str, Any]]:
    """List the text objects inside."""
    if isinstance(part, dict):
        if part.get("type") in {"mrkdwn", "plain_text", "raw_text"} and "text" in part:
            yield part
        for value in part.values():
            yield from texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from texts(value)


def strings(part: Any) -> Iterator[str]:
    """List all strings that are shown or linked, not the names of types."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for name, value in part.items():
            if name not in {"type", "action_id", "block_id", "style"}:
                yield from strings(value)
    elif isinstance(part, list):
        for value in part:
            yield from strings(value)


def pings(payload: dict[str, Any]) -> list[str]:
    """List what would notify somebody in a message, and loose angle brackets."""
    found: list[str] = []
    shown = [payload.get("text") or ""]
    for text in texts(payload.get("blocks") or []):
        if text["type"] == "mrkdwn":
            shown.append(text["text"])
            if not text.get("verbatim"):
                found.append(f"not verbatim: {text['text'][:40]}")
    for text in shown:
        found += _PING.findall(text)
        rest = _LINK.sub("", text)
        if "<" in rest or re.search(r"(?m)(?<!^)>", rest):
            found.append(f"loose bracket: {rest[:60]}")
    return found


def links(text: str) -> list[tuple[str, str]]:
    """List the (address, label) pairs of a mrkdwn text as Slack reads them."""
    return [(m["url"], m["label"] or "") for m in _LINK.finditer(text)]
