"""Choosing the full-text query: all words; else mended words; else any of the rarest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz.distance import OSA

from storage.words import all_of, any_of, query_parts, spaced, term

RAREST = 6
_LONGEST_CHECKED = 12  # words whose frequency is looked up; each may cost a millisecond
_HITS = 2_000  # any of the words: so many hits are enough
_NEAREST = 4
_SHORTEST_MENDED = 4
_LONG_WORD = 7  # from here on two slips are forgiven
_TERMS_READ = 20_000


def queries(cx: sqlite3.Connection, words: str) -> Iterator[tuple[str, bool]]:
    """Give FTS5 queries for what somebody typed, from strict to loose, and whether each is loose.

    A loose one finds ideas that have only some of the words. The later ones cost more to put
    together: stop at the first that finds something. None is given twice.
    """
    given = set()
    for query, is_loose in _queries(cx, words):
        if query not in given:
            given.add(query)
            yield query, is_loose


def _queries(cx: sqlite3.Connection, words: str) -> Iterator[tuple[str, bool]]:
    parts = query_parts(words)
    if not parts:
        return
    yield all_of(parts), False
    unfinished = [term(part) for part in parts[:-1]]
    yield " AND ".join([*unfinished, term(parts[-1], is_prefix=True)]), False
    frequencies = {part: _frequency(cx, part) for part in _checked(parts)}
    mended = {part: _mended(cx, part) for part in frequencies if frequencies[part] == 0}
    yield " AND ".join(mended.get(part) or term(part) for part in parts), False
    telling = _telling(cx, frequencies)
    if telling:
        yield any_of(_rarest(telling, frequencies)), True
    if mended:
        yield " OR ".join([*mended.values()][:RAREST]), True


_EVERYDAY = 12
"""A word of more than one idea in twelve ("to", "how") says nothing about any of them."""

_FEW = 20


def _telling(cx: sqlite3.Connection, frequencies: Mapping[str, int]) -> list[str]:
    """Give the words that are there and tell ideas apart, the rarest first."""
    most = max(_FEW, (cx.execute("SELECT max(id) FROM ideas").fetchone()[0] or 0) // _EVERYDAY)
    known = (part for part in frequencies if 0 < frequencies[part] <= most)
    return sorted(known, key=frequencies.__getitem__)


def _rarest(known: Sequence[str], frequencies: Mapping[str, int]) -> list[str]:
    """Give at most six of the rarest words, fewer if they hit too many ideas together."""
    chosen = [known[0]]
    hits = frequencies[known[0]]
    for part in known[1:RAREST]:
        hits += frequencies[part]
        if hits > _HITS:
            break
        chosen.append(part)
    return chosen


def _checked(parts: Sequence[str]) -> list[str]:
    return sorted(parts, key=len, reverse=True)[:_LONGEST_CHECKED]


def _frequency(cx: sqlite3.Connection, part: str) -> int:
    """Count the ideas that hold a part, over all banks; up to a thousand."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM ideas_fts WHERE ideas_fts MATCH ? LIMIT 1000)"
    count: int = cx.execute(sql, (term(part),)).fetchone()[0]
    return count


def _mended(cx: sqlite3.Connection, part: str) -> str:
    """Give a query for the indexed words nearest to a misspelt one, or for the word itself."""
    typed = part.casefold()
    if " " in typed or len(typed) < _SHORTEST_MENDED or spaced(typed) != typed:
        return term(part, is_prefix=True)
    near: list[tuple[int, str]] = []
    for candidate in _indexed(cx, typed):
        distance = _distance(typed, candidate)
        if distance is not None:
            near.append((distance, candidate))
    nearest = [candidate for _, candidate in sorted(near)[:_NEAREST]]
    if not nearest:
        return term(part, is_prefix=True)
    return "(" + " OR ".join(term(word, is_prefix=True) for word in nearest) + ")"


def _distance(typed: str, stem: str) -> int | None:
    """Count the slips between a typed word and an indexed stem; None for too many.

    The index holds stems, so a typed word may go on for some letters after the stem's end. The
    shorter the stem, the more words are near it by chance.
    """
    slips = 1 if min(len(typed), len(stem)) < _LONG_WORD else 2
    if len(stem) < _SHORTEST_MENDED or len(stem) > len(typed) + slips:
        return None
    found = OSA.distance(typed, stem, score_cutoff=slips)
    if len(stem) > _SHORTEST_MENDED and len(stem) >= len(typed) - _ENDING:
        # A letter too few or too many moves the place where the stem ends.
        ends = range(len(stem) - 1, len(stem) + 2)
        beginnings = (OSA.distance(typed[:end], stem, score_cutoff=slips) for end in ends)
        found = min(found, *beginnings)
    return found if found <= slips else None


_ENDING = 4
"""Letters that inflection may add to a stem: -ing, -ions, -ings."""


def _indexed(cx: sqlite3.Connection, typed: str) -> Iterator[str]:
    """Give indexed words that begin like the typed one, its first two letters also swapped."""
    sql = "SELECT term FROM ideas_terms WHERE term >= ? AND term < ? LIMIT ?"
    for start in dict.fromkeys((typed[:2], typed[1] + typed[0])):
        rows = cx.execute(sql, (start, start + "\U0010ffff", _TERMS_READ))
        yield from (word for (word,) in rows)
