"""CSV: one row per idea, as RFC 4180 has it, and safe to open in a spreadsheet program."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from bot.core.exports import Source
    from storage import Idea

GUARD = "'"
# What a spreadsheet program may take for a formula, also behind blanks and in full width.
_FORMULA = re.compile(
    r"[\s\x00-\x1f\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212|]|[\t\r\n\x00]"
)
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FLUSH_ROWS = 512

PLATFORMS = ("console", "discord", "slack")
COLUMNS = (
    *("number", "title", "text", "status", "primary_industry", "primary_industry_name"),
    *("industries", "tags", "naics", "isic", "author", "anonymous", "platform", "language"),
    *("beneficiaries", "link", "permalink", "votes_up", "votes_down", "score"),
    *(f"votes_{platform}_{way}" for platform in PLATFORMS for way in ("up", "down")),
    *("created_at", "updated_at", "decided_at", "reason", "merged_into", "flags"),
    *("external_id", "consent", "notes"),
)  # fmt: skip


def guarded(text: str) -> str:
    """Give a text that no spreadsheet program takes for a formula, without control characters."""
    clean = _NOT_TEXT.sub("", text)
    return GUARD + clean if _FORMULA.match(clean) else clean


def unguarded(text: str) -> str:
    """Take the guard off again."""
    is_guarded = text.startswith(GUARD) and _FORMULA.match(text[1:]) is not None
    return text[1:] if is_guarded else text


def moment(at: datetime | None) -> str:
    """Write a time: ISO 8601 in UTC, with the fraction of the second where there is one."""
    return "" if at is None else at.isoformat().replace("+00:00", "Z")


def write_csv(source: Source, out: BinaryIO, *, with_bom: bool) -> int:
    """Write all ideas; gives how many there were."""
    encoding = "utf-8-sig" if with_bom else "utf-8"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    row_of = Rows(source)
    count = 0
    for idea in source.ideas():
        writer.writerow(row_of(idea))
        count += 1
        if count % _FLUSH_ROWS == 0:
            encoding = _flush(text, out, encoding)
    _flush(text, out, encoding)
    return count


def _flush(text: io.StringIO, out: BinaryIO, encoding: str) -> str:
    # A lone surrogate cannot be UTF-8; nothing that came through a platform holds one.
    out.write(text.getvalue().encode(encoding, "replace"))
    text.seek(0)
    text.truncate()
    return "utf-8"


class Rows:
    """Turns ideas into rows; remembers names and codes of industries."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._industries: dict[str, tuple[str, str, str]] = {}

    def __call__(self, idea: Idea) -> tuple[Any, ...]:
        """Give the cells of one idea in the order of `COLUMNS`."""
        votes = idea.votes
        primary = idea.primary
        name, naics, isic = self._industry(primary)
        split = [votes.by_platform.get(platform, (0, 0)) for platform in PLATFORMS]
        return (
            idea.number, guarded(idea.title), guarded(idea.text), idea.status, primary, name,
            " ".join(t.industry for t in idea.tags),
            "; ".join(f"{t.industry} {t.confidence:.2f} {t.set_by}" for t in idea.tags),
            naics, isic, guarded(idea.author_name), "yes" if idea.is_anonymous else "no",
            idea.platform, guarded(idea.language), guarded(idea.beneficiaries),
            guarded(idea.link), guarded(idea.permalink or ""), votes.up, votes.down, votes.score,
            *(count for pair in split for count in pair),
            moment(idea.created_at), moment(idea.updated_at), moment(idea.decided_at),
            guarded(idea.reason), idea.merged_into, " ".join(idea.flags),
            guarded(idea.external_id or ""), idea.consent, idea.note_count,
        )  # fmt: skip

    def _industry(self, industry: str) -> tuple[str, str, str]:
        known = self._industries.get(industry)
        if known is None:
            coded = self._source.industry(industry)
            known = (guarded(coded.name), " ".join(coded.naics), " ".join(coded.isic))
            self._industries[industry] = known
        return known
