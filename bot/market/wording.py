"""Weighs the single words of a question: what no phrase, name or date holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.market.knowledge import Knowledge
from bot.market.lexicon import Lexicon
from bot.market.reading import Unit
from bot.market.text import Piece, is_uncut, measured, stem, words

VARIANT_WEIGHT = 2.5
_NUMBER_WEIGHT = 1.2
_LIGHT_WEIGHT = 0.3
_UNKNOWN_WEIGHT = 3.0
_MEASURE = {"fps": "fps", "gb": "vram", "s": "length", "sec": "length"}
_TRANSLATED_WEIGHT = 2.4
_COUNTED_WEIGHT = 2.0
_FOCUS_WEIGHT = 1.2  # of what stands behind `which` and `how many`
_WHICH = ("which", "what", "whose", "how")
_REPORTING = ("say", "report", "writ", "wrote", "accord", "claim", "articl")
_COUNTING = (("how", "many"), ("how", "much"), ("number", "of"), ("amount", "of"))
_GLUED = re.compile(r"(\d+(?:\.\d+)?)([a-z]+)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
DONE_WEIGHT = 3.4  # of what somebody did behind `who`: who paid is not who made


class Wording:
    """Turns words into units."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        """Keep what says how telling a word is."""
        self._knowledge = knowledge
        self._lexicon = lexicon

    def units(
        self,
        tokens: Sequence[Piece],
        known: tuple[set[int], Sequence[bool], set[int]],
        locale: str,
    ) -> Iterable[Unit]:
        """Weigh the words that are left; what is to be counted or named weighs more.

        `known` are the positions that are read already, for each word whether a name holds it, and
        the positions of words that the lexicon knows: those need not stand in a fact.
        """
        taken, named, said = known
        is_reported = any(stem(w.text) in _REPORTING for w in tokens)
        several = self._long_synonyms(tokens)
        for position, word in enumerate(tokens):
            if position in taken:
                continue
            before = tokens[position - 1].text if position else ""
            is_named = position > 0 and named[position - 1]
            unit = self._word_unit(word.text, locale, (position, before, is_named))
            if unit is None:
                continue
            if unit.kind == "unknown" and position in said:
                unit = replace(unit, kind="light", weight=_LIGHT_WEIGHT)
            keys = (*unit.keys, *several.get(position, ()))
            following = tokens[position + 1].text if position + 1 < len(tokens) else ""
            keys = (*keys, *_as_measured(word.text, following))
            if is_reported:
                keys = (*keys, (f"b:{stem(word.text)}", 1.0))
            yield self._asked(replace(unit, keys=keys), tokens)
        yield from self._translated(tokens, locale)

    def _asked(self, unit: Unit, tokens: Sequence[Piece]) -> Unit:
        """Let a word weigh more behind `who`, `which` and `how many`."""
        before = tokens[unit.start - 1].text if unit.start else ""
        is_counted = unit.start > 1 and _counts(tokens[unit.start - 2 : unit.start])
        if unit.kind == "light" and before == "who" and unit.text not in self._lexicon.vague:
            return replace(unit, weight=DONE_WEIGHT, kind="word")
        is_noun = is_counted and self._ends_noun(tokens, unit.start + 1)
        if unit.kind == "light" and is_counted:
            return replace(unit, weight=_COUNTED_WEIGHT, kind="word", is_counted=is_noun)
        if unit.kind in ("word", "unknown") and (is_counted or before in _WHICH):
            return replace(unit, weight=unit.weight + _FOCUS_WEIGHT, is_counted=is_noun)
        return unit

    def _ends_noun(self, tokens: Sequence[Piece], position: int) -> bool:
        """Tell whether nothing of a longer noun follows: `people`, but not `AI film studios`."""
        following = tokens[position].text if position < len(tokens) else ""
        is_everyday = stem(following) in self._lexicon.light
        return not following or following in self._lexicon.stop or is_everyday

    def _translated(self, tokens: Sequence[Piece], locale: str) -> Iterable[Unit]:
        """Read nouns of other languages as the English words of the facts."""
        known = self._lexicon.translations.get(locale, {})
        spelled = {w.text for w in tokens}
        for word, english in known.items():
            is_inside = is_uncut(word) and any(word in text for text in spelled)
            if word not in spelled and not is_inside:
                continue
            stems = [stem(w.text) for w in words(english)]
            keys = [(f"w:{s}", 1.0) for s in stems]
            keys += [(h.tag, 0.9) for h in self._lexicon.synonyms.find(stems)]
            yield Unit(word, tuple(keys), _TRANSLATED_WEIGHT, "word")

    def _long_synonyms(self, tokens: Sequence[Piece]) -> dict[int, list[tuple[str, float]]]:
        """Map positions to the groups of synonyms whose phrases of several words stand there."""
        found: dict[int, list[tuple[str, float]]] = {}
        for hit in self._lexicon.synonyms.find([stem(w.text) for w in tokens]):
            if hit.end - hit.start > 1:
                for position in range(hit.start, hit.end):
                    found.setdefault(position, []).append((hit.tag, 0.85))
        return found

    def _word_unit(self, word: str, locale: str, place: tuple[int, str, bool]) -> Unit | None:
        """Weigh one word that no phrase, name or date holds; None if it says nothing."""
        position, before, is_named = place
        is_ordinary = word in self._lexicon.ordinary_variants and not is_named
        if word in self._lexicon.variants and not is_ordinary:
            return Unit(word, ((f"w:{word}", 1.0),), VARIANT_WEIGHT, "variant", position)
        foreign = self._lexicon.stopwords.get(locale, ()) if locale != "en" else ()
        if word in self._lexicon.translations.get(locale, ()):
            return None  # see _translated
        if word in self._lexicon.stop or is_uncut(word) or word in foreign:
            return None
        if len(word) == 1 and word.isalpha():
            return self._letter_unit(word, before, position)
        keys = self._word_keys(word)
        if _NUMBER.match(word):
            measured = _MEASURE.get(word.lstrip("0123456789.,"))
            keys = (*keys, (f"f:{measured}", 0.8)) if measured else keys
            return Unit(word, keys, _NUMBER_WEIGHT, "number", position)
        kind, weight = self._weigh(word, keys, locale)
        return Unit(word, keys, weight, kind, position)

    def _letter_unit(self, letter: str, before: str, position: int) -> Unit | None:
        """Read `series E` as one word."""
        keys = (f"w:{stem(before)}_{letter}", f"w:series_{letter}")  # E round, series E
        key = next((k for k in keys if k in self._knowledge.raw_postings), None)
        if key is None:
            return None
        return Unit(f"{before} {letter}", ((key, 1.0),), 2.0, "word", position)

    def _word_keys(self, word: str) -> tuple[tuple[str, float], ...]:
        cut = stem(word)
        keys = [(f"w:{cut}", 1.0)]
        if word in self._lexicon.numbers:
            keys.append((f"w:{self._lexicon.numbers[word]}", 1.0))
        keys += [(h.tag, 0.85) for h in self._lexicon.synonyms.find([cut])]
        return tuple(keys)

    def _weigh(
        self, word: str, keys: Sequence[tuple[str, float]], locale: str
    ) -> tuple[str, float]:
        must = word in self._lexicon.must or word.removesuffix("s") in self._lexicon.must
        if stem(word) in self._lexicon.light and not must:
            return "light", _LIGHT_WEIGHT
        known = [k for k, _ in keys if k in self._knowledge.raw_postings]
        if known:
            rarity = max(self._knowledge.rarity(k) for k in known)
            return "must" if must else "word", 0.8 + 2.2 * rarity
        if word.endswith(self._lexicon.code_endings):
            return "light", _LIGHT_WEIGHT
        if locale != "en":  # most words of other languages stand in no fact
            return "light", _LIGHT_WEIGHT * 2
        return "unknown", _UNKNOWN_WEIGHT


def _as_measured(word: str, following: str) -> tuple[tuple[str, float], ...]:
    """Give the key of a number with its unit: 5s, `5 seconds`, 5-sec."""
    found = _GLUED.fullmatch(word)
    number, unit = (found.group(1), found.group(2)) if found else (word, following)
    together = measured(number, unit) if _NUMBER.fullmatch(number) else None
    return ((f"w:{together}", 1.0),) if together else ()


def _counts(pair: Sequence[Piece]) -> bool:
    """Tell whether the word behind is what is to be counted."""
    return (pair[0].text, pair[1].text) in _COUNTING
