"""JSON and JSON Lines: every column, one idea a line, and a way back through import."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from bot.core.export_columns import COLUMNS, VERSION, keys_of
from bot.core.export_guard import moment, moment_us
from bot.core.export_schema import KEYS
from storage.exporting import aliases_of, notes_of, tags_of, texts_of, votes_of

if TYPE_CHECKING:
    from bot.core.exports import Source
    from storage import Attachment
    from storage.exporting import ExportRow, ExportTag

FORMAT = "reelbank-ideas"
HEAD = f'{{"format":"{FORMAT}","version":{VERSION},"ideas":['
TAIL = "\n]}\n"
_FLUSH_LINES = 256
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Field = Callable[["ExportRow"], Any]


def fields_of(source: Source) -> dict[str, Field]:
    """Give what makes each chosen field of a row; all of them where nothing was chosen."""
    makers: dict[str, Field] = {
        "number": lambda row: row.number,
        "title": lambda row: row.title,
        "text": lambda row: row.text,
        "status": lambda row: row.status,
        "reason": lambda row: row.reason,
        "merged_into": lambda row: row.merged_into,
        "before_merge": _before,
        "author": lambda row: row.author_name,
        "anonymous": lambda row: row.is_anonymous == 1,
        "platform": lambda row: row.platform,
        "language": lambda row: row.language,
        "beneficiaries": lambda row: row.beneficiaries,
        "link": lambda row: row.link,
        "permalink": lambda row: row.permalink,
        "external_id": lambda row: row.external_id,
        "consent": lambda row: row.consent,
        "flags": lambda row: texts_of(row.flags),
        "created_at": lambda row: moment_us(row.created_us),
        "updated_at": lambda row: moment_us(row.updated_us),
        "decided_at": lambda row: moment_us(row.decided_us) or None,
        "tags": _Tags(source),
        "votes": _votes,
        "notes": lambda row: [{"at": moment(at), "text": text} for at, text in notes_of(row.notes)],
        "aliases": lambda row: [
            {"number": number, "since": moment(at)} for number, at in aliases_of(row.aliases)
        ],
        "files": lambda row: [_file(one) for one in source.files(row.number)],
    }
    wanted = KEYS if source.columns == COLUMNS else keys_of(source.columns)
    return {key: makers[key] for key in wanted}


class _Tags:
    """Writes the tags of a row; names and codes of an industry are looked up once."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def __call__(self, row: ExportRow) -> list[dict[str, Any]]:
        return [self._tag(tag) for tag in tags_of(row.tags)]

    def _tag(self, tag: ExportTag) -> dict[str, Any]:
        coded = self._source.industry(tag.industry)
        return {
            "industry": tag.industry,
            "name": coded.name,
            "confidence": tag.confidence,
            "because": texts_of(tag.because),
            "set_by": tag.set_by,
            "taxonomy_version": tag.taxonomy_version,
            "naics": coded.naics,
            "isic": coded.isic,
        }


def _votes(row: ExportRow) -> dict[str, Any]:
    split = () if row.votes == "{}" else sorted(votes_of(row.votes).items())
    by_platform = {name: {"up": up, "down": down} for name, (up, down) in split}
    return {"up": row.up, "down": row.down, "by_platform": by_platform}


def _file(file: Attachment) -> dict[str, Any]:
    return {
        "name": file.name,
        "media_type": file.media_type,
        "size_bytes": file.size_bytes,
        "url": file.url,
        "picture": file.is_picture,
    }


def _before(row: ExportRow) -> dict[str, Any] | None:
    if row.before_merge is None or row.merged_into is None:
        return None
    before = json.loads(row.before_merge)
    at = before.get("decided_at")
    return {
        "status": before["status"],
        "reason": before.get("reason") or "",
        "decided_at": moment_us(at) or None,
    }


def write_jsonl(source: Source, out: BinaryIO, *, with_bom: bool) -> int:
    """Write one JSON object a line; gives how many there were."""
    del with_bom  # JSON forbids one
    count = 0
    for lines in _batches(source):
        count += len(lines)
        lines.append("")
        out.write("\n".join(lines).encode("utf-8", "replace"))
    return count


def write_json(source: Source, out: BinaryIO, *, with_bom: bool) -> int:
    """Write one JSON object with all ideas, each on a line of its own; gives how many."""
    del with_bom
    out.write(HEAD.encode())
    count = 0
    for lines in _batches(source):
        out.write((",\n" if count else "\n").encode())
        count += len(lines)
        out.write(",\n".join(lines).encode("utf-8", "replace"))
    out.write(TAIL.encode())
    return count


def _batches(source: Source) -> Iterator[list[str]]:
    fields = list(fields_of(source).items())
    lines: list[str] = []
    for row in source.rows():
        lines.append(_dump({key: make(row) for key, make in fields}))
        if len(lines) == _FLUSH_LINES:
            yield lines
            lines = []
    if lines:
        yield lines
