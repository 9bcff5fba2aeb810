"""`What should I use?`: options that fit, what each meets and misses, and what it would cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.market.conditions import Condition, Conditions, amounts
from bot.market.drafting import Ask, Draft
from bot.market.knowledge import Row
from bot.market.lists import is_ended
from bot.market.model import Table
from bot.market.sums import money, plain

_MOST = 6
_BUDGET_FROM = 5.0


@dataclass(frozen=True, slots=True)
class Option:
    """A model with the conditions that it meets and misses and its cheapest fitting price."""

    owner: int
    met: tuple[tuple[Condition, Row], ...]
    missed: tuple[Condition, ...]
    price: Row | None


def advise(ask: Ask, conditions: Conditions) -> Draft | None:
    """Rank what fits a role, constraints and a budget; None where nothing is constrained."""
    found = amounts(ask.reading.folded)
    seconds = next((a.number for a in found if a.field == "length"), None)
    budget = next(
        (a.number for a in found if a.field == "price" and a.number >= _BUDGET_FROM), None
    )
    wanted = [c for c in conditions.read(ask.reading) if c.field not in ("length", "price")]
    has_purpose = (
        wanted or seconds or "k:model" in ask.reading.tags or "length" in ask.reading.asked
    )
    if not has_purpose or any(u.kind == "unknown" for u in ask.reading.units):
        return None
    options = [
        _option(ask, owner, wanted)
        for owner, entity in enumerate(ask.knowledge.entities)
        if entity.kind == "model" and not is_ended(ask, owner)
    ]
    priced = [o for o in options if o.price is not None]
    if budget and seconds:
        priced = [o for o in priced if ((o.price and o.price.number) or 0) * seconds <= budget]
    priced.sort(key=lambda o: (len(o.missed), o.price.number if o.price else 0.0, o.owner))
    best = priced[:_MOST]
    if not best:
        return None
    rows = tuple(_row(ask, o, (seconds, budget)) for o in best)
    columns = [ask.say("answer_table.column_" + c) for c in ("option", "meets", "misses", "cost")]
    return Draft(
        sentences=(ask.say("answer_table.advised"),),
        table=Table(tuple(columns), rows),
        entities=tuple(o.owner for o in best),
    )


def _option(ask: Ask, owner: int, wanted: list[Condition]) -> Option:
    met, missed = [], []
    for condition in wanted:
        row = condition.test(ask.knowledge.facts(owner, condition.field))
        if row:
            met.append((condition, row))
        else:
            missed.append(condition)
    return Option(owner, tuple(met), tuple(missed), _price(ask, owner, wanted))


def _price(ask: Ask, owner: int, wanted: list[Condition]) -> Row | None:
    """Give the lowest price per second, at the size asked for where that is recorded."""
    rows = [
        r
        for r in ask.knowledge.facts(owner, "price")
        if r.value
        and r.value.type == "price_per_second"
        and r.fact.is_current
        and r.fact.verified
        and not r.fact.conflict
    ]
    size = next((c for c in wanted if c.field == "resolution" and c.at_least), None)
    at_size = [r for r in rows if size and r.fact.resolution and _lines(r) == size.at_least]
    silent = any(c.field == "audio" and not c.denied for c in wanted)
    usable = [r for r in at_size or rows if not (silent and r.fact.sound == "no")]
    return min(usable, key=lambda r: r.number or 0.0, default=None)


def _lines(row: Row) -> float | None:
    text = row.fact.resolution or ""
    known = {"2K": 1440.0, "4K": 2160.0}
    return known.get(text) or (float(text[:-1]) if text[:-1].isdigit() else None)


def has_budget(folded: str) -> bool:
    """Tell whether a question names an amount of money that is no price per second."""
    return any(a.field == "price" and a.number >= _BUDGET_FROM for a in amounts(folded))


def _row(ask: Ask, option: Option, asked: tuple[float | None, float | None]) -> tuple[str, ...]:
    seconds, budget = asked
    mark = ask.notes.mark
    meets = "; ".join(f"{c.label}: {r.fact.value} {mark(r)}" for c, r in option.met) or "-"
    misses = "; ".join(c.label for c in option.missed) or "-"
    cost = "-"
    if option.price and option.price.number is not None:
        fact = option.price.fact
        price = Decimal((fact.value or "").split()[0])
        held = ", ".join(q for q in (fact.variant, fact.resolution, fact.seller) if q)
        cost = f"{price} USD/s{f' ({held})' if held else ''} {mark(option.price)}"
        if seconds:
            total = money(price * Decimal(str(seconds)))
            cost += f": {plain(seconds)} s x {price} = {total} USD"
        elif budget:
            bought = int(Decimal(str(budget)) / price)
            cost += f": {plain(budget)} USD / {price} USD = {bought} s"
    return (ask.name(option.owner), meets, misses, cost)
