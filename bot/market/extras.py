"""What goes around an answer: corrected premises, other readings, ideas, related questions."""

from __future__ import annotations

from dataclasses import replace

from bot.market.conditions import Condition, Conditions
from bot.market.drafting import Ask, Draft
from bot.market.likely import likeliest
from bot.market.linking import Mention
from bot.market.text import stems
from prompts import has

_RELATED = ("price", "length", "audio", "licence", "released", "availability")
_MOST_CHOICES = 3
_MOST_IDEAS = 5
_THINGS = ("model", "product")
_OPEN = "open weights"
_CHECKED = ("kind", "audio", "country", "vendor", "status", "licence")


def correct_premise(ask: Ask, conditions: Conditions) -> list[str]:
    """Quote what contradicts something that a question takes for granted."""
    if not ask.reading.has("premise"):
        return []
    found = []
    for mention in ask.reading.mentions[:2]:
        owner = likeliest(ask, mention)
        if ask.knowledge.entities[owner].kind not in _THINGS:
            continue
        for condition in conditions.read(ask.reading):
            is_seller = condition.field == "vendor" and not ask.reading.has("maker")
            found += [] if is_seller else _contradiction(ask, owner, condition)
    if not found:
        return []
    subject = ask.name(likeliest(ask, ask.reading.mentions[0]))
    return [ask.say("answer.not_so", subject=subject), *found]


def _contradiction(ask: Ask, owner: int, condition: Condition) -> list[str]:
    """Quote what contradicts one condition; empty where nothing does."""
    rows = [r for r in ask.knowledge.facts(owner, condition.field) if r.fact.is_current]
    if condition.field == "licence" and not rows:  # Apache or MIT would make it open
        rows = [r for r in ask.knowledge.facts(owner, "kind") if r.fact.is_current]
        rows = [r for r in rows if _OPEN not in (r.fact.value or "")]
    if condition.field not in _CHECKED or not rows or condition.test(rows) is not None:
        return []
    found = ask.sentences(rows[:1])
    if "kind" in rows[0].asks and has("answer_table.closed", ask.locale):
        found.append(ask.say("answer_table.closed", subject=ask.name(owner)))
    return found


def name_readings(ask: Ask, draft: Draft) -> Draft:
    """Offer the other things that a name could mean, or name them where nobody can be asked."""
    mention = next((m for m in ask.reading.mentions if len(m.family) > 1 and not m.version), None)
    if mention is None or len(draft.entities) != 1 or draft.abstained:
        return draft
    meant = draft.entities[0]
    others = [o for o in mention.all if o != meant and ask.knowledge.entities[o].facts]
    if meant not in mention.all or not others:
        return draft
    names = [ask.name(o) for o in others[:_MOST_CHOICES]]
    if not ask.ask_back and ask.knowledge.entities[meant].kind not in _THINGS:
        return draft
    ask.notes.named.update(others[:_MOST_CHOICES])
    if not ask.ask_back:
        note = ask.say("answer.reading", subject=ask.name(meant), others=names)
        return replace(draft, sentences=(note, *draft.sentences))
    choices = tuple((name, _asked_of(ask, mention, name)) for name in names)
    return replace(draft, choices=choices)


def _asked_of(ask: Ask, mention: Mention, name: str) -> str:
    """Write the question with another name, or put the name before one that left it out."""
    asked = ask.reading.folded
    if asked[mention.start : mention.end] != mention.text:
        return f"{name}: {asked}"
    return asked[: mention.start] + name + asked[mention.end :]


def add_ideas(ask: Ask, draft: Draft) -> Draft:
    """Add the community's own accepted ideas to what is asked about uses."""
    reading = ask.reading
    asks_uses = "industry" in reading.asked or "k:usecase" in reading.tags
    if ask.ideas is None or not asks_uses or reading.mentions:
        return draft
    words = " ".join(u.text for u in reading.units if u.kind in ("word", "place"))
    ideas = list(ask.ideas(words or reading.text, _industry(ask)))[:_MOST_IDEAS]
    if not ideas:
        return draft
    note = ask.say("answer.community", ideas=ideas)
    if draft.abstained and draft.reason in ("unknown_fact", "off_topic"):
        return replace(
            draft, sentences=(*draft.sentences, note), abstained=False, reason=None, is_gap=True
        )
    return replace(draft, sentences=(*draft.sentences, note))


def _industry(ask: Ask) -> str | None:
    """Give the id of the industry that a question names, None where it names none."""
    asked = {k for u in ask.reading.units if u.weight >= 1 for k, _ in u.keys}
    known = dict.fromkeys(i for e in ask.knowledge.entities for i in e.industries)
    best: tuple[int, str | None] = (0, None)
    for identifier in known:
        said = stems(identifier.replace("-", " "))
        tags = {h.tag for h in ask.lexicon.synonyms.find(said)}
        likeness = 2 * len({f"w:{s}" for s in said} & asked) + len(tags & asked)
        best = max(best, (likeness, identifier), key=lambda found: found[0])
    return best[1]


def related(ask: Ask, draft: Draft) -> tuple[str, ...]:
    """Give up to three questions that the knowledge can answer about the same thing."""
    owner = next((o for o in draft.entities if ask.knowledge.entities[o].kind in _THINGS), None)
    if owner is None or draft.reason not in (None, "unknown_fact"):
        return ()
    fields = [f for f in _RELATED if f not in ask.reading.asked and ask.knowledge.facts(owner, f)]
    return tuple(ask.say(f"answer_related.{f}", subject=ask.name(owner)) for f in fields[:3])
