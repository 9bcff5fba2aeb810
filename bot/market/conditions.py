"""What a thing must be to be on a list: conditions read from a question, tested on facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.market.amounts import Amount, amounts
from bot.market.knowledge import Knowledge, Row
from bot.market.lexicon import Hit, Lexicon
from bot.market.reading import Reading
from prompts import render

_LOW_FIRST = ("price", "vram")
_LIMITED = ("length", "resolution", "vram", "fps", "parameters", "price")
_MOST_PER_SECOND = 5.0  # dollars: more than that is a budget, no price per second
_OPEN = "open weights"
_RESTART = re.compile(r"[,;.]|\b(?:with|but|mit|con|avec|com)\b")
_NEAR = 3  # words between a `not` and what it denies


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing that must (or must not) hold."""

    label: str
    field: str
    holds: tuple[str, ...] = ()  # one of them stands in the value
    denied: bool = False
    at_most: float | None = None
    at_least: float | None = None
    besides: frozenset[int] = frozenset()  # entities that are not wanted
    unless_said: bool = False  # holds where nothing is recorded: nobody excludes the place

    def test(self, rows: Sequence[Row]) -> Row | None:
        """Give the fact that meets the condition; None where none does or none is recorded."""
        current = [r for r in rows if r.fact.is_current and not r.fact.conflict]
        if self.holds:
            met = [r for r in current if self._is(r)]
            if self.denied:
                return current[0] if current and not met else None
            return met[0] if met else None
        return self._by_number(current)

    def _is(self, row: Row) -> bool:
        value = (row.fact.value or "").lower()
        return any(h in value and _starts_word(h, value) for h in self.holds)

    def _by_number(self, rows: Sequence[Row]) -> Row | None:
        met = [
            r
            for r in rows
            if r.number is not None
            and (self.at_most is None or r.number <= self.at_most)
            and (self.at_least is None or r.number >= self.at_least)
        ]
        low_first = self.at_most is not None
        return min(
            met, key=lambda r: (r.number or 0) if low_first else -(r.number or 0), default=None
        )


def _starts_word(text: str, value: str) -> bool:
    """Tell whether a text stands in a value at the beginning of a word."""
    return re.search(rf"\b{re.escape(text)}", value) is not None


