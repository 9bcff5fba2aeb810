"""Finding ideas: the filter as SQL, pages with counts, and help where the words don't match."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from storage.connection import clean, marks, micros
from storage.engine import Subject, reads
from storage.idea_rows import SELECT, to_ideas
from storage.rows import STATUSES, Idea, IdeaFilter, Page
from storage.spelling import queries
from storage.tallies import Tallies
from storage.words import escaped_like, query_parts

CANDIDATES = 3_000
"""So many of the newest hits are looked at; a word with more says little by itself."""
SCANNED = 5_000
"""So many of the newest hits are looked through for those of a common industry."""
COUNTED = 20_000
"""Without words so many are counted at most, unless the kept tallies give the number."""
_COMMON = 50
"""An industry of more than one in fifty is checked idea by idea, a rarer one looked up first."""

_ORDER = {
    "best": "i.rank DESC, i.id DESC",
    "new": "i.created_at DESC, i.id DESC",
    "old": "i.created_at, i.id",
    "votes": "i.up - i.down DESC, i.id DESC",
    "relevance": "i.created_at DESC, i.id DESC",  # without words there is none: newest first
}


class Searching(Subject):
    """Search in one bank."""

    @reads
    def search(
        self,
        cx: sqlite3.Connection,
        bank_id: int,
        wanted: IdeaFilter,
        *,
        limit: int = 10,
        offset: int = 0,
        with_facets: bool = True,
    ) -> Page:
        """Give a page of the ideas that fit, best first in the sense of `wanted.sort`.

        All words must be there, however inflected. If no idea has them all, misspelt and unfinished
        words are mended; then any of the rarest six words will do.
        """
        if not wanted.words.strip():
            return _browse(cx, bank_id, wanted, (limit, offset), with_facets=with_facets)
        return _match(cx, bank_id, wanted, (limit, offset), with_facets=with_facets)

    @reads
    def of_author(
        self,
        cx: sqlite3.Connection,
        bank_id: int,
        author_id: int,
        lengths: tuple[int, int],
        limit: int = 100,
    ) -> list[Idea]:
        """Give an author's ideas whose texts are so long (at least, at most), newest first."""
        sql = (
            f"{SELECT} WHERE i.bank_id = ? AND i.author_id = ? AND length(i.text) BETWEEN ? AND ? "
            "ORDER BY i.id DESC LIMIT ?"
        )
        return to_ideas(cx.execute(sql, (bank_id, author_id, *lengths, limit)))

    @reads
    def among(
        self, cx: sqlite3.Connection, bank_id: int, wanted: IdeaFilter, numbers: Sequence[int]
    ) -> list[Idea]:
        """Give those of some ideas that fit a filter, its words aside, in the given order."""
        where, values = conditions(bank_id, wanted, is_common=True)
        sql = f"{SELECT} WHERE {where} AND i.number IN ({marks(len(numbers))})"
        found = {idea.number: idea for idea in to_ideas(cx.execute(sql, (*values, *numbers)))}
        return [found[number] for number in numbers if number in found]


