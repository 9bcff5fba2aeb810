"""CSV: one row per idea, as RFC 4180 has it, and safe to open in a spreadsheet program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from bot.core.export_columns import Kind
from bot.core.export_guard import guarded, moment_us, quoted
from bot.core.export_table import Table

if TYPE_CHECKING:
    from bot.core.exports import Source

BOM = "\ufeff"
_FLAGS = ("no", "yes")
_REPEATED = 4  # a column whose texts repeat so often is finished text by text, not row by row


def write_csv(source: Source, out: BinaryIO, *, with_bom: bool) -> int:
    """Write all ideas; gives how many there were."""
    head = ",".join(column.name for column in source.columns)
    out.write(f"{BOM if with_bom else ''}{head}\r\n".encode())
    count = 0
    columns = [(column.cells, _FINISH[column.kind]) for column in source.columns]
    join = ",".join
    for batch in source.batches():
        table = Table(batch, source)
        finished = [finish(cells(table)) for cells, finish in columns]
        lines = list(map(join, zip(*finished, strict=True)))
        count += len(lines)
        lines.append("")  # the last line ends, too
        out.write("\r\n".join(lines).encode("utf-8", "replace"))
    return count


def _words(texts: Sequence[str]) -> list[str]:
    distinct = set(texts)
    if len(distinct) * _REPEATED < len(texts):
        known = {text: _word(text) for text in distinct}
        return [known[text] for text in texts]
    return list(map(_word, texts))


def _word(text: str) -> str:
    # Nearly all texts are printable and begin with a letter: they need no guard, and no line end
    # is in them. Half the time of an export went into csv.writer, which looks at every character.
    if not text or not (text[0].isalnum() and text.isprintable()):
        return quoted(guarded(text))
    if '"' in text:
        return '"' + text.replace('"', '""') + '"'
    return f'"{text}"' if "," in text else text


def _numbers(numbers: Sequence[int | None]) -> list[str]:
    if None in numbers:
        return ["" if number is None else str(number) for number in numbers]
    return list(map(str, numbers))


def _labels(labels: Sequence[str]) -> Sequence[str]:
    return labels


def _flags(flags: Sequence[int]) -> list[str]:
    return [_FLAGS[flag] for flag in flags]


def _times(times: Sequence[int | None]) -> list[str]:
    return list(map(moment_us, times))


_FINISH: Mapping[Kind, Callable[[Sequence[Any]], Sequence[str]]] = {
    Kind.WORDS: _words,
    Kind.LABEL: _labels,
    Kind.NUMBER: _numbers,
    Kind.FLAG: _flags,
    Kind.TIME: _times,
}
