"""What moderators corrected in a bank, and how far that reaches: its nearest kind, no further."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.tagging.lexicon import Hit
from bot.tagging.linear import Matrix

# Likeness from which a choice counts at all and from which it counts fully. A text that the tagger
# would have put where it wrongly put the corrected one is of the same kind at less likeness.
FROM, FULL = 0.30, 0.52
SAME_MISTAKE_FROM, SAME_MISTAKE_FULL = 0.18, 0.38
WEIGHT = 6.0  # logits that one choice adds at full likeness, at least
OVER = 1.0  # ... and by how many it then leads, however far behind it was
MOST = 3  # nearest choices that count
_WORDS_ALONE = 1.6  # without vectors: even paraphrases seldom share half of their words


@dataclass(frozen=True, slots=True)
class Example:
    """A moderator's choice in this bank: this text belongs to this industry."""

    text: str
    industry: str


@dataclass(frozen=True, slots=True)
class Read:
    """A text as the tagger sees it: its keywords, content words, and the text to embed."""

    text: str
    language: str
    hits: tuple[Hit, ...]
    content: dict[str, str]
    meaning: str


@dataclass(frozen=True, slots=True)
class Learnt:
    """A choice made ready: its column, what the tagger would have said, and its vector."""

    column: int
    guessed: int
    read: Read
    vector: Matrix | None


def likeness(read: Read, vector: Matrix | None, learnt: Learnt) -> float:
    """Compare a text with a corrected one: by vectors, and by words and keywords shared."""
    shared = len(read.content.keys() & learnt.read.content.keys())
    by_words = shared / max(1.0, (len(read.content) * len(learnt.read.content)) ** 0.5)
    mine = {h.pattern for h in read.hits}
    theirs = {h.pattern for h in learnt.read.hits}
    by_keywords = len(mine & theirs) / max(1.0, (len(mine) * len(theirs)) ** 0.5)
    by_words = max(by_words, 0.5 * (by_words + by_keywords))
    if vector is None or learnt.vector is None:
        return float(min(1.0, by_words * _WORDS_ALONE))
    return max(float(vector @ learnt.vector), float(by_words))


def added_logits(
    read: Read, vector: Matrix | None, logits: Matrix, learnt: Sequence[Learnt]
) -> Mapping[int, float]:
    """Give the logits that the nearest choices add, by column."""
    if not learnt:
        return {}
    guess = int(np.argmax(logits))
    strengths = []
    for one in learnt:
        same_mistake = one.guessed == guess and one.column != one.guessed
        low, full = (SAME_MISTAKE_FROM, SAME_MISTAKE_FULL) if same_mistake else (FROM, FULL)
        strength = (likeness(read, vector, one) - low) / (full - low)
        if strength > 0:
            strengths.append((min(strength, 1.0), one.column))
    strengths.sort(reverse=True)
    added: dict[int, float] = {}
    for strength, column in strengths[:MOST]:
        behind = float(logits[guess] - logits[column])
        added[column] = added.get(column, 0.0) + max(WEIGHT, behind + OVER) * strength
    return added
