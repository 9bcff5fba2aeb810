"""JSON and JSON Lines: every column, one idea a line, and a way back through import."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from bot.core.export_csv import moment

if TYPE_CHECKING:
    from bot.core.exports import Source
    from storage import Idea, IdeaTag

FORMAT = "reelbank-ideas"
_FLUSH_LINES = 256
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_TIME = {"type": ["string", "null"], "format": "date-time"}
_TAG = {
    "type": "object",
    "required": ["industry", "confidence", "set_by"],
    "properties": {
        "industry": _TEXT,
        "name": _TEXT,
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "because": {"type": "array", "items": _TEXT},
        "set_by": {"enum": ["author", "tagger", "moderator"]},
        "taxonomy_version": {"type": "integer"},
        "naics": {"type": "array", "items": _TEXT},
        "isic": {"type": "array", "items": _TEXT},
    },
}
_VOTES = {
    "type": "object",
    "required": ["up", "down", "by_platform"],
    "properties": {
        "up": _COUNT,
        "down": _COUNT,
        "by_platform": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "properties": {"up": _COUNT, "down": _COUNT},
            },
        },
    },
}
_FILE = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": _TEXT,
        "media_type": _TEXT,
        "size_bytes": _COUNT,
        "url": _TEXT,
        "picture": {"type": "boolean"},
    },
}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "An idea as Reelbank exports it, version 1",
    "type": "object",
    "required": ["number", "title", "text", "status", "created_at", "tags", "votes"],
    "properties": {
        "number": {"type": "integer", "minimum": 1},
        "title": _TEXT,
        "text": _TEXT,
        "status": {"enum": ["pending", "accepted", "declined", "merged", "withdrawn"]},
        "reason": _TEXT,
        "merged_into": {"type": ["integer", "null"]},
        "author": _TEXT,
        "anonymous": {"type": "boolean"},
        "platform": _TEXT,
        "language": _TEXT,
        "beneficiaries": _TEXT,
        "link": _TEXT,
        "permalink": {"type": ["string", "null"]},
        "external_id": {"type": ["string", "null"]},
        "consent": {"enum": ["own", "asked", "given"]},
        "flags": {"type": "array", "items": _TEXT},
        "created_at": {"type": "string", "format": "date-time"},
        "updated_at": _TIME,
        "decided_at": _TIME,
        "tags": {"type": "array", "items": _TAG},
        "votes": _VOTES,
        "files": {"type": "array", "items": _FILE},
    },
}


def record(idea: Idea, source: Source) -> dict[str, Any]:
    """Give an idea as plain JSON values."""
    return {
        "number": idea.number,
        "title": idea.title,
        "text": idea.text,
        "status": idea.status,
        "reason": idea.reason,
        "merged_into": idea.merged_into,
        "author": idea.author_name,
        "anonymous": idea.is_anonymous,
        "platform": idea.platform,
        "language": idea.language,
        "beneficiaries": idea.beneficiaries,
        "link": idea.link,
        "permalink": idea.permalink,
        "external_id": idea.external_id,
        "consent": idea.consent,
        "flags": list(idea.flags),
        "created_at": moment(idea.created_at),
        "updated_at": moment(idea.updated_at),
        "decided_at": moment(idea.decided_at) or None,
        "tags": [_tag(tag, source) for tag in idea.tags],
        "votes": {
            "up": idea.votes.up,
            "down": idea.votes.down,
            "by_platform": {
                platform: {"up": up, "down": down}
                for platform, (up, down) in sorted(idea.votes.by_platform.items())
            },
        },
        "files": [
            {
                "name": file.name,
                "media_type": file.media_type,
                "size_bytes": file.size_bytes,
                "url": file.url,
                "picture": file.is_picture,
            }
            for file in source.files(idea.number)
        ],
    }


def _tag(tag: IdeaTag, source: Source) -> dict[str, Any]:
    coded = source.industry(tag.industry)
    return {
        "industry": tag.industry,
        "name": coded.name,
        "confidence": tag.confidence,
        "because": list(tag.because),
        "set_by": tag.set_by,
        "taxonomy_version": tag.taxonomy_version,
        "naics": list(coded.naics),
        "isic": list(coded.isic),
    }


def write_jsonl(source: Source, out: BinaryIO, *, with_bom: bool) -> int:
    """Write one JSON object a line; gives how many there were."""
    del with_bom  # JSON forbids one
    count = 0
    for count, line in enumerate(_lines(source), 1):  # noqa: B007  the count is what is returned
        out.write(line + b"\n")
    return count


def write_json(source: Source, out: BinaryIO, *, with_bom: bool) -> int:
    """Write one JSON object with all ideas, each on a line of its own; gives how many."""
    del with_bom
    head = {"format": FORMAT, "version": 1, "ideas": []}
    out.write(_dump(head)[:-2].encode())
    count = 0
    for count, line in enumerate(_lines(source), 1):
        out.write((b",\n" if count > 1 else b"\n") + line)
    out.write(b"\n]}\n")
    return count


def _lines(source: Source) -> Iterator[bytes]:
    for idea in source.ideas():
        yield _dump(record(idea, source)).encode("utf-8", "replace")
