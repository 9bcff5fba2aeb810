"""Markdown: a document to read, by industry, in which no member's words are markup."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, BinaryIO

from bot.core.export_columns import NAMES, primary_of
from bot.core.export_guard import harmless, moment_us
from storage.exporting import tags_of, votes_of

if TYPE_CHECKING:
    from bot.core.exports import Source
    from storage.exporting import ExportRow, ExportTag

Line = Callable[["ExportRow", "Source"], list[str]]

HEAD = "# Use cases for text-to-video\n"
IDEA = "### #"  # begins an idea; no line of members' words begins so
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|~^=$:])")
_NOT_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_ZERO_WIDTH = "\u200b"
_IN_MEMORY = 1 << 18
"""Bytes of an industry's part that stay in memory; more go to a temporary file."""


def literal(text: str) -> str:
    """Give a text that shows as it was typed: no Markdown, no HTML, no mention, on one line."""
    one_line = " ".join(harmless(_NOT_TEXT.sub(" ", text)).split())
    escaped = _MARKUP.sub(r"\\\1", html.escape(one_line, quote=False))
    # Backslashes don't stop a site from turning @name into a mention; a zero-width space does.
    return escaped.replace("@", f"@{_ZERO_WIDTH}")


def quoted(text: str) -> str:
    """Give a text of several lines as a quotation."""
    lines = [literal(line) for line in text.splitlines()] or [""]
    return "  \n".join(f"> {line}".rstrip() for line in lines)  # two blanks break the line


def write_md(source: Source, out: BinaryIO, *, with_bom: bool) -> int:
    """Write all ideas under the headings of their primary industries; gives how many."""
    del with_bom
    count = 0
    names = frozenset(column.name for column in source.columns)
    with ExitStack() as stack:
        # One pass over the store; each industry's part waits in a file, so memory stays flat.
        parts: dict[str, IO[bytes]] = {}
        for row in source.rows():
            primary = primary_of(row.tags)
            if primary not in parts:
                parts[primary] = stack.enter_context(SpooledTemporaryFile(_IN_MEMORY))
            parts[primary].write(_idea(row, source, names).encode("utf-8", "replace"))
            count += 1
        out.write(HEAD.encode())
        known = [industry for industry in source.taxonomy.ids if industry in parts]
        for industry in [*known, *sorted(set(parts) - set(known))]:
            out.write(f"\n## {literal(source.industry(industry).name)}\n".encode())
            parts[industry].seek(0)
            shutil.copyfileobj(parts[industry], out)
    out.write(f"\n{count_line(count)}".encode())
    return count


def count_line(count: int) -> str:
    """Give the last line of a document."""
    return f"{count} {'idea' if count == 1 else 'ideas'}.\n"


def _idea(row: ExportRow, source: Source, names: frozenset[str]) -> str:
    lines = [f"\n{IDEA}{row.number} {literal(row.title)}\n"]
    if "text" in names:
        lines += [quoted(row.text), ""]
    for wanted, line in _LINES:
        if not names.isdisjoint(wanted):
            lines += line(row, source)
    return "\n".join(lines) + "\n"


def _status(row: ExportRow, _source: Source) -> list[str]:
    return [f"- Status: {row.status}{_reason(row)}"]


def _reason(row: ExportRow) -> str:
    if row.merged_into is not None:
        return f", into #{row.merged_into}"
    return f" ({literal(row.reason)})" if row.reason else ""


def _votes(row: ExportRow, _source: Source) -> list[str]:
    split = () if row.votes == "{}" else sorted(votes_of(row.votes).items())
    by = ", ".join(f"{literal(name)} {up}/{down}" for name, (up, down) in split)
    return [f"- Votes: {row.up} for, {row.down} against" + (f" ({by})" if by else "")]


def _tags(row: ExportRow, source: Source) -> list[str]:
    return [f"- Industries: {'; '.join(_tag(tag, source) for tag in tags_of(row.tags)) or '-'}"]


def _tag(tag: ExportTag, source: Source) -> str:
    coded = source.industry(tag.industry)
    pairs = (("NAICS", coded.naics), ("ISIC", coded.isic))
    codes = [f"{label} {' '.join(found)}" for label, found in pairs if found]
    details = [f"{tag.confidence:.0%}", f"set by the {tag.set_by}", *codes]
    return f"{literal(coded.name)} ({', '.join(details)})"


def _author(row: ExportRow, _source: Source) -> list[str]:
    return [f"- Author: {literal(row.author_name) or ('anonymous' if row.is_anonymous else '-')}"]


def _labelled(label: str, value: Callable[[ExportRow], str | None]) -> Line:
    def line(row: ExportRow, _source: Source) -> list[str]:
        text = value(row)
        return [f"- {label}: {literal(text)}"] if text else []

    return line


def _date(row: ExportRow, _source: Source) -> list[str]:
    return [f"- Date: {moment_us(row.created_us)[:10]}"]


# The columns that a line stands for, and the line; optional ones are left out where empty.
_LINES: tuple[tuple[tuple[str, ...], Line], ...] = (
    (("status", "reason", "merged_into"), _status),
    (("score", *(name for name in NAMES if name.startswith("votes_"))), _votes),
    (("tags", "industries", "primary_industry", "primary_industry_name", "naics", "isic"), _tags),
    (("author", "anonymous"), _author),
    (("created_at",), _date),
    (("beneficiaries",), _labelled("Who benefits", lambda row: row.beneficiaries)),
    (("link",), _labelled("Link", lambda row: row.link)),
    (("permalink",), _labelled("Said here", lambda row: row.permalink)),
)
