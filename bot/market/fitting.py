"""Which price answers a question: one at the size asked for, with the sound asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.market.conditions import Condition
from bot.market.knowledge import Row
from bot.market.values import parse

_STARTING = ("starting", "cheapest", "lowest", "from ")  # a price that says nothing of its size


def fitting(rows: Iterable[Row], wanted: Sequence[Condition]) -> list[Row]:
    """Keep prices that hold for what is wanted: none of 360p where 4K is asked for.

    A price that names no size counts only where no price of the same thing names one.
    """
    rows = list(rows)
    size = next((c.at_least for c in wanted if c.field == "resolution" and c.at_least), None)
    if size is not None and any(lines_of(r) for r in rows):
        rows = [r for r in rows if (lines_of(r) or 0.0) >= size]
    elif size is not None:
        rows = [r for r in rows if not _is_starting(r)]
    sounds = next((c for c in wanted if c.field == "audio" and not c.denied), None)
    return [r for r in rows if not (sounds and r.fact.sound and r.fact.sound not in sounds.holds)]


def _is_starting(row: Row) -> bool:
    return any(word in (row.fact.condition or "") for word in _STARTING)


def lines_of(row: Row) -> float | None:
    """Give the short side in pixels that a price holds for, None where it does not say."""
    text = row.fact.resolution
    return parse(text, "resolution").number if text else None
