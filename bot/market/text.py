"""Words out of text: folding, splitting and stemming, the same for questions and knowledge."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_QUOTES = str.maketrans("’‘ʼ`´“”„«»‑–—−", "'''''\"\"\"\"\"----")
_LATIN = "a-zA-Z\u00c0-\u024f"
_PIECE = re.compile(rf"\d+(?:[.,]\d+)*|[{_LATIN}]+|[^\W\d_{_LATIN}]+")
_WORD = re.compile(
    rf"\d+(?:[.,:]\d+)*[{_LATIN}]*|[{_LATIN}][{_LATIN}\d]*(?:'(?=s\b))?|[^\W\d_{_LATIN}]+"
)
_THOUSANDS = re.compile(r"^\d{1,3}(?:,\d{3})+$")
_TRAILING_ZEROS = re.compile(r"^(\d+)\.0+$")
_SUFFIXES = (
    *("ational", "ization", "isation", "fulness", "ations", "ements", "ingly"),
    *("ation", "ement", "ments", "iness", "ising", "izing", "ised", "ized"),
    *("ment", "ings", "ness", "ions", "ance", "ence", "able", "ible", "ates", "ated"),
    *("ing", "ies", "ers", "ors", "ion", "ise", "ize", "ate", "ous", "ive", "ant", "ent"),
    *("ed", "es", "er", "or", "ly"),
    *("s", "e", "y"),
)
_SHORTEST_CUT = 4  # letters of a word that has an ending to cut
_DOUBLING = ("ing", "ed", "er", "ers", "ings")
_SPELLINGS = {
    "license": "licenc",
    "licenses": "licenc",
    "licensed": "licenc",
    "licensing": "licenc",
    "labor": "labour",
    "color": "colour",
    "made": "make",
    "makes": "make",
    "making": "make",
    "sued": "sue",
    "sues": "sue",
    "suing": "sue",
    "used": "use",
    "uses": "use",
    "using": "use",
    "led": "lead",
    "paid": "pay",
    "sold": "sell",
    "won": "win",
    "ran": "run",
    "said": "say",
    "says": "say",
    "spent": "spend",
    "cost": "cost",
    "costs": "cost",
    "built": "build",
    "whose": "whose",
    "founded": "found",
    "founder": "found",
    "founders": "found",
    "taken": "take",
    "took": "take",
    "drew": "draw",
    "began": "begin",
    "shown": "show",
    "server": "server",
    "servers": "server",
    "series": "series",
    "news": "news",
}


_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "sekund", "segundo", "seconde"), "s"),
    **dict.fromkeys(("gb", "gig", "gigs", "gigabyt"), "gb"),
    **dict.fromkeys(("min", "mins", "minut", "minuten", "minuto"), "min"),
    **dict.fromkeys(("fps", "fram"), "fps"),
    **dict.fromkeys(("b", "billion"), "b"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of letters or a number, folded, with its place in the folded text."""

    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """Lower-case, unify quotes and widths, drop the accents of Latin letters."""
    text = text.translate(_QUOTES)
    if text.isascii():
        return text.lower()
    return "".join(_fold_character(c) for c in unicodedata.normalize("NFKC", text).lower())


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character < "\u0250":
        base = unicodedata.normalize("NFD", character)[0]
        return "ss" if base == "ß" else base
    return character


def number(text: str) -> str:
    """Write a number in one way: no thousands separators, no trailing zero decimals."""
    if _THOUSANDS.match(text):
        text = text.replace(",", "")
    match = _TRAILING_ZEROS.match(text)
    return match.group(1) if match else text


def pieces(folded: str) -> list[Piece]:
    """Split folded text between letters and digits: `wan2.7-t2v` -> wan 2.7 t 2 v."""
    return [
        Piece(number(m.group()) if m.group()[0].isdigit() else m.group(), m.start(), m.end())
        for m in _PIECE.finditer(folded)
    ]


def words(folded: str) -> list[Piece]:
    """Split folded text into words; letters and digits stay together: 1080p, 4k, a24."""
    found = []
    for match in _WORD.finditer(folded):
        text = match.group().rstrip("'")
        found.append(Piece(number(text) if text[0].isdigit() else text, match.start(), match.end()))
    return found


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Cut the ending of a folded word; the same stem for invest, invested, investors."""
    if word in _SPELLINGS:
        return _SPELLINGS[word]
    if len(word) < _SHORTEST_CUT or not word.isascii() or word[0].isdigit():
        return word
    for _ in range(3):
        shorter = _cut(word)
        if shorter == word:
            break
        word = shorter
    return word


def _cut(word: str) -> str:
    for suffix in _SUFFIXES:
        room = len(word) - len(suffix)
        if word.endswith(suffix) and room >= (3 if suffix == "s" else 4):
            cut = word[:room]
            doubled = cut[-1] == cut[-2] and cut[-1] not in "lse" and suffix in _DOUBLING
            return cut[:-1] if doubled else cut
    return word


def measured(number: str, unit: str) -> str | None:
    """Write a number and its unit in one way: `5`, `second` -> 5s; None for what is no unit."""
    short = _UNITS.get(stem(unit))
    return f"{number}{short}" if short and number[:1].isdigit() else None


def stems(text: str) -> list[str]:
    """Give the stems of all words of a text, in order."""
    return [stem(w.text) for w in words(fold(text))]


_UNCUT = (
    ("\u3040", "\u9fff"),  # kana, Han
    ("\uac00", "\ud7a3"),  # Hangul
    ("\u0400", "\u04ff"),  # Cyrillic
    ("\u0600", "\u06ff"),  # Arabic
    ("\u0900", "\u097f"),  # Devanagari
)


def is_uncut(text: str) -> bool:
    """Tell whether a text is in a script whose words are looked for within a text.

    Chinese and Japanese part no words; of the others no endings are cut, and Arabic glues its
    articles and prepositions to the front.
    """
    return any(low <= c <= high for c in text for low, high in _UNCUT)
