"""XLSX: typed cells, a sheet for each industry and a summary; memory stays flat.

Everything that people wrote is a text cell, whatever it looks like. Times are UTC.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from bot.core.export_cells import FACES, PUT, cell_text, new_name
from bot.core.export_columns import VERSION, Kind, primary_of
from bot.core.export_parts import Piece, discard
from bot.core.export_table import Table
from storage import STATUSES

if TYPE_CHECKING:
    from bot.core.exports import Source
    from storage.exporting import ExportRow

ROW_LIMIT = 1_048_576
"""Rows of a sheet, the header among them; the format has no more."""

_MADE = datetime(2000, 1, 1)  # noqa: DTZ001  fixed, so that the same ideas give the same bytes
_SUMMARY = "Summary"
_INK, _PAPER, _BAND = "#FFFFFF", "#1F3A5F", "#EAF0F7"
_HEAD = {"bold": True, "font_color": _INK, "bg_color": _PAPER, "valign": "vcenter",
         "text_wrap": True}  # fmt: skip
_PAGE_WIDE = 250  # characters; more on one page in landscape are too small to read
_LINES_HIGH = 45  # points: three lines of a text show, the rest by a click


def write_xlsx(
    source: Source, out: BinaryIO, *, with_bom: bool = False, row_limit: int = ROW_LIMIT
) -> int:
    """Write all ideas; gives how many there were.

    Args:
        source: opened.
        out: where to; need not be seekable.
        with_bom: means nothing here.
        row_limit: rows of a sheet with its header, at least 2; an industry with more ideas goes on
            in a further sheet.
    """
    del with_bom
    return write_book(source, out, row_limit=row_limit)


def write_book(
    source: Source, out: BinaryIO, *, row_limit: int = ROW_LIMIT, after: int = 0, limit: int = -1
) -> int:
    """Write a workbook of at most `limit` ideas with numbers above `after`; gives how many."""
    with tempfile.TemporaryDirectory(prefix="reelbank-xlsx-") as folder:
        path = Path(folder) / "book.xlsx"
        book = _Book(source, path, folder, row_limit)
        count = book.write(source, after=after, limit=limit)
        with path.open("rb") as written:
            shutil.copyfileobj(written, out, 1 << 20)
    return count


def books(source: Source, piece: Piece, limit_bytes: int) -> list[Piece]:
    """Write the ideas of a workbook that is too large into several ones; blocks.

    Gives nothing where even a few ideas do not fit.
    """
    again = source.again()
    done: list[Piece] = []
    per_book = max(1, int((piece.ideas or 1) * limit_bytes / piece.size * 0.85))
    with again.opened():
        total, at, written = sum(again.snapshot.statuses().values()), 0, 0
        while written < total:
            handle, name = tempfile.mkstemp(prefix="reelbank-", suffix=".xlsx")
            with os.fdopen(handle, "wb") as out:
                count = write_book(again, out, after=at, limit=per_book)
            book = Piece("", Path(name), count)
            if book.size > limit_bytes:
                book.path.unlink()
                if per_book == 1:
                    discard(done)
                    return []
                per_book = max(1, int(per_book * 0.7))
                continue
            done.append(book)
            at, written = again.last_number, written + count
    stem = Path(piece.name).stem
    return [
        Piece(f"{stem}-{n}-of-{len(done)}.xlsx", one.path, one.ideas)
        for n, one in enumerate(done, 1)
    ]


@dataclass(slots=True)
class _Sheet:
    """One sheet, with the row that comes next."""

    worksheet: Worksheet
    name: str
    next_row: int = 1


@dataclass(slots=True)
class _Tally:
    """What the summary says of an industry."""

    sheets: list[_Sheet] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    up: int = 0
    down: int = 0


class _Book:
    def __init__(self, source: Source, path: Path, folder: str, row_limit: int) -> None:
        self._source = source
        self._row_limit = max(2, row_limit)
        self._workbook = Workbook(
            str(path),
            {
                "constant_memory": True,
                "tmpdir": folder,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._workbook.set_properties({"title": "Use cases for text-to-video", "created": _MADE})
        self._workbook.use_zip64()
        self._names: set[str] = {"history"}  # a name that Excel keeps for itself
        self._head = self._workbook.add_format({**_HEAD, "align": "left", "indent": 1})
        self._head_number = self._workbook.add_format({**_HEAD, "align": "right"})
        self._faces = {kind: self._workbook.add_format(FACES[kind]) for kind in Kind}
        self._columns = source.columns
        self._puts = [PUT[column.kind] for column in source.columns]
        self._tallies: dict[str, _Tally] = {}

    def write(self, source: Source, *, after: int, limit: int) -> int:
        summary = self._workbook.add_worksheet(new_name(_SUMMARY, self._names))
        # A part of a collection does not have every industry.
        for industry in self._expected() if limit < 0 else ():
            self._tallies[industry] = _Tally()
            self._add_sheet(industry)
        count = 0
        for batch in source.batches(after=after, limit=limit):
            table = Table(batch, source)
            cells = zip(*(column.cells(table) for column in self._columns), strict=True)
            for row, own in zip(batch, cells, strict=True):
                self._put(row, own)
            count += len(batch)
        for tally in self._tallies.values():
            for sheet in tally.sheets:
                sheet.worksheet.autofilter(0, 0, sheet.next_row - 1, len(self._columns) - 1)
        self._summarise(summary, count)
        self._workbook.close()
        return count

    def _expected(self) -> list[str]:
        """Give the industries that ideas have, in the order of the taxonomy."""
        found = {industry or "other" for industry, _ in self._source.snapshot.primaries()}
        known = [industry for industry in self._source.taxonomy.ids if industry in found]
        return [*known, *sorted(found - set(known))]

    def _put(self, row: ExportRow, cells: Sequence[Any]) -> None:
        industry = primary_of(row.tags)
        tally = self._tallies.setdefault(industry, _Tally())
        if not tally.sheets or tally.sheets[-1].next_row >= self._row_limit:
            self._add_sheet(industry)
        sheet = tally.sheets[-1]
        worksheet, at = sheet.worksheet, sheet.next_row
        for column, cell in enumerate(cells):
            if cell is not None and cell != "":
                self._puts[column](worksheet, at, column, cell)
        sheet.next_row += 1
        tally.statuses[row.status] += 1
        tally.up += row.up
        tally.down += row.down

    def _add_sheet(self, industry: str) -> None:
        tally = self._tallies[industry]
        name = new_name(self._source.industry(industry).name, self._names)
        worksheet = self._workbook.add_worksheet(name)
        tally.sheets.append(_Sheet(worksheet, name))
        worksheet.set_default_row(_LINES_HIGH)
        for n, column in enumerate(self._columns):
            worksheet.set_column(n, n, column.width, self._faces[column.kind])
        worksheet.set_row(0, 30)
        for n, column in enumerate(self._columns):
            is_number = column.kind is Kind.NUMBER
            head = self._head_number if is_number else self._head
            worksheet.write_string(0, n, column.name, head)
        worksheet.freeze_panes(1, min(2, len(self._columns) - 1))
        worksheet.set_landscape()
        worksheet.set_paper(9)
        width = sum(column.width for column in self._columns)
        worksheet.fit_to_pages(-(-width // _PAGE_WIDE), 0)
        worksheet.repeat_rows(0)
        worksheet.repeat_columns(0, min(1, len(self._columns) - 1))

    # --- the summary --------------------------------------------------------------------------

    def _summarise(self, sheet: Worksheet, count: int) -> None:
        add = self._workbook.add_format
        title, words = add({"bold": True, "font_size": 16}), add({"font_color": "#555555"})
        bold, number = add({"bold": True, "bg_color": _BAND}), add({"num_format": "#,##0"})
        bold_number = add({"bold": True, "num_format": "#,##0", "bg_color": _BAND})
        codes = add({"align": "left", "indent": 1})
        sheet.set_column(0, 1, 44)
        sheet.set_column(2, 9, 11, number)
        sheet.set_column(10, 11, 50, codes)
        sheet.write_string(0, 0, "Use cases for text-to-video", title)
        said = f"{count:,} {'idea' if count == 1 else 'ideas'}. Times are UTC."
        sheet.write_string(1, 0, f"{said} Columns of version {VERSION}.", words)
        heads = ("industry", "sheet", "ideas", *STATUSES, "votes up", "votes down", "NAICS", "ISIC")
        for n, head in enumerate(heads):
            is_count = 2 <= n < 10  # noqa: PLR2004
            sheet.write_string(3, n, head, self._head_number if is_count else self._head)
        at = 4
        totals: Counter[int] = Counter()
        for industry, tally in self._tallies.items():
            self._industry(sheet, at, industry, tally, totals)
            at += 1
        sheet.write_string(at, 0, "all", bold)
        sheet.write_string(at, 1, "", bold)
        for n in range(2, 10):
            sheet.write_number(at, n, totals[n], bold_number)
        sheet.freeze_panes(4, 1)
        if at > 4:  # noqa: PLR2004  below the head
            sheet.autofilter(3, 0, at - 1, len(heads) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def _industry(
        self, sheet: Worksheet, at: int, industry: str, tally: _Tally, totals: Counter[int]
    ) -> None:
        coded = self._source.industry(industry)
        sheet.write_string(at, 0, cell_text(coded.name))
        sheet.write_string(at, 1, cell_text(", ".join(one.name for one in tally.sheets)))
        counts = (tally.statuses.total(), *(tally.statuses[s] for s in STATUSES),
                  tally.up, tally.down)  # fmt: skip
        for n, count in enumerate(counts, 2):
            sheet.write_number(at, n, count)
            totals[n] += count
        sheet.write_string(at, 10, " ".join(coded.naics))
        sheet.write_string(at, 11, " ".join(coded.isic))
