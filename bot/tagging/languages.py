"""Other languages than English: which one a text is in, and its known words in English.

`lexicon/<language>.yaml` leads from English glosses to words of the language ("teacher: lehrer*,
lehrkraft*"). The glossed text goes the same way as an English one: through the keywords of the
taxonomy and the English embedding model. So a community's own industry, added with English
keywords, works in all languages, and an idea meets its like across languages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bot.tagging.lexicon import Entry, Hit, Lexicon, singular
from bot.tagging.wordpiece import english_words
from bot.tagging.words import Word, fold, words

FOLDER = Path(__file__).parent / "lexicon"

# The commonest short words, folded: enough to tell the Latin-script languages apart.
_COMMON = {
    "en": "the of and to a in is for with that on your you our we it be from this are how what "
    "by as who one an or so make show when into their my they can not have has at if before after",
    "es": "de la el que en y los se del las un por con una su para es al lo como mas o pero sus le "
    "ya este si porque esta cuando muy sin sobre desde hasta donde quien cada hacer nuestro",
    "pt": "de a o que e do da em um para com nao uma os no se na por mais as dos como mas ao das "
    "seu sua ou quando muito nos ja tambem pelo pela ate isso cada sem fazer partir uns",
    "fr": "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se avec "
    "son sa ou il sont ce cette aux comme mais nos vos notre chaque avant sans leur ses d l",
    "de": "der die und in den von zu das mit sich des auf fur ist im dem nicht ein eine als auch "
    "es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem uber einen so "
    "zum war zur vor jede jeder unser unsere wenn ohne damit",
    "it": "di e il la che in un a per e una con del non da i le si al dei nel della sono come piu "
    "ma lo gli alla anche delle se nella ogni dal prima senza nostro ai dalla degli chi",
    "nl": "de het een en van in is dat op te zijn met voor niet aan er om ook als dan maar bij uit "
    "door naar heeft wordt onze hoe wat elke voordat zonder je wij die deze",
    "pl": "i w na z sie do nie ze jest to o jak dla od po przez ich oraz co czy przed kazdy bez "
    "ktory ktora ktore aby tego jego za ale przy",
    "tr": "ve bir bu icin ile de da ne gibi daha cok en olarak olan kadar sonra her ama once nasil "
    "icin ya ki biz",
    "id": "yang dan di untuk dengan dari ini itu pada dalam ke tidak adalah akan atau kami bisa "
    "para sebelum agar oleh setiap kita sebuah",
    "sv": "och att det i en som pa ar av for med den till inte om ett har de kan vi fran var nar "
    "innan varje hur utan",
    "vi": "va cua la cho cac voi khong mot trong nhung de nguoi tu khi truoc moi duoc",
}
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("ar", re.compile(r"[\u0600-\u06ff]")),
    ("uk", re.compile(r"[іїєґІЇЄҐ]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
)
_MOSTLY = 0.2  # share of letters in a script from which it decides (names may be in Latin)
LEAST_GLOSSES = 2  # one known word says too little of an idea
_COMPOUNDING = frozenset({"de", "nl", "sv"})
_ENGLISH = 0.5  # share of words in the English vocabulary from which nothing else is asked
_ARTICLE = re.compile(r"^(?:وال|بال|لل|ال|و|ب|ل|ف)(?=.{3})")


@dataclass(frozen=True, slots=True)
class Gloss:
    """A text as English words in its order, and where each stands in the text."""

    text: str
    hits: tuple[Hit, ...]


@cache
def _common() -> dict[str, frozenset[str]]:
    return {language: frozenset(text.split()) for language, text in _COMMON.items()}


def guess(text: str) -> str:
    """Guess the language (ISO 639-1) of a text; English where nothing tells."""
    return script(text) or _guess_latin(words(text))


def script(text: str) -> str | None:
    """Give the language of a text that its script tells; None of the Latin one."""
    letters = sum(c.isalpha() for c in text) or 1
    for language, pattern in _SCRIPTS:
        if len(pattern.findall(text)) > _MOSTLY * letters or (
            language == "uk" and pattern.search(text)
        ):
            return language
    return None


def _guess_latin(text_words: Sequence[Word]) -> str:
    folded = [w.folded for w in text_words]
    counts = {lang: sum(w in common for w in folded) for lang, common in _common().items()}
    best = max(counts.values(), default=0)
    leaders = [lang for lang, count in counts.items() if count == best]
    if best and leaders == ["en"]:
        return "en"
    # Short texts tie: mostly English words are English; else what the lexicons know decides.
    if "en" in leaders and _share_english(folded) >= _ENGLISH:
        return "en"
    known = {lang: _known_words(lang, text_words) for lang in leaders if lang != "en"}
    most = max(known.values(), default=0)
    return max(known, key=lambda lang: known[lang]) if most else leaders[0]


def _share_english(folded: Sequence[str]) -> float:
    known = english_words()
    found = sum(w in known or singular(w) in known for w in folded)
    return found / len(folded) if folded else 1.0


def _known_words(language: str, text_words: Sequence[Word]) -> int:
    lexicon = _lexicon(language)
    return len(lexicon.find(text_words)) if lexicon else 0


def languages() -> tuple[str, ...]:
    """List the languages that have a lexicon."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def _lexicon(language: str) -> Lexicon | None:
    path = FOLDER / f"{language}.yaml"
    if not path.is_file():
        return None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  a safe loader
    return Lexicon(
        (
            (fold(term.strip()), Entry(str(gloss), 1.0))
            for gloss, terms in data.items()
            for term in str(terms).split(",")
        ),
        compounds=language in _COMPOUNDING,
    )


def gloss(text: str, language: str) -> Gloss | None:
    """Give the words of a text that its language's lexicon knows, in English; None if none."""
    lexicon = _lexicon(language)
    if lexicon is None:
        return None
    text_words = words(text)
    if language == "ar":
        text_words = [Word(_ARTICLE.sub("", w.folded), w.start, w.end) for w in text_words]
    hits = lexicon.find(text_words)
    if not hits:
        return None
    return Gloss(" ".join(hit.entry.label for hit in hits), tuple(hits))


def meaning(text: str, found: Gloss | None) -> str:
    """Give the text to embed: itself, or its English glosses where there are enough of them."""
    return found.text if found is not None and len(found.hits) >= LEAST_GLOSSES else text
