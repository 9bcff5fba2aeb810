"""Which language a question is in."""

from __future__ import annotations

from collections.abc import Mapping

from bot.market.text import fold, words


_TELLING = 3  # letters


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
    if any(c in "¿¡ñ" for c in text.lower()):
        return "es"
    found = {w.text for w in words(fold(text))}
    scores = {lang: len(found & ws) for lang, ws in stopwords.items()}
    for letter, lang in (("ß", "de"), ("ã", "pt"), ("õ", "pt"), ("è", "fr"), ("ê", "fr")):
        if letter in text.lower():
            scores[lang] = scores.get(lang, 0) + 1
    for lang in scores:  # one short word says little: die, son and no are English too
        if lang != "en" and scores[lang] == 1 and not _is_telling(found & stopwords[lang]):
            scores[lang] = 0
    best = max(scores, key=lambda lang: (scores[lang], lang == "en"))
    is_clear = scores[best] > scores.get("en", 0)
    return best if is_clear and best != "it" else "en"


def _is_telling(found: frozenset[str] | set[str]) -> bool:
    return not found or any(len(w) >= _TELLING for w in found)