def conditions(
    bank_id: int, wanted: IdeaFilter, *, is_common: bool = False
) -> tuple[str, list[Any]]:
    """Give the WHERE clause and its values for everything in a filter but the words.

    With `is_common`, industries are checked idea by idea, which suits those of many ideas.
    """
    where: list[str] = ["i.bank_id = ?"]
    values: list[Any] = [bank_id]

    def add(is_set: object, condition: str, *bound: Any) -> None:
        if is_set:
            where.append(condition)
            values.extend(bound)

    # Literal statuses, from our own list, let SQLite choose the index on them.
    statuses = ", ".join(f"'{status}'" for status in STATUSES if status in wanted.statuses)
    add(wanted.statuses, f"i.status IN ({statuses})")
    tagged = f"FROM idea_industries t WHERE t.industry IN ({marks(len(wanted.industries))})"
    add(
        wanted.industries,
        f"EXISTS (SELECT 1 {tagged} AND t.idea_id = i.id)"
        if is_common
        else f"i.id IN (SELECT t.idea_id {tagged})",
        *wanted.industries,
    )
    add(wanted.author_id is not None, "i.author_id = ?", wanted.author_id)
    if wanted.by_name.strip():
        name = clean(wanted.by_name).strip().lstrip("@").casefold()
        add(
            True,  # noqa: FBT003
            # An anonymous author has no name here, whoever asks.
            "i.is_anonymous = 0 AND i.consent <> 'asked' AND (i.author_id IN (SELECT id FROM "
            "people WHERE instr(folded_name, ?)) OR instr(folded(i.author_name), ?))",
            name,
            name,
        )
    add(wanted.since, "i.created_at >= ?", micros(wanted.since) if wanted.since else None)
    add(wanted.until, "i.created_at < ?", micros(wanted.until) if wanted.until else None)
    add(wanted.min_votes is not None, "i.up - i.down >= ?", wanted.min_votes)
    add(wanted.platform, "i.platform = ?", wanted.platform)
    add(wanted.flagged is True, "i.flags <> '[]'")
    add(wanted.flagged is False, "i.flags = '[]'")
    add(wanted.is_edit is True, "i.accepted_version IS NOT NULL")
    add(wanted.is_edit is False, "i.accepted_version IS NULL")
    if wanted.claims_at is not None:
        claimed = "EXISTS (SELECT 1 FROM claims c WHERE c.idea_id = i.id AND c.until > ?"
        at = micros(wanted.claims_at)
        add(wanted.claimed_by is None, f"NOT {claimed})", at)
        add(wanted.claimed_by, f"{claimed} AND c.person_id = ?)", at, wanted.claimed_by)
    return " AND ".join(where), values


def filtered(bank_id: int, wanted: IdeaFilter, cx: sqlite3.Connection) -> tuple[str, list[Any]]:
    """Give the WHERE clause and its values for a whole filter, words included."""
    where, values = conditions(bank_id, wanted)
    if not wanted.words.strip():
        return where, values
    in_index = "i.id IN (SELECT rowid FROM ideas_fts WHERE ideas_fts MATCH ?)"
    for query, _ in queries(cx, wanted.words):
        sql = f"SELECT 1 FROM ideas i WHERE {where} AND {in_index} LIMIT 1"
        if cx.execute(sql, (*values, query)).fetchone():
            return f"{where} AND {in_index}", [*values, query]
    return "false", []


def _browse(
    cx: sqlite3.Connection,
    bank_id: int,
    wanted: IdeaFilter,
    window: tuple[int, int],
    *,
    with_facets: bool,
) -> Page:
    tallies = Tallies(cx, bank_id)
    is_common = tallies.n(wanted.industries) * _COMMON > tallies.n(("",))
    where, values = conditions(bank_id, wanted, is_common=is_common)
    sql = f"{SELECT} WHERE {where} ORDER BY {_ORDER[wanted.sort]} LIMIT ? OFFSET ?"
    ideas = to_ideas(cx.execute(sql, (*values, *window)))
    statuses = tallies.statuses(wanted)
    cap = 0
    if statuses is None:
        cap = COUNTED
        sql = f"SELECT i.status FROM ideas i WHERE {where} LIMIT ?"
        statuses = Counter(status for (status,) in cx.execute(sql, (*values, cap)))
    industries: Mapping[str, int] | None = tallies.industries(wanted) if with_facets else {}
    if industries is None:
        # So many of an industry are found sooner by its index than idea by idea, however common.
        where, values = conditions(bank_id, wanted)
        sql = f"SELECT i.id FROM ideas i WHERE {where} LIMIT ?"
        industries = _industries(cx, [id_ for (id_,) in cx.execute(sql, (*values, CANDIDATES))])
    return _page(ideas, window[1], statuses, industries, cap)


def _industries(cx: sqlite3.Connection, ids: Sequence[int]) -> dict[str, int]:
    rows = cx.execute(
        "SELECT t.industry, count(*) FROM json_each(?) j CROSS JOIN idea_industries t "
        "ON t.idea_id = j.value GROUP BY 1",
        (json.dumps(ids),),
    )
    return dict(rows.fetchall())


# What candidates are sorted by, the smallest first; the newest first among equals.
_KEYS = {
    "best": "-i.rank",
    "new": "-i.created_at",
    "old": "i.created_at",
    "votes": "i.down - i.up",
    # the title counts four times as much as the text
    "relevance": "bm25(ideas_fts, 4.0, 1.0, 1.0)",
}


