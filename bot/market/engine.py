"""Decides what a question wants done, lets that part answer, and puts the answer together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.market.advice import advise, has_budget
from bot.market.carrying import carry
from bot.market.compare import compare, subjects
from bot.market.conditions import Conditions
from bot.market.drafting import Ask, Draft, Notes, briefly, joined, renumber
from bot.market.elsewhere import of_maker, of_others, of_version
from bot.market.extras import add_ideas, correct_premise, name_readings, related
from bot.market.hardware import hardware
from bot.market.knowledge import Knowledge
from bot.market.lexicon import Lexicon
from bot.market.lists import listing, ranked_among, shown_too, superlative
from bot.market.lookup import define, lookup, profile
from bot.market.model import Answer, IdeaLookup, Passage, Turn
from bot.market.parting import MOST, asks, by_fields, parts_of, without_orders
from bot.market.reader import Reader
from bot.market.reading import Reading
from bot.market.retrieval import Retriever, Scored
from bot.market.sums import reckon
from bot.market.talk import Intent, Talk
from bot.market.text import stem
from bot.market.timeline import timeline
from bot.market.unknowns import no_rates, unknown

_LONGEST = 2000  # characters of a question that are read
_STRONG = 0.8  # cover from which a quoted fact goes before a list
_STRONG_UNIT = 2.0
_TELLING = 1.5
_HINTED = 0.6
_FRAGMENT = 3  # words that are no question without what follows


class Engine:
    """Answers questions from one state of the knowledge."""

    def __init__(self, knowledge: Knowledge, lexicon: Lexicon) -> None:
        """Prepare what all questions share."""
        self._knowledge = knowledge
        self._lexicon = lexicon
        self._reader = Reader(knowledge, lexicon)
        self._retriever = Retriever(knowledge)
        self._talk = Talk(lexicon)
        self._conditions = Conditions(knowledge, lexicon)

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
        intent = self._talk.find(ask.reading)
        if intent:
            draft = self._talked(ask, intent)
            if draft:
                return draft
        if ask.reading.has("order"):
            ask = self._again(ask, without_orders(ask.reading.text))
        parts = [(p, self._reader.read(p, ask.locale)) for p in parts_of(ask.reading.text)]
        asking = [asks(p) or self._is_bare_question(r) for p, r in parts]
        if parts and parts[-1][1].has("compare"):
            asking[-1] = True
        if not 1 < sum(asking) <= MOST:
            readings = [carry(ask.reading, turns, self._reader)]
        else:
            readings = self._several([(*p, a) for p, a in zip(parts, asking, strict=True)], turns)
        readings = [part for r in readings for part in self._apart(r)]
        drafts = [self._one(replace(ask, reading=r)) for r in readings]
        return joined([briefly(d, len(drafts)) for d in drafts]) if len(drafts) > 1 else drafts[0]

    def _several(
        self, parts: Sequence[tuple[str, Reading, bool]], turns: Sequence[Turn]
    ) -> list[Reading]:
        """Read each of several questions; a later one may lean on those before it."""
        readings, said = [], list(turns)
        for position, (part, read, is_asking) in enumerate(parts):
            if is_asking:
                following = parts[position + 1][1] if position + 1 < len(parts) else None
                readings.append(carry(_with_names_of(following, read), said, self._reader))
            if read.words:
                said.append(Turn("user", part))
        return readings

    def _is_bare_question(self, reading: Reading) -> bool:
        """Tell whether a part without the form of a question asks all the same: `A vs B`."""
        asks_field = any(u.kind == "field" and u.weight >= _STRONG_UNIT for u in reading.units)
        return bool(reading.mentions) and asks_field

    def _apart(self, reading: Reading) -> list[Reading]:
        """Read `its price and its length` as two questions."""
        return by_fields(reading) if self._is_plain(reading) else [reading]

    def _is_plain(self, reading: Reading) -> bool:
        """Tell whether facts are asked for one by one, and not a table, a list or a sum."""
        is_top = any(t.startswith("top:") for t in reading.tags)
        others = ("compare", "list", "timeline", "advice", "hardware", "premise")
        return not is_top and not reading.has(*others)

    def _one(self, ask: Ask) -> Draft:
        """Answer one question, with what it wrongly takes for granted put right first."""
        first = correct_premise(ask, self._conditions)
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
            return self._found_or_listed(ask) or unknown(ask)
        if any(m.version for m in reading.mentions):
            return of_version(ask) or unknown(ask)
        if reading.has("currency") and "price" in reading.asked:
            return no_rates(ask)
        found = self._reckoned(ask) or self._compared(ask)
        if not found and reading.has("timeline") and not self._asks_more(reading):
            found = timeline(ask)
        found = found or self._found_or_listed(ask)
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
        found = define(ask) if reading.has("define") else None
        found = found or hardware(ask, self._conditions)
        wants_advice = reading.has("advice") or has_budget(reading.folded)
        if not found and wants_advice and not reading.mentions:
            found = advise(ask, self._conditions)
        return found or reckon(ask)

    def _compared(self, ask: Ask) -> Draft | None:
        """Rank the things named, or set them side by side."""
        if ask.reading.has("when") or len(ask.reading.mentions) < 2:  # noqa: PLR2004
            return compare(ask)
        return ranked_among(ask, subjects(ask)) or compare(ask)

    def _asks_more(self, reading: Reading) -> bool:
        """Tell whether something is asked besides what happened."""
        spans = [h for h in reading.hits if h.tag == "op:timeline"]
        return any(
            u.weight >= _STRONG_UNIT
            and u.kind in ("field", "word", "unknown")
            and not any(h.start <= u.start < h.end for h in spans)
            for u in reading.units
        )

    def _found_or_listed(self, ask: Ask) -> Draft | None:
        """Quote facts, list what meets conditions, or both where both fit well."""
        narrowed = ask.reading.before is not None
        found = None if narrowed else self._by_variant(ask) or lookup(ask)
        listed = None
        if not self._is_about_one(ask.reading):
            listed = self._superlative(ask) or self._listing(ask)
        if not listed or (found and listed.strength < found.strength):
            return found or listed
        if found and found.strength >= _STRONG and self._says_so(ask, found):
            sentences = (*found.sentences[:2], *listed.sentences)
            return replace(listed, sentences=sentences, entities=found.entities + listed.entities)
        return listed

    def _by_variant(self, ask: Ask) -> Draft | None:
        """Answer `Veo 3.1 or Veo 3.1 Fast`: one entity, once in general and once per variant."""
        mentions = ask.reading.mentions
        names = {m.all for m in mentions}
        if not ask.reading.has("compare") or len(mentions) == 1 or len(names) != 1:
            return None
        drafts = []
        for mention in mentions:
            units = tuple(
                u
                for u in ask.reading.units
                if u.kind != "variant" or u.text in mention.extra or u.start >= 0
            )
            reading = replace(ask.reading, mentions=(mention,), units=units)
            draft = lookup(replace(ask, reading=reading))
            if draft:
                drafts.append(replace(draft, sentences=draft.sentences[:2]))
        return joined(drafts) if len(drafts) > 1 else None

    def _says_so(self, ask: Ask, found: Draft) -> bool:
        """Tell whether the fact quoted has the very word of the superlative: `best open model`."""
        spans = [h for h in ask.reading.hits if h.tag.startswith("top:")]
        said = {stem(ask.reading.words[h.start].text) for h in spans if h.start >= 0}
        rows = found.rows[:1]
        return any(
            self._knowledge.postings(f"w:{word}").get(row, 0) >= 1 for word in said for row in rows
        )

    def _superlative(self, ask: Ask) -> Draft | None:
        spans = [h for h in ask.reading.hits if h.tag.startswith("top:")]
        spans += [h for h in ask.reading.hits if h.tag[:2] in ("c:", "k:", "f:", "p:")]
        left = [
            u
            for u in ask.reading.units
            if u.kind in ("word", "unknown")
            and u.weight >= 1
            and not any(h.start <= u.start < h.end for h in spans)
        ]
        names_things = "k:model" in ask.reading.tags or bool(ask.reading.mentions)
        if any(u.kind == "unknown" or not names_things for u in left):
            return None  # the best of something else
        return superlative(ask, self._conditions)

    def _listing(self, ask: Ask) -> Draft | None:
        explained = {c.field for c in self._conditions.read(ask.reading)}
        explained |= set(shown_too(ask)) if explained else set()
        spans = [h for h in ask.reading.hits if h.tag[:2] in ("c:", "k:")]
        left = [
            u
            for u in ask.reading.units
            if u.weight >= _STRONG_UNIT
            and u.kind in ("field", "word", "unknown")
            and not explained & set(u.fields)
            and not any(h.start <= u.start < h.end for h in spans)
        ]
        return None if left else listing(ask, self._conditions)

    def _is_about_one(self, reading: Reading) -> bool:
        """Tell whether a question is about things that no list of models can answer."""
        spans = [h for h in reading.hits if h.tag.startswith("c:") and h.start >= 0]
        texts = [" ".join(w.text for w in reading.words[h.start : h.end]) for h in spans]
        named = [m for m in reading.mentions if m.text not in texts]
        kinds = {self._knowledge.entities[e].kind for m in named for e in m.all}
        if not kinds:
            return False
        is_top = any(t.startswith("top:") for t in reading.tags)
        if kinds == {"figure"}:
            return not is_top
        return not kinds & {"model", "company"} or ("model" in kinds and not is_top)

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
        body = ("\n" if has_lines else " ").join(draft.sentences)
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


def _with_names_of(following: Reading | None, reading: Reading) -> Reading:
    """Read `how long` in `how long and how expensive was the Coca-Cola ad` of that ad."""
    if following is None or reading.mentions or len(reading.words) > _FRAGMENT:
        return reading
    return replace(reading, mentions=following.mentions)
