"""The small linear model: from a text's vector, keywords and words to one logit per industry.

It was fitted by `python -m bot.tagging.train` on `examples.yaml`; `data/weights.npz` is the result.
Weights on keywords are shared by all industries, so that one which a community adds counts alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.tagging.lexicon import HINT, STRONG, WEAK, Hit

Matrix = npt.NDArray[np.float32]
WEIGHTS = Path(__file__).parent / "data" / "weights.npz"
FEATURES = 6  # of the keywords, see `keyword_features`
_MOST_FURTHER = 2.0
_MOST_HINTS = 3.0
NEVER_SEEN = 0.7  # how far a word is trusted that stands in no example

Trust = Callable[[str, str], float]
"""How far an industry's word (industry, pattern) is trusted, 0 to 1."""


@dataclass(frozen=True)
class Weights:
    """Everything fitted. `ids` names the columns; `other` is one of them.

    `vectors`, `bias`, `shared` serve when there is an embedder; `words`, `word_bias`,
    `word_shared` when there is none. `likeness` turns cosines to a description into logits.
    """

    model_id: str
    ids: tuple[str, ...]
    vectors: Matrix
    bias: Matrix
    shared: Matrix
    terms: Mapping[str, int]
    words: Matrix
    word_bias: Matrix
    word_shared: Matrix
    likeness: tuple[float, float]
    trusted: Mapping[tuple[str, str], float]

    def trust(self, industry: str, pattern: str) -> float:
        """Give how often a word meant its industry in the examples; a community's own fully."""
        if industry not in self.ids:
            return 1.0
        return self.trusted.get((industry, pattern), NEVER_SEEN)

    def from_vectors(self, rows: Matrix) -> Matrix:
        """Give logits (texts by ids) of normalised sentence vectors."""
        logits: Matrix = rows @ self.vectors + self.bias
        return logits

    def from_words(self, stems: Sequence[str]) -> Matrix:
        """Give logits (ids) of a text's content stems."""
        known = [self.terms[s] for s in stems if s in self.terms]
        if not known:
            return self.word_bias
        # Divided as in fitting: a long text says no more than a short one.
        logits: Matrix = self.words[known].sum(axis=0) / np.sqrt(len(known)) + self.word_bias
        return logits


@cache
def built_in(path: Path = WEIGHTS) -> Weights | None:
    """Load the shipped weights; None where the file is missing (a source tree before fitting)."""
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as data:
        terms = {str(t): n for n, t in enumerate(data["terms"])}
        return Weights(
            model_id=str(data["model_id"]),
            ids=tuple(str(i) for i in data["ids"]),
            vectors=data["vectors"].astype(np.float32),
            bias=data["bias"],
            shared=data["shared"],
            terms=terms,
            words=data["words"].astype(np.float32),
            word_bias=data["word_bias"],
            word_shared=data["word_shared"],
            likeness=(float(data["likeness"][0]), float(data["likeness"][1])),
            trusted={
                (str(industry), str(pattern)): float(trust)
                for industry, pattern, trust in zip(
                    data["trusted_industries"],
                    data["trusted_patterns"],
                    data["trusted"],
                    strict=True,
                )
            },
        )


def keyword_features(
    hits: Sequence[Hit], columns: Mapping[str, int], trust: Trust = lambda _i, _p: 1.0
) -> Matrix:
    """Give (industries by FEATURES), each of them a number from 0 on.

    They are the first strong word, further ones, weak ones, the earliest strong one, the first
    hint and further ones. A word that several industries claim is shared out among them; the same
    one twice counts once; each counts as far as it is trusted.
    """
    claims: dict[tuple[int, int], int] = {}
    for hit in hits:
        claims[hit.start, hit.end] = claims.get((hit.start, hit.end), 0) + 1
    best: dict[tuple[str, str], tuple[float, float]] = {}
    earliest: tuple[int, str, float] | None = None
    for hit in hits:
        key = (hit.entry.label, hit.pattern)
        trusted = trust(*key)
        share = trusted / claims[hit.start, hit.end] ** 0.5
        best[key] = max(best.get(key, (0.0, 0.0)), (hit.entry.weight, share))
        is_sure = hit.entry.weight >= STRONG and claims[hit.start, hit.end] == 1
        if is_sure and (earliest is None or hit.start < earliest[0]):
            earliest = (hit.start, hit.entry.label, trusted)
    sums = np.zeros((3, len(columns)), dtype=np.float32)
    for (label, _), (weight, share) in best.items():
        column = columns.get(label)
        if column is not None:
            kind = 0 if weight >= STRONG else 1 if weight >= WEAK else 2
            # A false friend, of less than its kind's weight, counts less.
            sums[kind, column] += share * (weight / HINT if kind == 2 else weight)  # noqa: PLR2004
    strong, weak, hints = sums
    features = np.zeros((len(columns), FEATURES), dtype=np.float32)
    features[:, 0] = np.minimum(strong, 1.0)
    features[:, 1] = np.clip(strong - 1.0, 0.0, _MOST_FURTHER)
    features[:, 2] = np.minimum(weak, 1.0)
    if earliest is not None and earliest[1] in columns:
        features[columns[earliest[1]], 3] = earliest[2]
    features[:, 4] = np.minimum(hints, 1.0)
    features[:, 5] = np.clip(hints - 1.0, 0.0, _MOST_HINTS)
    return features


def softmax(logits: Matrix) -> Matrix:
    """Turn one row of logits into shares that add up to one."""
    raised = np.exp(logits - logits.max())
    shares: Matrix = (raised / raised.sum()).astype(np.float32)
    return shares
