"""`Will it run on my card?`: the memory of a card against what models need."""

from __future__ import annotations

from bot.market.conditions import amounts
from bot.market.drafting import Ask, Draft
from bot.market.knowledge import Row
from bot.market.likely import likeliest
from bot.market.lists import Match, is_ended, table_of

_MOST = 12
_MAKERS_ONLY = ("closed", "app")


def hardware(ask: Ask) -> Draft | None:
    """Say what runs on a card; None where no card and no memory is named."""
    card = _card(ask)
    stated = next((a.number for a in amounts(ask.reading.folded) if a.field == "vram"), None)
    sizes = [r for r in ask.knowledge.facts(card, "vram") if r.number] if card is not None else []
    models = [m for m in ask.reading.mentions if _kind(ask, likeliest(ask, m)) == "model"]
    if stated is None and not sizes:
        return _without_card(ask, [likeliest(ask, m) for m in models])
    memory = stated or max(r.number or 0.0 for r in sizes)
    head = []
    if card is not None and sizes and stated is None:
        head = ask.sentences(sizes[:3])
        memory = max(r.number or 0.0 for r in sizes)
    if models:
        parts = [_verdict(ask, likeliest(ask, m), memory) for m in models[:3]]
        owners = tuple(likeliest(ask, m) for m in models[:3])
        return Draft(sentences=(*head, *parts), entities=owners)
    return _fitting(ask, memory, head)


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
    rows = _needs(ask, owner)
    if not rows:
        kinds = ask.knowledge.facts(owner, "kind")
        is_closed = any((r.fact.value or "").startswith(_MAKERS_ONLY) for r in kinds)
        if is_closed:
            closed = ask.say("answer_table.closed", subject=ask.name(owner))
            return f"{closed} {ask.sentence(kinds[0])}"
        return ask.say(
            "answer_unknown.field", what="the memory needed", subject=ask.name(owner), nearest=""
        )
    fits = [r for r in rows if (r.number or 0.0) <= memory]
    said = " ".join(ask.sentences((fits or rows)[:3]))
    text = "answer_table.fits" if fits else "answer_table.too_small"
    return f"{ask.say(text)} {said}"


def _fitting(ask: Ask, memory: float, head: list[str]) -> Draft | None:
    found = []
    for owner, entity in enumerate(ask.knowledge.entities):
        if entity.kind == "model" and not is_ended(ask, owner):
            rows = [r for r in _needs(ask, owner) if (r.number or 0.0) <= memory]
            if rows:
                found.append(Match(owner, {"vram": rows[-1]}))
    if not found:
        return None
    found.sort(key=lambda m: -ask.knowledge.ranks[m.owner])
    size = int(memory) if memory == int(memory) else memory
    text = ask.say("answer_table.fitting", memory=size)
    return Draft(
        sentences=(*head, text),
        table=table_of(ask, found[:_MOST], ["vram"]),
        entities=tuple(m.owner for m in found[:_MOST]),
    )
