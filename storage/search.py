"""Finding ideas: the filter as SQL, pages with counts, and help where the words don't match."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from typing import Any

from storage.connection import clean, marks, micros
from storage.engine import Subject, reads
from storage.idea_rows import SELECT, to_ideas
from storage.rows import STATUSES, Idea, IdeaFilter, Page
from storage.spelling import query_for

CANDIDATES = 5_000
"""So many of the newest hits are ranked; a word that hits more says little by itself."""

_ORDER = {
    "best": "i.rank DESC, i.id DESC",
    "new": "i.created_at DESC, i.id DESC",
    "old": "i.created_at, i.id",
    "votes": "i.up - i.down DESC, i.id DESC",
    "relevance": "i.created_at DESC, i.id DESC",  # without words there is none: newest first
}
# Title counts four times as much as the text.
_RELEVANCE = "bm25(ideas_fts, 4.0, 1.0, 1.0)"


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
        query = query_for(cx, bank_id, wanted.words, *conditions(bank_id, wanted))
        if query is None:
            return Page(ideas=(), total=0, offset=offset)
        return _match(cx, bank_id, wanted, query, (limit, offset), with_facets=with_facets)


def conditions(bank_id: int, wanted: IdeaFilter) -> tuple[str, list[Any]]:
    """Give the WHERE clause and its values for everything in a filter but the words."""
    where: list[str] = ["i.bank_id = ?"]
    values: list[Any] = [bank_id]

    def add(is_set: object, condition: str, *bound: Any) -> None:
        if is_set:
            where.append(condition)
            values.extend(bound)

    # Literal statuses, from our own list, let SQLite choose the index on them.
    statuses = ", ".join(f"'{status}'" for status in STATUSES if status in wanted.statuses)
    add(wanted.statuses, f"i.status IN ({statuses})")
    add(
        wanted.industries,
        "i.id IN (SELECT idea_id FROM idea_industries "
        f"WHERE industry IN ({marks(len(wanted.industries))}))",
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
    return " AND ".join(where), values


def filtered(bank_id: int, wanted: IdeaFilter, cx: sqlite3.Connection) -> tuple[str, list[Any]]:
    """Give the WHERE clause and its values for a whole filter, words included."""
    where, values = conditions(bank_id, wanted)
    if not wanted.words.strip():
        return where, values
    query = query_for(cx, bank_id, wanted.words, where, values)
    if query is None:
        return "false", []
    in_index = "i.id IN (SELECT rowid FROM ideas_fts WHERE ideas_fts MATCH ?)"
    return f"{where} AND {in_index}", [*values, query]


def _browse(
    cx: sqlite3.Connection,
    bank_id: int,
    wanted: IdeaFilter,
    window: tuple[int, int],
    *,
    with_facets: bool,
) -> Page:
    where, values = conditions(bank_id, wanted)
    sql = f"{SELECT} WHERE {where} ORDER BY {_ORDER[wanted.sort]} LIMIT ? OFFSET ?"
    ideas = to_ideas(cx.execute(sql, (*values, *window)))
    if _is_tallied(wanted):
        statuses, industries = _tallies(cx, bank_id, wanted)
    else:
        source = f"FROM ideas i WHERE {where}"
        statuses = _count(cx, "i.status", source, values)
        industries = {}
        if with_facets:
            source = f"FROM ideas i JOIN idea_industries t ON t.idea_id = i.id WHERE {where}"
            industries = _count(cx, "t.industry", source, values)
    return _page(ideas, sum(statuses.values()), window[1], statuses, industries)


def _is_tallied(wanted: IdeaFilter) -> bool:
    """Tell whether the kept tallies answer: nothing but statuses is filtered."""
    return wanted == IdeaFilter(sort=wanted.sort, statuses=wanted.statuses, words=wanted.words)


def _tallies(
    cx: sqlite3.Connection, bank_id: int, wanted: IdeaFilter
) -> tuple[dict[str, int], dict[str, int]]:
    rows = cx.execute(
        "SELECT status, industry, n FROM idea_tallies WHERE bank_id = ? AND n > 0", (bank_id,)
    )
    statuses: Counter[str] = Counter()
    industries: Counter[str] = Counter()
    for status, industry, n in rows:
        if wanted.statuses and status not in wanted.statuses:
            continue
        if industry:
            industries[industry] += n
        else:
            statuses[status] += n
    return statuses, industries


def _count(cx: sqlite3.Connection, what: str, source: str, values: list[Any]) -> dict[str, int]:
    return dict(cx.execute(f"SELECT {what}, count(*) {source} GROUP BY 1", values).fetchall())


def _match(
    cx: sqlite3.Connection,
    bank_id: int,
    wanted: IdeaFilter,
    query: str,
    window: tuple[int, int],
    *,
    with_facets: bool,
) -> Page:
    where, values = conditions(bank_id, wanted)
    hits = cx.execute(
        # CROSS JOIN keeps the index of words outside: its hits come by id without sorting
        "SELECT i.id, i.status FROM ideas_fts f CROSS JOIN ideas i ON i.id = f.rowid "
        f"WHERE ideas_fts MATCH ? AND {where} ORDER BY f.rowid DESC LIMIT ?",
        (query, *values, CANDIDATES + 1),
    ).fetchall()
    statuses: Mapping[str, int] = Counter(status for _, status in hits)
    source = (
        f"FROM ideas_fts f CROSS JOIN ideas i ON i.id = f.rowid {{}} "
        f"WHERE ideas_fts MATCH ? AND {where}"
    )
    if len(hits) > CANDIDATES:
        statuses = _count(cx, "i.status", source.format(""), [query, *values])
    industries: dict[str, int] = {}
    if with_facets:
        tags = "CROSS JOIN idea_industries t ON t.idea_id = i.id"
        industries = _count(cx, "t.industry", source.format(tags), [query, *values])
    order = _ORDER[wanted.sort] if wanted.sort != "relevance" else f"{_RELEVANCE}, i.id DESC"
    lowest = hits[-1][0] if hits else 0
    ids = cx.execute(
        f"SELECT i.id {source.format('')} AND f.rowid >= ? ORDER BY {order} LIMIT ? OFFSET ?",
        (query, *values, lowest, *window),
    ).fetchall()
    chosen = [id_ for (id_,) in ids]
    rows = cx.execute(f"{SELECT} WHERE i.id IN ({marks(len(chosen))})", chosen)
    found = {idea.id: idea for idea in to_ideas(rows)}
    ideas = [found[id_] for id_ in chosen]
    return _page(ideas, sum(statuses.values()), window[1], statuses, industries)


def _page(
    ideas: list[Idea],
    total: int,
    offset: int,
    statuses: Mapping[str, int],
    industries: Mapping[str, int],
) -> Page:
    def ordered(counts: Mapping[str, int]) -> dict[str, int]:
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    return Page(
        ideas=tuple(ideas),
        total=total,
        offset=offset,
        statuses=ordered(statuses),
        industries=ordered(industries),
    )
