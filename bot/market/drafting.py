"""What an answer is made of while it is written: the question at hand, citations, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.market.knowledge import Knowledge, Row
from bot.market.lexicon import Lexicon
from bot.market.model import Citation, IdeaLookup, Reason, Table
from bot.market.reading import Reading
from bot.market.retrieval import Retriever
from prompts import render

_MARK = re.compile(r"\[(\d+)\]")
DEFAULT_MAX_AGE_DAYS = 120
_MARKUP = re.compile(r"([\\`*_<>|~\[\]])")


@dataclass(slots=True)
class Notes:
    """The numbered sources of one answer."""

    citations: list[Citation] = field(default_factory=list)
    rows: dict[int, Row] = field(default_factory=dict)  # row index -> row, all that were quoted
    _numbers: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def mark(self, row: Row) -> str:
        """Give the mark of a fact's source, such as [2]."""
        source = row.fact.source
        key = (source.url, source.title, row.fact.as_of)
        if key not in self._numbers:
            number = len(self.citations) + 1
            self._numbers[key] = number
            self.citations.append(
                Citation(number, source.title, source.url, source.publisher, row.fact.as_of)
            )
        self.rows[row.index] = row
        return f"[{self._numbers[key]}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One part of an answer: several are joined where a message asks several things."""

    sentences: tuple[str, ...]
    table: Table | None = None
    entities: tuple[int, ...] = ()
    abstained: bool = False
    reason: Reason | None = None
    is_gap: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    related: tuple[str, ...] = ()
    strength: float = 1.0  # how much of the question it covers


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question at hand with all that answering it needs."""

    knowledge: Knowledge
    lexicon: Lexicon
    retriever: Retriever
    reading: Reading
    notes: Notes
    today: date
    locale: str
    ask_back: bool = True
    ideas: IdeaLookup | None = None
    max_age_days: int = DEFAULT_MAX_AGE_DAYS

    def name(self, owner: int) -> str:
        """Give the name of an entity."""
        return self.knowledge.entities[owner].name

    def say(self, name: str, **values: object) -> str:
        """Render a text of the answer families in the language of the question."""
        return render(name, self.locale, **values)

    def month(self, as_of: str) -> str:
        """Write a date of the knowledge for people."""
        return self.say("answer.month", text=as_of)

    def sentence(self, row: Row) -> str:
        """Quote a fact with its mark, and with its day where it ages."""
        fact = row.fact
        ages = any(self.lexicon.fields[a].ages for a in row.asks)
        as_of = self.month(fact.as_of) if ages and fact.as_of not in fact.claim else None
        if as_of and as_of in fact.claim:
            as_of = None
        return self.say(
            "answer.sentence",
            claim=escape(fact.claim.rstrip(". ")),
            mark=self.notes.mark(row),
            as_of=as_of,
            old=ages and is_old(fact.as_of, self.today, self.max_age_days),
            unverified=not fact.verified and "unverified" not in fact.claim,
        )

    def sentences(self, rows: Iterable[Row]) -> list[str]:
        """Quote several facts, each once."""
        return [self.sentence(r) for r in dict.fromkeys(rows)]


def escape(claim: str) -> str:
    """Keep a claim from being read as markup; addresses and ids hold underscores."""
    return _MARKUP.sub(r"\\\1", claim) if _MARKUP.search(claim) else claim


def is_old(as_of: str, today: date, max_age_days: int) -> bool:
    """Tell whether a day, month or year lies further back than the age allowed."""
    parts = [int(p) for p in as_of.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else 28  # noqa: PLR2004  the end of the month is not past it
    return (today - date(year, month, min(day, 28))).days > max_age_days


def renumber(texts: Sequence[str], notes: Notes) -> tuple[list[str], tuple[Citation, ...]]:
    """Number citations in the order in which they appear; those not used are dropped."""
    order: dict[int, int] = {}
    for text in texts:
        for found in _MARK.findall(text):
            order.setdefault(int(found), len(order) + 1)
    changed = [_MARK.sub(lambda m: f"[{order[int(m.group(1))]}]", t) for t in texts]
    kept = sorted((c for c in notes.citations if c.n in order), key=lambda c: order[c.n])
    return changed, tuple(Citation(order[c.n], c.title, c.url, c.publisher, c.as_of) for c in kept)
