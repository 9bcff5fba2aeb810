"""Some rows of an export column by column: most of the work then happens within Python's loops."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from storage.exporting import ExportRow, tags_of, votes_of

if TYPE_CHECKING:
    from bot.core.exports import Source

PLATFORMS = ("console", "discord", "slack")
TAGGED = ("primary_industry", "primary_industry_name", "industries", "tags", "naics", "isic")
"""Columns that come from the tags of a row."""
VOTED = (*(f"votes_{p}_{way}" for p in PLATFORMS for way in ("up", "down")),
         "votes_other_up", "votes_other_down")  # fmt: skip
"""Columns that come from how the votes of a row are split."""

_PLACES = {name: n for n, name in enumerate(ExportRow._fields)}
Cells = Sequence[Any]


class Table:
    """Rows of a source by column; what several columns come from is worked out once.

    Args:
        rows: at least one.
        source: knows the names and codes of industries.
    """

    __slots__ = ("_fields", "_source", "_tagged", "_voted")

    def __init__(self, rows: Sequence[ExportRow], source: Source) -> None:
        self._fields: tuple[Cells, ...] = tuple(zip(*rows, strict=True))
        self._source = source
        self._tagged: tuple[Cells, ...] = ()
        self._voted: tuple[Cells, ...] = ()

    def field(self, name: str) -> Cells:
        """Give a field of all rows."""
        return self._fields[_PLACES[name]]

    def tagged(self, name: str) -> Cells:
        """Give one of the columns `TAGGED`."""
        if not self._tagged:
            self._tagged = tuple(zip(*map(self._of_tags, self.field("tags")), strict=True))
        return self._tagged[TAGGED.index(name)]

    def voted(self, name: str) -> Cells:
        """Give one of the columns `VOTED`."""
        if not self._voted:
            fields = (self.field("votes"), self.field("up"), self.field("down"))
            self._voted = tuple(zip(*map(_of_votes, *fields), strict=True))
        return self._voted[VOTED.index(name)]

    def _of_tags(self, text: str | None) -> tuple[str, ...]:
        tags = tags_of(text)
        primary = tags[0].industry if tags else "other"
        coded = self._source.industry(primary)
        return (
            primary,
            coded.name,
            " ".join([tag[1] for tag in tags]),
            "; ".join([f"{industry} {sure:.2f} {by}" for _, industry, sure, by, _, _ in tags]),
            coded.naics_text,
            coded.isic_text,
        )


def _of_votes(text: str, up: int, down: int) -> tuple[int, ...]:
    # Votes of no platform of ours are imported ones, of which only the number is known.
    return (0, 0, 0, 0, 0, 0, up, down) if text == "{}" else _split(text)


@lru_cache(maxsize=4096)
def _split(text: str) -> tuple[int, ...]:
    votes = votes_of(text)
    known = [count for platform in PLATFORMS for count in votes.get(platform, (0, 0))]
    others = [pair for name, pair in votes.items() if name not in PLATFORMS]
    return (*known, sum(up for up, _ in others), sum(down for _, down in others))
