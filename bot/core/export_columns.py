"""The columns of an export: their names and order, what is in them, and how some are chosen.

Names and order never change within a version; new columns come last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial

from bot.core.errors import InvalidField
from bot.core.export_table import VOTED, Cells, Table
from storage.exporting import aliases_of, tags_of, texts_of

VERSION = 1


class Kind(Enum):
    """What a column holds."""

    WORDS = auto()  # of members or moderators: guarded, quoted
    LABEL = auto()  # our own words: ids, statuses, codes; never a comma or a quotation mark
    NUMBER = auto()
    FLAG = auto()
    TIME = auto()  # whole microseconds since 1970, UTC


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `cells` gives its values for some rows, and lives as long as the program.

    `key` is the field of the JSON formats that holds the same; `width` is in characters.
    """

    name: str
    kind: Kind
    cells: Callable[[Table], Cells]
    key: str
    width: int = 12


def _column(name: str, kind: Kind, width: int = 12, *, field: str = "", key: str = "") -> Column:
    """Give a column that shows a field as it is."""
    return Column(name, kind, partial(_field, field or name), key or name, width)


def _field(name: str, table: Table) -> Cells:
    return table.field(name)


def _tagged(name: str, kind: Kind, width: int) -> Column:
    return Column(name, kind, lambda table: table.tagged(name), "tags", width)


def _voted(name: str) -> Column:
    return Column(name, Kind.NUMBER, lambda table: table.voted(name), "votes", 9)


def primary_of(tags: str | None) -> str:
    """Give the primary industry of a row."""
    found = tags_of(tags)
    return found[0].industry if found else "other"


def _filled(name: str, table: Table) -> Cells:
    return [text or "" for text in table.field(name)]


def _scores(table: Table) -> Cells:
    return [up - down for up, down in zip(table.field("up"), table.field("down"), strict=True)]


def _flags(table: Table) -> Cells:
    return [" ".join(texts_of(text)) for text in table.field("flags")]


def _aliases(table: Table) -> Cells:
    return [" ".join([str(n) for n, _ in aliases_of(text)]) for text in table.field("aliases")]


COLUMNS: tuple[Column, ...] = (
    _column("number", Kind.NUMBER, 8),
    _column("title", Kind.WORDS, 38),
    _column("text", Kind.WORDS, 64),
    _column("status", Kind.LABEL, 11),
    _tagged("primary_industry", Kind.WORDS, 22),
    _tagged("primary_industry_name", Kind.WORDS, 26),
    _tagged("industries", Kind.WORDS, 30),
    _tagged("tags", Kind.WORDS, 44),
    _tagged("naics", Kind.LABEL, 16),
    _tagged("isic", Kind.LABEL, 12),
    _column("author", Kind.WORDS, 18, field="author_name"),
    _column("anonymous", Kind.FLAG, 11, field="is_anonymous"),
    _column("platform", Kind.WORDS, 10),
    _column("language", Kind.WORDS, 10),
    _column("beneficiaries", Kind.WORDS, 24),
    _column("link", Kind.WORDS, 30),
    Column("permalink", Kind.WORDS, partial(_filled, "permalink"), "permalink", 30),
    _column("votes_up", Kind.NUMBER, 9, field="up", key="votes"),
    _column("votes_down", Kind.NUMBER, 11, field="down", key="votes"),
    Column("score", Kind.NUMBER, _scores, "votes", 8),
    *map(_voted, VOTED[:-2]),
    _column("created_at", Kind.TIME, 19, field="created_us"),
    _column("updated_at", Kind.TIME, 19, field="updated_us"),
    _column("decided_at", Kind.TIME, 19, field="decided_us"),
    _column("reason", Kind.WORDS, 30),
    _column("merged_into", Kind.NUMBER, 12),
    Column("flags", Kind.WORDS, _flags, "flags", 18),
    Column("external_id", Kind.WORDS, partial(_filled, "external_id"), "external_id", 24),
    _column("consent", Kind.LABEL, 9),
    _column("notes", Kind.NUMBER, 7, field="note_count"),
    *map(_voted, VOTED[-2:]),
    Column("aliases", Kind.LABEL, _aliases, "aliases", 10),
)
NAMES = tuple(column.name for column in COLUMNS)
_BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}
_VOTES = (*(n for n in NAMES if n.startswith("votes_")), "score")

PRESETS: Mapping[str, tuple[str, ...]] = {
    "all": NAMES,
    "basic": (
        "number", "title", "text", "status", "primary_industry_name", "author", "score",
        "created_at",
    ),
    "review": (
        "number", "title", "text", "status", "reason", "flags", "primary_industry", "tags",
        "author", "score", "notes", "created_at", "decided_at", "permalink",
    ),
    "votes": ("number", "title", "status", "primary_industry_name", *_VOTES),
    "codes": ("number", "title", "primary_industry", "primary_industry_name", "naics", "isic"),
}  # fmt: skip
"""Names for often wanted columns; one may be mixed with names of columns."""


def chosen(names: Iterable[str]) -> tuple[Column, ...]:
    """Give the columns of these names and presets, in the order asked for; all where none is.

    Raises:
        InvalidField: no such column; says which there are.
    """
    wanted: dict[str, Column] = {}
    for name in names:
        for one in PRESETS.get(name, (name,)):
            if one not in _BY_NAME:
                known = ", ".join((*PRESETS, *NAMES))
                raise InvalidField("columns", "unknown_column", name=name[:40], known=known)
            wanted[one] = _BY_NAME[one]
    return tuple(wanted.values()) or COLUMNS


def names_in(text: str) -> tuple[str, ...]:
    """Read names as people type them: with commas or blanks between."""
    return tuple(text.lower().replace(",", " ").replace(";", " ").split())


def keys_of(columns: Sequence[Column]) -> tuple[str, ...]:
    """Give the JSON fields that hold these columns, in their order."""
    return tuple(dict.fromkeys(column.key for column in columns))
