"""Markdown: a document to read, by industry, in which no member's words are markup."""

from __future__ import annotations

import html
import re
import shutil
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from bot.core.exports import Source
    from storage import Idea

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|~^=$:])")
_NOT_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_ZERO_WIDTH = "\u200b"
_IN_MEMORY = 1 << 18
"""Bytes of an industry's part that stay in memory; more go to a temporary file."""


def literal(text: str) -> str:
    """Give a text that shows as it was typed: no Markdown, no HTML, no mention, on one line."""
    one_line = " ".join(_NOT_TEXT.sub(" ", text).split())
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
    with ExitStack() as stack:
        # One pass over the store; each industry's part waits in a file, so memory stays flat.
        parts: dict[str, IO[bytes]] = {}
        for idea in source.ideas():
            if idea.primary not in parts:
                parts[idea.primary] = stack.enter_context(SpooledTemporaryFile(_IN_MEMORY))
            parts[idea.primary].write(_idea(idea, source).encode("utf-8", "replace"))
            count += 1
        out.write(b"# Use cases for text-to-video\n")
        known = [industry for industry in source.taxonomy.ids if industry in parts]
        for industry in [*known, *sorted(set(parts) - set(known))]:
            out.write(f"\n## {literal(source.industry(industry).name)}\n".encode())
            parts[industry].seek(0)
            shutil.copyfileobj(parts[industry], out)
    out.write(f"\n{count} {'idea' if count == 1 else 'ideas'}.\n".encode())
    return count


def _idea(idea: Idea, source: Source) -> str:
    lines = [
        f"\n### #{idea.number} {literal(idea.title)}\n",
        quoted(idea.text),
        "",
        f"- Status: {idea.status}{_reason(idea)}",
        f"- Votes: {idea.votes.up} for, {idea.votes.down} against{_split(idea)}",
        f"- Industries: {'; '.join(_tag(idea, n, source) for n in range(len(idea.tags))) or '-'}",
        f"- Author: {literal(idea.author_name) or ('anonymous' if idea.is_anonymous else '-')}",
        f"- Date: {idea.created_at:%Y-%m-%d}",
    ]
    if idea.beneficiaries:
        lines.append(f"- Who benefits: {literal(idea.beneficiaries)}")
    if idea.link:
        lines.append(f"- Link: {literal(idea.link)}")
    if idea.permalink:
        lines.append(f"- Said here: {literal(idea.permalink)}")
    return "\n".join(lines) + "\n"


def _reason(idea: Idea) -> str:
    if idea.merged_into is not None:
        return f", into #{idea.merged_into}"
    return f" ({literal(idea.reason)})" if idea.reason else ""


def _split(idea: Idea) -> str:
    split = sorted(idea.votes.by_platform.items())
    if not split:
        return ""
    return " (" + ", ".join(f"{name} {up}/{down}" for name, (up, down) in split) + ")"


def _tag(idea: Idea, n: int, source: Source) -> str:
    tag = idea.tags[n]
    coded = source.industry(tag.industry)
    pairs = (("NAICS", coded.naics), ("ISIC", coded.isic))
    codes = [f"{label} {' '.join(found)}" for label, found in pairs if found]
    details = [f"{tag.confidence:.0%}", f"set by the {tag.set_by}", *codes]
    return f"{literal(coded.name)} ({', '.join(details)})"
