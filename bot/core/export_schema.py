"""The JSON Schema of an exported idea; published as docs/idea.schema.json."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.core.export_columns import VERSION

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_MOMENT = {"type": "string", "format": "date-time"}
_TIME = {"type": ["string", "null"], "format": "date-time"}
_STATUS = {"enum": ["pending", "accepted", "declined", "merged", "withdrawn"]}


def _texts(said: str) -> dict[str, Any]:
    return {"type": "array", "items": _TEXT, "description": said}


def _object(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties, **more}


_TAG = _object(
    {
        "industry": _TEXT,
        "name": _TEXT,
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "because": _texts("The words that decided it."),
        "set_by": {"enum": ["author", "tagger", "moderator"]},
        "taxonomy_version": {"type": "integer"},
        "naics": _texts("NAICS 2022 code prefixes."),
        "isic": _texts("ISIC Rev. 4 code prefixes."),
    }
)
_PAIR = _object({"up": _COUNT, "down": _COUNT})
_VOTES = _object(
    {
        "up": _COUNT,
        "down": _COUNT,
        "by_platform": {"type": "object", "additionalProperties": _PAIR},
    },
    description="With the votes of the ideas that were merged into this one.",
)
_BEFORE = {
    "type": ["object", "null"],
    "required": ["status", "reason", "decided_at"],
    "properties": {"status": _STATUS, "reason": _TEXT, "decided_at": _TIME},
    "description": "What a merged idea becomes again if it is parted from its target.",
}
PROPERTIES: dict[str, Any] = {
    "number": {"type": "integer", "minimum": 1},
    "title": _TEXT,
    "text": _TEXT,
    "status": _STATUS,
    "reason": {**_TEXT, "description": "Why it was declined."},
    "merged_into": {"type": ["integer", "null"], "description": "A number."},
    "before_merge": _BEFORE,
    "author": {**_TEXT, "description": 'A name; "" where the author is anonymous.'},
    "anonymous": {"type": "boolean"},
    "platform": {**_TEXT, "description": "Where it was submitted."},
    "language": _TEXT,
    "beneficiaries": _TEXT,
    "link": _TEXT,
    "permalink": {"type": ["string", "null"], "description": "The message it came from."},
    "external_id": {"type": ["string", "null"], "description": "The id that an import gave."},
    "consent": {
        "enum": ["own", "asked", "given"],
        "description": "Whether a quoted author has agreed.",
    },
    "flags": _texts("Why a moderator should look at it."),
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
    "decided_at": _TIME,
    "tags": {"type": "array", "items": _TAG, "description": "The primary industry first."},
    "votes": _VOTES,
    "notes": {
        "type": "array",
        "items": _object({"at": _MOMENT, "text": _TEXT}),
        "description": "Public notes on this very idea, oldest first, without names.",
    },
    "aliases": {
        "type": "array",
        "items": _object({"number": {"type": "integer", "minimum": 1}, "since": _MOMENT}),
        "description": "Numbers that the idea had in banks it came from.",
    },
    "files": {
        "type": "array",
        "items": _object(
            {
                "name": _TEXT,
                "media_type": _TEXT,
                "size_bytes": _COUNT,
                "url": _TEXT,
                "picture": {"type": "boolean", "description": "By its type."},
            }
        ),
        "description": "Pictures, files and links that were added to it; never their bytes.",
    },
}
KEYS = tuple(PROPERTIES)
OWN_INDUSTRIES = "own_industries"
"""A field of the first idea of a file, where the bank has changed its industries."""

_CHANGES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": ["add", "rename", "merge", "retire"]}},
    },
    "description": (
        "Only in the first idea of a file, and only if all columns are written: how the bank "
        "changed its industries, oldest first."
    ),
}


def schema_of(keys: Sequence[str] = KEYS) -> dict[str, Any]:
    """Give the schema of an idea with these fields; of a whole one by default."""
    more = {OWN_INDUSTRIES: _CHANGES} if tuple(keys) == KEYS else {}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"An idea as Reelbank exports it, version {VERSION}",
        "description": (
            "A line of JSON Lines, or an entry of `ideas` in JSON. Times are UTC. Fields never "
            "change within a version; new ones are added at the end."
        ),
        "type": "object",
        "required": list(keys),
        "properties": {key: PROPERTIES[key] for key in keys} | more,
    }


SCHEMA = schema_of()
