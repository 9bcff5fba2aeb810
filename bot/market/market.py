"""The door to the market knowledge: load it, ask it, add to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.market import engine
from bot.market.compiling import load_compiled
from bot.market.drafting import DEFAULT_MAX_AGE_DAYS, age_days, is_old
from bot.market.knowledge import Knowledge, Row
from bot.market.lexicon import Lexicon
from bot.market.model import Answer, IdeaLookup, Turn
from bot.market.overlaying import overlay
from bot.market.schema import FACTS_FOLDER, Entity, Fact
from bot.market.text import fold
from bot.market.topics import Topic, topic_of
from bot.market.values import field_of

_ENDED = frozenset({"discontinued", "research", "superseded", "unknown"})
"""States in which nothing about a thing is expected to change any more."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A fact that is older than facts of its field may be."""

    entity: Entity
    fact: Fact
    limit_days: int


class Market:
    """What is known, and answers from it. Values only: safe to share between threads."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        """Take compiled knowledge; `load` is the usual way in."""
        self.knowledge = knowledge
        self.lexicon = lexicon
        self._engine = engine.Engine(knowledge, lexicon)
        self._names = sorted({e.name for e in knowledge.entities if e.facts}, key=str.lower)

    @classmethod
    def load(cls, *, facts_dir: Path | None = None, cache_dir: Path | None = None) -> Market:
        """Load the knowledge of a folder, compiled from `cache_dir` where it is there and valid.

        Raises:
            KnowledgeError: a file of the facts cannot be read.
        """
        knowledge, lexicon = load_compiled(facts_dir or FACTS_FOLDER, cache_dir)
        return cls(knowledge, Lexicon(lexicon))

    def answer(
        self,
        question: str,
        *,
        turns: Sequence[Turn] = (),
        locale: str | None = None,
        today: date,
        ideas: IdeaLookup | None = None,
        ask_back: bool = True,
        max_age_days: int = DEFAULT_MAX_AGE_DAYS,
    ) -> Answer:
        """Answer a question; pure, without side effects, a few milliseconds.

        Args:
            question: in the member's own words, any length.
            turns: what was said before in the thread, oldest first.
            locale: two letters; found out from the question where None.
            today: the day from which the age of facts counts.
            ideas: looks up accepted ideas of the asking bank.
            ask_back: False to always answer the likeliest reading, naming the other.
            max_age_days: what ages and is older is said to be so.
        """
        return self.explain(
            question,
            turns=turns,
            locale=locale,
            today=today,
            ideas=ideas,
            ask_back=ask_back,
            max_age_days=max_age_days,
        )[0]

    def explain(
        self,
        question: str,
        *,
        turns: Sequence[Turn] = (),
        locale: str | None = None,
        today: date,
        ideas: IdeaLookup | None = None,
        ask_back: bool = True,
        max_age_days: int = DEFAULT_MAX_AGE_DAYS,
    ) -> tuple[Answer, dict[int, str]]:
        """Answer as `answer` does, and give the passage behind each citation number.

        The passages are the evidence for verify.check, and what a language model may be handed.
        """
        return self._engine.answer(
            question,
            turns=turns,
            locale=locale,
            today=today,
            ideas=ideas,
            ask_back=ask_back,
            max_age_days=max_age_days,
        )

    def topic(self, question: str) -> Topic:
        """Give what a question is about, to be compared with others (topics.py)."""
        return topic_of(self._engine.read(question))

    def wanted(self, question: str) -> tuple[str, str]:
        """Give the name and the machine field of a fact that would answer; "" where unsure."""
        topic = self.topic(question)
        asked = sorted(topic.asked)
        fields = self.lexicon.fields[asked[0]].fields if len(asked) == 1 else ("",)
        name = ""
        if len(topic.unknown) == 1 and not topic.entities:
            letters = "|".join(re.escape(word) for word in topic.unknown)
            found = re.search(rf"\b(?:{letters})\w*(?: \d[\d.]*)?", question, re.IGNORECASE)
            name = found.group() if found else ""
        return name, fields[0].rpartition(":")[2]

    def with_entities(self, extra: Sequence[Entity]) -> Market:
        """Give a market that also knows a bank's own facts; takes some 100 ms."""
        return Market(overlay(self.knowledge, extra, self.lexicon), self.lexicon)

    def complete(self, prefix: str, limit: int = 25) -> list[str]:
        """Give names of entities for what somebody has typed, those that start with it first."""
        typed = fold(prefix).strip()
        starting = [n for n in self._names if fold(n).startswith(typed)]
        holding = [n for n in self._names if typed in fold(n) and n not in starting]
        return (starting + holding)[:limit]

    def stale(self, today: date, max_age_days: int | None = None) -> list[Stale]:
        """List current facts that should be looked at again, what is longest overdue first.

        Args:
            today: the day from which the age counts.
            max_age_days: the age allowed of every fact of a field that ages; without it each field
                has its own (facts/_fields.yaml): prices a shorter one than licences.
        """
        found = []
        for row in (self.knowledge.rows[i] for rows in self.knowledge.rows_of for i in rows):
            entity = self.knowledge.entities[row.owner]
            limit = self._limit(row, entity, max_age_days)
            if row.fact.is_current and limit and is_old(row.fact.as_of, today, limit):
                found.append(Stale(entity, row.fact, limit))
        overdue = {id(s): age_days(s.fact.as_of, today) - s.limit_days for s in found}
        return sorted(found, key=lambda s: (-overdue[id(s)], s.entity.id))

    def _limit(self, row: Row, entity: Entity, max_age_days: int | None) -> int | None:
        """Give the age in days that a fact may have; None for what never goes out of date."""
        ended = {f.value for f in entity.values("status") if f.is_current}
        if ended & _ENDED:
            return None
        field = field_of(row.fact.field, entity.kind)
        own = field.check_after_days
        ages = field.type != "date" and any(self.lexicon.fields[a].ages for a in row.asks)
        if max_age_days is not None:
            return max_age_days if own or ages else None
        return own or (DEFAULT_MAX_AGE_DAYS if ages else None)
