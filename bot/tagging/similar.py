"""Look-alikes: how likely two texts tell the same idea, and which words they share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz

from bot.tagging import languages, linear
from bot.tagging.embedder import EmbedderBroken
from bot.tagging.model import Embedder, Match, Vectors
from bot.tagging.words import content, fold, normalised, stem, words

SUGGEST = 0.50  # from here on a look-alike is shown while submitting
PROBABLE = 0.58  # from here on "probably the same": a pair for the moderators' queue
EXACT = 1.0  # equal after normalisation: the only likeness that merges by itself
SHOWN = 3
NEAREST = 25  # by cosine alone, from which the blend picks: it reorders little
_MOST_SHARED = 6

# Two ideas of one trade share its words and yet differ; a paraphrase has hardly a word in common.
# So what is left of both without their common words is compared as well, and tells best. Fitted by
# logistic regression on 100 paraphrases, 78 hard negatives and what else is near in four sets.
BY_COSINE, BY_REST, BY_WORDS, BY_RUN, BY_TRADE, BASE = 5.8, 8.4, 1.2, 1.05, 2.7, -7.9
LIKELY_REST = 0.7  # of the cosine: what the rests are taken for at a glance
GLOSSED = 0.9  # what is taken off where a text is read through its glosses
SCALE = ([-8.0, -1.3, -0.6, 5.0], [0.0, SUGGEST, PROBABLE, 1.0])  # logit to the score shown
LONGEST_RUN = 6  # words in a row that both have
NOTHING_LEFT = 0.35
NEAR_COPY, NEAR_COPY_RAMP = 0.85, 0.08  # from this likeness of the wording on it decides
LEAST_COSINE = 0.36  # below it no paraphrase was found
CLOSELY = 4  # how many are read closely, the likeliest at a glance
UNREAD = SUGGEST - 0.01  # the most that the others get
# What stands in any idea of this kind makes no two of them alike.
_ANY_IDEA = """
video videos vid vids clip clips film footage ai generate generated generates generating generator
auto automatically automatic animation animations animated animate animating animates second seconds
sec secs s minute minutes min short shorts brief turn turns turned turning make makes made making
show shows shown showing create creates created convert converts one two three each every per text
written write types type becomes become loop looping
"""
ANY_IDEA = frozenset(_ANY_IDEA.split())
_LENGTH = re.compile(r"\d+s?")
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
        match = self.matches(one, {"": other}, at_least=0.0)[0]
        return match.score, match.shared

    def matches(
        self,
        item: Item,
        others: Mapping[str, Item],
        *,
        at_least: float = SUGGEST,
        limit: int = SHOWN,
        closely: int = CLOSELY,
    ) -> list[Match]:
        """Give the likest of `others` (by their ids), likest first, ties in order given.

        Of them `closely` are read closely, which takes about 6 ms each; no other reaches SUGGEST.
        """
        scores = {key: _at_a_glance(item, other) for key, other in others.items()}
        vectored = [k for k, s in scores.items() if s < EXACT and _has_vectors(item, others[k])]
        likely = sorted(vectored, key=lambda key: -scores[key])[:closely]
        likely = [key for key in likely if _cosine(item, others[key]) >= LEAST_COSINE]
        scores |= {key: min(scores[key], UNREAD) for key in vectored}
        rests = self._rests(item, [others[key] for key in likely]) or [None] * len(likely)
        for key, rest in zip(likely, rests, strict=True):
            scores[key] = _closely(item, others[key], rest)
        found = sorted(scores.items(), key=lambda pair: -pair[1])
        return [
            Match(key, _shown(score), tuple(_common(item, others[key])[:_MOST_SHARED]))
            for key, score in found[:limit]
            if _shown(score) >= at_least
        ]

    def _rests(self, one: Item, others: Sequence[Item]) -> Sequence[float | None] | None:
        """Give the cosines of what is left of both texts without their common words."""
        if self._embedder is None or not others:
            return None
        pairs = [(_without(one, other), _without(other, one)) for other in others]
        texts = list(dict.fromkeys(rest for pair in pairs if all(pair) for rest in pair))
        try:
            rows = dict(zip(texts, self._embedder.encode(texts), strict=True)) if texts else {}
        except EmbedderBroken:
            self._embedder = None
            return None
        found = []
        for (a, b), other in zip(pairs, others, strict=True):
            rest = float(rows[a] @ rows[b]) if a and b else _nothing_left(one, other)
            # Glosses hardly ever say in full what an English text says.
            found.append(max(rest, NOTHING_LEFT) if _half_glossed(one, other) else rest)
        return found

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


def all_given(vectors: Sequence[Vectors | None]) -> bool:
    """Tell whether there is any row and none lacks its vector."""
    return bool(vectors) and all(v is not None for v in vectors)


def _glossed(text: str) -> languages.Gloss | None:
    language = languages.guess(text)
    return languages.gloss(text, language) if language != "en" else None


def meaning(text: str) -> str:
    """Give the text to embed for comparing (and to keep the vector of)."""
    return languages.meaning(text, _glossed(text))


def _item(text: str, vector: Vectors | None, trades: Vectors | None) -> Item:
    words_of = content(text)
    language = languages.guess(text)
    if language == "en":
        return Item(text, normalised(text), words_of, vector, trades=trades)
    glossed = languages.gloss(text, language)
    if glossed is None:
        return Item(text, normalised(text), words_of, vector if _is_latin(text) else None, 0)
    for hit in glossed.hits:
        for word in hit.entry.label.split():
            words_of.setdefault(stem(fold(word)), text[hit.start : hit.end])
    count = len(glossed.hits)
    if count < languages.LEAST_GLOSSES and not _is_latin(text):
        vector = None  # it is of the text itself, in a script that the model does not know
    return Item(text, normalised(text), words_of, vector, count, trades)


def _is_latin(text: str) -> bool:
    return languages.script(text) is None


def _common(one: Item, other: Item) -> list[str]:
    return [typed for key, typed in one.content.items() if key in other.content]


def _overlap(one: Item, other: Item) -> float:
    fewer = min(len(one.content), len(other.content))
    return len(_common(one, other)) / fewer if fewer else 0.0


def _without(one: Item, other: Item) -> str:
    """Give what `one` says without the words that the other has, or any idea may have."""
    said = meaning(one.text)
    return " ".join(
        said[word.start : word.end]
        for word in words(said)
        if stem(word.folded) not in other.content
        and word.folded not in ANY_IDEA
        and not _LENGTH.fullmatch(word.folded)
    )


def _nothing_left(one: Item, other: Item) -> float:
    """Stand in for the rests where one text says nothing that the other doesn't say."""
    if one.glosses is not None or other.glosses is not None:
        return NOTHING_LEFT  # the lexicon knows few words: the others may differ
    return _cosine(one, other)


