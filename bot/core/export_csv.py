"""CSV: one row per idea, as RFC 4180 has it, and safe to open in a spreadsheet program."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from bot.core.exports import Source
    from storage import Idea

GUARD = "'"
# What a spreadsheet program may take for a formula, also behind blanks and in full width.
_FORMULA = re.compile(
    r"[\s\x00-\x1f\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20\u2212|]|[\t\r\n\x00]"
)
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SPECIAL = re.compile(r'[",\r\n]')
_FLUSH_LINES = 256
BOM = "\ufeff"

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
    # Nearly all texts are printable and begin with a letter: that is quick to see.
    if not text or (text[0].isalnum() and text.isprintable()):
        return text
    clean = _NOT_TEXT.sub("", text)
    return GUARD + clean if _FORMULA.match(clean) else clean


def unguarded(text: str) -> str:
    """Take the guard off again."""
    is_guarded = text.startswith(GUARD) and _FORMULA.match(text[1:]) is not None
    return text[1:] if is_guarded else text


def moment(at: datetime | None) -> str:
    """Write a time: ISO 8601 in UTC, with the fraction of the second where there is one."""
    return "" if at is None else f"{at.isoformat()[:-6]}Z"  # the store gives +00:00 only


def quoted(text: str) -> str:
    """Write a text as a cell (RFC 4180)."""
    # Half the time of an export goes into csv.writer, which looks at every cell's every character.
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


def write_csv(source: Source, out: BinaryIO, *, with_bom: bool) -> int:
    """Write all ideas; gives how many there were."""
    out.write((BOM if with_bom else "").encode())
    out.write(f"{','.join(COLUMNS)}\r\n".encode())
    line_of = Lines(source)
    count = 0
    waiting: list[str] = []
    for count, idea in enumerate(source.ideas(), 1):  # noqa: B007  the count is what is returned
        waiting.append(line_of(idea))
        if len(waiting) == _FLUSH_LINES:
            out.write("".join(waiting).encode("utf-8", "replace"))
            waiting.clear()
    out.write("".join(waiting).encode("utf-8", "replace"))
    return count


_NO_VOTES = ",".join("0" * 2 * len(PLATFORMS))


def _split(by_platform: Mapping[str, tuple[int, int]]) -> str:
    pairs = [by_platform.get(platform, (0, 0)) for platform in PLATFORMS]
    return ",".join([f"{up},{down}" for up, down in pairs])


def _cell(text: str) -> str:
    return quoted(guarded(text)) if text else ""


class Lines:
    """Turns ideas into lines; remembers names and codes of industries."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._industries: dict[str, tuple[str, str]] = {}

    def __call__(self, idea: Idea) -> str:
        """Give the line of one idea, its cells in the order of `COLUMNS`."""
        votes = idea.votes
        tags = idea.tags
        created = moment(idea.created_at)
        is_untouched = idea.updated_at == idea.created_at
        primary, codes = self._industry(idea.primary)
        cells = (
            f"{idea.number},{_cell(idea.title)},{_cell(idea.text)},{idea.status}",
            primary,
            " ".join([t.industry for t in tags]),
            "; ".join([f"{t.industry} {t.confidence:.2f} {t.set_by}" for t in tags]),
            codes,
            _cell(idea.author_name),
            "yes" if idea.is_anonymous else "no",
            f"{idea.platform},{_cell(idea.language)},{_cell(idea.beneficiaries)}",
            f"{_cell(idea.link)},{_cell(idea.permalink or '')}",
            f"{votes.up},{votes.down},{votes.score}",
            _split(votes.by_platform) if votes.by_platform else _NO_VOTES,
            created,
            created if is_untouched else moment(idea.updated_at),
            moment(idea.decided_at),
            _cell(idea.reason),
            "" if idea.merged_into is None else str(idea.merged_into),
            _cell(" ".join(idea.flags)),
            f"{_cell(idea.external_id or '')},{idea.consent},{idea.note_count}\r\n",
        )
        return ",".join(cells)

    def _industry(self, industry: str) -> tuple[str, str]:
        """Give the cells of an industry: id and name, then its codes."""
        known = self._industries.get(industry)
        if known is None:
            coded = self._source.industry(industry)
            name = f"{_cell(industry)},{_cell(coded.name)}"
            known = name, f"{' '.join(coded.naics)},{' '.join(coded.isic)}"
            self._industries[industry] = known
        return known
