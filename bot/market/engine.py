"""Decides what a question wants done, lets that part answer, and puts the answer together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.market.advice import advise, wants_advice
from bot.market.carrying import carry
from bot.market.choosing import compared, found_or_listed
from bot.market.conditions import Conditions
from bot.market.drafting import Ask, Draft, Notes, briefly, joined, renumber
from bot.market.elsewhere import made_by, of_maker, of_others, of_version
from bot.market.extras import add_ideas, correct_premise, name_readings, related
from bot.market.hardware import hardware
from bot.market.introducing import define, profile
from bot.market.knowledge import Knowledge
from bot.market.lexicon import Lexicon
from bot.market.lookup import lookup
from bot.market.messages import Messages
from bot.market.model import Answer, IdeaLookup, Passage, Turn
from bot.market.parting import without_orders
from bot.market.reader import Reader
from bot.market.reading import Reading
from bot.market.retrieval import Retriever, Scored
from bot.market.sums import reckon
from bot.market.talk import Intent, Talk
from bot.market.timeline import timeline
from bot.market.unknowns import no_rates, unknown
from prompts import locales

_LONGEST = 2000  # characters of a question that are read
_STRONG = 0.8  # cover from which a quoted fact goes before a list
_STRONG_UNIT = 2.0
_TELLING = 1.5
_HINTED = 0.6
_FRAGMENT = 3  # words that are no question without what follows


def _is_foreign(ask: Ask) -> bool:
    """Tell whether a question was read in a language that no text is written in."""
    return ask.locale not in locales()


class Engine:
    """Answers questions from one state of the knowledge."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        """Prepare what all questions share."""
        self._knowledge = knowledge
        self._lexicon = lexicon
        self._reader = Reader(knowledge, lexicon)
        self._retriever = Retriever(knowledge, lexicon)
        self._talk = Talk(lexicon)
        self._conditions = Conditions(knowledge, lexicon)
        self._messages = Messages(self._reader)

    def read(self, question: str) -> Reading:
        """Read a question without answering it."""
        return self._reader.read(question[:_LONGEST])

    def answer(
        self,
        question: str,
        *,
        turns: Sequence[Turn],
        locale: str | None,
        today: date,
        ideas: IdeaLookup | None,
        ask_back: bool,
        max_age_days: int,
    ) -> tuple[Answer, dict[int, str]]:
        """Answer one message, see `Market.explain`."""
        reading = self._reader.read(question[:_LONGEST], locale)
        ask = Ask(
            knowledge=self._knowledge,
            lexicon=self._lexicon,
            retriever=self._retriever,
            reading=reading,
            notes=Notes(),
            today=today,
            locale=reading.locale,
            ask_back=ask_back,
            ideas=ideas,
            max_age_days=max_age_days,
        )
        draft = self._draft(ask, turns)
        draft = add_ideas(ask, draft)
        return self._finish(ask, draft)

    def _draft(self, ask: Ask, turns: Sequence[Turn]) -> Draft:
        if not ask.reading.words:
            return Draft(
                sentences=(ask.say("answer_unknown.empty"),), abstained=True, reason="unclear"
            )
        intent = self._intent(ask, turns)
        draft = self._talked(ask, intent) if intent else None
        if draft:
            return draft
        if ask.reading.has("order"):
            ask = self._again(ask, without_orders(ask.reading.text))
        alone = self._alone(ask) if turns else None
        if alone:
            return alone
        readings = self._messages.readings(ask.reading, turns)
        drafts = [self._one(replace(ask, reading=r)) for r in readings]
        return joined([briefly(d, len(drafts)) for d in drafts]) if len(drafts) > 1 else drafts[0]

    def _alone(self, ask: Ask) -> Draft | None:
        """Answer a whole question that points back at nothing by itself; None for any other.

        What was spoken of before would only bend it: `which open models run on 8 GB` is no
        question about the closed model of a minute ago.
        """
        reading = ask.reading
        names_a_kind = any(tag.startswith("k:") for tag in reading.tags)
        if not names_a_kind or reading.mentions or self._points_back(reading):
            return None
        if len(self._messages.readings(reading, ())) > 1:
            return None
        # Tried with notes of its own, which go if it is no answer.
        tried = self._one(replace(ask, notes=Notes()))
        return None if tried.abstained else self._one(ask)

    def _points_back(self, reading: Reading) -> bool:
        """Tell whether a message points at what was said before: `it`, `those`, `and ...?`."""
        at = {h.tag: h.start for h in reading.hits if h.tag == "op:follow"}
        pointing = [h for h in reading.hits if h.tag == "op:pronouns" and h.start >= 0]
        # Stemming reads every `the` as one of them, and a bare article points at nothing.
        is_pointing = any(reading.words[h.start].text != "the" for h in pointing)
        return at.get("op:follow") == 0 or is_pointing or reading.has("older", "newer", "those")

    def _intent(self, ask: Ask, turns: Sequence[Turn]) -> Intent | None:
        """Find what is said besides questions, also where it leans on the turn before."""
        said = [t.text for t in turns if t.role == "user"]
        found = self._talk.find(ask.reading)
        if found is None and said and ask.reading.has("pronouns"):
            return self._talk.find_in_thread(ask.reading, said[-1])
        return found

    def _one(self, ask: Ask) -> Draft:
        """Answer one question, with what it wrongly takes for granted put right first."""
        first = correct_premise(ask, self._conditions)
        if first and set(ask.reading.asked) <= {"vendor", "reason"}:
            return Draft(sentences=tuple(first), entities=ask.reading.entities[:1])
        draft = self._facts(self._behind_premise(ask) if first else ask)
        if first and draft.abstained:
            draft = replace(draft, sentences=(), abstained=False, reason=None)
        if first:
            draft = replace(draft, sentences=tuple(dict.fromkeys((*first, *draft.sentences))))
        draft = name_readings(ask, draft)
        return replace(draft, related=related(ask, draft))

    def _behind_premise(self, ask: Ask) -> Ask:
        """Read what is asked behind a wrong premise, as if its names had been said before."""
        before, _, behind = ask.reading.text.partition(",")
        if not behind.strip():
            return self._without_firms(ask)
        said = [Turn("user", before)]
        reading = carry(self._reader.read(behind, ask.locale), said, self._reader)
        return self._without_firms(replace(ask, reading=reading))

    def _without_firms(self, ask: Ask) -> Ask:
        """Leave out a firm that was wrongly named with a model."""
        models = [
            m
            for m in ask.reading.mentions
            if any(self._knowledge.entities[e].kind == "model" for e in m.all)
        ]
        return replace(ask, reading=replace(ask.reading, mentions=tuple(models)))

    def _talked(self, ask: Ask, intent: Intent) -> Draft | None:
        """Answer what is no question about the market; None if one hides in it."""
        if intent.id in ("about", "off_topic") and ask.reading.mentions:
            return None
        if intent.id == "explicit" and ask.reading.mentions:  # what its maker allows is known
            found = lookup(ask)
            if found:
                return found
        best = self._retriever.rank(ask.reading, limit=1) if intent.id == "off_topic" else []
        if any(s.cover >= _STRONG and self._holds_several(s, ask.reading) for s in best):
            return None
        if intent.id in ("off_topic", "injection", "insult", "greeting", "thanks", "about"):
            rest = self._talk.without(ask.reading, intent)
            asked = self._again(ask, rest) if rest != ask.reading.text else ask
            if rest and (intent.id == "off_topic" or rest != ask.reading.text):
                found = lookup(asked)
                if found:
                    return found
        return Draft(
            sentences=(ask.say(f"answer_talk.{intent.text}"),), abstained=True, reason=intent.reason
        )

    def _again(self, ask: Ask, text: str) -> Ask:
        return replace(ask, reading=self._reader.read(text, ask.locale))

    def _facts(self, ask: Ask) -> Draft:
        reading = ask.reading
        if reading.before is not None:
            return found_or_listed(ask, self._conditions) or unknown(ask)
        if any(m.version for m in reading.mentions):
            return reckon(ask) or of_version(ask) or unknown(ask)
        if reading.has("currency") and "price" in reading.asked:
            return no_rates(ask)
        found = self._reckoned(ask) or made_by(ask) or compared(ask, self._conditions)
        if not found and reading.has("timeline") and not self._asks_more(reading):
            found = timeline(ask)
        found = found or found_or_listed(ask, self._conditions)
        if not found and reading.has("timeline"):
            found = timeline(ask)
        found = found or of_maker(ask) or of_others(ask)
        if not found and reading.mentions and not [u for u in reading.units if u.weight >= 1]:
            found = profile(ask)
        if not found and not self._is_market(reading):
            return Draft(
                sentences=(ask.say("answer_talk.off_topic"),), abstained=True, reason="off_topic"
            )
        return found or unknown(ask)

    def _reckoned(self, ask: Ask) -> Draft | None:
        """Answer what takes more than facts: definitions, cards, advice, sums."""
        reading = ask.reading
        terms = {s[0] for s in reading.sides if self._knowledge.entities[s[0]].kind == "term"}
        is_asked = reading.has("define") or (reading.has("compare") and len(terms) > 1)
        found = define(ask) if is_asked else None
        found = found or hardware(ask, self._conditions)
        if not found and wants_advice(ask) and not reading.mentions:
            found = advise(ask, self._conditions)
        return found or reckon(ask)

    def _asks_more(self, reading: Reading) -> bool:
        """Tell whether something is asked besides what happened."""
        spans = [h for h in reading.hits if h.tag == "op:timeline"]
        return any(
            u.weight >= _STRONG_UNIT
            and u.kind in ("field", "word", "unknown")
            and not any(h.start <= u.start < h.end for h in spans)
            for u in reading.units
        )

    def _is_market(self, reading: Reading) -> bool:
        """Tell whether a question that nothing answers is at least about this market."""
        if reading.mentions:
            return True
        weights = [u.weight for u in reading.units if u.kind in ("field", "word", "place")]
        odd = [u.weight for u in reading.units if u.kind == "unknown"]
        asks_field = any(u.kind == "field" and u.weight >= _STRONG_UNIT for u in reading.units)
        if any(self._holds_several(s, reading) for s in self._retriever.rank(reading, limit=2)):
            return True
        return bool(weights) and (sum(weights) >= sum(odd) or (asks_field and len(odd) == 1))

    def _holds_several(self, scored: Scored, reading: Reading) -> bool:
        """Tell whether a fact has two of the telling words of a question."""
        said = [u for u in reading.units if u.kind == "word" and u.weight >= _TELLING]
        return sum(self._retriever.match(u, scored.row.index) >= _HINTED for u in said) > 1

    def _finish(self, ask: Ask, draft: Draft) -> tuple[Answer, dict[int, str]]:
        has_lines = any("\n" in s for s in draft.sentences)
        notice = (ask.say("answer.in_english", language=ask.locale),) if _is_foreign(ask) else ()
        body = ("\n" if has_lines else " ").join((*notice, *draft.sentences))
        text, table, citations, old_numbers = renumber(body, draft.table, ask.notes)
        passages = ask.notes.passages(self._knowledge)
        evidence = {new: passages[old] for old, new in old_numbers.items()}
        evidence[0] = self._names(ask, draft)
        vital = {old_numbers[n] for n in ask.notes.vital() & old_numbers.keys()}
        answer = Answer(
            text=text,
            citations=citations,
            table=table,
            abstained=draft.abstained,
            reason=draft.reason,
            entities=tuple(self._knowledge.entities[e].id for e in draft.entities),
            related=draft.related,
            choices=draft.choices,
            locale=ask.locale,
            is_gap=draft.is_gap,
            evidence=tuple(Passage(n, evidence[n], n in vital) for n in sorted(evidence)),
        )
        return answer, evidence

    def _names(self, ask: Ask, draft: Draft) -> str:
        """Give the names that an answer may use: numbers in names are no claims."""
        owners = {*draft.entities, *ask.reading.entities, *ask.notes.named}
        lines = {e.family for e in (self._knowledge.entities[o] for o in owners) if e.family}
        kin = [e.name for e in self._knowledge.entities if e.family in lines]
        labels = [c.label for c in self._conditions.read(ask.reading)]
        return "; ".join(
            [*(self._knowledge.entities[o].name for o in sorted(owners)), *kin, *labels]
        )
