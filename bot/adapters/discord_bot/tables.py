"""A table as text that a phone can show: aligned where it is narrow, else a list per row."""

from __future__ import annotations

import unicodedata

from bot.core.markup import plain_text
from bot.core.model import Table
from prompts import plain

PHONE_COLUMNS = 34
"""Characters of a fixed-width line that a phone shows in a message without breaking it."""

_ONE_LINE = 140
"""Characters of a row that still read as one entry of a list."""


def table_text(table: Table) -> str:
    """Give a table in Reelbank's Markdown: a fence if it is narrow and cites nothing, else a list.

    A fence cannot hold links, so a table that cites its cells is always a list, in which each
    mark leads to its source.
    """
    cells = [[_flat(plain_text(cell)) for cell in row] for row in (table.columns, *table.rows)]
    widths = [max(_width(row[i]) for row in cells if i < len(row)) for i in range(len(cells[0]))]
    is_narrow = sum(widths) + 2 * (len(widths) - 1) <= PHONE_COLUMNS
    cites = any("[" in cell for row in table.rows for cell in row)
    if is_narrow and not cites:
        return _aligned(cells, widths)
    is_short = all(sum(map(_width, row)) <= _ONE_LINE for row in cells)
    if len(widths) < 3 or (is_short and not cites):  # noqa: PLR2004  two columns need no names
        return _lines(table)
    return _listed(table)


def _lines(table: Table) -> str:
    """Give each row as one entry, below the names of the columns."""
    names = " · ".join(_flat(name) for name in table.columns if name.strip())
    rows = ["- " + " · ".join([_heading(row), *map(_flat, row[1:])]) for row in table.rows]
    return "\n".join([f"*{names}*" if names else "", *rows]).strip()


def _heading(row: tuple[str, ...]) -> str:
    return f"**{plain(_flat(plain_text(row[0])))}**"


def _aligned(cells: list[list[str]], widths: list[int]) -> str:
    lines = [
        "  ".join(cell + " " * (w - _width(cell)) for cell, w in zip(row, widths, strict=False))
        for row in cells
    ]
    lines.insert(1, "  ".join("─" * w for w in widths))
    fence = "```"
    body = "\n".join(line.rstrip() for line in lines).replace(fence, "'''")
    return f"{fence}\n{body}\n{fence}"


def _listed(table: Table) -> str:
    """Give each row its first cell as a heading, and `column: cell` below."""
    parts: list[str] = []
    for row in table.rows:
        head, *rest = row or ("",)
        title = plain(_flat(plain_text(head)))
        names = table.columns[1:]
        lines = [
            f"- {name}: {cell}" if name.strip() else f"- {cell}"
            for name, cell in zip(names, (_flat(cell) for cell in rest), strict=False)
            if cell.strip()
        ]
        parts.append("\n".join([f"**{title}**" if title else "", *lines]).strip())
    return "\n\n".join(part for part in parts if part)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
