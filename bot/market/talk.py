"""What is no question about the market: small talk, orders, abuse, people in need."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
            )
            for by_language in entry["words"].values():
                for phrase in by_language:
                    self._phrases.add(str(phrase), entry["id"])

    def find(self, reading: Reading) -> Intent | None:
        """Give the first intent of the file that the words show."""
        spelled = [w.text for w in words(fold(reading.text))]
        hits = list(self._phrases.find(spelled, reading.folded))
        found = {h.tag for h in hits}
        for intent in self._intents.values():
            if intent.id not in found or intent.id == "cues":
                continue
            if intent.needs_cue and "cues" not in found:
                continue
            if intent.is_short and not _is_only(reading, hits, intent):
                continue
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


def _is_only(reading: Reading, hits: Sequence[Hit], intent: Intent) -> bool:
    """Tell whether nothing but this is said: a greeting with a question behind it is a question."""
    said = {i for h in hits if h.tag == intent.id for i in range(h.start, h.end)}
    left = [u for u in reading.units if u.weight >= 1 and u.start not in said]
    return not left and not reading.mentions and len(reading.words) - len(said) <= _SHORT


def sentences(text: str) -> list[str]:
    """Split at . ! ? ; and line ends, not inside numbers and names such as 2.0."""
    return [s.strip() for s in _ENDS.split(text) if s.strip()]
