"""Fits the linear model on the example ideas: `python -m bot.tagging.train`.

Deterministic: the same examples, taxonomy and embedder give the same weights. Run it again after
changing any of them; a test compares what ships with what it would write.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from bot.tagging.corrections import Read
from bot.tagging.lexicon import Hit, hints
from bot.tagging.linear import FEATURES, NEVER_SEEN, WEIGHTS, Matrix, Trust, keyword_features
from bot.tagging.model import Embedder
from bot.tagging.tagger import Tagger
from bot.tagging.taxonomy import OTHER, Taxonomy

EXAMPLES = Path(__file__).parent / "examples"
NONE = "none"  # the file of what is no idea; its headings say why, not which industry

SECOND_WORTH = 0.3  # share of an example that goes to its second industry
STEPS, RATE = 400, 0.05
DECAY_VECTORS, DECAY_WORDS = 5e-5, 5e-4
# Who wrote the examples knew the keywords, so here they hit far oftener than among members' ideas.
# Without some of them being left out, keywords would be trusted too much and vectors too little.
DROPPED, TURNS = 0.3, 3
LEAST_SEEN = 2  # examples that a word must stand in to get a weight


@dataclass(frozen=True, slots=True)
class Example:
    """One line of an examples file."""

    text: str
    industry: str
    second: str | None = None


def read_examples(folder: Path = EXAMPLES) -> list[Example]:
    """Read all example ideas, in the order of files and lines."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        for heading, block in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            industry = OTHER if path.stem == NONE else str(heading)
            for line in str(block).splitlines():
                text, _, second = line.partition(" || ")
                found.append(Example(text.strip(), industry, second.strip() or None))
    return found


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights on the main features, the bias, and the shared weights on keyword features."""

    main: Matrix
    bias: Matrix
    shared: Matrix


def fit(main: Matrix, keywords: Matrix, targets: Matrix, *, decay: float) -> Fitted:
    """Fit a multinomial logistic regression by Adam over all rows at once.

    Args:
        main: rows by features (vectors, or counts of words).
        keywords: rows by industries by FEATURES; their weights are shared and never negative.
        targets: rows by industries, each row adding up to one.
        decay: how strongly the weights on `main` are held small.
    """
    rows, classes = targets.shape
    main, keywords, targets = (np.asarray(a, np.float32) for a in (main, keywords, targets))
    parameters = [
        np.zeros((main.shape[1], classes), np.float32),
        np.zeros(classes, np.float32),
        np.ones(FEATURES, np.float32),
    ]
    first = [np.zeros_like(p) for p in parameters]
    second = [np.zeros_like(p) for p in parameters]
    for step in range(1, STEPS + 1):
        logits = main @ parameters[0] + parameters[1] + keywords @ parameters[2]
        logits -= logits.max(axis=1, keepdims=True)
        shares = np.exp(logits)
        shares /= shares.sum(axis=1, keepdims=True)
        error = (shares - targets) / rows
        slopes = [
            main.T @ error + decay * parameters[0],
            error.sum(axis=0),
            np.tensordot(error, keywords, ((0, 1), (0, 1))) + 1e-3 * parameters[2],
        ]
        for n, slope in enumerate(slopes):
            first[n] = 0.9 * first[n] + 0.1 * slope
            second[n] = 0.999 * second[n] + 0.001 * slope**2
            size = np.sqrt(second[n] / (1 - 0.999**step)) + 1e-8
            parameters[n] = parameters[n] - RATE * (first[n] / (1 - 0.9**step)) / size
        parameters[2] = np.maximum(parameters[2], 0.0)
    single = [p.astype(np.float32) for p in parameters]
    return Fitted(single[0], single[1], single[2])


@dataclass(frozen=True)
class Seen:
    """In how many examples each industry's word stood, of that industry and of others."""

    own: Counter[tuple[str, str]]
    others: Counter[tuple[str, str]]

    @classmethod
    def count(cls, read: Sequence[Read], industries: Sequence[str]) -> Seen:
        """Count the words of all examples, each once an example."""
        seen = cls(Counter(), Counter())
        for r, industry in zip(read, industries, strict=True):
            for key in {(h.entry.label, h.pattern) for h in r.hits}:
                (seen.own if key[0] == industry else seen.others)[key] += 1
        return seen

    def trust(self, key: tuple[str, str], *, own: int = 0, others: int = 0) -> float:
        """Give the share of examples in which a word meant its industry, some left out."""
        mine, theirs = self.own[key] - own, self.others[key] - others
        return (mine + 1.0) / (mine + theirs + 1.0 / NEVER_SEEN)

    def without(self, industry: str) -> Trust:
        """Give the trust as it would be without one example of this industry that has the word."""

        def trusted(label: str, pattern: str) -> float:
            is_own = label == industry
            return self.trust((label, pattern), own=int(is_own), others=int(not is_own))

        return trusted


