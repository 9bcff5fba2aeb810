"""Ideas: keeping them, reading them, finding their look of today. Changing them is in edits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from storage import idea_rows
from storage.adding import Adding
from storage.connection import clean, from_json, marks, micros, moment
from storage.edits import Edits
from storage.engine import reads
from storage.errors import NotThere
from storage.exporting import Exporting
from storage.figures import Counting
from storage.idea_rows import SELECT, to_idea, to_ideas
from storage.lately import Lately
from storage.merging import Merging
from storage.rows import Idea, IdeaFilter
from storage.search import Searching, filtered
from storage.tagging import Tagging
from storage.vectors import Vectors
from storage.words import escaped_like, prefixes_of, query_parts

# Words that wait for a quoted author or a moderator are not everybody's to read.
_STATUS = (
    "CASE WHEN status = 'pending' AND (consent = 'asked' OR flags <> '[]') "
    "THEN 'held' ELSE status END"
)
_TITLES = f"SELECT number, title, {_STATUS} FROM ideas WHERE bank_id = ? "


class Ideas(Adding, Edits, Merging, Tagging, Vectors, Searching, Counting, Lately, Exporting):
    """What people would use text-to-video for; each has a number that is its bank's own."""

    @reads
    def get(self, cx: sqlite3.Connection, bank_id: int, number: int) -> Idea | None:
        """Give the idea of this number; an old number from before a link leads to it, too."""
        sql = SELECT + "WHERE i.bank_id = ? AND i.number = ?"
        row = cx.execute(sql, (bank_id, number)).fetchone()
        if row is None:
            row = cx.execute(
                SELECT + "JOIN aliases a ON a.idea_id = i.id WHERE a.bank_id = ? AND a.number = ? "
                "AND i.bank_id = a.bank_id ORDER BY a.made_at DESC LIMIT 1",
                (bank_id, number),
            ).fetchone()
        return to_idea(row) if row else None

    @reads
    def by_ids(self, cx: sqlite3.Connection, bank_id: int, ids: Sequence[int]) -> list[Idea]:
        """Give the bank's ideas of these ids (not numbers), in that order, without the missing."""
        sql = SELECT + f"WHERE i.bank_id = ? AND i.id IN ({marks(len(ids))})"
        found = {idea.id: idea for idea in to_ideas(cx.execute(sql, (bank_id, *ids)))}
        return [found[id_] for id_ in ids if id_ in found]

    @reads
    def by_numbers(
        self, cx: sqlite3.Connection, bank_id: int, numbers: Sequence[int]
    ) -> list[Idea]:
        """Give the bank's ideas of these numbers, in that order; missing ones fall out."""
        sql = SELECT + f"WHERE i.bank_id = ? AND i.number IN ({marks(len(numbers))})"
        found = {idea.number: idea for idea in to_ideas(cx.execute(sql, (bank_id, *numbers)))}
        return [found[number] for number in numbers if number in found]

    @reads
    def by_external_id(self, cx: sqlite3.Connection, bank_id: int, external_id: str) -> Idea | None:
        """Give the idea that an import named so."""
        return _by_external_id(cx, bank_id, external_id)

    @reads
    def complete(
        self, cx: sqlite3.Connection, bank_id: int, prefix: str, limit: int = 25
    ) -> list[tuple[int, str, str]]:
        """Give (number, title, status) by number or by beginnings of title words, newest first.

        The status is "held" for a pending idea that its author or a moderator must look at first.
        """
        typed = clean(prefix).strip().lstrip("#")
        if typed.isascii() and typed.isdigit():
            sql = _TITLES + "AND CAST(number AS TEXT) LIKE ? ORDER BY number LIMIT ?"
            return cx.execute(sql, (bank_id, f"{typed}%", limit)).fetchall()
        words = query_parts(typed)
        if not words:
            return cx.execute(_TITLES + "ORDER BY number DESC LIMIT ?", (bank_id, limit)).fetchall()
        rows = cx.execute(
            f"SELECT i.number, i.title, {_STATUS} FROM ideas_fts f CROSS JOIN ideas i "
            "ON i.id = f.rowid WHERE ideas_fts MATCH ? AND i.bank_id = ? "
            "ORDER BY f.rowid DESC LIMIT ?",
            (prefixes_of(words, column="title"), bank_id, limit),
        ).fetchall()
        if rows:
            return rows
        # a word cut within its inflection is not a prefix of the indexed stem
        sql = _TITLES + "AND title LIKE ? ESCAPE '\\' ORDER BY number DESC LIMIT ?"
        return cx.execute(sql, (bank_id, f"{escaped_like(typed)}%", limit)).fetchall()

    def scan(self, bank_id: int, wanted: IdeaFilter) -> Iterator[Idea]:
        """Give every idea that fits, in order of number, on a connection of its own.

        Memory stays flat. Blocks: call it in a thread, and exhaust or close it there.
        """
        connection = self.engine.connection()
        try:
            where, values = filtered(bank_id, wanted, connection)
            rows = connection.execute(f"{SELECT} WHERE {where} ORDER BY i.number", values)
            rows.arraysize = 256
            while batch := rows.fetchmany():
                yield from map(to_idea, batch)
        finally:
            connection.close()

    @reads
    def counts(self, cx: sqlite3.Connection, bank_id: int) -> Mapping[str, int]:
        """Give how many ideas each status has; statuses without any are left out."""
        sql = "SELECT status, n FROM idea_tallies WHERE bank_id = ? AND industry = '' AND n > 0"
        return dict(cx.execute(sql, (bank_id,)).fetchall())

    @reads
    def leaders(
        self, cx: sqlite3.Connection, bank_id: int, limit: int = 5
    ) -> list[tuple[str, int]]:
        """Give the names with the most accepted ideas; what somebody had anonymously is no one's.

        Members count once over their accounts, authors of an import by their name.
        """
        return cx.execute(
            "SELECT coalesce(p.display_name, i.author_name), count(*) AS n FROM ideas i "
            "LEFT JOIN people p ON p.id = i.author_id "
            "WHERE i.bank_id = ? AND i.status = 'accepted' AND i.is_anonymous = 0 "
            "AND i.consent <> 'asked' AND coalesce(p.display_name, i.author_name) <> '' "
            "GROUP BY coalesce(i.author_id, i.author_name) ORDER BY n DESC, 1 LIMIT ?",
            (bank_id, limit),
        ).fetchall()

    @reads
    def history(
        self, cx: sqlite3.Connection, bank_id: int, number: int
    ) -> list[tuple[int, datetime, Mapping[str, Any]]]:
        """Give (version, replaced at, the fields as they were) of every earlier version."""
        rows = cx.execute(
            "SELECT e.version, e.at, e.before FROM idea_edits e JOIN ideas i ON i.id = e.idea_id "
            "WHERE i.bank_id = ? AND i.number = ? ORDER BY e.version",
            (bank_id, number),
        )
        return [(version, moment(at), from_json(text)) for version, at, text in rows]

    @reads
    def terms(
        self, cx: sqlite3.Connection, bank_id: int, number: int, now: datetime
    ) -> dict[str, float]:
        """Give what makes an idea's place under "best", for people who ask why.

        `place` counts from 1 among pending and accepted ideas; any other idea has place 0.

        Raises:
            NotThere: no such idea.
        """
        row = cx.execute(
            "SELECT up, down, created_at, rank, status, "
            "(SELECT count(*) FROM votes v WHERE v.idea_id = ideas.id AND v.is_held = 1) "
            "FROM ideas WHERE bank_id = ? AND number = ?",
            (bank_id, number),
        ).fetchone()
        if row is None:
            raise NotThere
        up, down, created, rank, status, held = row
        is_open = status in {"pending", "accepted"}
        age_us = max(0, micros(now) - created)
        fresh = idea_rows.freshness(age_us)
        return {
            "up": up,
            "down": down,
            "share": up / (up + down) if up + down else 0.0,
            "wilson": idea_rows.wilson(up, up + down),
            "start": idea_rows.START * (1 - idea_rows.wilson(down, up + down)),
            "age_days": age_us / 86_400_000_000,
            "half_life_days": idea_rows.HALF_LIFE_DAYS,
            "freshness": fresh,
            "score": idea_rows.standing(up, down) * fresh,
            "held": held,
            "place": 1 + cx.execute(_BETTER, (bank_id, rank)).fetchone()[0] if is_open else 0,
        }


_BETTER = (
    "SELECT count(*) FROM ideas "
    "WHERE bank_id = ? AND rank > ? AND status IN ('pending', 'accepted')"
)


def _by_external_id(cx: sqlite3.Connection, bank_id: int, external_id: str | None) -> Idea | None:
    if external_id is None:
        return None
    sql = SELECT + "WHERE i.bank_id = ? AND i.external_id = ?"
    row = cx.execute(sql, (bank_id, external_id)).fetchone()
    return to_idea(row) if row else None
