"""A table as Slack's `table` block, and as text where that block is not accepted.

Slack takes one table per message, in messages only, and no empty cell. The text form is made for
a phone: narrow tables as fixed columns, wide ones as one short list per row.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from bot.adapters.slack_app import limits, mrkdwn
from bot.adapters.slack_app.shelf import typed_here
from bot.core.markup import Bold, Cite, CodeSpan, Inline, Italic, Link, Text, parse, plain_text
from bot.core.model import Table

_PHONE = 38
"""Fixed-width characters that fit a line of Slack on a small phone."""
_CELL = 400
_BLANK = "\u00a0"
_TABLE = 9000
"""Characters of all cells together; Slack refuses more than 10,000."""

Block = dict[str, Any]


def table_block(table: Table, urls: Mapping[int, str]) -> Block | None:
    """Give the block, or None where the table is larger than Slack accepts."""
    rows = [[_cell(name, {}, is_bold=True) for name in table.columns]]
    rows += [[_cell(cell, urls) for cell in row] for row in table.rows]
    is_small = len(rows) <= limits.TABLE_ROWS and 0 < len(rows[0]) <= limits.TABLE_COLUMNS
    size = sum(len(plain_text(cell)) for row in table.rows for cell in row)
    if not is_small or size > _TABLE or any(len(row) != len(rows[0]) for row in rows):
        return None
    return {"type": "table", "column_settings": [{"is_wrapped": True}] * len(rows[0]), "rows": rows}


def _cell(text: str, urls: Mapping[int, str], *, is_bold: bool = False) -> Block:
    elements: list[Block] = []
    for block in parse(text):
        for inline in getattr(block, "inlines", ()):
            elements += _elements(inline, urls, {"bold": True} if is_bold else {})
    if not elements:  # Slack takes no empty cell; a column without a name needs no dash either
        nothing = _BLANK if is_bold else "–"
        elements = [{"type": "text", "text": plain_text(text).strip()[:_CELL] or nothing}]
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": elements}],
    }


def _elements(inline: Inline, urls: Mapping[int, str], style: Mapping[str, bool]) -> list[Block]:
    if isinstance(inline, Bold | Italic):
        more = {**style, "bold" if isinstance(inline, Bold) else "italic": True}
        return [part for child in inline.children for part in _elements(child, urls, more)]
    url = _address(inline, urls)
    words = _words(inline)[:_CELL]
    if not words:
        return []
    if isinstance(inline, CodeSpan):
        style = {**style, "code": True}
    element: Block = {"type": "text", "text": words}
    if url:
        element = {"type": "link", "url": url, "text": words}
    return [{**element, "style": dict(style)}] if style else [element]


def _address(inline: Inline, urls: Mapping[int, str]) -> str | None:
    raw = inline.url if isinstance(inline, Link) else None
    if isinstance(inline, Cite):
        raw = urls.get(inline.n)
    return raw if raw and mrkdwn.safe_url(raw) and len(raw) <= limits.URL else None


def _words(inline: Inline) -> str:
    if isinstance(inline, CodeSpan):
        return typed_here(inline.text)
    if isinstance(inline, Text):
        return inline.text
    if isinstance(inline, Cite):
        return f"[{inline.n}]"
    return "".join(_words(child) for child in inline.children)


def table_text(table: Table, urls: Mapping[int, str]) -> list[str]:
    """Give the table as mrkdwn in pieces that fit a section each."""
    plain = [[plain_text(cell) for cell in row] for row in (table.columns, *table.rows)]
    widths = [max(_width(row[n]) for row in plain) for n in range(len(table.columns))]
    if sum(widths) + 2 * (len(widths) - 1) <= _PHONE:
        return _columns(plain, widths)
    pieces: list[str] = []
    for row in table.rows:
        drawn = _record(table.columns, row, urls)
        if pieces and len(pieces[-1]) + len(drawn) + 2 <= limits.SECTION - 100:
            pieces[-1] += f"\n\n{drawn}"
        else:
            pieces.append(drawn)
    return pieces


def _record(columns: Sequence[str], row: Sequence[str], urls: Mapping[int, str]) -> str:
    """Draw a row as its first cell and a list of the others."""
    head = mrkdwn.line(f"**{row[0]}**", _CELL, urls)
    cells = [
        f"• {mrkdwn.line(name, 80)}: {mrkdwn.line(cell, _CELL, urls)}"
        for name, cell in zip(columns[1:], row[1:], strict=False)
        if cell.strip()
    ]
    return "\n".join([head, *cells])[: limits.SECTION - 100]


def _columns(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    lines = [
        "  ".join(_padded(c, w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    rule = "  ".join("-" * width for width in widths)
    fenced = "\n".join([lines[0], rule, *lines[1:]]).replace("```", "'''")
    return mrkdwn.pieces(f"```\n{fenced}\n```", limits.SECTION - 100)


def _width(text: str) -> int:
    """Count fixed-width columns; wide East Asian characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
