"""Cells and sheet names of a workbook, such that nobody's words are more than words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bot.core.export_columns import Kind
from bot.core.export_guard import GUARD, guarded

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

NAME_LIMIT = 31
_TEXT_LIMIT = 32_767
_CUT = " … (cut: a cell holds no more)"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_DAY_US = 86_400_000_000
_EPOCH_DAYS = 25_569  # 1970-01-01 as spreadsheet programs count days

FACES: dict[Kind, dict[str, Any]] = {
    # the indent keeps a text off the number to its left
    Kind.WORDS: {"text_wrap": True, "valign": "top", "align": "left", "indent": 1},
    Kind.LABEL: {"text_wrap": True, "valign": "top", "align": "left", "indent": 1},
    Kind.NUMBER: {"valign": "top"},
    Kind.FLAG: {"valign": "top", "align": "left", "indent": 1},
    Kind.TIME: {"valign": "top", "align": "left", "indent": 1, "num_format": "yyyy-mm-dd hh:mm:ss"},
}
Put = Callable[["Worksheet", int, int, Any], None]


def _put_words(sheet: Worksheet, at: int, n: int, text: str) -> None:
    sheet.write_string(at, n, cell_text(text))


def _put_number(sheet: Worksheet, at: int, n: int, number: float) -> None:
    sheet.write_number(at, n, number)


def _put_flag(sheet: Worksheet, at: int, n: int, flag: int) -> None:
    sheet.write_boolean(at, n, bool(flag))


def _put_time(sheet: Worksheet, at: int, n: int, at_us: int) -> None:
    sheet.write_number(at, n, at_us / _DAY_US + _EPOCH_DAYS)


PUT: Mapping[Kind, Put] = {
    Kind.WORDS: _put_words,
    Kind.LABEL: _put_words,
    Kind.NUMBER: _put_number,
    Kind.FLAG: _put_flag,
    Kind.TIME: _put_time,
}
"""What writes a cell of a kind that is not empty."""


def cell_text(text: str) -> str:
    """Give a text as a cell may hold it."""
    safe = guarded(text).encode("utf-8", "replace").decode()
    if safe.startswith("<r>") and safe.endswith("</r>"):
        safe = GUARD + safe  # XlsxWriter takes such a text for markup of its own, unescaped
    if len(safe) * 2 > _TEXT_LIMIT and len(safe.encode("utf-16-le")) // 2 > _TEXT_LIMIT:
        return safe[: (_TEXT_LIMIT - len(_CUT)) // 2] + _CUT
    return safe


def new_name(name: str, taken: set[str]) -> str:
    """Give a name for a sheet that no other has, whatever the industry is called."""
    clean = " ".join(_FORBIDDEN.sub(" ", name).encode("utf-8", "replace").decode().split())
    base = clean.strip("' ") or "Industry"
    for number in range(1, 1 << 20):
        tail = "" if number == 1 else f" ({number})"
        one = _first(base, NAME_LIMIT - len(tail)).strip("' ") + tail
        if one.casefold() not in taken and one.lower() not in taken:
            taken.update((one.casefold(), one.lower()))
            return one
    raise AssertionError  # pragma: no cover - a workbook has fewer sheets


def _first(text: str, limit: int) -> str:
    """Give the beginning of a text, counted as spreadsheet programs count (UTF-16)."""
    units = text.encode("utf-16-le")[: limit * 2]
    return units.decode("utf-16-le", "ignore")
