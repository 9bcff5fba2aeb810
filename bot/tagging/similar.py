"""Look-alikes: how likely two texts tell the same idea, and which words they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from bot.tagging import languages, linear
from bot.tagging.embedder import EmbedderBroken
from bot.tagging.model import Embedder, Match, Vectors
from bot.tagging.words import content, fold, normalised, stem

SUGGEST = 0.50  # from here on a look-alike is shown while submitting
PROBABLE = 0.58  # from here on "probably the same": a pair for the moderators' queue
EXACT = 1.0  # equal after normalisation: the only likeness that merges by itself
SHOWN = 3
NEAREST = 25  # by cosine alone, from which the blend picks: it reorders little
_MOST_SHARED = 6

# Measured on 40 paraphrase pairs and 35 hard negatives of our own (benchmarks/bench_tagging.py).
SAME_WORDS = 0.25  # how much of a lift by common words is taken off
SAME_RUN, LONGEST_RUN = 0.03, 6  # and per word after the first that stands in both in a row
OTHER_TRADE = 0.2  # what is taken off where the industries have nothing in common
NEAR_COPY, NEAR_COPY_RAMP = 0.85, 0.13  # from this cosine on nothing is taken off
SCALE = ([0.0, 0.37, 0.43, 1.0], [0.0, SUGGEST, PROBABLE, 1.0])  # likeness to the score shown
ENOUGH_GLOSSES, GLOSS_DOUBT = 5, 0.06
LEXICAL_OVERLAP, LEXICAL_FUZZY = 0.8, 0.25  # without vectors


@dataclass(frozen=True, slots=True)
class Item:
    """A text made ready for comparing."""

    text: str
    same: str  # the normalised text: equal means the same idea
    content: Mapping[str, str]  # stem -> the word as typed
    vector: Vectors | None = None
    glosses: int | None = None  # how many words its vector rests on, in another language
    trades: Vectors | None = None  # roots of the industries' shares, by the vector


class Likeness:
    """Compares texts: by vectors and words where there is an embedder, else by words alone."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder

    @property
    def notice(self) -> str | None:
        """Say "lexical" where no embedder works, so that a person can be told."""
        return "lexical" if self._embedder is None else None

    def encode(self, texts: Sequence[str]) -> Vectors | None:
        """Give one vector per text, the one to keep with an idea; None without an embedder."""
        if self._embedder is None or not texts:
            return None
        try:
            return self._embedder.encode([meaning(text) for text in texts])
        except EmbedderBroken:
            self._embedder = None
            return None

    def prepare(self, texts: Sequence[str], vectors: Vectors | None = None) -> list[Item]:
        """Read texts for comparing; embeds them where no vectors are given."""
        rows = vectors if vectors is not None else self.encode(texts)
        trades = self._trades(rows)
        return [
            _item(
                text,
                None if rows is None else rows[n],
                None if trades is None else trades[n],
            )
            for n, text in enumerate(texts)
        ]

    def _trades(self, rows: Vectors | None) -> Vectors | None:
        """Give the roots of the built-in industries' shares: what is alike is of one trade."""
        weights = linear.built_in()
        if rows is None or weights is None or self._embedder is None or not len(rows):
            return None
        if weights.model_id != self._embedder.model_id:
            return None
        logits = weights.from_vectors(rows)
        raised = np.exp(logits - logits.max(axis=1, keepdims=True))
        roots: Vectors = np.sqrt(raised / raised.sum(axis=1, keepdims=True)).astype(np.float32)
        return roots

    def compare(self, one: Item, other: Item) -> tuple[float, tuple[str, ...]]:
        """Give the likeness (0 to 1) of two texts and the content words of `one` they share."""
        if one.same and one.same == other.same:
            return EXACT, tuple(one.content.values())[:_MOST_SHARED]
        common = [typed for key, typed in one.content.items() if key in other.content]
        cosine = None
        if one.vector is not None and other.vector is not None:
            cosine = float(one.vector @ other.vector)
        score = _blend(cosine, one, other, len(common))
        return round(min(max(score, 0.0), 0.999), 4), tuple(common[:_MOST_SHARED])

    def matches(
        self,
        item: Item,
        others: Mapping[str, Item],
        *,
        at_least: float = SUGGEST,
        limit: int = SHOWN,
    ) -> list[Match]:
        """Give the likest of `others` (by their ids), likest first, ties in order given."""
        found = [Match(key, *self.compare(item, other)) for key, other in others.items()]
        found = [match for match in found if match.score >= at_least]
        return sorted(found, key=lambda match: -match.score)[:limit]

    def similar_batch(
        self,
        items: Sequence[tuple[str, str]],
        *,
        at_least: float = SUGGEST,
        limit: int = SHOWN,
    ) -> list[tuple[str, list[Match]]]:
        """Compare each (id, text) with the earlier ones; results in the order given."""
        ready = self.prepare([text for _, text in items])
        finder = _Finder(ready)
        results = []
        for n, (item_id, _) in enumerate(items):
            earlier = {str(k): ready[k] for k in finder.candidates(n)}
            found = self.matches(ready[n], earlier, at_least=at_least, limit=limit)
            named = [Match(items[int(m.id)][0], m.score, m.shared) for m in found]
            results.append((item_id, named))
        return results


