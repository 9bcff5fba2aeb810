"""What an export holds, beside it: counts, filters, versions, times and SHA-256 of its files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.core.export_columns import VERSION
from bot.core.export_guard import moment
from storage import IdeaFilter

if TYPE_CHECKING:
    from bot.core.export_parts import Piece
    from bot.core.exports import Source

NAME = "manifest.json"
FORMAT = "reelbank-manifest"


def manifest(source: Source, pieces: Sequence[Piece], made_at: datetime) -> bytes:
    """Give the manifest of files that were written from a source, as indented JSON; blocks.

    `made_at` stands here and not in the files: so the same ideas give the same bytes there.
    """
    options = source.options
    value = {
        "format": FORMAT,
        "version": 1,
        "made_at": moment(made_at),
        "reelbank": _version(),
        "file_format": options.format,
        "columns_version": VERSION,
        "columns": [column.name for column in source.columns],
        "taxonomy_version": source.taxonomy.version,
        "filters": filters_of(options.filter),
        "is_pseudonymised": options.is_pseudonymised,
        "ideas": source.statuses.total(),
        "statuses": dict(sorted(source.statuses.items())),
        "files": [
            {"name": p.name, "bytes": p.size, "sha256": p.sha256, "ideas": p.ideas} for p in pieces
        ],
    }
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def filters_of(wanted: IdeaFilter) -> dict[str, Any]:
    """Give what a filter asks for; only what narrows the collection down, and no person's id."""
    plain = IdeaFilter()
    found: dict[str, Any] = {}
    for one in fields(IdeaFilter):
        value = getattr(wanted, one.name)
        if one.name == "sort" or value == getattr(plain, one.name):
            continue
        if one.name == "author_id":
            found["mine"] = True
        else:
            found[one.name] = moment(value) if isinstance(value, datetime) else value
    return found


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415

    return version("reelbank")