class Conditions:
    """Reads conditions out of readings."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        """Keep what they are read with."""
        self._knowledge = knowledge
        self._lexicon = lexicon

    def read(self, reading: Reading) -> list[Condition]:
        """Give all conditions of a question, each once."""
        found = [*self._named(reading), *self._places(reading), *self._firms(reading)]
        found += [*self._numbers(reading), *self._unwanted(reading), *self._dates(reading)]
        if reading.before is not None:
            found += _still_holding(self.read(reading.before), found)
        unique: dict[tuple[str, bool, str], Condition] = {}
        for condition in found:
            unique.setdefault((condition.field, condition.denied, condition.label), condition)
        return _without_doubles(list(unique.values()))

    def _dates(self, reading: Reading) -> Iterator[Condition]:
        """Read `models that came out in November 2026`."""
        is_list = "k:model" in reading.tags and not reading.mentions
        is_list = is_list and not any(t.startswith("top:") for t in reading.tags)
        if "f:released" not in reading.tags and not is_list:
            return
        for unit in reading.units:
            days = [k[2:] for k, _ in unit.keys if k.startswith("d:")]
            if unit.kind == "date" and days:
                spelled = render("answer.month", reading.locale, text=days[0])
                yield Condition(label=spelled, field="released", holds=(days[0],))

    def _unwanted(self, reading: Reading) -> Iterator[Condition]:
        """Read `nothing from xAI`, `anything but Kling`: things, and whatever a firm makes."""
        for mention in reading.denied:
            owners = [self._knowledge.entities[e] for e in mention.exact or mention.all]
            firm = next((e for e in owners if e.kind == "company"), None)
            things = frozenset(e for e in mention.all if self._knowledge.entities[e] is not firm)
            only_firm = firm is not None and not any(e.kind == "model" for e in owners)
            name = firm.name if firm and only_firm else mention.text.title()
            yield Condition(
                label=render("answer_limits.unwanted", reading.locale, name=name),
                field="vendor" if only_firm else "",
                holds=(stem_name(firm.name),) if firm and only_firm else (),
                denied=only_firm,
                besides=things,
            )

    def _named(self, reading: Reading) -> Iterator[Condition]:
        hits = {h.tag: h for h in reading.hits}
        tags = sorted(t for t in reading.tags if t.startswith("c:"))
        for tag in tags:
            entry = self._lexicon.conditions[tag[2:]]
            hit = hits.get(tag)
            if "holds" in entry:
                words, denied = entry["holds"], self._is_denied(reading, hit)
            else:
                words, denied = entry["lacks"], True
            label = _in_language(entry["words"], reading.locale)
            if denied and "holds" in entry:
                label = render("answer_limits.unwanted", reading.locale, name=label)
            yield Condition(
                label=label,
                field=entry["field"],
                holds=tuple(str(w).lower() for w in words),
                denied=denied,
            )

    def _is_denied(self, reading: Reading, hit: Hit | None) -> bool:
        return hit is not None and hit.start >= 0 and self.denied_before(reading, hit.start)

    def denied_before(self, reading: Reading, position: int) -> bool:
        """Tell whether a `not`, `except`, `nothing from` stands shortly before a word."""
        return any(
            h.tag == "op:without" and h.start >= 0 and _reaches(reading, h.end, position)
            for h in reading.hits
        )

    def _places(self, reading: Reading) -> Iterator[Condition]:
        for hit in reading.hits:
            if not hit.tag.startswith("p:"):
                continue
            place = hit.tag[2:]
            names = [place, self._lexicon.places[place]["code"].lower()]
            inside = [p for p in self._lexicon.places.values() if place in p["in"]]
            names += [n for p in inside for n in (p["id"], p["code"].lower())]
            denied = self._is_denied(reading, hit)
            if self._is_where_to_use(reading, hit):
                names += [p for p in self._lexicon.places[place]["in"] if p in ("eu",)]
                spelled = _place_name(self._lexicon.places[place], reading.locale)
                yield Condition(
                    label=render("answer_limits.usable", reading.locale, place=spelled),
                    field="excluded",
                    holds=tuple(n for n in names if n),
                    denied=True,
                    unless_said=True,
                )
                continue
            spelled = _place_name(self._lexicon.places[place], reading.locale)
            label = render("answer_limits.place", reading.locale, place=spelled, denied=denied)
            yield Condition(
                label=label,
                field="country",
                holds=tuple(n for n in names if n),
                denied=denied,
            )

    def _is_where_to_use(self, reading: Reading, hit: Hit) -> bool:
        """Tell whether a place is where somebody is, not where a model comes from."""
        asker = reading.has("wanting", "advice") and any(
            h.tag == "op:role" and h.start == hit.end for h in reading.hits if h.start > 0
        )
        before = reading.words[hit.start - 1].text if hit.start > 0 else ""
        asks_use = any(t in reading.tags for t in ("f:availability", "op:usable"))
        return asker or (asks_use and before in ("in", "from", "the", "within"))

    def _firms(self, reading: Reading) -> Iterator[Condition]:
        for mention in reading.mentions:
            owner = next(
                (e for e in mention.all if self._knowledge.entities[e].kind == "company"), None
            )
            models = [e for e in mention.exact if self._knowledge.entities[e].kind == "model"]
            if owner is None or models:
                continue
            position = sum(1 for w in reading.words if w.end <= mention.start)
            denied = self.denied_before(reading, position)
            name = self._knowledge.entities[owner].name
            yield Condition(
                label=render("answer_limits.firm", reading.locale, firm=name, denied=denied),
                field="vendor",
                holds=(stem_name(name),),
                denied=denied,
            )

    def _numbers(self, reading: Reading) -> Iterator[Condition]:
        for amount in amounts(reading.folded):
            is_budget = amount.field == "price" and amount.number > _MOST_PER_SECOND
            if is_budget or amount.field not in _LIMITED:
                continue
            is_upper = amount.field in _LOW_FIRST
            before = self._comparison(reading, amount)
            if before:
                is_upper = before == "op:less"
            limit = {"at_most": amount.number} if is_upper else {"at_least": amount.number}
            sign = "answer_limits.at_most" if is_upper else "answer_limits.at_least"
            label = render(sign, reading.locale, text=amount.text)
            yield Condition(label=label, field=amount.field, **limit)  # type: ignore[arg-type]

    def _comparison(self, reading: Reading, amount: Amount) -> str | None:
        position = sum(1 for w in reading.words if w.end <= amount.start)
        near = [
            h
            for h in reading.hits
            if h.tag in ("op:less", "op:more")
            and (0 <= position - h.end <= 1 or _stands_behind(h, position))
        ]
        near.sort(key=lambda h: abs(position - h.end))
        return near[0].tag if near else None


def _reaches(reading: Reading, start: int, end: int) -> bool:
    """Tell whether a `not` before the word `start` still holds at `end`: no comma, no `with`."""
    if not 0 <= end - start < _NEAR or not 0 < start <= end < len(reading.words):
        return False
    between = reading.folded[reading.words[start - 1].end : reading.words[end].start]
    return not _RESTART.search(between)


def _still_holding(before: Sequence[Condition], now: Sequence[Condition]) -> list[Condition]:
    """Give what was asked for before, unless it is asked for otherwise now."""
    changed = {c.field for c in now if not c.denied and c.field}
    return [c for c in before if c.denied or c.besides or c.field not in changed]


def _stands_behind(hit: Hit, position: int) -> bool:
    """Tell whether `or less` stands right behind the number at a position."""
    return hit.end - hit.start > 1 and 0 < hit.start - position < _NEAR


def _in_language(words: Mapping[str, Sequence[str]], locale: str) -> str:
    """Give the first way to say something in a language, in English where there is none."""
    return str((words.get(locale) or words["en"])[0])


def _place_name(place: Mapping[str, Any], locale: str) -> str:
    """Write a place for people: China, the US, 中国."""
    identifier = str(place["id"])
    if locale in ("zh", "ja"):
        return _in_language(place["words"], locale)
    short = len(identifier) == 2  # noqa: PLR2004  us, eu, uk
    name = identifier.upper() if short else identifier.title()
    return f"the {name}" if short and locale == "en" else name


def stem_name(name: str) -> str:
    """Cut a firm's name to its first word: vendors are written in several ways."""
    first = name.lower().split(" (", maxsplit=1)[0].split()
    return first[0] if len(first) == 1 or len(first[0]) > 4 else " ".join(first[:2])  # noqa: PLR2004


def _without_doubles(conditions: list[Condition]) -> list[Condition]:
    """Drop a condition that another one denies or says more exactly."""
    fields = {c.field for c in conditions if c.denied}
    fields -= {"country", "vendor"}
    kept = [c for c in conditions if c.denied or c.field not in fields]
    is_open = any(_OPEN in c.holds for c in kept)
    return [c for c in kept if not (is_open and c.field == "kind" and _OPEN not in c.holds)]
