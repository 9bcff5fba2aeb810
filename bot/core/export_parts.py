"""An export that is larger than a platform takes, as several files that each are whole.

Rows are never cut: CSV repeats its header, JSON is closed and opened anew, Markdown repeats the
heading of the industry.
"""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.core.export_json import HEAD as JSON_HEAD
from bot.core.export_json import TAIL as JSON_TAIL
from bot.core.export_markdown import HEAD as MD_HEAD
from bot.core.export_markdown import IDEA, count_line

AT_MOST = 10
"""Files that go out as they are; more than these are zipped, so that fewer are left."""

_MARGIN = 0.9
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)  # fixed, so that the same files give the same bytes
Record = tuple[bytes, bytes]  # what must stand before it in a new file, and itself


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of an export; `ideas` is how many it holds, None where that is not known."""

    name: str
    path: Path
    ideas: int | None = None

    @property
    def size(self) -> int:
        """Give its bytes."""
        return self.path.stat().st_size

    @property
    def sha256(self) -> str:
        """Give the SHA-256 of its bytes, in hexadecimal."""
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class _Kind:
    """How files of a format are taken apart and put together."""

    records: Callable[[Path], Iterator[Record]]
    head: Callable[[Path], bytes]
    joint: bytes = b""
    tail: Callable[[int], bytes] = lambda _count: b""


def split(piece: Piece, form: str, limit_bytes: int) -> list[Piece]:
    """Split a file of ideas into files of at most so many bytes, each valid by itself; blocks.

    Only a single idea that is longer than the limit makes a file longer than that.
    """
    kind = _KINDS[form]
    head = kind.head(piece.path)
    sizes = _Sizes(limit_bytes - len(head) - len(kind.tail(10**9)))
    pieces: list[Piece] = []
    for group in _groups(kind, piece.path, sizes):
        target = _temporary(piece.path.suffix)
        with target.open("wb") as out:
            out.write(head)
            count = _write_group(group, out.write, kind.joint)
            out.write(kind.tail(count))
        pieces.append(Piece("", target, count))
    stem, suffix = Path(piece.name).stem, Path(piece.name).suffix
    return [
        Piece(f"{stem}-{number}-of-{len(pieces)}{suffix}", one.path, one.ideas)
        for number, one in enumerate(pieces, 1)
    ]


@dataclass(slots=True)
class _Sizes:
    """How much room a file has for its records."""

    room: int


def _groups(kind: _Kind, path: Path, sizes: _Sizes) -> Iterator[Iterator[Record]]:
    """Give the records of one file after the other; each must be used up before the next."""
    records = kind.records(path)
    waiting: list[Record] = []

    def group() -> Iterator[Record]:
        used, context, is_first = 0, b"", True
        while record := (waiting.pop() if waiting else next(records, None)):
            above, own = record
            size = len(own) + len(kind.joint) + (len(above) if above != context else 0)
            if not is_first and used + size > sizes.room:
                waiting.append(record)
                return
            used, context, is_first = used + size, above, False
            yield record

    while True:
        first = waiting.pop() if waiting else next(records, None)
        if first is None:
            return
        waiting.append(first)
        yield group()


def _write_group(group: Iterator[Record], write: Callable[[bytes], object], joint: bytes) -> int:
    context, count = b"", 0
    for above, own in group:
        if count:
            write(joint)
        if above != context:
            write(above)
            context = above
        write(own)
        count += 1
    return count


# --- formats ------------------------------------------------------------------------------------


def _csv_head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.readline()


def _csv_records(path: Path) -> Iterator[Record]:
    with path.open("rb") as stream:
        stream.readline()
        record = b""
        for line in stream:
            record += line
            # Within a cell quotation marks are doubled: an odd number means that one is open.
            if record.count(b'"') % 2 == 0:
                yield b"", record
                record = b""


def _jsonl_records(path: Path) -> Iterator[Record]:
    with path.open("rb") as stream:
        for line in stream:
            yield b"", line


def _json_records(path: Path) -> Iterator[Record]:
    with path.open("rb") as stream:
        stream.readline()
        for line in stream:
            if not line.startswith(b"]}"):
                yield b"", line.rstrip(b"\n").rstrip(b",")


def _md_records(path: Path) -> Iterator[Record]:
    """Give ideas with the heading of their industry; no line of members' words begins with #."""
    section, record = b"", b""
    mark = IDEA.encode()
    with path.open("rb") as stream:
        for line in stream:
            if line.startswith((mark, b"## ")) and record.startswith(mark):
                yield section, record
                record = b""
            if line.startswith(b"## "):
                section, record = b"\n" + line + b"\n", b""
            elif line.startswith(mark) or record:
                record += line
    if record:
        # the last line of the document counts its ideas
        yield section, record[: record.rstrip().rfind(b"\n")].rstrip(b"\n") + b"\n\n"


_KINDS: Mapping[str, _Kind] = {
    "csv": _Kind(_csv_records, _csv_head),
    "jsonl": _Kind(_jsonl_records, lambda _path: b""),
    "json": _Kind(
        _json_records, lambda _path: f"{JSON_HEAD}\n".encode(), b",\n",
        lambda _count: JSON_TAIL.encode(),
    ),
    "md": _Kind(
        _md_records, lambda _path: MD_HEAD.encode(), tail=lambda count: count_line(count).encode()
    ),
}  # fmt: skip
SPLIT = frozenset(_KINDS)


# --- zip ----------------------------------------------------------------------------------------


def zipped(name: str, pieces: Sequence[Piece], more: Mapping[str, bytes]) -> Piece:
    """Put files into one zip, with small ones that are given as bytes; blocks."""
    target = _temporary(".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for piece in pieces:
            with piece.path.open("rb") as source, archive.open(_entry(piece.name), "w") as out:
                while chunk := source.read(1 << 20):
                    out.write(chunk)
        for own_name, content in more.items():
            archive.writestr(_entry(own_name), content)
    counts = [piece.ideas for piece in pieces]
    known = [count for count in counts if count is not None]
    return Piece(name, target, sum(known) if len(known) == len(counts) else None)


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _ZIP_DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info


def zipped_parts(piece: Piece, form: str, limit_bytes: int) -> list[Piece]:
    """Split a file so that each part, zipped, keeps to the limit; blocks."""
    whole = zipped(f"{piece.name}.zip", [piece], {})
    raw_bytes = int(piece.size * limit_bytes / max(1, whole.size) * _MARGIN)
    whole.path.unlink()
    while True:
        done: list[Piece] = []
        for part in split(piece, form, raw_bytes):
            done.append(zipped(f"{part.name}.zip", [part], {}))
            part.path.unlink()
        if all(one.size <= limit_bytes for one in done) or raw_bytes < limit_bytes:
            return done
        discard(done)
        raw_bytes = int(raw_bytes * 0.7)


def discard(pieces: Sequence[Piece]) -> None:
    """Delete temporary files; blocks."""
    for piece in pieces:
        piece.path.unlink(missing_ok=True)


def _temporary(suffix: str) -> Path:
    import os  # noqa: PLC0415

    handle, name = tempfile.mkstemp(prefix="reelbank-", suffix=suffix)
    os.close(handle)
    return Path(name)
