"""CSV: one row per idea, as RFC 4180 has it, and safe to open in a spreadsheet program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from bot.core.export_columns import Column, Kind
from bot.core.export_guard import guarded, moment_us, quoted

if TYPE_CHECKING:
    from bot.core.exports import Source
    from storage.exporting import ExportRow

    Batch = Sequence[ExportRow]

BOM = "\ufeff"
_FLAGS = ("no", "yes")
_REPEATED = 4  # a column whose texts repeat so often is finished text by text, not row by row


def write_csv(source: Source, out: BinaryIO, *, with_bom: bool) -> int:
    """Write all ideas; gives how many there were."""
    head = ",".join(column.name for column in source.columns)
    out.write(f"{BOM if with_bom else ''}{head}\r\n".encode())
    count = 0
    cells = [_cells(column, source) for column in source.columns]
    join = ",".join
    for batch in source.batches():
        # Column by column: so most of the work happens within Python's own loops.
        lines = list(map(join, zip(*(of(batch) for of in cells), strict=True)))
        count += len(lines)
        lines.append("")  # the last line ends, too
        out.write("\r\n".join(lines).encode("utf-8", "replace"))
    return count


def _cells(column: Column, source: Source) -> Callable[[Batch], list[str]]:
    """Give what makes the finished cells of a column for some rows."""
    value = column.value(source)
    finish = _FINISH[column.kind]
    return lambda batch: finish(list(map(value, batch)))


def _words(texts: list[str]) -> list[str]:
    distinct = set(texts)
    if len(distinct) * _REPEATED < len(texts):
        known = {text: quoted(guarded(text)) for text in distinct}
        return [known[text] for text in texts]
    return [quoted(guarded(text)) if text else "" for text in texts]


def _numbers(numbers: list[int | None]) -> list[str]:
    if None in numbers:
        return ["" if number is None else str(number) for number in numbers]
    return list(map(str, numbers))


def _labels(labels: list[str]) -> list[str]:
    return labels


def _flags(flags: list[int]) -> list[str]:
    return [_FLAGS[flag] for flag in flags]


def _times(times: list[int | None]) -> list[str]:
    return list(map(moment_us, times))


_FINISH: Mapping[Kind, Callable[[list[Any]], list[str]]] = {
    Kind.WORDS: _words,
    Kind.LABEL: _labels,
    Kind.NUMBER: _numbers,
    Kind.FLAG: _flags,
    Kind.TIME: _times,
}
