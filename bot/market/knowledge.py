"""The knowledge in memory: entities, their facts as rows, and the index that finds both.

The index maps keys to rows with a weight from 0 to 1: `w:` a stem that stands in the claim, `s:` a
group of synonyms, `f:` a kind of question (lexicon/fields.yaml), `e:` an entity, `p:` a place,
`d:` a year or a month.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.market.schema import Entity, Fact
from bot.market.values import Quantity

Postings = Mapping[int, float]
_NONE: Postings = {}


@dataclass(frozen=True, slots=True)
class Row:
    """One fact with the entity that it belongs to and what it answers."""

    index: int
    owner: int
    fact: Fact
    asks: tuple[str, ...]  # ids of lexicon fields
    value: Quantity | None = None

    @property
    def number(self) -> float | None:
        """Give the value in the unit of its type, None where it is no number."""
        return self.value.number if self.value else None


@dataclass(slots=True)
class Knowledge:
    """Everything known, ready to be asked."""

    entities: Sequence[Entity]
    rows: Sequence[Row]
    rows_of: Sequence[Sequence[int]]
    names: Mapping[str, Sequence[tuple[int, int]]]  # compact name -> (entity, 0 name 1 family)
    raw_postings: Mapping[str, tuple[list[int], list[int]]]
    position: Mapping[str, int]  # entity id -> index
    ranks: Sequence[float]  # of entities: how recent, a date as a number
    vocabulary: Sequence[str]  # words of names and claims, to correct spelling with
    side_names: Mapping[str, int]  # compact names of terms and graphics cards
    _postings: dict[str, Postings] = field(default_factory=dict)
    _answering: dict[int, dict[str, list[Row]]] = field(default_factory=dict)

    def postings(self, key: str) -> Postings:
        """Give the rows that carry a key, with weights from 0 to 1."""
        found = self._postings.get(key)
        if found is None:
            raw = self.raw_postings.get(key)
            found = {i: w / 100 for i, w in zip(*raw, strict=True)} if raw else _NONE
            self._postings[key] = found
        return found

    def knows(self, stem: str) -> bool:
        """Tell whether any fact uses the word."""
        return f"w:{stem}" in self.raw_postings

    def rarity(self, key: str) -> float:
        """Give the inverse document frequency, from 0 (in every fact) to about 1 (in one)."""
        total = len(self.rows) + 1
        count = len(self.raw_postings.get(key, ((), ()))[0])
        return math.log(total / (count + 1)) / math.log(total)

    def entity(self, identifier: str) -> Entity:
        """Give an entity by its id.

        Raises:
            KeyError: there is none.
        """
        return self.entities[self.position[identifier]]

    def facts(self, owner: int, asks: str) -> list[Row]:
        """Give the rows of an entity that answer one kind of question and have a value."""
        answering = self._answering.get(owner)
        if answering is None:
            answering = self._answering[owner] = {}
            for index in self.rows_of[owner]:
                row = self.rows[index]
                if row.fact.value is not None:
                    for asked in row.asks:
                        answering.setdefault(asked, []).append(row)
        return list(answering.get(asks, ()))
