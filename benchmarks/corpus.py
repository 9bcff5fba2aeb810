"""Ideas by the million for the measurements: a grammar over real phrases, seeded.

Sentences are put together from a dozen kinds of parts (who, from what, what is shown, for whom,
where, why, how, by when) that are filled from the trades' words, from clauses of the example ideas
and from made-up names; how often a name comes up falls off as in a language. Two texts are seldom
alike, and no word stands in most of them.
"""

from __future__ import annotations

import random
import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import accumulate

from bot.tagging.lexicon import hints
from bot.tagging.train import read_examples

_PARTS = {
    "idea": (
        "{who} {shows} {audience} {topic}, {where}|{topic}: {clause}"
        "|{audience} {see} {topic} {when}|{source} {becomes} {form} about {topic} {purpose}"
        "|{who} {needs} {form} of {topic} {purpose}|{clause}. {form} with {topic}, {style}"
        "|{topic} and {topic}, {style}, {purpose}"
        "|what if {audience} could watch {topic} {when}?|{form}: {topic} {where}; {clause}"
        "|{who} in {town}: {topic}, {style}|Every {unit} {who} explain {topic} to {audience}"
        "|{clause} {purpose}|no more {source}: {topic} as {form}"
        "|{number} {unit}s of {topic} for {name}"
        "|{who} {needs} to convince {audience} of {topic} {when}, {style}"
        "|{topic} the way {name} tells it"
    ),
    "shows": ("show|walk through|teach|prepare|warn|convince|welcome|remind|brief|surprise"),
    "see": ("see|watch|rehearse|recognise|compare|understand|learn|vote on|get used to"),
    "becomes": ("becomes|turned into|is cut down to|ends up as|read aloud over|condensed to"),
    "needs": ("needs|would love|asks for|could use|has been waiting for|has no budget for"),
    "form": (
        "a {number} second clip|a loop|a short film|a silent animation|a vertical video"
        "|a teaser|three versions|a walk-through|a before and after|a tiny cartoon"
        "|a reconstruction|a tour"
    ),
    "source": (
        "the report|a voice note|the floor plan|two photos|the diary|minutes of the meeting"
        "|a log file|the old manual|a drawing|the spreadsheet|a letter from {name}"
        "|the {unit}ly newsletter|the script"
    ),
    "purpose": (
        "so that nobody is surprised|before anything is signed|because the text is never read"
        "|to settle the argument|so they ask better questions|instead of a ten page leaflet"
        "|to save a trip to {town}|so that newcomers keep up"
        "|because {name} retires in {month}|for those who cannot be there"
        "|without showing faces|to win the vote in {month}"
    ),
    "when": (
        "before {month}|on day {number}|the evening before|while they queue|every {unit}"
        "|in {month} already|after the next storm|between two shifts|at {number} past six"
        "|in the first {unit}"
    ),
    "where": (
        "in {town}|at the {town} branch|on the bus to {town}|at the counter"
        "|in the waiting room|on a phone in the field|behind the old mill of {town}"
        "|on the big screen|at {name}'s place|under the bridge"
    ),
    "style": (
        "no voice|in {number} languages|like a weather report|hand drawn|in rain and at night"
        "|very slowly|with subtitles|as if filmed from a drone|in the style of {name}"
        "|honest and short|with our mascot"
    ),
    "audience": (
        "newcomers|the neighbours|people over {number}|children of {number}|the whole crew"
        "|{name}'s team|visitors from {town}|those who never read|customers|the night shift"
        "|parents|beginners|the board"
    ),
    "unit": ("week|month|morning|season|shift|year|weekend|quarter"),
    "month": (
        "january|february|march|april|may|june|july|august|september|october|november"
        "|december|spring|autumn"
    ),
}
_SLOT = re.compile(r"\{(\w+)\}")
_TRADE_SLOTS = frozenset({"topic", "who", "clause"})
_NAMES = 60_000
_SYLLABLES = tuple(
    a + b + c
    for a in "bdfgklmnprstvwz"
    for b in ("a", "e", "i", "o", "u", "ai", "oo")
    for c in ("", "n", "r")
)
_ENDINGS = {
    "town": ("ford", "burg", "ville", "dorf", "stad", ""),
    "name": ("", "o", "son", "ek", "a"),
}


class Corpus:
    """Texts of one seed; the same numbers give the same texts in the same order."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)
        self._parts = {name: tuple(part.split("|")) for name, part in _PARTS.items()}
        self._topics = {
            industry: [t.replace("*", "") for t in terms] for industry, terms in hints().items()
        }
        self._clauses: dict[str, list[str]] = {}
        for example in read_examples():
            pieces = re.split(r"[,.:;]\s", example.text)
            self._clauses.setdefault(example.industry, []).extend(p for p in pieces if " " in p)
        self._industries = sorted(self._topics)
        self._named = {kind: self._make_names(kind) for kind in ("town", "name")}
        self._fall = list(accumulate(1 / (rank + 20) for rank in range(_NAMES)))

    def _make_names(self, kind: str) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < _NAMES:
            stem = "".join(self._random.choices(_SYLLABLES, k=self._random.choice((2, 2, 3))))
            found[stem.capitalize() + self._random.choice(_ENDINGS[kind])] = None
        return list(found)

    def texts(self, count: int) -> Iterator[tuple[str, str]]:
        """Give (industry, text), of one to three sentences and about 20 words."""
        for _ in range(count):
            industry = self._random.choice(self._industries)
            sentences = self._random.choice((1, 1, 1, 2, 2, 3))
            text = ". ".join(self._fill("{idea}", industry) for _ in range(sentences))
            yield industry, text[:1].upper() + text[1:]

    def query(self, text: str, words: int) -> str:
        """Give words of a text, as somebody remembers an idea: not its commonest ones."""
        known = sorted(set(re.findall(r"[^\W\d_]{4,}", text)))
        return " ".join(self._random.sample(known, min(words, len(known))))

    def _fill(self, pattern: str, industry: str) -> str:
        return _SLOT.sub(lambda slot: self._part(slot[1], industry), pattern)

    def _part(self, name: str, industry: str) -> str:
        pick = self._random
        if name == "number":
            return str(pick.choice((2, 3, 5, 6, 8, 10, 12, 15, 20, 30, 40, 60, 90)))
        if name in self._named:
            at = bisect(self._fall, pick.random() * self._fall[-1])
            return self._named[name][at]
        if name in _TRADE_SLOTS:
            return self._of_trade(name, industry)
        return self._fill(pick.choice(self._parts[name]), industry)

    def _of_trade(self, name: str, industry: str) -> str:
        topics: Sequence[str] = self._topics[industry]
        if name == "clause":
            return self._random.choice(self._clauses[industry]).strip(" .?!")
        if name == "who":
            return f"the {self._random.choice(topics)} people"
        return " and ".join(self._random.sample(topics, self._random.choice((1, 1, 2))))
