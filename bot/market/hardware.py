"""`Will it run on my card?`: the memory of a card against what models need."""

from __future__ import annotations

from bot.market.amounts import amounts
from bot.market.conditions import Condition, Conditions
from bot.market.drafting import Ask, Draft
from bot.market.knowledge import Row
from bot.market.likely import likeliest
from bot.market.lists import is_ended, list_of

_MAKERS_ONLY = ("closed", "app")
_STRONG = 2.0


def hardware(ask: Ask, conditions: Conditions) -> Draft | None:
    """Say what runs on a card; None where no card and no memory is named, or more is asked."""
    if not asks_hardware(ask):
        return None
    card = _card(ask)
    stated = next((a.number for a in amounts(ask.reading.folded) if a.field == "vram"), None)
    sizes = [r for r in ask.knowledge.facts(card, "vram") if r.number] if card is not None else []
    models = [m for m in ask.reading.mentions if _kind(ask, likeliest(ask, m)) == "model"]
    if stated is None and not sizes:
        return _without_card(ask, [likeliest(ask, m) for m in models])
    memory = stated or max(r.number or 0.0 for r in sizes)
    known = [r for r in sizes if stated is None or r.number == stated]
    head = ask.sentences(known[:3])
    if models:
        parts = [_verdict(ask, likeliest(ask, m), memory) for m in models[:3]]
        owners = tuple(likeliest(ask, m) for m in models[:3])
        return Draft(sentences=(*head, *parts, *_on_mac(ask, card, owners)), entities=owners)
    return _fitting(ask, memory, head, conditions)


def asks_hardware(ask: Ask) -> bool:
    """Tell whether it is asked what runs where: in words, or by naming a card and a model."""
    reading = ask.reading
    fields = [u for u in reading.units if u.kind == "field" and u.weight >= _STRONG]
    models = any(_kind(ask, e) == "model" for e in reading.entities)
    if models and any("vram" not in u.fields for u in fields):
        return False
    if reading.has("hardware") or "vram" in reading.asked:
        return True
    if _card(ask) is None:
        return False
    others = [u for u in reading.units if u.kind in ("word", "unknown") and u.weight >= 1]
    spans = [s for s in reading.sides if _kind(ask, s[0]) == "hardware"]
    words = reading.words
    return all(any(a <= words[u.start].start < b for _, a, b in spans) for u in others)


def _without_card(ask: Ask, owners: list[int]) -> Draft | None:
    """Say what a model needs where no card is known; None where it is no question of cards."""
    if not owners or not ask.reading.has("hardware"):
        return None
    parts = []
    for owner in owners[:3]:
        needs = _needs(ask, owner)
        parts += ask.sentences(needs[:3]) if needs else [_verdict(ask, owner, 0.0)]
        if needs:
            parts.append(ask.say("answer_table.no_card"))
    return Draft(sentences=tuple(dict.fromkeys(parts)), entities=tuple(owners))


def _kind(ask: Ask, owner: int) -> str:
    return ask.knowledge.entities[owner].kind


def _card(ask: Ask) -> int | None:
    """Give the graphics card that is named."""
    found = [s[0] for s in ask.reading.sides if _kind(ask, s[0]) == "hardware"]
    return found[0] if found else None


def _needs(ask: Ask, owner: int) -> list[Row]:
    rows = [r for r in ask.knowledge.facts(owner, "vram") if r.value and r.value.type == "memory"]
    current = [r for r in rows if r.fact.is_current and "weights" not in (r.fact.field or "")]
    return sorted(current, key=lambda r: r.number or 0.0)


def _verdict(ask: Ask, owner: int, memory: float) -> str:
    rows = _of_variant(ask, _needs(ask, owner))
    if not rows:
        kinds = ask.knowledge.facts(owner, "kind")
        is_closed = any((r.fact.value or "").startswith(_MAKERS_ONLY) for r in kinds)
        if is_closed:
            closed = ask.say("answer_table.closed", subject=ask.name(owner))
            return f"{closed} {ask.sentence(kinds[0])}"
        what = ask.lexicon.fields["vram"].named(ask.locale)
        return ask.say("answer_unknown.field", what=what, subject=ask.name(owner), nearest="")
    fits = [r for r in rows if (r.number or 0.0) <= memory]
    said = " ".join(ask.sentences((fits or rows)[:3]))
    text = "answer_table.fits" if fits else "answer_table.too_small"
    return f"{ask.say(text, memory=_plain(memory))} {said}"


def _of_variant(ask: Ask, rows: list[Row]) -> list[Row]:
    """Keep the needs of the variant that is named, such as 14B; all where none is."""
    said = {w.text for w in ask.reading.words}
    named = [r for r in rows if (r.fact.variant or "").lower() in said]
    return named or rows


def _on_mac(ask: Ask, card: int | None, owners: tuple[int, ...]) -> list[str]:
    """Say what is known of the model on a Mac, whose memory alone says little."""
    makers = ask.knowledge.entities[card].values("maker") if card is not None else ()
    if not any(f.value == "Apple" for f in makers):
        return []
    known = [
        ask.knowledge.rows[i]
        for owner in owners
        for i in ask.knowledge.rows_of[owner]
        if ask.knowledge.rows[i].fact.field == "mac_support"
    ]
    return ask.sentences(known[:2]) or [ask.say("answer_limits.no_mac")]


def _plain(memory: float) -> float:
    return int(memory) if memory == int(memory) else memory


def _fitting(ask: Ask, memory: float, head: list[str], conditions: Conditions) -> Draft | None:
    """List what fits, and meets the other conditions of the question."""
    size = _plain(memory)
    others = [c for c in conditions.read(ask.reading) if c.field not in ("vram", "price")]
    label = ask.say("answer_limits.memory", size=size)
    fits = Condition(label=label, field="vram", at_most=memory)
    found = list_of(ask, [fits, *others], "model")
    if found is None or all(is_ended(ask, o) for o in found.entities):
        return None
    sentences = found.sentences
    if not others:
        sentences = (ask.say("answer_table.fitting", memory=size), *sentences[1:])
    return Draft(sentences=(*head, *sentences), table=found.table, entities=found.entities)
