"""Which language a question is in."""

from __future__ import annotations

from collections.abc import Mapping

from bot.market.text import fold, words

_TELLING = 3  # letters
_SCRIPTS = (
    ("ru", "\u0400", "\u04ff"),
    ("ar", "\u0600", "\u06ff"),
    ("hi", "\u0900", "\u097f"),
)
_ONE_WORD = 2  # the most that a single word scores
_ALSO_ENGLISH = frozenset(
    ["per", "come", "plus", "pro", "model", "comment", "pour", "con", "son", "fines", "par"]
)
"""Common words of another language that English texts on this subject use, too."""


def detect(text: str, stopwords: Mapping[str, frozenset[str]]) -> str:
    """Give a two-letter code; English where nothing says otherwise. Stopwords are folded."""
    kana = sum("\u3040" <= c <= "\u30ff" for c in text)
    han = sum("\u4e00" <= c <= "\u9fff" for c in text)
    hangul = sum("\uac00" <= c <= "\ud7a3" for c in text)
    if kana:
        return "ja"
    if hangul:
        return "ko"
    if han:
        return "zh"
    script = next(
        (lang for lang, low, high in _SCRIPTS if any(low <= c <= high for c in text)), None
    )
    if script:
        return script
    if any(c in "¿¡ñ" for c in text.lower()):
        return "es"
    scores = _scores(text, stopwords)
    best = max(scores, key=lambda lang: (scores[lang], lang == "en"))
    is_clear = scores[best] > scores.get("en", 0)
    return best if is_clear else "en"


def _scores(text: str, stopwords: Mapping[str, frozenset[str]]) -> dict[str, int]:
    """Count the words that give each language away."""
    found = {w.text for w in words(fold(text))}
    scores = {lang: len(found & ws) for lang, ws in stopwords.items()}
    scores["en"] = scores.get("en", 0) + len(found & _ALSO_ENGLISH)
    for word in found - _ALSO_ENGLISH:  # a word of one language only says more than `was` or `in`
        owners = [lang for lang, ws in stopwords.items() if word in ws]
        if len(owners) == 1 and len(word) >= _TELLING:
            scores[owners[0]] += 1
    for lang, score in scores.items():  # one short word says little: `no`, `la`
        if (
            lang != "en"
            and score <= _ONE_WORD
            and len(found & stopwords[lang]) == 1
            and not _is_telling(found & stopwords[lang])
        ):
            scores[lang] = 0
    for letter, lang in (("ß", "de"), ("ã", "pt"), ("õ", "pt"), ("è", "fr"), ("ê", "fr")):
        if letter in text.lower():
            scores[lang] = scores.get(lang, 0) + 1
    return scores


def _is_telling(found: set[str]) -> bool:
    return any(len(w) >= _TELLING for w in found)
