"""Finds the facts that answer a reading: how much of the question each one covers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import takewhile

from bot.market.knowledge import Knowledge, Row
from bot.market.lexicon import Lexicon
from bot.market.linking import Mention
from bot.market.reading import Reading, Unit
from bot.market.text import fold, stem, words

_ENTITY = 0.8
_CARRIED = 0.04
_NAMESAKE = 0.2
_DATED = 0.15  # a date answers `when`
_NO_SUCH = 0.6  # of a fact without a number where `how many` is asked
_NEAR = 4  # words between a number and what it counts
_PREPOSITIONS = frozenset(("under", "over", "of", "in", "for", "with", "at", "from", "by", "since"))
_EXPLAINING = ("term", "guide", "hardware")
_FAMILY = 0.9
_ENOUGH = 1200  # candidates
_RARE = 0.35  # a key in more rows than this rarity allows brings no candidates
_CRITICAL = ("unknown", "place", "date", "must")
_NEWEST = 20300000.0
_TASTE = 0.1  # what a tie is broken by is less, in years to come too


@dataclass(frozen=True, slots=True)
class Scored:
    """A row and how well it answers: 0 to 1 of the question (`cover`), of its names (`named`)."""

    row: Row
    score: float
    cover: float
    named: float
    missing: tuple[Unit, ...]
    weak: tuple[str, ...] = ()  # parts that it may touch on but does not answer

    @property
    def critical(self) -> tuple[Unit, ...]:
        """Give the parts that an answer may not lack: a place, a date, a word nobody knows."""
        return tuple(u for u in self.missing if u.kind in _CRITICAL)


@dataclass(frozen=True, slots=True)
class _Columns:
    """How well each row answers each part of a question: read once, not once a row."""

    matches: Sequence[Mapping[int, float]]
    carried: Sequence[Mapping[int, float]]
    named: Sequence[Mapping[int, float]]

    def cover(self, row: int, units: Sequence[Unit]) -> float:
        """Give how much of the question a row answers, by weight."""
        total, covered = 0.0, 0.0
        for unit, matches in zip(units, self.matches, strict=True):
            total += unit.weight
            covered += unit.weight * matches.get(row, 0.0)
        return covered / total if total else 0.0

    def carry(self, row: int, units: Sequence[Unit]) -> float:
        """Give how much a row answers of what was asked before."""
        pairs = zip(units, self.carried, strict=True)
        carried = sum(unit.weight * matches.get(row, 0.0) for unit, matches in pairs)
        return carried / (sum(unit.weight for unit in units) or 1.0)

    def about(self, row: int) -> float:
        """Give how surely a row is about the names asked for, on average."""
        return sum(n.get(row, 0.0) for n in self.named) / len(self.named) if self.named else 0.0


class Retriever:
    """Ranks rows by weighted coverage of the parts of a question."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        """Keep the knowledge to search, and what its words mean."""
        self._knowledge = knowledge
        self._lexicon = lexicon

    def rank(
        self,
        reading: Reading,
        *,
        limit: int = 12,
        units: Sequence[Unit] | None = None,
        owners: Iterable[int] | None = None,
    ) -> list[Scored]:
        """Give the best rows, best first; only rows of `owners` where given."""
        asked = reading.units if units is None else units
        if owners is not None:
            candidates = {i for o in owners for i in self._knowledge.rows_of[o]}
        elif reading.mentions:
            candidates = self._about(reading.mentions, asked)
        else:
            candidates = self._containing(asked)
        return self._best(reading, asked, candidates, limit)

    def _best(
        self, reading: Reading, units: Sequence[Unit], candidates: Collection[int], limit: int
    ) -> list[Scored]:
        """Score the rows that can be among the best, in the order of what they reach at most."""
        columns = _Columns(
            matches=[self._matches(u, candidates) for u in units],
            carried=[self._matches(u, candidates) for u in reading.carried],
            named=[self._named(m) for m in reading.mentions],
        )
        most = {i: self._at_most(i, reading, units, columns) for i in candidates}
        scored: list[Scored] = []
        reached: list[float] = []  # a heap of the best scores
        for index in sorted(most, key=lambda i: -most[i]):
            if len(reached) == limit and most[index] < reached[0]:
                break
            found = self._score(index, reading, units, columns)
            scored.append(found)
            heappush(reached, found.score)
            if len(reached) > limit:
                heappop(reached)
        scored.sort(key=lambda s: (-s.score, s.row.index))
        return scored[:limit]

    def _matches(self, unit: Unit, candidates: Collection[int]) -> dict[int, float]:
        """Map rows to how well they answer one part; rows that do not are left out."""
        best: dict[int, float] = {}
        for key, weight in unit.keys:
            postings = self._knowledge.postings(key)
            rows = postings if len(postings) < len(candidates) else candidates
            for row in rows:
                found = postings.get(row, 0.0) * weight
                if found > best.get(row, 0.0):
                    best[row] = found
        return best

    def _at_most(
        self, index: int, reading: Reading, units: Sequence[Unit], columns: _Columns
    ) -> float:
        """Give a score that a row cannot exceed, without a look at the row itself."""
        most = min(1.0, columns.cover(index, units) + _DATED) + _TASTE
        most += _ENTITY * columns.about(index) + _CARRIED * columns.carry(index, reading.carried)
        return most + _NAMESAKE * reading.has("define")

    def match(self, unit: Unit, row: int) -> float:
        """Tell how well a row answers one part, from 0 to 1."""
        best = 0.0
        for key, weight in unit.keys:
            found = self._knowledge.postings(key).get(row)
            if found and found * weight > best:
                best = found * weight
        return best

    def _about(self, mentions: Sequence[Mention], units: Sequence[Unit]) -> set[int]:
        """Give the rows about names; of very many, those that also hold something asked for."""
        found: set[int] = set()
        for mention in mentions:
            for key in (*(f"e:{e}" for e in mention.all), f"n:{mention.key}"):
                found.update(self._knowledge.postings(key))
        if len(found) <= _ENOUGH:
            return found
        keys = [k for u in units if u.weight >= 1 for k, _ in u.keys]
        asked = {row for k in keys for row in self._knowledge.postings(k)}
        return found & asked or found

    def _containing(self, units: Sequence[Unit]) -> set[int]:
        found: set[int] = set()
        keys = [(self._knowledge.rarity(k), k) for u in units for k, _ in u.keys]
        keys.sort(reverse=True)
        for rarity, key in keys:
            if found and (rarity < _RARE or len(found) > _ENOUGH):
                break
            found.update(self._knowledge.postings(key))
        return found

    def _named(self, mention: Mention) -> dict[int, float]:
        """Map rows to how surely they are about a name."""
        found: dict[int, float] = defaultdict(float)
        for entities, sureness in ((mention.exact, 1.0), (mention.family, _FAMILY)):
            for entity in entities:
                for row, weight in self._knowledge.postings(f"e:{entity}").items():
                    found[row] = max(found[row], weight * sureness)
        for row, weight in self._knowledge.postings(f"n:{mention.key}").items():
            found[row] = max(found[row], weight)
        return found

    def _score(
        self, index: int, reading: Reading, units: Sequence[Unit], columns: _Columns
    ) -> Scored:
        row = self._knowledge.rows[index]
        missing, weak = [], []
        for unit, matches in zip(units, columns.matches, strict=True):
            found = matches.get(index, 0.0)
            if found < 0.3:  # noqa: PLR2004  a word of the title of the source is not enough
                missing.append(unit)
            if found < 0.5:  # noqa: PLR2004  only a related word of the claim
                weak.append(unit.text)
        cover, about = columns.cover(index, units), columns.about(index)
        carried = columns.carry(index, reading.carried)
        is_dated = row.value is not None and row.value.type == "date"
        if is_dated and reading.has("when"):
            cover = min(1.0, cover + _DATED)
        if any(index not in self._knowledge.postings(f"t:{kind}") for kind in reading.expects):
            cover *= _NO_SUCH
        if any(u.is_counted and not self._counts(u, row) for u in units):
            cover *= _NO_SUCH
        kind = self._knowledge.entities[row.owner].kind
        if kind in _EXPLAINING and not reading.has("define"):
            cover *= 0.8
        is_about = reading.has("define") and self._is_about(row, units)
        score = cover + _ENTITY * about + _CARRIED * carried + self._taste(row)
        score += _NAMESAKE * is_about
        return Scored(row, score, cover, about, tuple(missing), tuple(weak))

    def _counts(self, unit: Unit, row: Row) -> bool:
        """Tell whether a fact gives a number of what is counted: `21 investors`, not `in 2026`."""
        if row.value is not None and row.value.type in ("count", "money", "parameters"):
            return True
        found = [w.text for w in words(fold(row.fact.claim))]
        wanted = {k[2:] for k, _ in unit.keys if k.startswith("w:")}
        groups = {k for k, _ in unit.keys if k.startswith("s:")}
        at = [
            i
            for i, w in enumerate(found)
            if stem(w) in wanted or groups & {h.tag for h in self._lexicon.synonyms.find([stem(w)])}
        ]
        return not at or any(self._is_counted(found, i) for i in at)

    def _is_counted(self, found: Sequence[str], position: int) -> bool:
        """Tell whether a number stands before a noun, or behind it with no `under`, `of`, `in`."""
        behind = list(takewhile(lambda w: w not in _PREPOSITIONS, found[position + 1 :][:_NEAR]))
        near = (*found[max(0, position - _NEAR) : position], *behind)
        return any(w[0].isdigit() or w in self._lexicon.numbers for w in near)

    def _is_about(self, row: Row, units: Sequence[Unit]) -> bool:
        """Tell whether what is to be explained is the subject of a fact, not only named in it."""
        claim = row.fact.claim.lower()
        return any(u.weight >= 1 and u.text and claim.startswith(f"{u.text} ") for u in units)

    def _taste(self, row: Row) -> float:
        """Break ties: what holds now, generally, verified, and of the newest of a line."""
        fact = row.fact
        bonus = 0.02 * fact.is_current + 0.015 * fact.verified + 0.01 * (fact.value is not None)
        bonus += 0.02 * (not any(fact.qualifiers)) - 0.01 * fact.conflict
        return bonus + 0.03 * self._knowledge.ranks[row.owner] / _NEWEST
