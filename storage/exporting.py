"""Ideas on their way out: plain rows of one moment, which cost a fraction of what values cost.

What would give an anonymous author away is left out here, in SQL, and so reaches no format.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from itertools import repeat
from typing import Any, NamedTuple

from storage.connection import from_json, moment
from storage.engine import Subject, translated
from storage.rows import IdeaFilter, Status
from storage.search import filtered
from storage.tag_rows import without_undone

_BATCH = 512
_CACHED = 4096


class ExportRow(NamedTuple):
    """An idea as it is exported: the fields of `Idea`, times as whole microseconds since 1970.

    `tags`, `votes`, `notes` and `aliases` are as the store keeps them: `tags_of`, `votes_of`,
    `notes_of` and `aliases_of` read them. Notes are the public ones of the idea itself.
    """

    number: int
    title: str
    text: str
    status: Status
    created_us: int
    updated_us: int
    decided_us: int | None
    author_name: str
    is_anonymous: int
    language: str
    beneficiaries: str
    link: str
    permalink: str | None
    external_id: str | None
    platform: str
    merged_into: int | None
    reason: str
    flags: str
    consent: str
    up: int
    down: int
    votes: str
    note_count: int
    tags: str | None
    before_merge: str | None
    notes: str | None
    aliases: str | None


# The id of a quoted message leads to it as its link does, and so to whoever wrote it.
_IS_HIDDEN = "i.is_anonymous OR i.consent = 'asked'"
# A name is looked up per row and not joined, so that SQLite walks the ideas in order of number.
SELECT = f"""
SELECT i.number, i.title, i.text, i.status, i.created_at, i.updated_at, i.decided_at,
 CASE WHEN {_IS_HIDDEN} THEN '' ELSE coalesce(nullif(
   (SELECT display_name FROM people WHERE id = i.author_id), ''), i.author_name) END,
 i.is_anonymous, i.language, i.beneficiaries, i.link,
 CASE WHEN {_IS_HIDDEN} THEN NULL ELSE i.permalink END,
 CASE WHEN {_IS_HIDDEN} THEN NULL ELSE i.external_id END, i.platform,
 CASE WHEN i.merged_into IS NOT NULL THEN
   (SELECT number FROM ideas m WHERE m.id = i.merged_into) END,
 i.reason, i.flags, i.consent, i.up, i.down, i.platform_votes, i.note_count,
 (SELECT group_concat(rank || char(31) || industry || char(31) || confidence || char(31) ||
    set_by || char(31) || taxonomy_version || char(31) || because, char(30))
  FROM idea_industries WHERE idea_id = i.id),
 i.before_merge,
 CASE WHEN i.note_count > 0 THEN (SELECT json_group_array(json_array(at, text)) FROM
   (SELECT at, text FROM notes WHERE idea_id = i.id AND is_staff = 0 ORDER BY at, id)) END,
 (SELECT json_group_array(json_array(number, made_at)) FROM
   (SELECT number, made_at FROM aliases WHERE idea_id = i.id AND bank_id = i.bank_id
    ORDER BY number))
FROM ideas i
"""


class Snapshot:
    """The ideas that fit a filter, as they were at one moment; blocks."""

    def __init__(self, connection: sqlite3.Connection, bank_id: int, wanted: IdeaFilter) -> None:
        self._connection = connection
        self._bank_id = bank_id
        self._where, self._values = filtered(bank_id, wanted, connection)

    def batches(self, *, after: int = 0, limit: int = -1) -> Iterator[list[ExportRow]]:
        """Give the ideas in order of number, some hundreds at a time; memory stays flat.

        Args:
            after: only numbers above this one.
            limit: at most so many; -1 for all.
        """
        where = self._where if not after else f"{self._where} AND i.number > {int(after)}"
        sql = f"{SELECT} WHERE {where} ORDER BY i.number"
        cursor = self._connection.execute(
            f"{sql} LIMIT {int(limit)}" if limit >= 0 else sql, self._values
        )
        cursor.arraysize = _BATCH
        while batch := cursor.fetchmany():
            # `_make` counts the fields of every row again, which takes three times as long
            yield list(map(tuple.__new__, repeat(ExportRow), batch))

    def own_industries(self) -> list[Mapping[str, Any]]:
        """Give the bank's changes of the industries, oldest first, without those undone."""
        sql = "SELECT version, change FROM taxonomy_changes WHERE bank_id = ? ORDER BY version"
        rows = self._connection.execute(sql, (self._bank_id,))
        return [*without_undone([(version, from_json(text)) for version, text in rows])]

    def statuses(self) -> dict[str, int]:
        """Count the ideas of each status."""
        sql = f"SELECT i.status, count(*) FROM ideas i WHERE {self._where} GROUP BY 1 ORDER BY 1"
        return dict(self._connection.execute(sql, self._values).fetchall())

    def primaries(self) -> dict[tuple[str | None, str], int]:
        """Count the ideas of each primary industry and status; None where an idea has no tag."""
        sql = (
            "SELECT (SELECT industry FROM idea_industries t WHERE t.idea_id = i.id "
            "ORDER BY rank, industry LIMIT 1) AS primary_, i.status, count(*) "
            f"FROM ideas i WHERE {self._where} GROUP BY 1, 2 ORDER BY 1, 2"
        )
        rows = self._connection.execute(sql, self._values)
        return {(industry, status): n for industry, status, n in rows}


class Exporting(Subject):
    """Reading whole collections."""

    @contextmanager
    def snapshot(self, bank_id: int, wanted: IdeaFilter) -> Iterator[Snapshot]:
        """Open a snapshot of what fits, on a connection of its own. Blocks; stay in one thread."""
        connection = self.engine.connection()
        try:
            with translated(self.engine.path):
                connection.execute("BEGIN")  # one moment for all that is read
                yield Snapshot(connection, bank_id, wanted)
        finally:
            connection.close()


class ExportTag(NamedTuple):
    """An industry of an exported idea; `texts_of` reads `because`."""

    rank: int
    industry: str
    confidence: float
    set_by: str
    taxonomy_version: int
    because: str


@lru_cache(maxsize=_CACHED)
def tags_of(text: str | None) -> tuple[ExportTag, ...]:
    """Read the tags of a row, primary first; kept for the other columns of the same row."""
    if text is None:
        return ()
    tags = []
    for part in text.split("\x1e"):
        rank, industry, confidence, set_by, version, because = part.split("\x1f")
        tags.append(
            ExportTag(int(rank), industry, float(confidence), set_by, int(version), because)
        )
    if len(tags) > 1:
        tags.sort()
    return tuple(tags)


@lru_cache(maxsize=_CACHED)
def votes_of(text: str) -> Mapping[str, tuple[int, int]]:
    """Read the votes of a row: (up, down) by platform."""
    return {p: (pair[0], pair[1]) for p, pair in from_json(text).items()}


def notes_of(text: str | None) -> list[tuple[datetime, str]]:
    """Read the public notes of a row, oldest first."""
    return [(moment(at), words) for at, words in from_json(text)] if text else []


def aliases_of(text: str | None) -> list[tuple[int, datetime]]:
    """Read the numbers that an idea had before, each with since when it leads to it."""
    if not text or text == "[]":
        return []
    return [(number, moment(at)) for number, at in from_json(text)]


def texts_of(text: str) -> tuple[str, ...]:
    """Read a list of texts, such as the flags of a row."""
    return () if text == "[]" else tuple(from_json(text))