def _cosine(one: Item, other: Item) -> float:
    return 0.0 if one.vector is None or other.vector is None else float(one.vector @ other.vector)


def _half_glossed(one: Item, other: Item) -> bool:
    return (one.glosses is None) != (other.glosses is None)


def _has_vectors(one: Item, other: Item) -> bool:
    return one.vector is not None and other.vector is not None


def _by_words(one: Item, other: Item) -> float:
    """Compare without vectors."""
    if not _common(one, other):
        return 0.0
    fuzzy = fuzz.token_set_ratio(one.same, other.same) / 100.0
    return LEXICAL_OVERLAP * _overlap(one, other) + LEXICAL_FUZZY * fuzzy


def _at_a_glance(one: Item, other: Item) -> float:
    """Give a score from what costs nothing."""
    if one.same and one.same == other.same:
        return EXACT
    if not _has_vectors(one, other):
        return _by_words(one, other)
    return _scored(one, other, LIKELY_REST * _cosine(one, other))


def _closely(one: Item, other: Item, rest: float | None) -> float:
    """Give the score of two texts whose rests have this cosine."""
    if rest is None or not _has_vectors(one, other):
        return _at_a_glance(one, other)
    return _scored(one, other, rest)


def _scored(one: Item, other: Item, rest: float) -> float:
    # A paraphrase seldom keeps words in a row; another idea of the same template does.
    run = max(0, _longest_run(one.same.split(), other.same.split()) - 1)
    same_trade = 1.0
    if one.trades is not None and other.trades is not None:
        same_trade = float(one.trades @ other.trades)
    logit = BASE + BY_COSINE * _cosine(one, other) + BY_REST * rest + BY_TRADE * same_trade
    return _scaled(one, other, logit - BY_WORDS * _overlap(one, other) - BY_RUN * run)


def _scaled(one: Item, other: Item, logit: float) -> float:
    """Bring a logit to the score shown; of near copies the likeness of the wording is it."""
    known = [n for n in (one.glosses, other.glosses) if n is not None]
    score = float(np.interp(logit - (GLOSSED if known else 0.0), *SCALE))
    score *= 1.0 - GLOSS_DOUBT * (ENOUGH_GLOSSES - min([*known, ENOUGH_GLOSSES]))
    wording = fuzz.ratio(one.same, other.same) / 100.0
    if not known:  # glosses may agree where the words that they stand for don't
        wording = max(wording, _cosine(one, other))
    copied = min(max((wording - NEAR_COPY) / NEAR_COPY_RAMP, 0.0), 1.0)
    return score + copied * (max(score, wording) - score)


def _shown(score: float) -> float:
    return EXACT if score >= EXACT else round(min(max(score, 0.0), 0.999), 4)


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
