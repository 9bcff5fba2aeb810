"""The index over facts: which words, fields, entities, places and dates each one holds."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Sequence

from bot.market.lexicon import NO_PLACE, Hit, Lexicon, is_swallowed
from bot.market.naming import MIN_SPELLED, Names
from bot.market.schema import Entity, Fact
from bot.market.text import fold, measured, pieces, stem, words

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MONTH = re.compile(r"(?:19|20)\d\d-\d\d")
_CODE = re.compile(r"\b[A-Z]{2}\b(?! (?:[Dd]ollars?|[Cc]ents?)\b)")
_TYPES = {
    "number": re.compile(
        r"\b(?!(?:19|20)\d\d\b)\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen"
        r"|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty)\b"
    ),
    "duration": re.compile(
        r"\b(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten)[ -]?"
        r"(?:s|sec|seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b"
    ),
    "date": re.compile(r"\b(?:19|20)\d\d\b"),
}
_NAME = re.compile(r"(?<=[a-z0-9,)] )[A-Z][^\W\d_]+")
_LONGEST_NAME = 7  # pieces
_SECOND = 82  # weight of a field that answers a question less directly


class Index:
    """Collects the postings of all facts."""

    def __init__(self, lexicon: Lexicon, names: Names, entities: Sequence[Entity]) -> None:
        self._lexicon = lexicon
        self._names = names
        self._phrases = lexicon.phrases("en")
        self._found: dict[str, dict[int, int]] = defaultdict(dict)
        self._things = {i for i, e in enumerate(entities) if e.kind in ("model", "product")}
        self._count = 0
        self.vocabulary: set[str] = set()

    def add(self, owner: int, entity: Entity, fact: Fact, *, at: int | None = None) -> None:
        """Index one fact: as the row `at`, or the one behind the row before."""
        self._count = self._count if at is None else at
        qualifiers = " ".join(q for q in fact.qualifiers if q)
        field = (fact.field or "").replace("_", " ")
        self._text(f"{fact.claim} {fact.value or ''} {qualifiers}", 100, owner=owner)
        self._text(field, 95)
        self._types(entity, fact)
        self._text(entity.name, 85)
        self._mentions(fold(entity.name), owner)
        self._text(" ".join(entity.aliases), 70)
        self._text(" ".join((*entity.industries, *entity.topics)), 90)
        self._words(fact.source.title, 35)
        self._words(fact.source.publisher, 35)
        for word in words(fold(fact.source.publisher)):
            self._put(f"b:{stem(word.text)}", 80)
        for asked in self._lexicon.fields_of(fact.field, entity.kind):
            is_first = self._lexicon.fields[asked].is_first(fact.field or "")
            self._put(f"f:{asked}", 100 if is_first else _SECOND)
        self._put(f"e:{owner}", 100)
        self._dates(fact)
        self._count += 1

    def postings(self) -> dict[str, tuple[list[int], list[int]]]:
        """Give key -> (rows, weights in per cent)."""
        return {k: (list(rows), list(rows.values())) for k, rows in self._found.items()}

    def _types(self, entity: Entity, fact: Fact) -> None:
        """Index which kinds of answers a fact can hold: a number, a duration, a date, a name."""
        text = f"{fact.claim} {fact.value or ''}"
        for name, pattern in _TYPES.items():
            if pattern.search(text):
                self._put(f"t:{name}", 100)
        own = {p.text for text in (entity.name, *entity.aliases) for p in pieces(fold(text))}
        if any(fold(name) not in own for name in _NAME.findall(fact.claim)):
            self._put("t:name", 100)
        for region in entity.regions:
            self._places(fold(region))
        for code in _CODE.findall(fact.claim):
            if code in self._lexicon.codes:
                self._put(f"p:{self._lexicon.codes[code]}", 100)

    def _places(self, region: str) -> None:
        """Index where a rule holds, and less surely the larger regions around it."""
        for hit in self._phrases.find([stem(w.text) for w in words(region)]):
            if hit.tag.startswith("p:"):
                self._put(hit.tag, 95)
                for larger in self._lexicon.places[hit.tag[2:]]["in"]:
                    self._put(f"p:{larger}", 80)

    def _put(self, key: str, weight: int) -> None:
        rows = self._found[key]
        if rows.get(self._count, 0) < weight:
            rows[self._count] = weight

    def _words(self, text: str, weight: int) -> list[str]:
        """Index the words of a text; gives their stems."""
        found = [stem(w.text) for w in words(fold(text))]
        for word in found:
            self._put(f"w:{word}", weight)
        for before, letter in itertools.pairwise(found):
            if len(letter) == 1 and letter.isalpha():
                self._put(f"w:{before}_{letter}", weight)
            if before[0].isdigit() and before.replace(".", "").isdigit():
                together = measured(before, letter)
                if together:
                    self._put(f"w:{together}", weight)
        return found

    def _text(self, text: str, weight: int, *, owner: int | None = None) -> None:
        """Index a text with its words, synonyms, phrases and the names in it."""
        folded = fold(text)
        found = self._words(text, weight)
        spelled = (w.text for w in words(folded))
        self.vocabulary.update(w for w in spelled if len(w) >= MIN_SPELLED and w.isalpha())
        for hit in self._lexicon.synonyms.find(found):
            self._put(hit.tag, int(weight * 0.85))
        hits = list(self._phrases.find(found))
        for hit in hits:
            if not hit.tag.startswith("p:") or not is_swallowed(hit, hits):
                self._phrase(hit, found, weight)
        if owner is not None:
            self._mentions(folded, owner)

    def _phrase(self, hit: Hit, found: list[str], weight: int) -> None:
        """A phrase of a field in a claim is a hint only: the field itself counts fully."""
        is_long = hit.end - hit.start > 1
        if is_long:
            self._put("q:" + "_".join(found[hit.start : hit.end]), weight)
        if hit.tag.startswith("p:") and hit.tag != NO_PLACE:
            self._put(hit.tag, weight)
        elif hit.tag.startswith("f:") and (is_long or found[hit.start] not in self._lexicon.light):
            self._put(hit.tag, int(weight * (0.6 if is_long else 0.45)))

    def _mentions(self, folded: str, owner: int) -> None:
        parts = [p.text for p in pieces(folded)]
        models = self._models(parts)
        for start in range(len(parts)):
            for end in range(start + 1, min(len(parts), start + _LONGEST_NAME) + 1):
                key = "".join(parts[start:end])
                if any(first < start and end <= last for first, last in models):
                    continue  # Sora 2 in Open-Sora 2 is something else; Kling in Kling 4 is not
                others = [n for n in self._names.get(key, ()) if n[0] != owner]
                for other, is_family in others:
                    self._put(f"e:{other}", 30 if is_family else 80)
                if others:
                    self._put(f"n:{key}", 80)

    def _models(self, parts: list[str]) -> list[tuple[int, int]]:
        """Give where the longest names of models stand."""
        found: list[tuple[int, int]] = []
        for start in range(len(parts)):
            if found and start < found[-1][1]:
                continue
            for end in range(min(len(parts), start + _LONGEST_NAME), start + 1, -1):
                named = self._names.get("".join(parts[start:end]), ())
                if any(other in self._things for other, _ in named):
                    found.append((start, end))
                    break
        return found

    def _dates(self, fact: Fact) -> None:
        for year in _YEAR.findall(f"{fact.claim} {fact.value or ''}"):
            self._put(f"d:{year}", 100)
        for text, weight in ((fact.value or "", 100), (fact.as_of, 80)):
            if _YEAR.match(text):
                self._put(f"d:{text[:4]}", weight)
            if _MONTH.match(text):
                self._put(f"d:{text[:7]}", weight)
        self._months(fact.claim)

    def _months(self, claim: str) -> None:
        found = [w.text for w in words(fold(claim))]
        years = [w for w in found if _YEAR.fullmatch(w)]
        for word in found:
            month = self._lexicon.months.get(word)
            if month and (word != "may" or "May" in claim):
                for year in years:
                    self._put(f"d:{year}-{month:02}", 100)
                self._put(f"m:{month:02}", 100)
