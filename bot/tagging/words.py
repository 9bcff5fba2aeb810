"""Words: where they stand in a text, how they are folded for comparing, which carry meaning."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Python's \w leaves out the vowel signs of Indic scripts, Arabic and Hebrew points, Thai vowels.
_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f"
    "\u0951-\u0957\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u0b82\u0bbe-\u0bcd\u0c3e-\u0c4d"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u200c\u200d"
)
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*")

# Scripts written without spaces (or, Korean, with particles and compounds glued on): a run of
# these is searched for substrings instead of being compared as a whole.
RUNNING = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u0e00-\u0e7f]")

_LATIN_LIKE = re.compile(r"[^\x00-\u024f\u0370-\u03ff\u0400-\u04ff\u1e00-\u1fff]")
_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ـ": None}
    | {chr(c): None for c in range(0x64B, 0x660)}
)
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe"})

_STOP = """
a about above after again all also am an and any are as at be because been before being
below between both but by can could did do does doing done down during each either else etc
even ever every few for from further get gets getting give gives go goes going got had has
have having he her here hers herself him himself his how i if in into is it its itself just
let lets like lot made make makes making many may maybe me might more most much must my myself
need needs no nor not of off on once one only onto or other our ours out over own per please
put really s same she should show shows so some such t than that the their theirs them
themselves then there these they this those through to too two under until up upon us use used
user using very via want wants was we were what when where which while who whom why will with
within without would yes yet you your yours d ll m re ve don doesn didn isn aren won can't
video videos clip clips film footage ai generate generated generates generating generator text
sora model tool short second seconds sec secs minute minutes min idea ideas case something
someone anyone people thing things way instead rather based auto automatically automatic
create creates created creating turn turns turned turning become becomes
"""
STOP = frozenset(_STOP.split())


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: folded for comparing, and where it stands (`text[start:end]`)."""

    folded: str
    start: int
    end: int


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Lower the case and drop accents of Latin, Greek and Cyrillic; unify Arabic letter forms."""
    lowered = unicodedata.normalize("NFKC", text).casefold()
    if lowered.isascii():
        return lowered
    if not _LATIN_LIKE.search(lowered):
        bare = "".join(
            c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c)
        )
        return bare.translate(_LETTERS)
    return lowered.translate(_ARABIC)


def words(text: str) -> list[Word]:
    """Split a text into its words, in order."""
    found = _WORD.finditer(text)
    return [Word(fold(m.group()), m.start(), m.end()) for m in found]


_ENDINGS = (
    ("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"),
    ("ings", ""), ("ing", ""), ("edly", ""), ("ed", ""), ("ers", "er"), ("s", ""),
)  # fmt: skip
_SHORTEST_STEM = 3
_SHORTEST_STEMMED = 5


@lru_cache(maxsize=65_536)
def stem(folded: str) -> str:
    """Cut the commonest English endings; both sides of a comparison are cut alike."""
    if len(folded) < _SHORTEST_STEMMED and not (folded.endswith("s") and len(folded) > 3):  # noqa: PLR2004
        return folded
    for ending, instead in _ENDINGS:
        if folded.endswith(ending) and len(folded) - len(ending) >= _SHORTEST_STEM:
            if ending == "s" and folded.endswith(("ss", "us", "is")):
                return folded
            cut = folded[: len(folded) - len(ending)] + instead
            if ending in {"ing", "ings", "ed"} and len(cut) > 1 and cut[-1] == cut[-2]:
                cut = cut[:-1]
            return cut.removesuffix("e") if len(cut) > _SHORTEST_STEM else cut
    return folded.removesuffix("e") if len(folded) >= _SHORTEST_STEMMED else folded


def content(text: str) -> dict[str, str]:
    """Give the words that carry meaning: stem -> the word as typed, in order of appearance.

    A run of a script without spaces gives its pairs of characters.
    """
    found: dict[str, str] = {}
    for word in words(text):
        typed = text[word.start : word.end]
        if RUNNING.search(word.folded):
            for at in range(max(1, len(word.folded) - 1)):
                found.setdefault(word.folded[at : at + 2], typed[at : at + 2])
        elif word.folded not in STOP and (len(word.folded) > 1 or word.folded.isdigit()):
            found.setdefault(stem(word.folded), typed)
    return found


def normalised(text: str) -> str:
    """Reduce a text to its folded words: two texts that agree here say the same."""
    return " ".join(word.folded for word in words(text))