def _match(
    cx: sqlite3.Connection,
    bank_id: int,
    wanted: IdeaFilter,
    window: tuple[int, int],
    *,
    with_facets: bool,
) -> Page:
    where, values = conditions(bank_id, wanted, is_common=True)
    sql = (
        _SCANNING.format(key=_SCANNED_KEYS[wanted.sort], where=where)
        if _is_of_common(cx, bank_id, wanted)
        # CROSS JOIN keeps the index of words outside: its hits come by id without sorting
        else (
            f"SELECT {_KEYS[wanted.sort]}, -i.id, i.status FROM ideas_fts f "
            "CROSS JOIN ideas i ON i.id = f.rowid "
            f"WHERE ideas_fts MATCH ? AND {where} ORDER BY f.rowid DESC LIMIT ?"
        )
    )
    hits: list[tuple[float, int, str]] = []
    is_loose = False
    for query, is_loose in queries(cx, wanted.words):  # noqa: B007  of the one that found something
        hits = cx.execute(sql, (query, *values, CANDIDATES)).fetchall()
        if hits:
            break
    if not hits or is_loose:
        inside = _inside(cx, wanted, where, values)
        hits, is_loose = (inside, False) if inside else (hits, is_loose)
    limit, offset = window
    chosen = [-negative for _, negative, _ in sorted(hits)[offset : offset + limit]]
    rows = cx.execute(f"{SELECT} WHERE i.id IN ({marks(len(chosen))})", chosen)
    found = {idea.id: idea for idea in to_ideas(rows)}
    industries = _industries(cx, [-negative for _, negative, _ in hits]) if with_facets else {}
    statuses = Counter(status for _, _, status in hits)
    page = _page([found[id_] for id_ in chosen], offset, statuses, industries, CANDIDATES)
    return replace(page, is_loose=bool(hits) and is_loose)


_INSIDE = 10_000
_SHORTEST_INSIDE, _MOST_INSIDE = 4, 3


def _inside(
    cx: sqlite3.Connection, wanted: IdeaFilter, where: str, values: Sequence[Any]
) -> list[tuple[float, int, str]]:
    """Look for the words inside of others, as in German compounds, among the newest ideas."""
    parts = query_parts(wanted.words)
    if not 0 < len(parts) <= _MOST_INSIDE or any(len(p) < _SHORTEST_INSIDE for p in parts):
        return []
    like = " AND ".join("(i.title LIKE ? ESCAPE '\\' OR i.text LIKE ? ESCAPE '\\')" for _ in parts)
    patterns = [f"%{escaped_like(part)}%" for part in parts for _ in range(2)]
    key = "-i.created_at" if wanted.sort == "relevance" else _KEYS[wanted.sort]
    return cx.execute(
        # by id alone: an index on anything else would lead through the whole bank
        f"SELECT {key}, -i.id, i.status FROM ideas i NOT INDEXED WHERE {where} AND i.id > "
        f"(SELECT max(id) FROM ideas) - ? AND {like} ORDER BY i.id DESC LIMIT ?",
        (*values, _INSIDE, *patterns, CANDIDATES),
    ).fetchall()


# Without a limit inside, a word that stands everywhere would be read through for a rare hit.
_SCANNING = (
    "SELECT {key}, -i.id, i.status FROM (SELECT rowid AS id, bm25(ideas_fts, 4.0, 1.0, 1.0) AS "
    f"score FROM ideas_fts WHERE ideas_fts MATCH ? ORDER BY rowid DESC LIMIT {SCANNED}) f "
    "CROSS JOIN ideas i ON i.id = f.id WHERE {where} LIMIT ?"
)
_SCANNED_KEYS = {**_KEYS, "relevance": "f.score"}


def _is_of_common(cx: sqlite3.Connection, bank_id: int, wanted: IdeaFilter) -> bool:
    """Tell whether a filter's industries are those of many ideas, more than can be read through."""
    if not wanted.industries:
        return False
    tallies = Tallies(cx, bank_id)
    tagged = tallies.n(wanted.industries)
    return tagged > CANDIDATES and tagged * _COMMON > tallies.n(("",))


def _page(
    ideas: list[Idea],
    offset: int,
    statuses: Mapping[str, int],
    industries: Mapping[str, int],
    cap: int,
) -> Page:
    def ordered(counts: Mapping[str, int]) -> dict[str, int]:
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    total = sum(statuses.values())
    return Page(
        ideas=tuple(ideas),
        total=total,
        offset=offset,
        statuses=ordered(statuses),
        industries=ordered(industries),
        is_capped=0 < cap <= total,
    )
