"""The rule of numbers: no number in an answer that its evidence does not hold.

Every number of an answer, after normalising units, dates and separators, stands in a cited passage
or in the question, or is the result of a sum that is shown and whose operands do, or counts rows
that are listed. Templates and language models are checked alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from bot.market.model import Answer
from bot.market.text import fold

_MARK = re.compile(r"\[(\d+)\]")
_ADDRESS = re.compile(r"\]\([^)\s]*\)|https?://\S+")
_NUMBER = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_SUM = re.compile(
    r"(\d[\d.,]*)\s*(?:s|USD|EUR|gb)?\s*([x×*/÷+-])\s*(\d[\d.,]*)\s*(?:s|USD)?\s*=\s*(\d[\d.,]*)",
    re.IGNORECASE,
)
_LISTED = re.compile(r"^\s*(?:\d+[.)]\s|- )", re.MULTILINE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = re.compile(rf"\b({'|'.join(_MONTHS)})[a-z]*\b")
_ISO = re.compile(r"\b(\d{4})-(\d\d)(?:-(\d\d))?\b")
_WORDS = {
    "one": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
}
_SCALES = {"thousand": 1000, "k": 1000, "million": 10**6, "m": 10**6, "billion": 10**9, "b": 10**9}
_SCALED = re.compile(r"(\d[\d.,]*)\s*(thousand|million|billion|[kmb])\b")
_CENTS = re.compile(r"(\d+) ?cents?\b")
_MINUTES = re.compile(
    r"(\d[\d.,]*)[ -]?(?:min|mins|minutes?|minuten|minutos?|分钟|分間|分)(?![a-z])"
)
_CENT = Decimal("0.01")


def numbers(text: str) -> set[str]:
    """Give the numbers of a text in one spelling; dates give year, month and day apart."""
    folded = _ADDRESS.sub(" ", _MARK.sub(" ", fold(text)))
    found = {_plain(n) for n in _NUMBER.findall(folded)}
    for year, month, day in _ISO.findall(folded):
        found |= {year, str(int(month)), *({str(int(day))} if day else ())}
    found |= {_WORDS[w] for w in re.findall(r"[a-z]+", folded) if w in _WORDS}
    found |= {str(_MONTHS.index(m) + 1) for m in _MONTH.findall(folded)}
    found |= {_plain(str(Decimal(n) / 100)) for n in _CENTS.findall(folded)}
    found |= {_plain(str(60 * m)) for m in map(_value, _MINUTES.findall(folded)) if m is not None}
    for number, scale in _SCALED.findall(folded):
        found.add(_scaled(number, scale))
    return found


def _stated(text: str) -> set[str]:
    """Give only the numbers that a text writes in digits: those that need evidence."""
    folded = _ADDRESS.sub(" ", _MARK.sub(" ", fold(text)))
    months = {str(_MONTHS.index(m) + 1) for m in _MONTH.findall(folded)}
    return {_plain(n) for n in _NUMBER.findall(folded)} - months


def _plain(number: str) -> str:
    try:
        value = Decimal(number.replace(",", "").rstrip("."))
    except InvalidOperation:
        return number
    text = format(value.normalize(), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scaled(number: str, scale: str) -> str:
    value = _value(number)
    return number if value is None else _plain(str(value * _SCALES[scale]))


def _value(number: str) -> Decimal | None:
    """Read a number; None for what only looks like one, such as 1.2.3."""
    try:
        return Decimal(_plain(number))
    except InvalidOperation:
        return None


def check(answer: Answer, passages: Mapping[int, str], question: str = "") -> list[str]:
    """Say what is wrong with an answer: marks without citation, numbers without evidence.

    Args:
        answer: what is to be sent.
        passages: number of a citation -> the text of the passage that it stands for; 0 -> names
            that may be used.
        question: what was asked, with the earlier turns: its numbers may be repeated.
    """
    text = answer.plain()
    cited = {int(n) for n in _MARK.findall(text)}
    known = {c.n for c in answer.citations}
    problems = [f"[{n}] has no source" for n in sorted(cited - known)]
    problems += [f"source {n} is not cited" for n in sorted(known - cited)]
    if not answer.citations and answer.reason not in (None, "unknown_fact"):
        return problems  # a fixed text that states no facts
    allowed = numbers(question) | numbers(passages.get(0, ""))
    for n in cited:
        allowed |= numbers(passages.get(n, ""))
    allowed |= _sums(text, allowed) | _counts(answer)
    problems += [f"{n} stands in no source" for n in sorted(_stated(_lines(text)) - allowed)]
    return problems


def _lines(text: str) -> str:
    """Take off the numbers of numbered lists."""
    return re.sub(r"^\s*\d+[.)]\s", "", text, flags=re.MULTILINE)


def _sums(text: str, allowed: Iterable[str]) -> set[str]:
    """Give the results of shown sums that are right and whose operands are allowed."""
    known = set(allowed)
    results: set[str] = set()
    for left, operator, right, shown in _SUM.findall(_MARK.sub("", text)):
        first, second, result = _value(left), _value(right), _value(shown)
        if first is None or second is None or result is None:
            continue
        if {_plain(left), _plain(right)} <= known and _is_right(first, operator, second, result):
            results.add(_plain(shown))
            known.add(_plain(shown))
    return results


def _is_right(first: Decimal, operator: str, second: Decimal, shown: Decimal) -> bool:
    if operator in "/÷":
        return second != 0 and abs(first / second - shown) < 1
    exact = {"+": first + second, "-": first - second}.get(operator, first * second)
    return abs(exact - shown) <= _CENT


def _counts(answer: Answer) -> set[str]:
    rows = len(answer.table.rows) if answer.table else 0
    lines = len(_LISTED.findall(answer.text))
    return {str(rows), str(lines)} - {"0"}


def passages_of(texts: Sequence[str]) -> dict[int, str]:
    """Number passages from 1, as citations are."""
    return dict(enumerate(texts, start=1))
