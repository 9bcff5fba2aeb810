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


def queries(cx: sqlite3.Connection, words: str) -> Iterator[str]:
    """Give FTS5 queries for what somebody typed, from strict to loose.

    The later ones cost more to put together: stop at the first that finds something.
    """
    parts = query_parts(words)
    if not parts:
        return
    yield all_of(parts)
    unfinished = [term(part) for part in parts[:-1]]
    yield " AND ".join([*unfinished, term(parts[-1], is_prefix=True)])
    frequencies = {part: _frequency(cx, part) for part in _checked(parts)}
    yield " AND ".join(
        _mended(cx, part) if frequencies.get(part) == 0 else term(part) for part in parts
    )
    known = sorted((part for part in frequencies if frequencies[part]), key=frequencies.__getitem__)
    if known:
        yield any_of(_rarest(known, frequencies))
    mended = [_mended(cx, part) for part in frequencies if frequencies[part] == 0]
    if mended:
        yield " OR ".join(mended[:RAREST])


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
    slips = 1 if len(typed) < _LONG_WORD else 2
    near: list[tuple[int, str]] = []
    for candidate in _indexed(cx, typed):
        # The index holds stems, so a typed word may go on after the stem's end.
        cut = typed[: max(len(candidate), _SHORTEST_MENDED)]
        distance = min(
            OSA.distance(typed, candidate, score_cutoff=slips),
            OSA.distance(cut, candidate, score_cutoff=slips),
        )
        if distance <= slips and len(candidate) >= _SHORTEST_MENDED:
            near.append((distance, candidate))
    nearest = [candidate for _, candidate in sorted(near)[:_NEAREST]]
    if not nearest:
        return term(part, is_prefix=True)
    return "(" + " OR ".join(term(word, is_prefix=True) for word in nearest) + ")"


def _indexed(cx: sqlite3.Connection, typed: str) -> Iterator[str]:
    """Give indexed words that begin like the typed one, its first two letters also swapped."""
    sql = "SELECT term FROM ideas_terms WHERE term >= ? AND term < ? LIMIT ?"
    for start in dict.fromkeys((typed[:2], typed[1] + typed[0])):
        rows = cx.execute(sql, (start, start + "\U0010ffff", _TERMS_READ))
        yield from (word for (word,) in rows)
