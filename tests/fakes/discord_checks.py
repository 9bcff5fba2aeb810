"""What Discord refuses, checked on every request: its published limits, and its own description.

The description (OpenAPI) is used where it is at hand: REELBANK_DISCORD_OPENAPI names the file, or
`shared/specs/discord-openapi.json` lies beside the repository. It is looser than Discord itself
(content up to 4,000, 40 rows, twin ids), so the limits are checked here besides.
"""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

BESIDE = Path(__file__).parents[2].parent / "shared" / "specs" / "discord-openapi.json"
BUTTON, TEXT_INPUT, LABEL, ROW = 2, 4, 18, 1
SELECTS = {3, 5, 6, 7, 8}


def description_path() -> Path | None:
    path = Path(os.environ.get("REELBANK_DISCORD_OPENAPI") or BESIDE)
    return path if path.is_file() else None


@cache
def _description() -> tuple[dict[str, Any], Registry[Any]] | None:
    path = description_path()
    if path is None:
        return None
    document = json.loads(path.read_text(encoding="utf-8"))
    resource = Resource.from_contents(document, default_specification=DRAFT202012)
    return document, Registry().with_resource("urn:discord", resource)


@cache
def _templates() -> list[tuple[str, re.Pattern[str]]]:
    """Give the path templates as patterns, those with the fewest parameters first."""
    loaded = _description()
    paths = sorted(loaded[0]["paths"] if loaded else (), key=lambda path: path.count("{"))
    return [(path, re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))) for path in paths]


@cache
def _validator(method: str, template: str) -> Draft202012Validator | None:
    """Give the check of an operation's body, or None where it takes none."""
    loaded = _description()
    operation = loaded[0]["paths"][template].get(method.lower(), {}) if loaded else {}
    if loaded is None or "application/json" not in operation.get("requestBody", {}).get(
        "content", {}
    ):
        return None
    steps = ["paths", template, method.lower(), "requestBody", "content", "application/json"]
    pointer = "/".join(step.replace("~", "~0").replace("/", "~1") for step in [*steps, "schema"])
    return Draft202012Validator({"$ref": f"urn:discord#/{pointer}"}, registry=loaded[1])


def against_description(method: str, path: str, body: Any) -> list[str]:
    """Say what Discord's description does not allow; nothing where it is not at hand."""
    template = next((known for known, pattern in _templates() if pattern.fullmatch(path)), None)
    validator = _validator(method, template) if template else None
    if validator is None:
        return []
    errors = sorted(validator.iter_errors(_with_text_ids(body)), key=lambda e: len(e.path))
    return [f"{method} {template}: {e.json_path} {e.message[:300]}" for e in errors[:3]]


def _with_text_ids(body: Any) -> Any:
    """discord.py sends some ids as numbers, which Discord takes."""
    if not isinstance(body, dict):
        return body
    body = copy.deepcopy(body)
    message = body["data"] if isinstance(body.get("data"), dict) else body
    for attachment in message.get("attachments") or ():
        attachment["id"] = str(attachment["id"])
    reference = message.get("message_reference") or {}
    for holder, name in (
        *((reference, name) for name in ("message_id", "channel_id", "guild_id")),
        (body, "recipient_id"),
    ):
        if name in holder:
            holder[name] = str(holder[name])
    return body


# --- limits -----------------------------------------------------------------------------------


def of_message(body: dict[str, Any], files: int = 0) -> list[str]:
    """Say what Discord would refuse in a new or edited message."""
    return [
        *_too_long(body.get("content"), 2000, "content"),
        *_of_embeds(body.get("embeds") or []),
        *_of_rows(body.get("components") or []),
        *_of_mentions(body),
        *_too_long(str(body.get("nonce") or ""), 25, "nonce"),
        *([] if _shows(body, files) else ["the message is empty"]),
        *_of_pictures(body, files),
    ]


def _of_pictures(body: dict[str, Any], files: int) -> list[str]:
    """A frame's picture has to be sent along, also with an edit: else it shows twice, or never."""
    shown = [(e.get("image") or {}).get("url", "") for e in body.get("embeds") or []]
    named = {str(a.get("filename")) for a in body.get("attachments") or []}
    wanted = [url.removeprefix("attachment://") for url in shown if url.startswith("attachment://")]
    lost = [name for name in wanted if name not in named or not files]
    return [f"the picture {name} is not sent along" for name in lost]


def _shows(body: dict[str, Any], files: int) -> bool:
    return bool(body.get("content") or body.get("embeds") or body.get("components") or files)


