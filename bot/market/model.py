"""The values that answering takes and gives; adapters and commands see nothing else of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "unknown_fact",  # an entity, or a field of it, that nobody recorded
    "off_topic",
    "small_talk",
    "refused",  # abuse, members' data, the bot's instructions
    "advice",  # financial, legal or medical advice
    "support",  # distress: where to turn
    "unclear",  # nothing to go on, such as an empty question
]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the thread, oldest first in a sequence of them."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """One numbered source; `as_of` is YYYY, YYYY-MM or YYYY-MM-DD: the day the fact held."""

    n: int
    title: str
    url: str
    publisher: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Passage:
    """What stands behind citation `n`; under 0 stand the names that an answer may use."""

    n: int
    text: str
    is_vital: bool = False  # no wording may leave it out: a disagreement, an end


@dataclass(frozen=True, slots=True)
class Table:
    """A small table; cells are in Reelbank's Markdown subset and may carry [n] marks."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class CommunityIdea:
    """An accepted idea of the asking bank that answers may quote (marked as the community's)."""

    number: int
    title: str
    industry: str
    url: str | None = None


IdeaLookup = Callable[[str, str | None], Sequence[CommunityIdea]]
"""(words, industry id or None) -> at most five accepted ideas of the asking bank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the bot says to a question.

    `text` holds [n] marks, each of which resolves to one of `citations`. `table`, where there is
    one, is shown below the text; `plain()` gives both as one text for batch files.
    """

    text: str
    citations: tuple[Citation, ...] = ()
    table: Table | None = None
    abstained: bool = False
    reason: Reason | None = None
    entities: tuple[str, ...] = ()
    related: tuple[str, ...] = ()  # up to three questions to offer as buttons
    choices: tuple[tuple[str, str], ...] = ()  # (label, full question): "which one do you mean?"
    locale: str = "en"
    is_gap: bool = False  # to be filed for moderators as something that nobody recorded
    evidence: tuple[Passage, ...] = ()  # by number; what verify.check holds an answer against

    def plain(self) -> str:
        """Give text and table as one text, the table as lines of ` | `-separated cells."""
        if self.table is None:
            return self.text
        lines = [" | ".join(self.table.columns), *(" | ".join(r) for r in self.table.rows)]
        return self.text + "\n\n" + "\n".join(lines)
