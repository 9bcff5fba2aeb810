"""What a question asks, as the rest of the engine sees it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.market.lexicon import Hit
from bot.market.linking import Mention
from bot.market.text import Piece


@dataclass(frozen=True, slots=True)
class Unit:
    """One part of a question and the index keys that would answer it, with how well."""

    text: str
    keys: tuple[tuple[str, float], ...]
    weight: float
    kind: str  # "field", "place", "date", "number", "word", "light", "unknown", "variant"
    start: int = -1  # word position
    is_counted: bool = False  # behind `how many`: an answer gives its number

    @property
    def fields(self) -> tuple[str, ...]:
        """Give the lexicon fields among the keys."""
        return tuple(k[2:] for k, _ in self.keys if k.startswith("f:"))


def is_within(unit: Unit, spans: Iterable[Hit]) -> bool:
    """Tell whether a phrase holds all words of a unit: `models`, but not `model market`."""
    end = unit.start + max(1, len(unit.text.split()))
    return any(h.start <= unit.start and end <= h.end for h in spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A question as the rest of the engine sees it."""

    text: str
    folded: str
    locale: str
    mentions: tuple[Mention, ...] = ()
    units: tuple[Unit, ...] = ()
    tags: frozenset[str] = frozenset()  # of all phrases found: op:compare, c:open, k:model
    hits: tuple[Hit, ...] = ()
    words: tuple[Piece, ...] = ()
    sides: tuple[tuple[int, int, int], ...] = ()  # terms and cards: entity, start, end
    expects: frozenset[str] = frozenset()  # what an answer must hold: number, duration, date
    carried: tuple[Unit, ...] = field(default=())  # from earlier turns: break ties only
    denied: tuple[Mention, ...] = ()  # names behind a `not`: `anything but Veo`
    guesses: frozenset[str] = frozenset()  # words read as misspelt ones of the facts
    before: Reading | None = None  # the list that this message narrows down

    @property
    def entities(self) -> tuple[int, ...]:
        """Give all entities that may be meant, in the order of the question."""
        return tuple(dict.fromkeys(e for m in self.mentions for e in m.all))

    @property
    def asked(self) -> tuple[str, ...]:
        """Give the lexicon fields that are asked for, strongest first."""
        fields = sorted((u for u in self.units if u.fields), key=lambda u: -u.weight)
        return tuple(dict.fromkeys(f for u in fields for f in u.fields))

    def has(self, *names: str) -> bool:
        """Tell whether any of these operators was found."""
        return any(f"op:{n}" in self.tags for n in names)