def _of_mentions(body: dict[str, Any]) -> list[str]:
    allowed = body.get("allowed_mentions")
    if allowed is None:
        return ["allowed_mentions is missing: everything would ping"]
    wide = [k for k in ("users", "roles") if allowed.get(k)] + list(allowed.get("parse") or [])
    return [f"allowed_mentions lets {name} ping" for name in wide]


def _too_long(text: str | None, limit: int, name: str) -> list[str]:
    return [f"{name} has {len(text)} characters of {limit}"] if text and len(text) > limit else []


def _of_embeds(embeds: list[dict[str, Any]]) -> Iterator[str]:
    if len(embeds) > 10:
        yield f"{len(embeds)} embeds"
    total = 0
    for embed in embeds:
        fields = embed.get("fields") or []
        texts = {
            "title": (embed.get("title"), 256),
            "description": (embed.get("description"), 4096),
            "footer": ((embed.get("footer") or {}).get("text"), 2048),
        }
        for name, (text, limit) in texts.items():
            yield from _too_long(text, limit, name)
            total += len(text or "")
        if len(fields) > 25:
            yield f"{len(fields)} fields"
        for field in fields:
            yield from _too_long(field["name"], 256, "field name")
            yield from _too_long(field["value"], 1024, "field value")
            if not field["name"] or not field["value"]:
                yield "an empty field"
            total += len(field["name"]) + len(field["value"])
    if total > 6000:
        yield f"embeds have {total} characters of 6000"


def _of_rows(rows: list[dict[str, Any]]) -> Iterator[str]:
    if len(rows) > 5:
        yield f"{len(rows)} rows of 5"
    ids: list[str] = []
    for row in rows:
        items = row.get("components") or []
        kinds = {item["type"] for item in items}
        if row.get("type") != ROW or not 1 <= len(items) <= 5:
            yield f"a row of {len(items)}"
        if kinds & SELECTS and len(items) > 1:
            yield "a menu shares its row"
        for item in items:
            yield from _of_item(item)
            ids += [item["custom_id"]] if "custom_id" in item else []
    yield from (f"twin custom_id {i}" for i in {i for i in ids if ids.count(i) > 1})


def _of_item(item: dict[str, Any]) -> Iterator[str]:
    if item["type"] == BUTTON:
        yield from _too_long(item.get("label"), 80, "label")
        if not (item.get("label") or item.get("emoji")):
            yield "a button without words"
        if ("url" in item and item["url"] is not None) == ("custom_id" in item):
            yield "a button needs one of url and custom_id"
    if "custom_id" in item and not 1 <= len(item["custom_id"]) <= 100:
        yield f"a custom_id of {len(item['custom_id'])}"
    if item["type"] in SELECTS:
        yield from _of_select(item)


def _of_select(item: dict[str, Any]) -> Iterator[str]:
    yield from _too_long(item.get("placeholder"), 150, "placeholder")
    if item["type"] != 3:
        return
    options = item.get("options") or []
    if not 1 <= len(options) <= 25:
        yield f"{len(options)} options"
    if len({o["value"] for o in options}) < len(options):
        yield "twin values"
    for option in options:
        for name in ("label", "value", "description"):
            yield from _too_long(option.get(name), 100, f"option {name}")


def of_modal(data: dict[str, Any]) -> list[str]:
    """Say what Discord would refuse in a modal."""
    found = [*_too_long(data.get("title"), 45, "title"), *_too_long(data["custom_id"], 100, "id")]
    labels = data.get("components") or []
    if not 1 <= len(labels) <= 5:
        found.append(f"{len(labels)} fields")
    ids = [label["component"]["custom_id"] for label in labels if label.get("type") == LABEL]
    if len(set(ids)) < len(labels):
        found.append("twin or missing field ids")
    for label in labels:
        found += _too_long(label.get("label"), 45, "label")
        found += _too_long(label.get("description"), 100, "description")
        found += _of_control(label["component"])
    return found


def _of_control(item: dict[str, Any]) -> list[str]:
    if item["type"] in SELECTS:
        return list(_of_select(item))
    longest, shortest = item.get("max_length") or 4000, item.get("min_length") or 0
    value = item.get("value") or ""
    found = _too_long(item.get("placeholder"), 100, "placeholder")
    if longest > 4000 or shortest > longest:
        found.append(f"limits {shortest} to {longest}")
    if value and not shortest <= len(value) <= longest:
        found.append("the prefilled value is outside of its limits")
    return found


def of_choices(choices: list[dict[str, Any]]) -> list[str]:
    """Say what Discord would refuse in completions."""
    found = [] if len(choices) <= 25 else [f"{len(choices)} choices"]
    for choice in choices:
        found += _too_long(choice["name"], 100, "choice") + _too_long(choice["value"], 100, "value")
    return found
