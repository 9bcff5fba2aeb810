"""What is no question about the market: small talk, orders, abuse, people in need."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from bot.market.lexicon import Hit, Lexicon, Phrases
from bot.market.model import Reason
from bot.market.reading import Reading
from bot.market.text import fold, words

_SHORT = 5  # words: a greeting with more behind it is more than a greeting
_ENDS = re.compile(r"(?<=[.!?;。！？；])(?:\s+|$)|\n+")


@dataclass(frozen=True, slots=True)
class Intent:
    """Something that people say; `id` names its text in replies/<locale>/answer_talk.j2."""

    id: str
    reason: Reason
    is_short: bool = False
    needs_cue: bool = False
    text: str = ""  # name of the text, where several intents share one
    together: tuple[int, ...] = ()  # numbers of groups of words per way to say it, see talk.yaml
    no_names: bool = False  # not where something that is known is named


class Talk:
    """Recognises what is said besides questions, from lexicon/talk.yaml."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Prepare the phrases of all languages: few enough to look for all of them."""
        self._intents: dict[str, Intent] = {}
        self._phrases = Phrases(exact=True)
        for entry in lexicon.raw["talk"]:
            self._intents[entry["id"]] = Intent(
                entry["id"],
                entry["reason"],
                bool(entry.get("short")),
                bool(entry.get("cue")),
                entry.get("text", entry["id"]),
                tuple(map(len, entry.get("together", ()))),
                bool(entry.get("no_names")),
            )
            for by_language in entry.get("words", {}).values():
                self._add(by_language, entry["id"])
            for way, groups in enumerate(entry.get("together", ())):
                for group, phrases in enumerate(groups):
                    self._add(phrases, f"{entry['id']}:{way}:{group}")
            self._add(entry.get("unless", ()), f"{entry['id']}:unless")

    def _add(self, phrases: Iterable[object], tag: str) -> None:
        for phrase in phrases:
            self._phrases.add(str(phrase), tag)

    @property
    def spelled(self) -> frozenset[str]:
        """Give the words that show an intent: also they may be misspelt."""
        return frozenset(self._phrases.spelled)

    def find(self, reading: Reading) -> Intent | None:
        """Give the first intent of the file that the words show."""
        spelled = [w.text for w in words(fold(reading.text))]
        hits = list(self._phrases.find(spelled, reading.folded))
        corrected = [w.text for w in reading.words]
        possessed = [w.removesuffix("s") for w in corrected]  # my sisters face
        also = (*self._phrases.find(corrected), *self._phrases.find(possessed))
        found = {h.tag for h in (*hits, *also)}
        for intent in self._intents.values():
            if intent.id == "cues" or not _is_shown(intent, found):
                continue
            if intent.needs_cue and not ("cues" in found or _is_order(intent, hits)):
                continue
            if intent.no_names and reading.mentions:
                continue
            if intent.is_short and not _is_only(reading, hits, intent):
                continue
            return intent
        return None

    def find_in_thread(self, reading: Reading, before: str) -> Intent | None:
        """Give an intent that shows only together with what was said: `how do I remove it?`."""
        spelled = [w.text for w in words(fold(reading.text))]
        now = {h.tag for h in self._phrases.find(spelled, reading.folded)}
        folded = fold(before)
        then = {h.tag for h in self._phrases.find([w.text for w in words(folded)], folded)}
        for intent in self._intents.values():
            ways = range(len(intent.together))
            begun = any(f"{intent.id}:{way}:0" in now for way in ways)
            is_asked = not intent.needs_cue or "cues" in now
            if begun and is_asked and intent.needs_cue and _is_shown(intent, now | then):
                return intent
        return None

    def without(self, reading: Reading, intent: Intent) -> str:
        """Give the sentences of a text that do not show the intent."""
        kept = []
        for sentence in sentences(reading.text):
            folded = fold(sentence)
            spelled = [w.text for w in words(folded)]
            if all(h.tag != intent.id for h in self._phrases.find(spelled, folded)):
                kept.append(sentence)
        return " ".join(kept)


def _is_shown(intent: Intent, found: AbstractSet[str]) -> bool:
    """Tell whether a phrase of an intent stands there, or a word of each group of one way."""
    if f"{intent.id}:unless" in found:
        return False
    return intent.id in found or any(
        all(f"{intent.id}:{way}:{group}" in found for group in range(groups))
        for way, groups in enumerate(intent.together)
    )


def _is_order(intent: Intent, hits: Sequence[Hit]) -> bool:
    """Tell whether the very first word is what is to be done: `remove the mark from this`."""
    return any(h.start == 0 and h.tag.startswith(f"{intent.id}:") for h in hits)


def _is_only(reading: Reading, hits: Sequence[Hit], intent: Intent) -> bool:
    """Tell whether nothing but this is said: a greeting with a question behind it is a question."""
    said = {i for h in hits if h.tag == intent.id for i in range(h.start, h.end)}
    left = [u for u in reading.units if u.weight >= 1 and u.start not in said]
    return not left and not reading.mentions and len(reading.words) - len(said) <= _SHORT


def sentences(text: str) -> list[str]:
    """Split at . ! ? ; and line ends, not inside numbers and names such as 2.0."""
    return [s.strip() for s in _ENDS.split(text) if s.strip()]
