"""Reading a file of ideas as rows with line numbers, whatever program wrote it."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.core.errors import OperatorError
from bot.core.export_guard import unguarded

_DELIMITERS = ",;\t|"
_LONGEST_RECORD = 300
"""Lines of one CSV record; more mean that a quotation mark was never closed."""

_PROBE_BYTES = 1 << 16
csv.field_size_limit(1 << 24)


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stood in the file; `problem` says why it cannot be read at all."""

    line: int
    values: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


@dataclass(slots=True)
class IdeaFile:
    """A file of ideas; `notices` says what was taken for granted about it."""

    path: Path
    is_json: bool
    encoding: str
    delimiter: str = ","
    notices: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[RawRow]:
        """Give the rows in the order of the file; memory stays flat."""
        with self.path.open(encoding=self.encoding, errors="replace", newline="") as stream:
            yield from _json_rows(stream) if self.is_json else _csv_rows(stream, self.delimiter)


def look_at(path: Path) -> IdeaFile:
    """Find out what a file is: JSON, JSON Lines or CSV, its encoding, its delimiter.

    Raises:
        OperatorError: it is empty or no text.
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        head = stream.read(_PROBE_BYTES)
    if not head.strip():
        raise OperatorError(f"{path.name} is empty.")
    encoding = _encoding(path, head)
    notices = []
    if encoding == "cp1252":
        notices.append("The file is not UTF-8; it was read as Windows-1252 (Latin-1).")
    elif encoding.startswith("utf-16"):
        notices.append("The file was read as UTF-16.")
    text = head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    refusal = _one_way(path.name, head, text)
    if refusal:
        raise OperatorError(refusal)
    if "\x00" in text:
        raise OperatorError(f"{path.name} is no text file: give CSV, JSON Lines or JSON.")
    if text[:1] in {"{", "["}:
        return IdeaFile(path, is_json=True, encoding=encoding, notices=notices)
    delimiter = _delimiter(text)
    if delimiter != ",":
        shown = "tab" if delimiter == "\t" else f'"{delimiter}"'
        notices.append(f"The columns were read as separated by {shown}.")
    return IdeaFile(path, is_json=False, encoding=encoding, delimiter=delimiter, notices=notices)


def _one_way(name: str, head: bytes, text: str) -> str:
    """Say why a document that is for readers cannot come back; "" for all other files."""
    back = "Import the export as JSON or JSON Lines, which brings everything back."
    if text.startswith("# Use cases for text-to-video"):
        return f"{name} is an export as Markdown, which is for reading only. {back}"
    if text[:200].lower().startswith(("<!doctype html", "<html")):
        return f"{name} is a web page, such as the report, which is for reading only. {back}"
    if head.startswith(b"PK\x03\x04") and name.lower().endswith((".xlsx", ".zip")):
        what = (
            "a workbook: save a sheet of it as CSV first"
            if name.lower().endswith("x")
            else ("packed: unpack it first")
        )
        return f"{name} is {what}. Of an export: {back[0].lower()}{back[1:]}"
    return ""


def _encoding(path: Path, head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = head[:2000]
    # Latin letters in UTF-16 have a zero byte at every other place.
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if sample[start::2].count(0) * 4 > len(sample):
            return name
    return "utf-8" if _is_utf8(path) else "cp1252"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(_PROBE_BYTES):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.lower().startswith("sep=") and len(first) == len("sep=,"):
        return first[-1]
    outside = "".join(first.split('"')[::2])
    counts = [(outside.count(d), -n, d) for n, d in enumerate(_DELIMITERS)]
    return max(counts)[2]


# --- CSV ---------------------------------------------------------------------------------------


def _csv_rows(stream: io.TextIOBase, delimiter: str) -> Iterator[RawRow]:
    header: list[str] | None = None
    for line, cells, problem in _records(stream, delimiter):
        if problem:
            yield RawRow(line, problem=problem)
        elif header is None:
            if not (line == 1 and len(cells) == 1 and cells[0].lower().startswith("sep=")):
                header = [name.strip().lower() for name in cells]
        elif any(cell.strip() for cell in cells):
            yield _row(line, header, cells)


def _row(line: int, header: list[str], cells: list[str]) -> RawRow:
    extra = [cell for cell in cells[len(header) :] if cell.strip()]
    if extra:
        return RawRow(line, problem=f"{len(cells)} columns where the first line has {len(header)}")
    # What our own export guarded against formulas comes back as it was.
    return RawRow(line, dict(zip(header, map(unguarded, cells), strict=False)))


def _records(stream: io.TextIOBase, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """Give (line, cells, problem); a quotation mark that is never closed costs one line only."""
    lines = enumerate(stream, 1)
    waiting: list[tuple[int, str]] = []
    while True:
        record = list(itertools.islice(_next(waiting, lines), 1))
        if not record:
            return
        cells = _parsed([record[0][1]], delimiter)
        while cells is None and len(record) < _LONGEST_RECORD:
            more = list(itertools.islice(_next(waiting, lines), 1))
            if not more:
                break
            record += more
            cells = _parsed([text for _, text in record], delimiter)
        first = record[0][0]
        if cells is None:
            waiting[:0] = record[1:]  # they may be sound: read them again
            yield first, [], "a quotation mark is not closed"
        elif cells:
            yield first, cells, ""


def _next(
    waiting: list[tuple[int, str]], lines: Iterator[tuple[int, str]]
) -> Iterator[tuple[int, str]]:
    while waiting:
        yield waiting.pop(0)
    yield from lines


def _parsed(lines: list[str], delimiter: str) -> list[str] | None:
    """Parse one record; None while a quotation mark is open."""
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        if "unexpected end" in str(error):
            return None
    # Something other than the delimiter behind a closing mark: take it as it stands.
    return next(csv.reader(lines, delimiter=delimiter), [])


# --- JSON --------------------------------------------------------------------------------------


# A number of 5,000 digits is a ValueError alone.
_UNREADABLE = (ValueError, RecursionError)


def _json_rows(stream: io.TextIOBase) -> Iterator[RawRow]:
    """Read JSON Lines, our own JSON (an idea a line), or any JSON array or object of ideas."""
    first = stream.readline().lstrip("\ufeff")
    is_ours = '"reelbank-ideas"' in first
    if is_ours or _is_value(first):
        yield from _json_lines(first, stream, is_ours=is_ours)
        return
    stream.seek(0)
    yield from _json_document(stream.read().lstrip("\ufeff"))


def _is_value(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict) and '"ideas"' not in line[:200]
    except _UNREADABLE:
        # A first line that is broken JSON Lines still looks like one object on one line.
        return line.startswith("{") and line.rstrip().endswith("}")


def _json_lines(first: str, rest: io.TextIOBase, *, is_ours: bool) -> Iterator[RawRow]:
    for number, line in enumerate(itertools.chain([first], rest), 1):
        text = line.strip().rstrip(",") if is_ours else line.strip()
        if not text or (is_ours and (number == 1 or text == "]}")):
            continue
        try:
            value = json.loads(text)
        except _UNREADABLE:
            yield RawRow(number, problem="not a JSON object on one line")
            continue
        yield _object(number, value)


def _json_document(text: str) -> Iterator[RawRow]:
    try:
        document = json.loads(text)
    except _UNREADABLE:
        yield RawRow(1, problem="not JSON")
        return
    if isinstance(document, dict):
        found = next((v for v in document.values() if isinstance(v, list)), None)
        document = [document] if found is None else found
    for number, value in enumerate(document, 1):
        yield _object(number, value)


def _object(line: int, value: Any) -> RawRow:
    if not isinstance(value, dict):
        return RawRow(line, problem="not a JSON object")
    return RawRow(line, {str(k).strip().lower(): v for k, v in value.items()})
