"""Numbers with units in a question: 30 s, $0.10, 1080p, 16gb, ten clips."""

from __future__ import annotations

import re
from dataclasses import dataclass

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
    **dict.fromkeys(("dolares", "dollars", "us$", "ドル", "美元", "美金"), "price"),
    **dict.fromkeys(("cent", "cents"), "cents"),
}


_AMOUNT = re.compile(r"(?<![^\W_])(\$|€|£)?\s*(\d+(?:[.,]\d+)*)[\s-]*(\$|€|[^\W\d_]+)?")


_A_SECOND = re.compile(
    r"(?<![\w.])(0?[.,]\d+)(?= ?(?:a|per|/|an?|pro|por|par|each) "
    r"?(?:s|sec|second|seconds?|sekunde|segundo|seconde)\b)"
)


_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


_WORDED = re.compile(r"\b(?:two|three|four|five|six|seven|eight|nine|ten)\b(?=[ -])")


_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


_CLIPS = re.compile(r"[\s-]*(?:clips?|videos?|ads?|shots?|spots?)\b")
_GLUED = ("秒", "分", "ドル", "美元", "美金")
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


def amounts(folded: str) -> list[Amount]:
    """Read the numbers with units of a question: 30 s, $0.10, 1080p, 4k, 16gb."""
    found: list[Amount] = []
    bare: re.Match[str] | None = None
    for match in _AMOUNT.finditer(_WORDED.sub(_digits, folded)):
        if not match.group(1) and _A_SECOND.match(folded, match.start(2)):
            price = _number(match.group(2)) or 0.0
            found.append(Amount("price", price, match.group(2), match.start(2), match.end(2)))
            continue
        field, factor = _unit(match)
        if field == "length" and bare is not None and _is_count(folded, bare, match):
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


def _is_count(folded: str, bare: re.Match[str], length: re.Match[str]) -> bool:
    """Tell `five 5-second clips` from `ray flash 2 five seconds`."""
    return bare.end() == length.start() and bool(_CLIPS.match(folded, length.end()))


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
    if word and not word.isascii() and word not in _UNITS:  # nothing parts a unit from its particle
        word = next((u for u in _GLUED if word.startswith(u)), word)
    if match.group(1) or word in ("$", "€"):
        return "price", 1
    field = _UNITS.get(word, "")
    if field in ("kilo", "resolution"):
        is_size = number in (_KILO if field == "kilo" else _SIZES)
        return ("resolution" if is_size else ""), 1
    scaled = {"cents": ("price", 0.01), "minutes": ("length", 60), "parameters": (field, 1e9)}
    return scaled.get(field, (field, 1))
