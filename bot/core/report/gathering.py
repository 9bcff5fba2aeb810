"""One pass over the ideas for the report: counts, the best ones, and the best of each industry."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from bot.core.report.figures import Figures, Top, figures_of
from storage import Count, Idea

if TYPE_CHECKING:
    from bot.tagging import Taxonomy

ROWS = 2000
"""Ideas in the table; a page with many more is slow to open and to filter."""

BEST = 3
"""Ideas named under each industry."""

_Key = tuple[int, int]


@dataclass(slots=True)
class Gathered:
    """What the report holds of a collection; memory stays flat however large that is."""

    total: int = 0
    up: int = 0
    down: int = 0
    anonymous: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    changed_at: datetime | None = None
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _rows: list[tuple[_Key, Idea]] = field(default_factory=list)
    _best: dict[str, list[tuple[_Key, Top]]] = field(default_factory=dict)

    def add(self, idea: Idea) -> None:
        """Count an idea, and keep it while it is among the best."""
        self.total += 1
        self.up += idea.votes.up
        self.down += idea.votes.down
        self.anonymous += idea.is_anonymous
        self.first_at = min(self.first_at or idea.created_at, idea.created_at)
        self.last_at = max(self.last_at or idea.created_at, idea.created_at)
        changed = max(idea.updated_at, idea.decided_at or idea.updated_at)
        self.changed_at = max(self.changed_at or changed, changed)
        self.counts[f"{idea.created_at:%Y-%m}", idea.primary, idea.status] += 1
        key = (idea.votes.score, -idea.number)
        _keep(self._rows, (key, idea), ROWS)
        _keep(self._best.setdefault(idea.primary, []), (key, Top.of(idea)), BEST)

    @property
    def rows(self) -> list[Idea]:
        """Give the ideas of the table, those with the best score first."""
        return [idea for _, idea in sorted(self._rows, key=lambda pair: pair[0], reverse=True)]

    def best_of(self, industry: str) -> list[Top]:
        """Give the best ideas whose primary industry this is."""
        found = sorted(self._best.get(industry, ()), key=lambda pair: pair[0], reverse=True)
        return [top for _, top in found]

    def figures(self, taxonomy: Taxonomy, locale: str) -> Figures:
        """Give the numbers behind the charts."""
        counts = [Count(*key, n) for key, n in sorted(self.counts.items())]
        return figures_of(counts, [Top.of(idea) for idea in self.rows[:30]], taxonomy, locale)


def gather(ideas: Iterable[Idea]) -> Gathered:
    """Look through ideas once; blocks."""
    gathered = Gathered()
    for idea in ideas:
        gathered.add(idea)
    return gathered


def _keep(heap: list, item: tuple, limit: int) -> None:  # type: ignore[type-arg]
    # Numbers are unique, so two keys never compare equal and ideas are never compared.
    if len(heap) < limit:
        heapq.heappush(heap, item)
    elif item[0] > heap[0][0]:
        heapq.heapreplace(heap, item)
