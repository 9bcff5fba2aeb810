"""Corrects the spelling of words that nothing knows, towards words of the knowledge."""

from __future__ import annotations

from collections import defaultdict

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.market.knowledge import Knowledge
from bot.market.lexicon import Lexicon
from bot.market.text import pieces, stem

_MIN_LIKENESS = 0.75
_MIN_LENGTH = 4
_SHORT = 6
_LONG = 9  # letters of a word in which two slips are forgiven


class Spelling:
    """Corrects slips."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        """Sort the vocabulary by first letters, so that a correction takes well under 1 ms."""
        self._knowledge = knowledge
        self._lexicon = lexicon
        self._by_letter: dict[str, list[str]] = defaultdict(list)
        self._vocabulary = frozenset(knowledge.vocabulary)
        for word in knowledge.vocabulary:
            self._by_letter[word[0]].append(word)

    def correct(self, folded: str, known: frozenset[str]) -> str:
        """Replace misspelt words by known ones; `known` are more stems that are right."""
        changes = []
        for piece in pieces(folded):
            better = self._better(piece.text, known)
            if better and better != piece.text:
                changes.append((piece, better))
        for piece, better in reversed(changes):
            folded = folded[: piece.start] + better + folded[piece.end :]
        return folded

    def _is_right(self, word: str, known: frozenset[str]) -> bool:
        cut = stem(word)
        return (
            word in self._vocabulary
            or word in self._lexicon.stop
            or cut in known
            or cut in self._lexicon.light
            or self._knowledge.knows(cut)
            or word in self._knowledge.names
            or word in self._lexicon.months
        )

    def _better(self, word: str, known: frozenset[str]) -> str | None:
        if len(word) < _MIN_LENGTH or not word.isascii() or not word.isalpha():
            return None
        if self._is_right(word, known):
            return None
        found = process.extractOne(
            word,
            self._by_letter[word[0]],
            scorer=OSA.normalized_similarity,
            score_cutoff=_MIN_LIKENESS,
        )
        if found is None:
            return None
        errors = round((1 - found[1]) * max(len(word), len(found[0])))
        is_close = errors <= (1 if len(word) < _LONG else 2)
        is_swap = len(word) == len(found[0]) and sorted(word) != sorted(found[0])
        if len(word) < _SHORT and is_swap and found[0] not in self._knowledge.names:
            return None  # rather another word than a slip: spare and share, bread and break
        is_long = len(word) > _MIN_LENGTH or found[0] in self._knowledge.names
        return found[0] if is_close and is_long else None
