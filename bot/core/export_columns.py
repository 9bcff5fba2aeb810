"""The columns of an export: their names and order, what is in them, and how some are chosen.

Names and order never change within a version; new columns come last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from bot.core.errors import InvalidField
from storage.exporting import aliases_of, tags_of, texts_of, votes_of

if TYPE_CHECKING:
    from bot.core.exports import Source
    from storage.exporting import ExportRow

VERSION = 1
PLATFORMS = ("console", "discord", "slack")
LABELS = ("naics", "isic")


class Kind(Enum):
    """What a column holds."""

    WORDS = auto()  # of members or moderators: guarded, quoted
    LABEL = auto()  # our own words: ids, statuses, codes; never a comma or a quotation mark
    NUMBER = auto()
    FLAG = auto()
    TIME = auto()  # whole microseconds since 1970, UTC


Value = Callable[["ExportRow"], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `value` gives, for a source, the function that gives the cell of a row.

    `key` is the field of the JSON formats that holds the same; `width` is in characters.
    """

    name: str
    kind: Kind
    value: Callable[[Source], Value]
    key: str
    width: int = 12


def _own(name: str) -> Callable[[Source], Value]:
    get: Value = attrgetter(name)
    return lambda _source: get


def _calculated(value: Value) -> Callable[[Source], Value]:
    return lambda _source: value


def _column(name: str, kind: Kind, width: int = 12, *, field: str = "", key: str = "") -> Column:
    return Column(name, kind, _own(field or name), key or name, width)


def primary_of(tags: str | None) -> str:
    """Give the primary industry of a row."""
    found = tags_of(tags)
    return found[0].industry if found else "other"


def _tags(row: ExportRow) -> str:
    return "; ".join([f"{t.industry} {t.confidence:.2f} {t.set_by}" for t in tags_of(row.tags)])


def _industries(row: ExportRow) -> str:
    return " ".join([t.industry for t in tags_of(row.tags)])


def _coded(pick: str) -> Callable[[Source], Value]:
    def value(source: Source) -> Value:
        known: dict[str, str] = {}

        def cell(row: ExportRow) -> str:
            industry = primary_of(row.tags)
            text = known.get(industry)
            if text is None:
                found = getattr(source.industry(industry), pick)
                text = known[industry] = found if isinstance(found, str) else " ".join(found)
            return text

        return cell

    return value


def _votes_on(platform: str, way: int) -> Value:
    def cell(row: ExportRow) -> int:
        text = row.votes
        if text == "{}":
            return 0
        pair = votes_of(text).get(platform)
        return pair[way] if pair else 0

    return cell


def _votes_elsewhere(way: int) -> Value:
    """Count votes of no platform of ours: imported ones, of which only the number is known."""

    def cell(row: ExportRow) -> int:
        text = row.votes
        if text == "{}":
            return row.down if way else row.up
        return sum(p[way] for name, p in votes_of(text).items() if name not in PLATFORMS)

    return cell


def _votes() -> tuple[Column, ...]:
    return tuple(
        Column(
            f"votes_{platform}_{way}", Kind.NUMBER, _calculated(_votes_on(platform, n)), "votes", 9
        )
        for platform in PLATFORMS
        for n, way in enumerate(("up", "down"))
    )


COLUMNS: tuple[Column, ...] = (
    _column("number", Kind.NUMBER, 8),
    _column("title", Kind.WORDS, 38),
    _column("text", Kind.WORDS, 64),
    _column("status", Kind.LABEL, 11),
    Column("primary_industry", Kind.WORDS, _calculated(lambda r: primary_of(r.tags)), "tags", 22),
    Column("primary_industry_name", Kind.WORDS, _coded("name"), "tags", 26),
    Column("industries", Kind.WORDS, _calculated(_industries), "tags", 30),
    Column("tags", Kind.WORDS, _calculated(_tags), "tags", 44),
    Column("naics", Kind.LABEL, _coded("naics"), "tags", 16),
    Column("isic", Kind.LABEL, _coded("isic"), "tags", 12),
    _column("author", Kind.WORDS, 18, field="author_name"),
    _column("anonymous", Kind.FLAG, 11, field="is_anonymous"),
    _column("platform", Kind.WORDS, 10),
    _column("language", Kind.WORDS, 10),
    _column("beneficiaries", Kind.WORDS, 24),
    _column("link", Kind.WORDS, 30),
    Column("permalink", Kind.WORDS, _calculated(lambda r: r.permalink or ""), "permalink", 30),
    _column("votes_up", Kind.NUMBER, 9, field="up", key="votes"),
    _column("votes_down", Kind.NUMBER, 11, field="down", key="votes"),
    Column("score", Kind.NUMBER, _calculated(lambda r: r.up - r.down), "votes", 8),
    *_votes(),
    _column("created_at", Kind.TIME, 19, field="created_us"),
    _column("updated_at", Kind.TIME, 19, field="updated_us"),
    _column("decided_at", Kind.TIME, 19, field="decided_us"),
    _column("reason", Kind.WORDS, 30),
    _column("merged_into", Kind.NUMBER, 12),
    Column("flags", Kind.WORDS, _calculated(lambda r: " ".join(texts_of(r.flags))), "flags", 18),
    Column(
        "external_id", Kind.WORDS, _calculated(lambda r: r.external_id or ""), "external_id", 24
    ),
    _column("consent", Kind.LABEL, 9),
    _column("notes", Kind.NUMBER, 7, field="note_count"),
    Column("votes_other_up", Kind.NUMBER, _calculated(_votes_elsewhere(0)), "votes", 9),
    Column("votes_other_down", Kind.NUMBER, _calculated(_votes_elsewhere(1)), "votes", 9),
    Column(
        "aliases",
        Kind.LABEL,
        _calculated(lambda r: " ".join([str(n) for n, _ in aliases_of(r.aliases)])),
        "aliases",
        10,
    ),
)  # fmt: skip
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