class _Finder:
    """Proposes earlier rows worth comparing: the nearest by vector, by shared words, the equal."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        vectors = [i.vector for i in items]
        self._vectors = (
            np.stack([v for v in vectors if v is not None]) if all_given(vectors) else None
        )
        self._by_word: dict[str, list[int]] = {}
        self._by_same: dict[str, int] = {}

    def candidates(self, n: int) -> list[int]:
        """Give rows before `n`, in order; must be asked for each n in turn."""
        item = self._items[n]
        found: set[int] = set()
        if item.same in self._by_same:
            found.add(self._by_same[item.same])
        if self._vectors is not None and n:
            cosines = self._vectors[:n] @ self._vectors[n]
            count = min(NEAREST, n)
            found.update(int(k) for k in np.argpartition(-cosines, count - 1)[:count])
        elif self._vectors is None:
            found.update(self._sharing(item))
        for key in item.content:
            self._by_word.setdefault(key, []).append(n)
        if item.same:
            self._by_same.setdefault(item.same, n)
        return sorted(found)

    def _sharing(self, item: Item) -> list[int]:
        counts: dict[int, float] = {}
        for key in item.content:
            rows = self._by_word.get(key, ())
            for row in rows:
                counts[row] = counts.get(row, 0.0) + 1.0 / (1.0 + len(rows)) ** 0.5
        return sorted(counts, key=lambda row: (-counts[row], row))[:NEAREST]


def least_cosine(at_least: float) -> float:
    """Give the cosine below which no texts reach a score: all else only counts off."""
    return float(np.interp(at_least, SCALE[1], SCALE[0]))


def all_given(vectors: Sequence[Vectors | None]) -> bool:
    """Tell whether there is any row and none lacks its vector."""
    return bool(vectors) and all(v is not None for v in vectors)


def _glossed(text: str) -> languages.Gloss | None:
    language = languages.guess(text)
    return languages.gloss(text, language) if language != "en" else None


def meaning(text: str) -> str:
    """Give the text to embed for comparing (and to keep the vector of)."""
    return languages.meaning(text, _glossed(text))


def _item(text: str, vector: Vectors | None, trades: Vectors | None = None) -> Item:
    words_of = content(text)
    language = languages.guess(text)
    if language == "en":
        return Item(text, normalised(text), words_of, vector, trades=trades)
    glossed = languages.gloss(text, language)
    if glossed is None:
        # The vector of words that the model does not know says little.
        return Item(text, normalised(text), words_of, vector, 0, trades)
    for hit in glossed.hits:
        for word in hit.entry.label.split():
            words_of.setdefault(stem(fold(word)), text[hit.start : hit.end])
    return Item(text, normalised(text), words_of, vector, len(glossed.hits), trades)


def _blend(cosine: float | None, one: Item, other: Item, common: int) -> float:
    fewer = min(len(one.content), len(other.content))
    overlap = common / fewer if fewer else 0.0
    if cosine is None:
        fuzzy = fuzz.token_set_ratio(one.same, other.same) / 100.0
        return (LEXICAL_OVERLAP * overlap + LEXICAL_FUZZY * fuzzy) if common else 0.0
    # Words in common lift the cosine of different ideas from one trade as much as that of the same
    # idea, so part of that lift is taken off again, except from near copies.
    unlike = min(max((NEAR_COPY - cosine) / NEAR_COPY_RAMP, 0.0), 1.0)
    # A paraphrase seldom keeps words in a row; another idea of the same template does.
    run = max(0, _longest_run(one.same.split(), other.same.split()) - 1)
    common_trade = 1.0
    if one.trades is not None and other.trades is not None:
        common_trade = float(one.trades @ other.trades)
    taken = SAME_WORDS * overlap + SAME_RUN * run + OTHER_TRADE * (1.0 - common_trade)
    likeness = cosine - taken * unlike
    glosses = min(n for n in (one.glosses, other.glosses, ENOUGH_GLOSSES) if n is not None)
    trust = 1.0 - GLOSS_DOUBT * (ENOUGH_GLOSSES - glosses)
    return float(np.interp(likeness * trust, *SCALE))


def _longest_run(one: Sequence[str], other: Sequence[str]) -> int:
    """Give how many words in a row two texts share, up to LONGEST_RUN."""
    longest = 0
    for length in range(1, LONGEST_RUN + 1):
        if not _in_a_row(one, length) & _in_a_row(other, length):
            break
        longest = length
    return longest


def _in_a_row(text_words: Sequence[str], length: int) -> set[tuple[str, ...]]:
    return set(zip(*(text_words[start:] for start in range(length)), strict=False))
