"""The door to the market knowledge: load it, ask it, add to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bot.market import engine
from bot.market.compiling import load_compiled
from bot.market.drafting import DEFAULT_MAX_AGE_DAYS, is_old
from bot.market.knowledge import Knowledge
from bot.market.lexicon import Lexicon
from bot.market.model import Answer, IdeaLookup, Turn
from bot.market.overlaying import overlay
from bot.market.schema import FACTS_FOLDER, Entity, Fact
from bot.market.text import fold


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

    def with_entities(self, extra: Sequence[Entity]) -> Market:
        """Give a market that also knows a bank's own facts; takes some 100 ms."""
        return Market(overlay(self.knowledge, extra, self.lexicon), self.lexicon)

    def complete(self, prefix: str, limit: int = 25) -> list[str]:
        """Give names of entities for what somebody has typed, those that start with it first."""
        typed = fold(prefix).strip()
        starting = [n for n in self._names if fold(n).startswith(typed)]
        holding = [n for n in self._names if typed in fold(n) and n not in starting]
        return (starting + holding)[:limit]

    def stale(
        self, today: date, max_age_days: int = DEFAULT_MAX_AGE_DAYS
    ) -> list[tuple[Entity, Fact]]:
        """List current facts of fields that age and are older than allowed, oldest first."""
        found = [
            (self.knowledge.entities[row.owner], row.fact)
            for row in (self.knowledge.rows[i] for rows in self.knowledge.rows_of for i in rows)
            if row.fact.is_current
            and any(self.lexicon.fields[a].ages for a in row.asks)
            and is_old(row.fact.as_of, today, max_age_days)
        ]
        return sorted(found, key=lambda pair: (pair[1].as_of, pair[0].id))
