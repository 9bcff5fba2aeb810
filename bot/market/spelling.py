"""Corrects the spelling of words that nothing knows, towards words of the lexicon and the facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.market.knowledge import Knowledge
from bot.market.lexicon import FOLDER, Lexicon
from bot.market.naming import name_words
from bot.market.talk import Talk
from bot.market.text import Piece, fold, pieces, stem

_MIN_LENGTH = 3
_SUBSTITUTED = 5  # letters of a word in which another letter may stand for the right one
_LONG = 8  # letters of a word in which two slips are forgiven
_SKELETON = 3  # letters of a word that may be written without its vowels
_VOWELS = frozenset("aeiouy")
_SOUND_ALIKE = frozenset(("ck", "cs", "sz", "iy", "gj", "fv"))
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = frozenset(
    "".join(sorted(pair))
    for row, below in zip(_KEYS, (*_KEYS[1:], ""), strict=True)
    for pair in (*zip(row, row[1:]), *zip(row, below), *zip(row[1:], below))  # noqa: B905, RUF007
)
_WORDS_FILE = FOLDER / "english_words.txt"

# What a slip costs; the cheapest correction wins.
_SWAPPED, _DOUBLED, _VOWEL_LOST, _LETTER_LOST, _ALIKE, _LETTER_MORE, _OTHER, _SECOND = (
    *(0.7, 0.75, 0.8, 0.95, 1.0, 1.05, 1.4, 0.9),
)
# On top: rather a word that asks for something than one of the facts.
_TO_NAME, _TO_EVERYDAY, _TO_CLAIM = 0.15, 0.2, 0.5
_NAME_WORD = 6  # letters of a word with a capital that may be any word of the facts


@dataclass(slots=True)
class _Words:
    """Words that may be meant, by first letter, and those of the lexicon without their vowels."""

    by_letter: Mapping[str, list[str]]
    skeletons: Mapping[str, frozenset[str]]
    joined: Mapping[str, str] = field(default_factory=dict)  # howmuch -> how much
    cost: Mapping[str, float] = field(default_factory=dict)
    asking: frozenset[str] = frozenset()  # words that questions are made of


class Spelling:
    """Corrects slips."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        """Keep what is known; the words of a language are sorted when it is first asked in."""
        self._knowledge = knowledge
        self._lexicon = lexicon
        self._vocabulary = frozenset(knowledge.vocabulary)
        self._words: dict[str, _Words] = {}
        self._right: dict[str, frozenset[str]] = {}

    @cached_property
    def _names(self) -> frozenset[str]:
        """Give the words of names: of models, firms, laws, people, places."""
        return frozenset(name_words(self._knowledge.entities) | self._places)

    @cached_property
    def _places(self) -> frozenset[str]:
        words_of = (ws for p in self._lexicon.places.values() for ws in p["words"].values())
        spelled = {p.text for ws in words_of for place in ws for p in pieces(fold(str(place)))}
        return frozenset(spelled - self._lexicon.stop - self._lexicon.everyday)

    @cached_property
    def _ordinary(self) -> frozenset[str]:
        """Give the words of English: a word that there is, is no slip of another one."""
        return frozenset(_WORDS_FILE.read_text("ascii").split())

    def correct(
        self,
        folded: str,
        locale: str,
        names: Collection[str] = (),
        kept: Collection[str] = (),
    ) -> str:
        """Replace misspelt words.

        Words in `names` had a capital letter and can only be names; those in `kept` stay.
        """
        for piece, better in reversed(self._changes(folded, locale, names)):
            if piece.text in kept:
                continue
            folded = folded[: piece.start] + better + folded[piece.end :]
        return folded

    def guesses(self, folded: str, locale: str, names: Collection[str] = ()) -> frozenset[str]:
        """Give the words that `correct` reads as a word of the facts: they may be unknown names."""
        asking = self._known(locale).asking
        return frozenset(
            piece.text
            for piece, better in self._changes(folded, locale, names)
            if better not in self._knowledge.names and not set(better.split()) <= asking
        )

    def _changes(self, folded: str, locale: str, names: Collection[str]) -> list[tuple[Piece, str]]:
        found = []
        before = ""
        for piece in pieces(folded):
            is_unit = before[:1].isdigit() and len(piece.text) <= _MIN_LENGTH  # 12 mil
            before = piece.text
            if is_unit:
                continue
            better = self._better(piece.text, locale, only_names=piece.text in names)
            if better and better != piece.text:
                found.append((piece, better))
        return found

    def _is_right(self, word: str, locale: str) -> bool:
        if locale not in self._right:
            foreign = self._lexicon.stopwords.get(locale, frozenset())
            known = self._lexicon.phrases(locale).stems() | {stem(w) for w in foreign}
            self._right[locale] = known | self._lexicon.light
        cut = stem(word)
        return (
            word in self._vocabulary
            or word in self._lexicon.stop
            or cut in self._right[locale]
            or self._knowledge.knows(cut)
            or word in self._knowledge.names
            or word in self._lexicon.months
            or word in self._lexicon.translations.get(locale, ())
            or word in self._ordinary
        )

    def _better(self, word: str, locale: str, *, only_names: bool) -> str | None:
        if len(word) < _MIN_LENGTH or not word.isascii() or not word.isalpha():
            return None
        if self._is_right(word, locale):
            return None
        known = self._known(locale)
        if not only_names and word in known.joined:
            return known.joined[word]
        found = [
            (cost, target)
            for target, errors in self._near(word, known)
            if (cost := self._likely(word, target, errors, known)) is not None
            and not (only_names and not self._may_be_name(word, target))
        ]
        if not found and not only_names:
            return self._without_vowels(word, known)
        return min(found)[1] if found else None

    def _likely(self, word: str, target: str, errors: int, known: _Words) -> float | None:
        """Tell how unlikely a word is meant; None where it hardly can be."""
        added = known.cost.get(target, _TO_CLAIM)
        if len(word) <= _MIN_LENGTH and (added == _TO_NAME or added > _TO_EVERYDAY):
            return None  # three letters are anything: only words that questions are made of
        cost = _cost(word, target, errors)
        return None if cost is None else cost + added

    def _may_be_name(self, word: str, target: str) -> bool:
        return target in self._names or len(word) >= _NAME_WORD

    def _near(self, word: str, known: _Words) -> Iterable[tuple[str, int]]:
        """Give words that differ by a slip, in long words by two, with how many."""
        most = 2 if len(word) >= _LONG else 1
        found = process.extract(
            word, known.by_letter[word[0]], scorer=OSA.distance, score_cutoff=most, limit=None
        )
        for target, errors, _ in found:
            yield target, int(errors)
        swapped = word[1] + word[0] + word[2:]
        if swapped in known.cost or swapped in self._names:
            yield swapped, 1

    def _without_vowels(self, word: str, known: _Words) -> str | None:
        """Read `mdls` as models; None where several words are written so."""
        if len(word) < _SKELETON or set(word[1:]) & _VOWELS:
            return None
        found = known.skeletons.get(word, frozenset())
        return min(found) if len({stem(w) for w in found}) == 1 else None

    def _known(self, locale: str) -> _Words:
        if locale not in self._words:
            self._words[locale] = self._sorted_words(locale)
        return self._words[locale]

    def _sorted_words(self, locale: str) -> _Words:
        """Sort the words that may be meant in a language."""
        phrases = self._lexicon.phrases(locale)
        foreign = self._lexicon.stopwords.get(locale, frozenset()) if locale != "en" else ()
        asking = {*phrases.spelled, *self._lexicon.stop, *foreign} - self._places
        said = Talk(self._lexicon).spelled if locale == "en" else frozenset()
        everyday = self._lexicon.everyday | self._lexicon.synonyms.spelled | said
        cost = {
            **dict.fromkeys(everyday, _TO_EVERYDAY),
            **dict.fromkeys(self._names, _TO_NAME),
            **dict.fromkeys(asking, 0.0),
        }
        cost = {w: c for w, c in cost.items() if w.isascii() and w.isalpha()}
        claims = self._knowledge.vocabulary if locale == "en" else self._names
        by_letter: dict[str, list[str]] = defaultdict(list)
        skeletons: dict[str, set[str]] = defaultdict(set)
        for word in sorted({*claims, *cost}):
            if len(word) > _MIN_LENGTH or word in cost:
                by_letter[word[0]].append(word)
        for word in asking | everyday:
            if len(word) > _MIN_LENGTH:
                skeletons[word[0] + "".join(c for c in word[1:] if c not in _VOWELS)].add(word)
        return _Words(
            by_letter=by_letter,
            skeletons={k: frozenset(v) for k, v in skeletons.items()},
            joined={"".join(p): " ".join(p) for p in phrases.several},
            cost=cost,
            asking=frozenset(w for w in asking if w in cost),
        )


def _cost(word: str, target: str, errors: int) -> float | None:
    """Tell how unlikely a slip is; None for what is rather another word than a slip."""
    if errors > 1:
        is_end_kept = word[-1] == target[-1] or sorted(word) == sorted(target)
        return errors * _SECOND + _ALIKE if is_end_kept else None
    if len(word) == len(target):
        return _cost_of_letter(word, target)
    return _cost_of_length(word, target)


def _cost_of_letter(word: str, target: str) -> float | None:
    """Weigh two letters that changed places, or one that stands for another."""
    if sorted(word) == sorted(target):
        return _SWAPPED if word[0] == target[0] else _OTHER
    wrong = next(a + b for a, b in zip(word, target, strict=True) if a != b)
    if "".join(sorted(wrong)) in _SOUND_ALIKE | _NEIGHBOURS and len(word) > _MIN_LENGTH:
        return _ALIKE
    return _OTHER if len(word) >= _SUBSTITUTED else None


def _cost_of_length(word: str, target: str) -> float | None:
    """Weigh a letter too many or too few."""
    longer, shorter = (target, word) if len(target) > len(word) else (word, target)
    if longer is word and len(target) < _MIN_LENGTH:
        return None
    at = next((i for i, (a, b) in enumerate(zip(longer, shorter)) if a != b), len(shorter))  # noqa: B905
    if longer[at] in longer[max(at - 1, 0) : at] + longer[at + 1 : at + 2]:
        return _DOUBLED
    if longer is word:
        return _LETTER_MORE if len(target) > _MIN_LENGTH else None
    return _VOWEL_LOST if longer[at] in _VOWELS else _LETTER_LOST
