"""The industry tagger: which industries would use the video, how surely, and because of what."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bot.tagging import corrections, ideas, languages, linear
from bot.tagging.corrections import Example, Learnt, Read
from bot.tagging.embedder import EmbedderBroken
from bot.tagging.lexicon import Entry, Hit, Lexicon, hints, industry_patterns
from bot.tagging.linear import Matrix
from bot.tagging.model import Embedder, Tag, Tagging, Vectors
from bot.tagging.taxonomy import OTHER, Taxonomy
from bot.tagging.words import content, fold, stem, words

MOST_TAGS = 4
SECOND_SHARE = 0.12  # confidence from which a further industry is given
SECOND_OF_FIRST = 0.2  # ... and its share of the first one's
NOT_AN_IDEA = 0.7  # share of `other` that outweighs a keyword where no purpose is said
PERHAPS_NOT = 0.4  # ... that is enough without a keyword
MOST_BECAUSE = 5
KEPT_VECTORS = 4096
KEPT_CHOICES = 8
GLOSS_TRUST = 0.4
FALSE_FRIEND = 0.1


class Tagger:
    """Tags texts for one taxonomy; thread-safe, deterministic.

    Args:
        taxonomy: the industries of the bank.
        embedder: None tags by words alone, and `notice` says "lexical".
    """

    def __init__(self, taxonomy: Taxonomy, embedder: Embedder | None = None) -> None:
        self.taxonomy = taxonomy
        self.ids = taxonomy.ids
        self._columns = {industry: n for n, industry in enumerate(self.ids)}
        trades = _trade_words(taxonomy)
        self._lexicon = Lexicon(
            pattern
            for i in taxonomy.industries
            for pattern in industry_patterns(i.id, i.keywords, i.weak, trades.get(i.id, ()))
        )
        self._weights = linear.built_in()
        fitted_ids = self._weights.ids if self._weights else ()
        self._heirs = [self._columns.get(taxonomy.current(i) or "") for i in fitted_ids]
        self._embedder = embedder
        self._lock = threading.Lock()
        self._vectors: OrderedDict[str, Matrix] = OrderedDict()
        self._choices: OrderedDict[tuple[Example, ...], tuple[Learnt, ...]] = OrderedDict()
        self._descriptions: Matrix | None = None

    @property
    def notice(self) -> str | None:
        """Say "lexical" where no embedder works, so that a person can be told."""
        return "lexical" if self._embedder is None else None

    def tag(self, text: str, *, title: str = "", examples: Sequence[Example] = ()) -> Tagging:
        """Tag one text; blocks for about ten milliseconds with an embedder."""
        return self.tag_many([_joined(title, text)], examples=examples)[0]

    def tag_many(
        self,
        texts: Sequence[str],
        *,
        examples: Sequence[Example] = (),
        vectors: Vectors | None = None,
    ) -> list[Tagging]:
        """Tag texts in order; embeds them in batches unless `vectors` of `meaning` are given."""
        read = [self.read(text) for text in texts]
        rows = vectors if vectors is not None else self._encode([r.meaning for r in read])
        learnt = self._learnt(examples)
        return [
            self._judge(r, None if rows is None else rows[n], learnt) for n, r in enumerate(read)
        ]

    def read(self, text: str) -> Read:
        """Find the keywords; in another language than English through its glosses."""
        language = languages.guess(text)
        hits = self._lexicon.find(words(text))
        glossed = languages.gloss(text, language) if language != "en" else None
        if glossed is None:
            return Read(text, language, tuple(hits), content(text), text)
        # An English keyword in another language may be a false friend: it only supports.
        friends = [replace(h, entry=Entry(h.entry.label, FALSE_FRIEND)) for h in hits]
        found = [*friends, *self._through(glossed)]
        in_english = {stem(fold(w)): w for h in glossed.hits for w in h.entry.label.split()}
        return Read(text, language, tuple(found), in_english, languages.meaning(text, glossed))

    def _through(self, glossed: languages.Gloss) -> list[Hit]:
        """Look the glosses up among the English keywords; spans stay those of the text."""
        found = []
        starts, at = [], 0
        for hit in glossed.hits:
            starts.append((at, at + len(hit.entry.label), hit))
            at += len(hit.entry.label) + 1
        for english in self._lexicon.find(words(glossed.text)):
            said = [h for s, e, h in starts if s < english.end and english.start < e]
            entry = Entry(english.entry.label, english.entry.weight)
            found.append(Hit(entry, english.pattern, said[0].start, said[-1].end))
        return found

    def _encode(self, texts: Sequence[str]) -> Matrix | None:
        """Embed texts, remembering the latest; None (from then on) where the runtime fails."""
        if self._embedder is None:
            return None
        with self._lock:
            missing = [t for t in dict.fromkeys(texts) if t not in self._vectors]
            held = {t: self._vectors[t] for t in texts if t in self._vectors}
        try:
            fresh = self._embedder.encode(missing) if missing else np.zeros((0, 0), np.float32)
        except EmbedderBroken:
            self._embedder = None
            return None
        held.update(zip(missing, fresh, strict=True))
        with self._lock:
            self._vectors.update(held)
            while len(self._vectors) > KEPT_VECTORS:
                self._vectors.popitem(last=False)
        return np.stack([held[t] for t in texts]) if texts else None

    def _learnt(self, examples: Sequence[Example]) -> tuple[Learnt, ...]:
        """Read a bank's choices once; the latest few sets are remembered."""
        key = tuple(examples)
        with self._lock:
            if key in self._choices:
                return self._choices[key]
        current = [(e, self.taxonomy.current(e.industry)) for e in key]
        known = [(self.read(e.text), self._columns[c]) for e, c in current if c is not None]
        rows = self._encode([read.meaning for read, _ in known])
        learnt = []
        for n, (read, column) in enumerate(known):
            vector = None if rows is None else rows[n]
            guessed = int(np.argmax(self._logits(read, vector)))
            learnt.append(Learnt(column, guessed, read, vector))
        with self._lock:
            self._choices[key] = tuple(learnt)
            while len(self._choices) > KEPT_CHOICES:
                self._choices.popitem(last=False)
        return tuple(learnt)

    def _judge(self, read: Read, vector: Matrix | None, learnt: Sequence[Learnt]) -> Tagging:
        reason = ideas.why_not(read.text)
        if reason is not None:
            return self._none(1.0, reason)
        logits = self._logits(read, vector)
        for column, more in corrections.added_logits(read, vector, logits, learnt).items():
            logits[column] += more
        shares = linear.softmax(logits)
        other = self._columns.get(OTHER)
        if other is not None:
            if _looks_idle(read, float(shares[other])):
                return self._none(float(shares[other]), "chatter")
            shares = shares.copy()
            shares[other] = 0.0
        shares = shares / max(float(shares.sum()), 1e-9)
        return Tagging(
            self._tags(read, shares), is_idea=True, taxonomy_version=self.taxonomy.version
        )

    def _none(self, confidence: float, reason: str) -> Tagging:
        tag = Tag(OTHER, round(confidence, 3))
        return Tagging((tag,), False, reason, self.taxonomy.version)  # noqa: FBT003

    def _tags(self, read: Read, shares: Matrix) -> tuple[Tag, ...]:
        order = sorted(range(len(self.ids)), key=lambda n: (-round(float(shares[n]), 6), n))
        first = float(shares[order[0]])
        least = max(SECOND_SHARE, SECOND_OF_FIRST * first)
        chosen = [order[0], *(n for n in order[1:MOST_TAGS] if shares[n] >= least)]
        return tuple(
            Tag(self.ids[n], round(float(shares[n]), 3), self._because(read, self.ids[n]))
            for n in chosen
        )

    def _because(self, read: Read, industry: str) -> tuple[str, ...]:
        hits = [h for h in read.hits if h.entry.label == industry]
        hits.sort(key=lambda h: (-h.entry.weight, h.start))
        said = [read.text[h.start : h.end] for h in hits]
        if not said:
            said = self._telling_words(read, industry)
        return tuple(dict.fromkeys(said))[:MOST_BECAUSE]

    def _telling_words(self, read: Read, industry: str) -> list[str]:
        """Without a keyword: the words that the fitted word weights count for this industry."""
        weights = self._weights
        if weights is None or industry not in weights.ids:
            return []
        column = weights.ids.index(industry)
        worth = [
            (float(weights.words[weights.terms[s], column]), typed)
            for s, typed in read.content.items()
            if s in weights.terms and typed in read.text
        ]
        return [typed for value, typed in sorted(worth, reverse=True) if value > 0][:2]

    def _logits(self, read: Read, vector: Matrix | None) -> Matrix:
        weights = self._weights
        if weights is None:
            features = linear.keyword_features(read.hits, self._columns)
            plain = np.array([3.0, 1.0, 1.2, 0.5, 1.0, 0.5], dtype=np.float32)
            return (features @ plain).astype(np.float32)
        features = linear.keyword_features(read.hits, self._columns, weights.trust)
        if vector is None:
            fitted = weights.from_words(tuple(read.content))
            return self._placed(fitted, None) + features @ weights.word_shared
        fitted = weights.from_vectors(vector[None])[0]
        if read.language != "en":
            # Vectors were fitted on English sentences; of glosses, the keywords say more.
            return self._placed(fitted * GLOSS_TRUST, vector) + features @ weights.word_shared
        return self._placed(fitted, vector) + features @ weights.shared

    def _placed(self, fitted: Matrix, vector: Matrix | None) -> Matrix:
        """Bring fitted logits to this taxonomy: merged ones join, new ones go by description."""
        placed = np.full(len(self.ids), -np.inf, dtype=np.float32)
        for column, logit in zip(self._heirs, fitted, strict=True):
            if column is not None:
                placed[column] = np.logaddexp(placed[column], logit)
        new = np.isneginf(placed)
        if new.any():
            placed[new] = self._by_description(fitted, vector)[new]
        return placed

    def _by_description(self, fitted: Matrix, vector: Matrix | None) -> Matrix:
        middle = np.full(len(self.ids), float(np.median(fitted)), dtype=np.float32)
        if vector is None or self._weights is None:
            return middle
        if self._descriptions is None:
            self._descriptions = self._encode(
                [f"{i.name}. {i.description}" for i in self.taxonomy.industries]
            )
        if self._descriptions is None:
            return middle
        slope, origin = self._weights.likeness
        logits: Matrix = (slope * (self._descriptions @ vector) + origin).astype(np.float32)
        return logits


def _trade_words(taxonomy: Taxonomy) -> dict[str, list[str]]:
    """Give the words of the trades by industry of this taxonomy: merged ones join."""
    found: dict[str, list[str]] = {}
    for industry, terms in hints().items():
        current = taxonomy.current(industry)
        if current is not None:
            found.setdefault(current, []).extend(terms)
    return found


def _looks_idle(read: Read, share: float) -> bool:
    """Judge by the likeness to small talk, where no rule spoke: only without a keyword or purpose.

    The likeness was learnt from English; elsewhere it would take unknown words for idle ones.
    """
    if read.language != "en" or ideas.says_purpose(read.text):
        return False
    strong = any(h.entry.weight >= 1.0 for h in read.hits)
    return share > (NOT_AN_IDEA if strong else PERHAPS_NOT)


def _joined(title: str, text: str) -> str:
    """Put the title before the text unless the text begins with it anyway."""
    opening = title.strip().rstrip(".… ")
    return text if not opening or text.strip().startswith(opening) else f"{opening}. {text}"
