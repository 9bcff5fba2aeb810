"""Turns questions into readings: names, fields, places, dates, numbers, and the words left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.market.amounts import amounts
from bot.market.chatter import without_chatter
from bot.market.knowledge import Knowledge
from bot.market.language import detect
from bot.market.lexicon import NO_PLACE, Hit, Lexicon, is_swallowed
from bot.market.linking import Linker, Mention
from bot.market.reading import Reading, Unit
from bot.market.spelling import Spelling
from bot.market.text import Piece, fold, stem, words
from bot.market.wording import DONE_WEIGHT, VARIANT_WEIGHT, Wording

_YEAR = re.compile(r"(?:19|20)\d\d")
_CAPITAL = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+\b")
_CORRECTED = re.compile(
    r"\b(?:i (?:mean|meant)|make that|or rather|scratch that|no wait|wait no|ich meinte?|"
    r"quiero decir|quise decir|je veux dire|quis dizer|quero dizer)\b"
)
_SHORT_YEAR = re.compile(
    r"\b(20[12]\d)( ?(?:vs\.?|and|or|to|und|y|et|e|&) ?)'?(1\d|2\d)\b(?! ?(?:s|sec|p|fps|gb)\b)"
)
_COUNTRY = re.compile(r"\bUS\b")  # not the word `us`
_WHEN = re.compile(r"(?:^|[,;.?] ?|\b(?:and|since|until|so|but) )when\b|\bwhen\W*$")
_FIELD_WEIGHT = 2.8
_COMMON_FIELD_WEIGHT = 1.0
_PLACE_WEIGHT = 3.6
_DATE_WEIGHT = 2.0
_OTHER_MONTH = 0.25  # of a fact of the same year, where a month is asked for
PASSING = "op:passing"
_JOINING_TAGS = ("op:less", "op:more", "op:each", "op:wanting")
_JOINING = ("and", "or", "nor", "und", "oder", "et", "ou", "y", "o", "e")
_LARGER = 0.4
_ALIKE = 0.85  # of a word that means about the same
_NUMERIC_ALIKE = 0.45
_NUMERIC = ("money", "count", "parameters", "points", "memory", "rate", "price_per_second")
_LIGHT_IN_PHRASE = 0.5  # `who owns` is not answered by every `own`
_LONG_PHRASE = 0.95  # a fact in the very words goes first
_EXPECTED = 0.45  # a name answers `who directed it` perhaps


class Reader:
    """Turns questions into readings."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        """Keep what all readings share."""
        self._knowledge = knowledge
        self._lexicon = lexicon
        self._wording = Wording(knowledge, lexicon)
        self._linker = Linker(knowledge, lexicon)
        self._spelling = Spelling(knowledge, lexicon)

    def read(self, text: str, locale: str | None = None) -> Reading:
        """Read one question; its language is found out where none is given."""
        reading = self._read(text, locale)
        if reading.mentions or not reading.guesses or not self._asks_of_thing(reading):
            return reading
        # `what does movio cost` is about a thing that nobody knows, and not about movies.
        return self._read(text, locale, kept=reading.guesses)

    def _asks_of_thing(self, reading: Reading) -> bool:
        """Tell whether something is asked that a product or a model has: a price, a length."""
        strong = (u for u in reading.units if u.weight > _COMMON_FIELD_WEIGHT)
        fields = (self._lexicon.fields[f] for u in strong for f in u.fields)
        return any(f.table or f.unit for f in fields)

    def _read(self, text: str, locale: str | None, kept: frozenset[str] = frozenset()) -> Reading:
        """Read one question, with the words in `kept` as they are spelled."""
        guesses: frozenset[str] = frozenset()
        spelled = text if text.isupper() else _COUNTRY.sub("USA", text)
        language = locale or detect(text, self._lexicon.stopwords)
        typed = fold(spelled).replace("won't", "wont").split()
        folded = " ".join(map(self._in_full, typed) if language == "en" else typed)
        folded = _SHORT_YEAR.sub(r"\1\g<2>20\3", folded)  # 2025 vs 24
        if language in ("en", "de", "fr", "es", "pt"):
            names = _with_capital(text) if language != "de" else frozenset()
            if not kept:
                guesses = self._spelling.guesses(folded, language, names)
            folded = self._spelling.correct(folded, language, names, kept)
        mentions = tuple(self._linker.mentions(folded, text))
        tokens = tuple(words(folded))
        hits = self._hits(folded, tokens, mentions, language)
        if all(h.tag != "op:compare" for h in hits):
            mentions = self._without_lines(mentions)
        denied = _denied(mentions, hits, tokens, folded)
        dropped = {*denied, *_taken_back(mentions, folded)}
        units = tuple(self._units(tokens, mentions, hits, language))
        units = _without_said_prices(units, folded)
        hits = self._without_vague_tops(hits, units)
        reading = Reading(
            text=text,
            folded=folded,
            locale=language,
            mentions=tuple(m for m in mentions if m not in dropped),
            denied=denied,
            units=units,
            tags=frozenset(h.tag for h in hits),
            hits=hits,
            words=tokens,
            expects=self._expects(folded),
            sides=tuple(self._linker.sides(folded)),
            guesses=guesses,
        )
        return without_chatter(reading, self._lexicon.chatter, self._lexicon.hearsay)

    def _without_vague_tops(self, hits: Sequence[Hit], units: Sequence[Unit]) -> tuple[Hit, ...]:
        """Keep `highest` and `most` only beside what can be counted: the highest frame rate."""
        counted = [
            u
            for u in units
            if u.kind == "field" and any(self._lexicon.fields[f].unit in _NUMERIC for f in u.fields)
        ]
        return tuple(
            h
            for h in hits
            if h.tag not in self._lexicon.vague_tops or any(_are_beside(h, u) for u in counted)
        )

    def _without_lines(self, mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
        """Drop a bare name beside a version of it: `Kling 2.6 from Kling itself` is about one."""
        exact = {e for m in mentions for e in m.exact if self.kind(e) == "model"}
        kept = tuple(m for m in mentions if m.exact or m.version or not exact & set(m.family))
        return kept or mentions

    def _in_full(self, word: str) -> str:
        """Write out what people shorten: `w` and `w/` are with, ppl are people."""
        bare = word.strip(",.?!:;/()")
        if word == "w/o":
            return "without"
        return word.replace(bare, self._lexicon.spellings.get(bare, bare)) if bare else word

    def other_of(self, mention: Mention, reading: Reading) -> Mention | None:
        """Give what a message means instead of a name: its version 3.0, the one without Fast."""
        if reading.has("base"):
            return self._linker.base_of(mention)
        return self._linker.version_of(mention, reading.folded)

    def kind(self, owner: int) -> str:
        """Give the kind of an entity."""
        return self._knowledge.entities[owner].kind

    def version_beside(self, owner: int, *, older: bool) -> int | None:
        """Give the version before or after an entity, None where none is recorded."""
        entity = self._knowledge.entities[owner]
        identifier = entity.predecessor if older else entity.successor
        return self._knowledge.position.get(identifier or "")

    def _hits(
        self, folded: str, tokens: Sequence[Piece], mentions: Sequence[Mention], locale: str
    ) -> tuple[Hit, ...]:
        found = list(self._lexicon.phrases(locale).find([stem(w.text) for w in tokens], folded))
        inside = {
            i
            for i, w in enumerate(tokens)
            if any(m.start < w.end and w.start < m.end for m in mentions)
        }
        free = [
            h
            for h in found
            if h.start < 0
            or h.tag.startswith("c:")
            or (h.tag.startswith("f:") and self._is_no_thing(tokens[h.start : h.end], mentions))
            or not all(i in inside for i in range(h.start, h.end))
        ]
        said = [
            h
            for h in free
            if not (h.tag[:2] in ("f:", "p:") and self._says_nothing(tokens[h.start : h.end]))
            and not _is_said_in_passing(h, found)
        ]
        return tuple(h for h in said if not is_swallowed(h, said) and h.tag != NO_PLACE)

    def _is_no_thing(self, span: Sequence[Piece], mentions: Sequence[Mention]) -> bool:
        """Tell whether a phrase is a whole name, of no product: `content credentials`."""
        kinds = {
            self._knowledge.entities[e].kind
            for m in mentions
            if (m.start, m.end) == (span[0].start, span[-1].end)
            for e in m.all
        }
        return bool(kinds) and not kinds & {"model", "product", "company"}

    def _says_nothing(self, span: Sequence[Piece]) -> bool:
        """Tell whether a phrase is one word that fills sentences, such as `out`."""
        return len(span) == 1 and span[0].text in self._lexicon.stop

    def _units(
        self, tokens: Sequence[Piece], mentions: Sequence[Mention], hits: Sequence[Hit], locale: str
    ) -> Iterable[Unit]:
        named = [any(m.start < w.end and w.start < m.end for m in mentions) for w in tokens]
        for mention in mentions:
            for extra in mention.extra:
                yield Unit(extra, ((f"w:{extra}", 1.0),), VARIANT_WEIGHT, "variant")
        taken: set[int] = {i for i, is_named in enumerate(named) if is_named}
        taken.update(i for h in hits if h.tag == PASSING for i in range(h.start, h.end))
        yield from self._phrase_units(tokens, hits, taken)
        yield from self._date_units(tokens, taken)
        said = {i for h in hits if h.start >= 0 for i in range(h.start, h.end)}
        behind = {h.end for h in hits if h.tag == "op:without"}
        joining = [h for h in hits if h.tag in _JOINING_TAGS and h.start >= 0]
        joined = {i for h in joining for i in range(h.start, h.end)}
        for unit in self._wording.units(tokens, (taken | joined, named, said), locale):
            is_denied = unit.kind == "variant" and unit.start in behind
            yield replace(unit, weight=0.0, kind="denied") if is_denied else unit

    def _phrase_units(
        self, tokens: Sequence[Piece], hits: Sequence[Hit], taken: set[int]
    ) -> Iterable[Unit]:
        spans: dict[tuple[int, int, str], list[str]] = {}
        for hit in hits:
            if hit.tag[:2] in ("f:", "p:"):
                spans.setdefault((hit.start, hit.end, hit.text), []).append(hit.tag)
        for (start, end, text), tags in sorted(spans.items(), key=_place_first):
            covered = set(range(start, end)) if start >= 0 else set()
            if covered & taken or self._counts_a_noun(tokens, start, end):
                continue
            taken |= covered
            said = [tokens[i].text for i in sorted(covered)] or [text]
            unit = self._phrase_unit(said, tags, start)
            is_done = start > 0 and tokens[start - 1].text == "who" and unit.kind == "field"
            yield replace(unit, weight=DONE_WEIGHT) if is_done else unit

    def _counts_a_noun(self, tokens: Sequence[Piece], start: int, end: int) -> bool:
        """Tell `how much electricity` from `how much is it`."""
        if [w.text for w in tokens[max(start, 0) : end]] != ["how", "much"] or end >= len(tokens):
            return False
        following = tokens[end].text
        return following not in self._lexicon.stop and stem(following) not in self._lexicon.light

    def _phrase_unit(self, span: Sequence[str], tags: Sequence[str], start: int) -> Unit:
        stems = [stem(w) for w in span]
        is_long = len(stems) > 1
        keys = [(t, _LONG_PHRASE if is_long else 1.0) for t in tags]
        is_faint = all(self._says_little(t[2:], " ".join(span)) for t in tags if t[:2] == "f:")
        is_quoted = is_long and not (is_faint and tags[0][:2] == "f:")
        keys += [("q:" + "_".join(stems), 1.0)] if is_quoted else []
        keys += [(f"p:{p}", _LARGER) for t in tags if t[:2] == "p:" for p in self._around(t[2:])]
        content = [stem(w) for w in span if w not in self._lexicon.stop]
        if all(t[:2] == "f:" and self._lexicon.fields[t[2:]].strict for t in tags):
            return Unit(" ".join(span), tuple(keys), _FIELD_WEIGHT, "field", start)
        if len(content) == 1:
            is_light = content[0] in self._lexicon.light
            is_number = self._asks_number(tags)
            sure = (_LIGHT_IN_PHRASE if is_long else 0.75) if is_light else 0.95
            keys.append((f"w:{content[0]}", min(sure, 0.85) if is_number else sure))
            alike = min(sure, _NUMERIC_ALIKE if is_number else _ALIKE)
            keys += [(h.tag, alike) for h in self._lexicon.synonyms.find(content)]
        else:
            keys += [(f"w:{w}", 0.6) for w in content if w not in self._lexicon.light]
            keys += [(h.tag, 0.7) for h in self._lexicon.synonyms.find(stems)]
        keys += self._expected(" ".join(span))
        kind = "place" if tags[0].startswith("p:") else "field"
        if kind == "place":
            weight = _PLACE_WEIGHT
        else:
            is_common = len(stems) == 1 and stems[0] in self._lexicon.light
            is_common = is_common or all(self._says_little(t[2:], " ".join(span)) for t in tags)
            weight = _COMMON_FIELD_WEIGHT if is_common else _FIELD_WEIGHT
        return Unit(" ".join(span), tuple(keys), weight, kind, start)

    def _says_little(self, field: str, phrase: str) -> bool:
        """Tell whether a phrase may ask for a field, or for something else: where, how much."""
        known = self._lexicon.fields[field]
        return known.soft or phrase in known.faint

    def _expects(self, folded: str) -> frozenset[str]:
        """Give the kinds of answer that the question words ask for; names are everywhere."""
        padded = f" {folded} "
        asked = ((k, v) for k, v in self._lexicon.expects.items() if f" {k} " in padded)
        found = {v for k, v in asked if k != "when" or _WHEN.search(folded)}
        return frozenset(found - {"name"})

    def _asks_number(self, tags: Sequence[str]) -> bool:
        """Tell whether a field holds numbers: then a related word answers nothing."""
        return all(self._lexicon.fields[t[2:]].unit in _NUMERIC for t in tags if t[:2] == "f:")

    def _expected(self, phrase: str) -> list[tuple[str, float]]:
        """Give what a fact must hold at least to answer `who`, `how long`, `how many`."""
        found = (v for k, v in self._lexicon.expects.items() if f"{phrase} ".startswith(f"{k} "))
        return [(f"t:{kind}", _EXPECTED) for kind in found]

    def _around(self, place: str) -> list[str]:
        """Name the regions that hold a place: what holds there mostly holds in it."""
        entry = self._lexicon.places.get(place)
        return [p for p in entry["in"] if p not in ("asia", "america")] if entry else []

    def _date_units(self, tokens: Sequence[Piece], taken: set[int]) -> Iterable[Unit]:
        years = [i for i, w in enumerate(tokens) if _YEAR.fullmatch(w.text) and i not in taken]
        months = [
            (i, self._lexicon.months[w.text])
            for i, w in enumerate(tokens)
            if i not in taken and w.text in self._lexicon.months and self._is_month(tokens, i)
        ]
        taken.update(years)
        taken.update(i for i, _ in months)
        for position in years:
            year = tokens[position].text
            near = [m for i, m in months if abs(i - position) <= 2]  # noqa: PLR2004
            keys = [(f"d:{year}-{m:02}", 1.0) for m in near]
            keys.append((f"d:{year}", _OTHER_MONTH if near else 1.0))
            yield Unit(year, tuple(keys), _DATE_WEIGHT, "date", position)
        if not years:
            for position, month in months:
                yield Unit(tokens[position].text, ((f"m:{month:02}", 1.0),), 1.0, "date", position)

    def _is_month(self, tokens: Sequence[Piece], position: int) -> bool:
        if tokens[position].text not in ("may", "mar", "march"):
            return True
        around = tokens[max(0, position - 1) : position + 2]
        return any(w.text.isdigit() or w.text in ("in", "since", "of", "mid", "by") for w in around)


def _without_said_prices(units: tuple[Unit, ...], folded: str) -> tuple[Unit, ...]:
    """Ask for no price by the unit of a limit: `under 1 cent a second`."""
    if all(a.field != "price" for a in amounts(folded)):
        return units
    faint = (_COMMON_FIELD_WEIGHT, ("price",))
    return tuple(u for u in units if (u.weight, u.fields) != faint)


def _are_beside(hit: Hit, unit: Unit) -> bool:
    """Tell whether nothing or one small word stands between a superlative and a field."""
    if hit.start < 0 or unit.start < 0:
        return hit.start == unit.start
    end = unit.start + len(unit.text.split())
    return 0 <= unit.start - hit.end <= 1 or hit.start == end


def _with_capital(text: str) -> frozenset[str]:
    """Give the words, folded, that have a capital letter within a sentence: names, known or not."""
    return frozenset(fold(w) for w in _CAPITAL.findall(text) if not text.istitle())


def _place_first(span: tuple[tuple[int, int, str], list[str]]) -> tuple[bool, int]:
    """Sort phrases: places before the rest, long ones before short ones."""
    (start, end, _), tags = span
    return not tags[0].startswith("p:"), start - end


def _taken_back(mentions: Sequence[Mention], folded: str) -> tuple[Mention, ...]:
    """Give the names that a message corrects: `allegro.. no wait, I mean helios`."""
    for marker in _CORRECTED.finditer(folded):
        before = [m for m in mentions if m.end <= marker.start()]
        after = [m for m in mentions if m.start >= marker.end()]
        if before and after:
            return tuple(before[-len(after) :])
    return ()


def _denied(
    mentions: Sequence[Mention], hits: Sequence[Hit], tokens: Sequence[Piece], folded: str
) -> tuple[Mention, ...]:
    """Give the names right behind a `not`: `nothing from xAI`, `except Veo and Kling`."""
    found: list[Mention] = []
    for mention in mentions:
        position = sum(1 for w in tokens if w.end <= mention.start)
        behind = any(
            h.tag == "op:without" and h.start >= 0 and 0 <= position - h.end <= 1 for h in hits
        )
        between = folded[found[-1].end : mention.start].strip(" ,/&") if found else None
        if behind or between in ("", *_JOINING):
            found.append(mention)
    return tuple(found)


def _is_said_in_passing(hit: Hit, hits: Sequence[Hit]) -> bool:
    """Tell whether a phrase stands in one that asks nothing: `the clips I make with it`."""
    return hit.tag != PASSING and any(
        o.tag == PASSING and o.start <= hit.start and hit.end <= o.end for o in hits if o.start >= 0
    )
