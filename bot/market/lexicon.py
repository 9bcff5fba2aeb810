"""What words mean here: reads the lexicon/*.yaml that anybody can extend, and finds its phrases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.market.text import fold, is_uncut, stem, words

NO_PLACE = "p:none"  # what only sounds like a place: US dollars
FOLDER = Path(__file__).parent / "lexicon"


def read_lexicon(folder: Path = FOLDER) -> dict[str, Any]:
    """Read all files of the lexicon; file name -> content. Parsing takes some 100 ms."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # `no` stays a word
    return {
        path.stem: yaml.load(path.read_text("utf-8"), Loader=loader)  # noqa: S506  makes only texts, lists and mappings
        for path in sorted(folder.glob("*.yaml"))
    }


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that was found: its tag and the words from `start` to before `end`.

    Phrases in scripts without spaces have no words: there both are -1.
    """

    tag: str
    start: int
    end: int
    text: str = ""  # of a phrase without words


def is_swallowed(hit: Hit, hits: Sequence[Hit]) -> bool:
    """Tell whether a longer phrase of the same sort holds this one."""
    sort = hit.tag.partition(":")[0]
    return any(
        o is not hit
        and o.tag.partition(":")[0] == sort
        and o.start <= hit.start
        and hit.end <= o.end
        and o.end - o.start > hit.end - hit.start
        for o in hits
        if o.start >= 0
    )


@dataclass(slots=True)
class Phrases:
    """Many phrases, each with tags, found in one pass over the stems of a text.

    With `exact` the words themselves count, not their stems.
    """

    exact: bool = False
    _by_first: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)
    _inside: list[tuple[str, str]] = field(default_factory=list)
    spelled: set[str] = field(default_factory=set)  # words of phrases as they are written
    several: set[tuple[str, ...]] = field(default_factory=set)  # phrases of two words and more

    def add(self, phrase: str, tag: str) -> None:
        """Let a phrase stand for a tag."""
        folded = fold(phrase)
        if is_uncut(folded):
            self._inside.append((folded, tag))
            return
        said = tuple(w.text for w in words(folded))
        key = said if self.exact else tuple(map(stem, said))
        self.spelled.update(said)
        if len(said) > 1:
            self.several.add(said)
        if key:
            entry = (key, tag)
            bucket = self._by_first.setdefault(key[0], [])
            if entry not in bucket:
                bucket.append(entry)

    def stems(self) -> frozenset[str]:
        """Give every stem that stands in a phrase."""
        return frozenset(
            word for bucket in self._by_first.values() for key, _ in bucket for word in key
        )

    def find(self, stems: Sequence[str], folded: str = "") -> Iterator[Hit]:
        """Give every phrase in the text, overlapping ones too."""
        for start, first in enumerate(stems):
            for key, tag in self._by_first.get(first, ()):
                end = start + len(key)
                if len(key) == 1 or tuple(stems[start:end]) == key:
                    yield Hit(tag, start, end)
        if folded and not folded.isascii():
            for text, tag in self._inside:
                if text in folded:
                    yield Hit(tag, -1, -1, text)


@dataclass(frozen=True, slots=True)
class FieldWords:
    """One thing that can be asked about, see lexicon/fields.yaml."""

    id: str
    fields: tuple[str, ...]
    label: Mapping[str, str]
    unit: str
    ages: bool
    table: bool
    soft: bool  # an answer may do without it
    strict: bool = False  # only facts filed under it answer, not the words of other facts
    faint: frozenset[str] = frozenset()  # phrases of it that say little: use, where

    def covers(self, name: str, kind: str) -> bool:
        """Tell whether a machine field such as `price_per_second_fast` answers this.

        A field written as `regulation:status` only counts for entities of that kind.
        """
        for known in self.fields:
            wanted, _, field_name = known.rpartition(":")
            is_field = name == field_name or name.startswith(field_name + "_")
            if is_field and wanted in ("", kind):
                return True
        return False

    def is_first(self, name: str) -> bool:
        """Tell whether a machine field is the one that answers most directly."""
        first = self.fields[0].rpartition(":")[2]
        return name == first or name.startswith(first + "_")

    def named(self, locale: str) -> str:
        """Give the label in a language, in English where there is none."""
        return self.label.get(locale) or self.label["en"]


class Lexicon:
    """The lexicon in the form that reading a question needs."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        """Take what `read_lexicon` gave; builds phrases per language when first asked for."""
        self.raw = raw
        self.fields = {f["id"]: _field(f) for f in raw["fields"]}
        tables = raw["words"]
        self.stop = frozenset(fold(str(w)) for w in tables["stop"])
        self.everyday = frozenset(fold(str(w)) for w in tables["light"])  # as they are written
        self.light = frozenset(map(stem, self.everyday))
        self.variants = frozenset(tables["variants"])
        self.ordinary_variants = frozenset(tables["ordinary_variants"])
        self.events: Mapping[str, str] = tables["events"]
        self.expects: Mapping[str, str] = tables["expects"]
        self.chatter = frozenset(fold(str(w)) for w in tables["chatter"])
        self.hearsay = frozenset(fold(str(w)) for w in tables["hearsay"])
        self.vague = frozenset(tables["vague"])
        self.must = frozenset(tables["must"])
        self.common_names = frozenset(tables["common_names"])
        self.act_endings = frozenset(tables["act_endings"])
        self.code_endings = tuple(tables["code_endings"])
        self.firm_endings = frozenset(tables["firm_endings"])
        self.units = frozenset(str(u) for u in tables["units"])
        self.numbers: Mapping[str, str] = tables["numbers"]
        self.spellings: Mapping[str, str] = tables["spellings"]
        self.months = {fold(k): int(v) for k, v in tables["months"].items()}
        self.places = {p["id"]: p for p in raw["places"]}
        self.codes = {p["code"]: p["id"] for p in raw["places"] if p["code"]}
        self.stopwords = {
            language: frozenset(fold(str(w)) for w in found)
            for language, found in raw["languages"].items()
        }
        self.translations = {
            language: {fold(k): str(v) for k, v in found.items()}
            for language, found in raw["translations"].items()
        }
        self.synonyms = Phrases()
        for group in tables["synonyms"]:
            for phrase in group:
                self.synonyms.add(str(phrase), f"s:{group[0]}")
        self._phrases: dict[str, Phrases] = {}
        self._fields_of: dict[tuple[str, str], list[str]] = {}
        self.superlatives: Sequence[Mapping[str, Any]] = raw["operators"]["superlatives"]
        self.comparatives: Sequence[Mapping[str, Any]] = raw["operators"]["comparatives"]
        self.vague_tops = frozenset(
            f"top:{i}" for i, e in enumerate(self.superlatives) if e["field"] == "asked"
        )
        self.conditions = {c["id"]: c for c in raw["operators"]["conditions"]}

    def fields_of(self, name: str | None, kind: str) -> list[str]:
        """Name the kinds of question that a machine field of a kind of entity answers."""
        key = (name or "", kind)
        if key not in self._fields_of:
            found = [f.id for f in self.fields.values() if name and f.covers(name, kind)]
            self._fields_of[key] = found
        return self._fields_of[key]

    def phrases(self, locale: str) -> Phrases:
        """Give the phrases of English and one more language, tagged `f:` `op:` `p:` `c:`..."""
        if locale not in self._phrases:
            found = Phrases()
            foreign = self.stopwords.get(locale, frozenset()) if locale != "en" else frozenset()
            fillers = {stem(word) for word in foreign}
            for tag, by_language in self._tagged():
                for phrase in by_language.get("en", ()):
                    if stem(fold(str(phrase))) not in fillers:  # German `hat` is no hat
                        found.add(str(phrase), tag)
                for phrase in by_language.get(locale, ()) if locale != "en" else ():
                    found.add(str(phrase), tag)
            self._phrases[locale] = found
        return self._phrases[locale]

    def _tagged(self) -> Iterator[tuple[str, Mapping[str, Iterable[str]]]]:
        for entry in self.raw["fields"]:
            yield f"f:{entry['id']}", entry["words"]
        for place in self.raw["places"]:
            yield f"p:{place['id']}", place["words"]
        yield from self._operators(self.raw["operators"])

    def _operators(
        self, operators: Mapping[str, Any]
    ) -> Iterator[tuple[str, Mapping[str, Iterable[str]]]]:
        for name, words_of in operators.items():
            if isinstance(words_of, dict) and name != "kinds":
                yield f"op:{name}", words_of
        for tag, name in (("top", "superlatives"), ("than", "comparatives")):
            for position, entry in enumerate(operators[name]):
                yield f"{tag}:{position}", entry["words"]
        for entry in operators["conditions"]:
            yield f"c:{entry['id']}", entry["words"]
        for kind, words_of in operators["kinds"].items():
            yield f"k:{kind}", words_of


def _field(entry: Mapping[str, Any]) -> FieldWords:
    return FieldWords(
        id=entry["id"],
        fields=tuple(entry["fields"]),
        label=entry["label"],
        unit=entry.get("unit", ""),
        ages=bool(entry.get("ages")),
        table=bool(entry.get("table")),
        soft=bool(entry.get("soft")),
        strict=bool(entry.get("strict")),
        faint=frozenset(fold(str(w)) for w in entry.get("faint", ())),
    )
