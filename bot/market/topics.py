"""Which questions ask about the same thing, whatever their words: how gaps are put together.

Two questions are alike by what a reading finds in them (names, known or not, misspelt or not; what
is asked about them, in any language that the lexicon has words for) and, where an embedder works,
by the meaning of the rest. Weights and limits were set on 103 questions about 22 topics, and tried
on 29 about 7 others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.market.reading import Reading, Unit
from bot.market.text import stem

_ALIKE = 80.0  # of two spellings of one word
_SHORTEST = 4  # letters of a word that may be misspelt
_ENTITY = 0.8  # what a common name counts: much can be asked about one thing
_CLASHING = 0.35
_CLASHING_NAMES = 0.3
_WEIGHTS = {"unknown": 3.0, "must": 3.0, "place": 1.5, "number": 0.8, "light": 0.4}
_MOST_OF_FIELD = 1.2
_STRONG = 2.0

TOGETHER = 0.19
"""Mean likeness from which questions belong together."""

TOGETHER_BY_WORDS = 0.12
"""The same without an embedder."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What a question is about, in the form in which questions are compared."""

    text: str  # without the names that are known
    entities: tuple[frozenset[int], ...]
    words: Mapping[str, float]  # stem, synonym or kind of question -> weight
    asked: frozenset[str]  # kinds of questions that are surely asked
    unknown: frozenset[str]


def topic_of(reading: Reading) -> Topic:
    """Give the topic of a question."""
    words: dict[str, float] = {}
    for unit in reading.units:
        key, weight = _weighed(unit)
        words[key] = max(weight, words.get(key, 0.0))
    return Topic(
        text=_without_names(reading),
        entities=tuple(frozenset(m.all) for m in reading.mentions),
        words=words,
        asked=frozenset(f for u in reading.units if u.weight >= _STRONG for f in u.fields),
        unknown=frozenset(stem(u.text) for u in reading.units if u.kind == "unknown"),
    )


def _weighed(unit: Unit) -> tuple[str, float]:
    if unit.kind == "field" and unit.fields:
        return f"f:{unit.fields[0]}", min(unit.weight, _MOST_OF_FIELD)
    synonym = next((key for key, _ in unit.keys if key.startswith("s:")), None)
    key = synonym or (unit.text if " " in unit.text else stem(unit.text))
    return key, _WEIGHTS.get(unit.kind, unit.weight)


def _without_names(reading: Reading) -> str:
    """Give the question with `it` for each known name: else all about one thing look alike."""
    if not reading.mentions:
        return reading.text
    text = reading.folded
    for mention in sorted(reading.mentions, key=lambda m: -m.start):
        text = f"{text[: mention.start]} it {text[mention.end :]}"
    return " ".join(text.split())


def one_spelling(topics: Sequence[Topic]) -> list[Topic]:
    """Give topics in which a word has one spelling, and the most weight that it has anywhere."""
    most: dict[str, float] = {}
    for topic in topics:
        for word, weight in topic.words.items():
            most[word] = max(weight, most.get(word, 0.0))
    spelled = _spellings(sorted(most, key=lambda word: (-most[word], word)))
    weights: dict[str, float] = {}
    for word, weight in most.items():
        weights[spelled[word]] = max(weight, weights.get(spelled[word], 0.0))
    return [
        Topic(
            text=topic.text,
            entities=topic.entities,
            words={spelled[word]: weights[spelled[word]] for word in topic.words},
            asked=topic.asked,
            unknown=frozenset(spelled.get(word, word) for word in topic.unknown),
        )
        for topic in topics
    ]


def _spellings(words: Iterable[str]) -> dict[str, str]:
    """Give word -> its first spelling, the weightiest; short words and kinds stay as they are."""
    found: dict[str, str] = {}
    by_letter: dict[str, list[str]] = {}
    for word in words:
        if ":" in word or len(word) < _SHORTEST:
            found[word] = word
            continue
        known = by_letter.setdefault(word[0], [])
        same = next((k for k in known if fuzz.ratio(k, word) >= _ALIKE), None)
        if same is None:
            known.append(word)
        found[word] = same or word
    return found


def likeness(one: Topic, other: Topic) -> tuple[float, bool]:
    """Give how much two topics (of one spelling) have in common, and whether they clash."""
    is_shared = any(a & b for a in one.entities for b in other.entities)
    clash = bool(one.entities and other.entities) and not is_shared
    common = sum(weight for word, weight in one.words.items() if word in other.words)
    common += _ENTITY if is_shared else 0.0
    sizes = [sum(t.words.values()) + (_ENTITY if t.entities else 0.0) for t in (one, other)]
    if not min(sizes):
        return 0.0, clash
    found = common / sum(sizes) + common / min(sizes) / 2
    if clash:
        return found * _CLASHING_NAMES, True
    # The same is asked about two things that nobody knows: two gaps, however alike the words.
    is_other = bool(one.asked & other.asked and one.unknown and other.unknown)
    return found, is_other and not one.unknown & other.unknown


def likenesses(
    topics: Sequence[Topic], cosines: Sequence[Sequence[float]] | None
) -> list[list[float]]:
    """Give the likeness of each topic to each, by words and, where there are any, by cosines."""
    count = len(topics)
    spelled = one_spelling(topics)
    found = [[0.0] * count for _ in topics]
    for n in range(count):
        for k in range(n):
            by_words, is_clash = likeness(spelled[n], spelled[k])
            score = by_words if cosines is None else (by_words + float(cosines[n][k])) / 2
            found[n][k] = found[k][n] = score * (_CLASHING if is_clash else 1.0)
    return found


def grouped(scores: Sequence[Sequence[float]], at_least: float) -> list[int]:
    """Join what is likest on the average until nothing is alike enough; gives a group for each.

    A group is named by the lowest position in it. Takes time with the square of the count.
    """
    between = [list(row) for row in scores]
    size = [1] * len(between)
    group = list(range(len(between)))
    alive = list(range(len(between)))
    nearest = {one: _nearest(between[one], one, alive) for one in alive}
    while len(alive) > 1:
        one = max(alive, key=lambda k: nearest[k][0])
        score, other = nearest[one]
        if score < at_least:
            break
        one, other = min(one, other), max(one, other)
        alive.remove(other)
        for third in alive:
            if third != one:
                total = size[one] * between[one][third] + size[other] * between[other][third]
                mean = total / (size[one] + size[other])
                between[one][third] = between[third][one] = mean
        size[one] += size[other]
        group = [one if g == other else g for g in group]
        for third in alive:
            if third == one or nearest[third][1] in (one, other):
                nearest[third] = _nearest(between[third], third, alive)
            elif between[third][one] > nearest[third][0]:
                nearest[third] = (between[third][one], one)
    return group


def _nearest(row: Sequence[float], own: int, alive: Sequence[int]) -> tuple[float, int]:
    return max(((row[k], k) for k in alive if k != own), default=(-1.0, own))
