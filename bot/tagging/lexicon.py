"""One pass over a text's words that finds every keyword of every industry."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

from bot.tagging.words import RUNNING, Word, fold, words

HINTS = Path(__file__).parent / "data" / "hints.yaml"
STRONG, WEAK, HINT = 1.0, 0.4, 0.2  # weights of keywords, of supporting words, of trade words


@dataclass(frozen=True, slots=True)
class Entry:
    """What a pattern stands for: a label (industry id, or an English gloss) and its weight."""

    label: str
    weight: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A pattern found at `text[start:end]`; `pattern` names it, so that twice counts once."""

    entry: Entry
    pattern: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Pattern:
    parts: tuple[tuple[str, bool], ...]  # (folded word, is a prefix)
    entry: Entry
    name: str


def _parts(pattern: str) -> tuple[tuple[str, bool], ...]:
    """Split "autonomous driv*" into its words; the star belongs to the word before it."""
    found = []
    for word in words(pattern):
        starred = pattern[word.end : word.end + 1] == "*"
        found.append((word.folded, starred))
    return tuple(found)


_LEAST_IN_COMPOUND = 5  # letters: shorter keywords turn up inside words by chance
_LEAST_BESIDE = 3  # letters of what else a compound is made of: no "Reise" in "Preise"
_ENDING = re.compile(r"^(?:e?[nrsm]|e|ern|es|in|innen|nen|se[ns]?)?$")
_VOWEL = re.compile(r"[aeiouyäöü]")


@lru_cache(maxsize=65_536)
def singular(word: str) -> str:
    """Cut a plural s: "books" meets the keyword "book", "boss" stays."""
    long_enough = len(word) > 3  # noqa: PLR2004  "gas" is no plural
    return word[:-1] if long_enough and word[-1] == "s" and word[-2] not in "su" else word


class Lexicon:
    """Patterns by their first word; cost grows with the text, hardly with the patterns.

    Args:
        patterns: keyword and what it stands for.
        compounds: also find a keyword inside a longer word ("Milchbauer"), as Germanic ones grow.
    """

    def __init__(self, patterns: Iterable[tuple[str, Entry]], *, compounds: bool = False) -> None:
        self._compounds = compounds
        self._exact: dict[str, list[_Pattern]] = defaultdict(list)
        self._prefix: dict[str, list[_Pattern]] = defaultdict(list)
        self._running: dict[str, list[_Pattern]] = defaultdict(list)
        self._longest_running = 1
        for name, entry in patterns:
            self._add(name, entry)

    def _add(self, name: str, entry: Entry) -> None:
        parts = _parts(name)
        if not parts:
            return
        pattern = _Pattern(parts, entry, name)
        word, starred = parts[0]
        glued = self._compounds and len(word) >= _LEAST_IN_COMPOUND
        if len(parts) == 1 and (glued or RUNNING.search(word)):
            self._running[word].append(pattern)
            self._longest_running = max(self._longest_running, len(word))
        if len(parts) == 1 and RUNNING.search(word):
            return
        if starred:
            self._prefix[word].append(pattern)
        else:
            self._exact[word].append(pattern)

    def find(self, text_words: Sequence[Word]) -> list[Hit]:
        """Give all hits in order of the text; overlapping ones of a label are kept once."""
        hits: list[Hit] = []
        for at, word in enumerate(text_words):
            long_enough = self._compounds and len(word.folded) > _LEAST_IN_COMPOUND
            if long_enough or RUNNING.search(word.folded):
                hits.extend(self._find_running(word))
            for pattern in self._starting(word.folded):
                end = _matches(pattern, text_words, at)
                if end is not None:
                    hits.append(Hit(pattern.entry, pattern.name, word.start, end))
        return _without_covered(hits)

    def _starting(self, word: str) -> Iterable[_Pattern]:
        yield from self._exact.get(word, ())
        one = singular(word)
        if one != word:
            yield from self._exact.get(one, ())
        for length in range(1, len(word) + 1):
            yield from self._prefix.get(word[:length], ())

    def _find_running(self, word: Word) -> Iterable[Hit]:
        grown = RUNNING.search(word.folded) is None
        for start in range(len(word.folded)):
            for length in range(1, self._longest_running + 1):
                piece = word.folded[start : start + length]
                if grown and not _is_part(word.folded, start, start + length):
                    continue
                for pattern in self._running.get(piece, ()):
                    # Folding may change lengths (half-width kana); the span stays in the word.
                    first = min(word.start + start, word.end - 1)
                    last = min(first + length, word.end)
                    yield Hit(pattern.entry, pattern.name, first, last)


def _is_part(word: str, start: int, end: int) -> bool:
    """Tell whether `word[start:end]` may be a part of a compound, by what is left beside it."""
    before, after = word[:start], word[end:]
    return (not before or _stands_alone(before)) and (
        _ENDING.match(after) is not None or _stands_alone(after)
    )


def _stands_alone(part: str) -> bool:
    return len(part) >= _LEAST_BESIDE and _VOWEL.search(part) is not None


def _matches(pattern: _Pattern, text_words: Sequence[Word], at: int) -> int | None:
    if at + len(pattern.parts) > len(text_words):
        return None
    for offset, (part, starred) in enumerate(pattern.parts):
        folded = text_words[at + offset].folded
        fits = folded.startswith(part) if starred else part in (folded, singular(folded))
        if not fits:
            return None
    return text_words[at + len(pattern.parts) - 1].end


def _without_covered(hits: list[Hit]) -> list[Hit]:
    """Drop a hit that lies within a longer one: "games" inside "board games", of any label.

    Of two patterns of a label at one place the weightier stays: "school*" is more than "school".
    """
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.start, -h.end, -h.entry.weight)):
        inside = any(
            k.start <= hit.start
            and hit.end <= k.end
            and (k.end - k.start > hit.end - hit.start or k.entry.label == hit.entry.label)
            for k in kept
        )
        if not inside:
            kept.append(hit)
    return kept


def industry_patterns(
    industry_id: str, keywords: Iterable[str], weak: Iterable[str], hints: Iterable[str] = ()
) -> Iterable[tuple[str, Entry]]:
    """Give an industry's words as patterns, each once with the greatest weight it has."""
    seen: set[str] = set()
    for terms, weight in ((keywords, STRONG), (weak, WEAK), (hints, HINT)):
        for term in terms:
            folded = fold(term)
            if folded not in seen:
                seen.add(folded)
                yield folded, Entry(industry_id, weight)


@cache
def hints(path: Path = HINTS) -> dict[str, tuple[str, ...]]:
    """Give the words of each trade by the id of the built-in industry."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  a safe loader
    return {
        str(industry): tuple(term.strip() for term in str(terms).split(",") if term.strip())
        for industry, terms in data.items()
    }
