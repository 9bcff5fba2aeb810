"""JSON and JSON Lines: every column, one idea a line, and a way back through import."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, BinaryIO

from bot.core.export_columns import COLUMNS, VERSION, keys_of
from bot.core.export_guard import moment, moment_us
from bot.core.export_schema import KEYS, OWN_INDUSTRIES
from bot.core.export_table import Table
from storage.exporting import aliases_of, notes_of, tags_of, texts_of, votes_of

if TYPE_CHECKING:
    from bot.core.exports import Source
    from storage import Attachment

FORMAT = "reelbank-ideas"
HEAD = f'{{"format":"{FORMAT}","version":{VERSION},"ideas":['
TAIL = "\n]}\n"
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_FLAGS = ("false", "true")

Fragments = Sequence[str]
Maker = Callable[[Table], Fragments]
"""Gives what stands for a field in some rows, as JSON: no object is made for each row."""


def _makers(source: Source) -> dict[str, Maker]:
    """Give what makes each chosen field; all of them where nothing was chosen."""
    makers: dict[str, Maker] = {
        **{name: partial(_texts, name) for name in _TEXTS},
        **{name: partial(_texts_or_null, name) for name in ("permalink", "external_id")},
        **{f"{name}_at": partial(_times, f"{name}_us") for name in ("created", "updated")},
        "number": lambda table: list(map(str, table.field("number"))),
        "merged_into": lambda table: [_dump(number) for number in table.field("merged_into")],
        "before_merge": _before_merges,
        "author": partial(_texts, "author_name"),
        "anonymous": lambda table: [_FLAGS[flag] for flag in table.field("is_anonymous")],
        "flags": lambda table: list(map(_kept, table.field("flags"))),
        "decided_at": partial(_times, "decided_us"),
        "tags": _Tags(source),
        "votes": _votes,
        "notes": lambda table: list(map(_notes, table.field("notes"))),
        "aliases": lambda table: list(map(_aliases, table.field("aliases"))),
        "files": lambda table: [_files(source.files(n)) for n in table.field("number")],
    }
    wanted = KEYS if source.columns == COLUMNS else keys_of(source.columns)
    return {key: makers[key] for key in wanted}


_TEXTS = ("title", "text", "status", "reason", "platform", "language", "beneficiaries", "link",
          "consent")  # fmt: skip


def _texts(name: str, table: Table) -> Fragments:
    return list(map(encode_basestring, table.field(name)))


def _texts_or_null(name: str, table: Table) -> Fragments:
    return ["null" if text is None else encode_basestring(text) for text in table.field(name)]


def _times(name: str, table: Table) -> Fragments:
    return ["null" if at is None else f'"{moment_us(at)}"' for at in table.field(name)]


def _kept(text: str) -> str:
    """Give a list of texts: as the store keeps it, which escapes all that is not ASCII."""
    return text if "\\" not in text else _dump(texts_of(text))


class _Tags:
    """Writes the tags of rows; names and codes of an industry are looked up once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[str, tuple[str, str]] = {}

    def __call__(self, table: Table) -> Fragments:
        return [self._of(text) for text in table.field("tags")]

    def _of(self, text: str | None) -> str:
        written = []
        for _, industry, confidence, set_by, version, because in tags_of(text):
            before, after = self._known.get(industry) or self._coded(industry)
            written.append(
                f'{before}{confidence!r},"because":{_kept(because)},"set_by":"{set_by}",'
                f'"taxonomy_version":{version}{after}'
            )
        return f"[{','.join(written)}]"

    def _coded(self, industry: str) -> tuple[str, str]:
        coded = self._source.industry(industry)
        before = _dump({"industry": industry, "name": coded.name, "confidence": 0})[:-2]
        after = "," + _dump({"naics": coded.naics, "isic": coded.isic})[1:]
        self._known[industry] = before, after
        return before, after


def _votes(table: Table) -> Fragments:
    fields = zip(table.field("up"), table.field("down"), table.field("votes"), strict=True)
    return [
        f'{{"up":{up},"down":{down},"by_platform":{_split(text)}}}' for up, down, text in fields
    ]


@lru_cache(maxsize=4096)
def _split(text: str) -> str:
    return _dump(
        {name: {"up": up, "down": down} for name, (up, down) in sorted(votes_of(text).items())}
    )


def _notes(text: str | None) -> str:
    return (
        _dump([{"at": moment(at), "text": words} for at, words in notes_of(text)]) if text else "[]"
    )


def _aliases(text: str | None) -> str:
    if not text or text == "[]":
        return "[]"
    return _dump([{"number": n, "since": moment(at)} for n, at in aliases_of(text)])


def _files(files: Sequence[Attachment]) -> str:
    return _dump([_file(one) for one in files]) if files else "[]"


def _file(file: Attachment) -> dict[str, Any]:
    return {
        "name": file.name,
        "media_type": file.media_type,
        "size_bytes": file.size_bytes,
        "url": file.url,
        "picture": not file.url and file.media_type.startswith("image/"),
    }


def _before_merges(table: Table) -> Fragments:
    fields = zip(table.field("before_merge"), table.field("merged_into"), strict=True)
    return [_before(text, target) for text, target in fields]


def _before(text: str | None, target: int | None) -> str:
    if text is None or target is None:
        return "null"
    before: Mapping[str, Any] = json.loads(text)
    return _dump(
        {
            "status": before["status"],
            "reason": before.get("reason") or "",
            "decided_at": moment_us(before.get("decided_at")) or None,
        }
    )


def write_jsonl(source: Source, out: BinaryIO, *, with_bom: bool) -> int:
    """Write one JSON object a line; gives how many there were."""
    del with_bom  # JSON forbids one
    count = 0
    for lines in _batches(source):
        count += len(lines)
        lines.append("")
        out.write("\n".join(lines).encode("utf-8", "replace"))
    return count


def write_json(source: Source, out: BinaryIO, *, with_bom: bool) -> int:
    """Write one JSON object with all ideas, each on a line of its own; gives how many."""
    del with_bom
    out.write(HEAD.encode())
    count = 0
    for lines in _batches(source):
        out.write((",\n" if count else "\n").encode())
        count += len(lines)
        out.write(",\n".join(lines).encode("utf-8", "replace"))
    out.write(TAIL.encode())
    return count


def _batches(source: Source) -> Iterator[list[str]]:
    makers = _makers(source)
    # Keys are ours and plain: none needs an escape, neither of JSON nor of the template.
    template = "{" + ",".join(f'"{key}":%s' for key in makers) + "}"
    more = _own_industries(source)
    for batch in source.batches():
        table = Table(batch, source)
        fields = [make(table) for make in makers.values()]
        lines = list(map(template.__mod__, zip(*fields, strict=True)))
        if more:
            lines[0], more = f"{lines[0][:-1]},{more}}}", ""
        yield lines


def _own_industries(source: Source) -> str:
    """Give what the first idea of a file carries besides, so that every line is an idea.

    Without it an import could not tell what an industry's name and codes were changed to, nor which
    are gone. Nothing where the bank has the built-in industries, or the file is no way back.
    """
    if source.columns != COLUMNS or source.options.is_pseudonymised:
        return ""
    changes = source.snapshot.own_industries()
    return f'"{OWN_INDUSTRIES}":{_dump(changes)}' if changes else ""
