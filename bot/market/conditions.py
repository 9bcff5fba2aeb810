"""What a thing must be to be on a list: conditions read from a question, tested on facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.market.knowledge import Knowledge, Row
from bot.market.lexicon import Hit, Lexicon
from bot.market.reading import Reading
from prompts import render

_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sekunden", "segundos"), "length"),
    **dict.fromkeys(("secondes", "sekunde", "segundo", "seconde", "秒", "秒钟", "秒間"), "length"),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "minuten", "minuto"), "minutes"),
    **dict.fromkeys(("minutos", "分", "分钟", "分間"), "minutes"),
    **dict.fromkeys(("clips", "clip", "videos", "ads", "shots", "spots", "vídeos"), "count"),
    **dict.fromkeys(("p", "lines"), "resolution"),
    "k": "kilo",
    **dict.fromkeys(("gb", "gig", "gigs", "g", "gigabyte", "gigabytes"), "vram"),
    "fps": "fps",
    **dict.fromkeys(("b", "parameters", "params"), "parameters"),
    **dict.fromkeys(("usd", "dollar", "dollars", "bucks", "buck", "euros", "euro"), "price"),
    **dict.fromkeys(("cent", "cents"), "cents"),
}
_AMOUNT = re.compile(r"(?<![^\W_])(\$|€|£)?\s*(\d+(?:[.,]\d+)*)[\s-]*(\$|€|[^\W\d_]+)?")
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WORDED = re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten)\b(?=[ -])")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_LOW_FIRST = ("price", "vram")
_LIMITED = ("length", "resolution", "vram", "fps", "parameters", "price")
_MOST_PER_SECOND = 5.0  # dollars: more than that is a budget, no price per second
_OPEN = "open weights"
_NEAR = 3  # words between a `not` and what it denies
_KILO = {2: 1440, 4: 2160, 8: 4320}
_SIZES = {480, 540, 576, 720, 768, 1080, 1440, 2160}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit in a question; `field` is the lexicon field that it limits."""

    field: str
    number: float
    text: str
    start: int
    end: int


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


def amounts(folded: str) -> list[Amount]:
    """Read the numbers with units of a question: 30 s, $0.10, 1080p, 4k, 16gb."""
    found: list[Amount] = []
    bare: re.Match[str] | None = None
    for match in _AMOUNT.finditer(_WORDED.sub(_digits, folded)):
        field, factor = _unit(match)
        if field == "length" and bare is not None and bare.end() == match.start():
            times = _number(bare.group(2)) or 1.0  # `five 5-second clips`
            found.append(Amount("count", times, bare.group().strip(), bare.start(), bare.end()))
        bare = match if not match.group(3) or match.group(3) == "x" else None
        if field:
            number = (_number(match.group(2)) or 0.0) * factor
            if field == "resolution" and number in (2, 4, 8):
                number = _KILO[int(number)]
            unit = match.group(3) or ""
            known = unit in _UNITS or unit in ("$", "€")
            text = match.group().strip() if known else match.group().removesuffix(unit).strip()
            found.append(Amount(field, number, text, match.start(), match.end()))
    return found


def _digits(match: re.Match[str]) -> str:
    """Write a number word in digits, as long as it was: places in the text stay the same."""
    return str(_WORDS.index(match.group()) + 1).ljust(len(match.group()))


def _number(digits: str) -> float | None:
    """Read 1,000 and 0,10 and 0.10; None for what only looks like a number, such as 1.5.0."""
    plain = digits.replace(",", "") if _THOUSANDS.fullmatch(digits) else digits.replace(",", ".")
    return None if plain.count(".") > 1 else float(plain)


def _unit(match: re.Match[str]) -> tuple[str, float]:
    """Give the lexicon field that a number limits, and what one of its unit is worth."""
    number = _number(match.group(2))
    if number is None:
        return "", 1
    word = match.group(3) or ""
    if match.group(1) or word in ("$", "€"):
        return "price", 1
    field = _UNITS.get(word, "")
    if field in ("kilo", "resolution"):
        is_size = number in (_KILO if field == "kilo" else _SIZES)
        return ("resolution" if is_size else ""), 1
    scaled = {"cents": ("price", 0.01), "minutes": ("length", 60), "parameters": (field, 1e9)}
    return scaled.get(field, (field, 1))


class Conditions:
    """Reads conditions out of readings."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        """Keep what they are read with."""
        self._knowledge = knowledge
        self._lexicon = lexicon

    def read(self, reading: Reading) -> list[Condition]:
        """Give all conditions of a question, each once."""
        found = [*self._named(reading), *self._places(reading), *self._firms(reading)]
        found += [*self._numbers(reading), *self._unwanted(reading)]
        if reading.before is not None:
            found += _still_holding(self.read(reading.before), found)
        unique: dict[tuple[str, bool, str], Condition] = {}
        for condition in found:
            unique.setdefault((condition.field, condition.denied, condition.label), condition)
        return _without_doubles(list(unique.values()))

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
            h.tag == "op:without" and 0 <= position - h.end < _NEAR and h.start >= 0
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
            spelled = _place_name(self._lexicon.places[place], reading.locale)
            label = render("answer_limits.place", reading.locale, place=spelled, denied=denied)
            yield Condition(
                label=label,
                field="country",
                holds=tuple(n for n in names if n),
                denied=denied,
            )

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