@dataclass(frozen=True)
class Prepared:
    """All examples as numbers, `TURNS` times over with other keywords left out."""

    ids: tuple[str, ...]
    read: list[Read]
    vectors: Matrix
    keywords: Matrix
    targets: Matrix
    seen: Seen


def prepare(examples: Sequence[Example], taxonomy: Taxonomy, embedder: Embedder) -> Prepared:
    """Read and embed the examples."""
    tagger = Tagger(taxonomy, None)
    columns = {industry: n for n, industry in enumerate(taxonomy.ids)}
    read = [tagger.read(e.text) for e in examples]
    targets = np.zeros((len(examples), len(columns)), dtype=np.float32)
    for n, example in enumerate(examples):
        targets[n, columns[example.industry]] = 1.0
        if example.second:
            targets[n, columns[example.industry]] = 1.0 - SECOND_WORTH
            targets[n, columns[example.second]] = SECOND_WORTH
    vectors = embedder.encode([r.meaning for r in read])
    seen = Seen.count(read, [e.industry for e in examples])
    kept = [
        keyword_features(
            [h for h in r.hits if not _is_dropped(turn, r.text, h)],
            columns,
            seen.without(example.industry),
        )
        for turn in range(TURNS)
        for r, example in zip(read, examples, strict=True)
    ]
    return Prepared(
        taxonomy.ids,
        read,
        np.concatenate([vectors] * TURNS),
        np.stack(kept),
        np.concatenate([targets] * TURNS),
        seen,
    )


def _is_dropped(turn: int, text: str, hit: Hit) -> bool:
    drawn = hashlib.sha256(f"{turn}|{text}|{hit.pattern}".encode()).digest()[0] / 256
    return drawn < DROPPED


def vocabulary(read: Sequence[Read]) -> dict[str, int]:
    """Number the stems that stand in enough examples."""
    seen = Counter(stem for r in read for stem in r.content)
    return {s: n for n, s in enumerate(sorted(s for s, c in seen.items() if c >= LEAST_SEEN))}


def counts(read: Sequence[Read], terms: dict[str, int]) -> Matrix:
    """Give rows of known stems, each divided by the root of how many there are."""
    rows = np.zeros((len(read), len(terms)), dtype=np.float32)
    for n, r in enumerate(read):
        known = [terms[s] for s in r.content if s in terms]
        if known:
            rows[n, known] = 1.0 / np.sqrt(len(known))
    return rows


def likeness_line(
    prepared: Prepared, taxonomy: Taxonomy, fitted: Fitted, embedder: Embedder
) -> Matrix:
    """Fit logit = slope * cosine to the description + origin, for industries without weights."""
    texts = [f"{i.name}. {i.description}" for i in taxonomy.industries]
    cosines = prepared.vectors @ embedder.encode(texts).T
    logits = prepared.vectors @ fitted.main + fitted.bias
    slope, origin = np.polyfit(cosines[:, :-1].ravel(), logits[:, :-1].ravel(), 1)
    return np.array([slope, origin], dtype=np.float32)


def digest(taxonomy: Taxonomy, folder: Path = EXAMPLES) -> str:
    """Give a fingerprint of what the weights were fitted on."""
    found = hashlib.sha256(repr(taxonomy.to_rows()).encode())
    found.update(repr(hints()).encode())
    for example in read_examples(folder):
        found.update(repr(example).encode())
    return found.hexdigest()


def main(target: Path = WEIGHTS) -> None:
    """Fit everything and write it."""
    from bot.tagging.embedder import load_embedder  # noqa: PLC0415  only who fits needs it

    embedder = load_embedder()
    if embedder is None:
        raise SystemExit("The embedding model is missing: nothing was written.")
    taxonomy = Taxonomy.load()
    prepared = prepare(read_examples(), taxonomy, embedder)
    by_vectors = fit(prepared.vectors, prepared.keywords, prepared.targets, decay=DECAY_VECTORS)
    terms = vocabulary(prepared.read)
    rows = np.concatenate([counts(prepared.read, terms)] * TURNS)
    by_words = fit(rows, prepared.keywords, prepared.targets, decay=DECAY_WORDS)
    known = sorted(prepared.seen.own | prepared.seen.others)
    np.savez_compressed(
        target,
        model_id=np.array(embedder.model_id),
        fitted_on=np.array(digest(taxonomy)),
        ids=np.array(prepared.ids),
        vectors=by_vectors.main.astype(np.float16),
        bias=by_vectors.bias,
        shared=by_vectors.shared,
        terms=np.array(sorted(terms, key=lambda s: terms[s])),
        words=by_words.main.astype(np.float16),
        word_bias=by_words.bias,
        word_shared=by_words.shared,
        trusted_industries=np.array([industry for industry, _ in known]),
        trusted_patterns=np.array([pattern for _, pattern in known]),
        trusted=np.array([prepared.seen.trust(key) for key in known], dtype=np.float16),
        likeness=likeness_line(prepared, taxonomy, by_vectors, embedder),
    )


if __name__ == "__main__":
    main()
