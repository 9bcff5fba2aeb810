"""`What should I use?`: options that fit, what each meets and misses, and what it would cost."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.market.amounts import Amount, amounts
from bot.market.compare import spelled
from bot.market.conditions import Condition, Conditions
from bot.market.drafting import Ask, Draft
from bot.market.fitting import fitting
from bot.market.knowledge import Row
from bot.market.lists import is_ended
from bot.market.model import Table
from bot.market.sums import money, plain, total_seconds

_MOST = 6
_BUDGET_FROM = 5.0
_UNPRICED = 1000.0  # dollars a second: what has no price comes last
_WEIGHED = ("field", "word", "unknown", "must")


@dataclass(frozen=True, slots=True)
class Need:
    """What is to be made: seconds in all and in one piece, for how much money at most."""

    total: float | None
    piece: Amount | None
    budget: float | None


@dataclass(frozen=True, slots=True)
class Option:
    """A model with the conditions that it meets and misses and its cheapest fitting price."""

    owner: int
    met: tuple[tuple[Condition, Row], ...]
    missed: tuple[Condition, ...]
    price: Row | None
    longest: Row | None

    def falls_short(self, need: Need) -> bool:
        """Tell whether what is to be made takes several clips, or may do so."""
        if need.piece is None:
            return False
        return self.longest is None or (self.longest.number or 0.0) < need.piece.number

    def costs(self, need: Need) -> float:
        """Give what it costs in all, or a second where nobody says how many."""
        price = (self.price.number if self.price else None) or _UNPRICED
        return price * (need.total or 1.0)


def advise(ask: Ask, conditions: Conditions) -> Draft | None:
    """Rank what fits a role, constraints and a budget; None where nothing is constrained."""
    found = amounts(ask.reading.folded)
    budget = next(
        (a.number for a in found if a.field == "price" and a.number >= _BUDGET_FROM), None
    )
    piece = next((a for a in found if a.field == "length"), None)
    need = Need(total_seconds(found), piece, budget)
    wanted = [c for c in conditions.read(ask.reading) if c.field not in ("length", "price")]
    has_purpose = wanted or piece or budget or "k:model" in ask.reading.tags
    left = unweighed(ask, conditions)
    if not has_purpose and (left or not ask.reading.has("advice")):
        return None
    options = [
        _option(ask, owner, wanted)
        for owner, entity in enumerate(ask.knowledge.entities)
        if entity.kind == "model" and not is_ended(ask, owner)
    ]
    best = _best(options, need)
    if not best:
        return None
    columns = [ask.say("answer_table.column_" + c) for c in ("option", "meets", "misses", "cost")]
    note = [ask.say("answer_limits.unchecked", words=left)] if left else []
    elsewhere = [s for c in wanted if _nobody_meets(c, options) for s in _met_by_others(ask, c)]
    return Draft(
        sentences=(*elsewhere, *note, ask.say("answer_table.advised")),
        table=Table(tuple(columns), tuple(_row(ask, o, need) for o in best)),
        entities=tuple(o.owner for o in best),
    )


def _best(options: list[Option], need: Need) -> list[Option]:
    """Put what misses least first, then what does it in one clip, then what costs least."""
    priced = [o for o in options if o.price is not None or not need.budget]
    if need.budget and need.total:
        priced = [o for o in priced if o.costs(need) <= need.budget]
    priced.sort(key=lambda o: (len(o.missed), o.falls_short(need), o.costs(need), o.owner))
    least = len(priced[0].missed) if priced else 0
    return [o for o in priced if len(o.missed) <= least + 1][:_MOST]


def _nobody_meets(condition: Condition, options: list[Option]) -> bool:
    return all(condition in o.missed for o in options)


def _met_by_others(ask: Ask, condition: Condition) -> list[str]:
    """Quote what else meets a condition: free are some apps and plans, and no model."""
    rows = [
        row
        for owner, entity in enumerate(ask.knowledge.entities)
        if entity.kind in ("product", "plan", "model") and not is_ended(ask, owner)
        for row in [condition.test(ask.knowledge.facts(owner, condition.field))]
        if row is not None
    ]
    return ask.sentences(rows[:4])


def unweighed(ask: Ask, conditions: Conditions) -> list[str]:
    """Give the words of a question that became no condition, so that nobody counts on them."""
    explained = {c.field for c in conditions.read(ask.reading)} | {"price", "length"}
    spans = [h for h in ask.reading.hits if h.tag.partition(":")[0] in ("c", "k", "top", "op", "p")]
    return [
        u.text
        for u in ask.reading.units
        if u.kind in _WEIGHED
        and u.weight > 1
        and not explained & set(u.fields)
        and not any(h.start <= u.start < h.end for h in spans)
    ][:5]


def _option(ask: Ask, owner: int, wanted: list[Condition]) -> Option:
    met, missed = [], []
    for condition in wanted:
        rows = ask.knowledge.facts(owner, condition.field)
        row = condition.test(rows)
        if condition.unless_said and not rows:
            continue
        if row:
            met.append((condition, row))
        elif owner in condition.besides or condition.field:
            missed.append(condition)
    lengths = [r for r in ask.knowledge.facts(owner, "length") if _is_sure(r) and r.number]
    longest = max(lengths, key=lambda r: r.number or 0.0, default=None)
    return Option(owner, tuple(met), tuple(missed), _price(ask, owner, wanted), longest)


def _is_sure(row: Row) -> bool:
    return row.fact.is_current and row.fact.verified and not row.fact.conflict


def _price(ask: Ask, owner: int, wanted: list[Condition]) -> Row | None:
    """Give the lowest price per second at the size and with the sound asked for."""
    rows = [
        r
        for r in fitting(ask.knowledge.facts(owner, "price"), wanted)
        if r.value and r.value.type == "price_per_second" and _is_sure(r)
    ]
    return min(rows, key=lambda r: r.number or 0.0, default=None)


def wants_advice(ask: Ask) -> bool:
    """Tell whether somebody wants a choice: in words, with a budget, or as who they are."""
    found = amounts(ask.reading.folded)
    has_budget = any(a.field == "price" and a.number >= _BUDGET_FROM for a in found)
    is_role = ask.reading.has("role") and any(a.field == "length" for a in found)
    asks_fact = any(u.kind in ("unknown", "date") for u in ask.reading.units)
    return ask.reading.has("advice") or has_budget or (is_role and not asks_fact)


def _row(ask: Ask, option: Option, need: Need) -> tuple[str, ...]:
    mark = ask.notes.mark
    meets = [f"{c.label}: {spelled(ask, r)} {mark(r)}" for c, r in option.met]
    misses = [c.label for c in option.missed]
    if need.piece is not None:
        whole = ask.say("answer_limits.one_clip", length=need.piece.text)
        longest = option.longest
        limit = f"{longest.fact.value} {mark(longest)}" if longest else "?"
        (misses if option.falls_short(need) else meets).append(f"{whole} ({limit})")
    cells = ("; ".join(meets) or "-", "; ".join(misses) or "-")
    return (ask.name(option.owner), *cells, _cost(ask, option, need))


def _cost(ask: Ask, option: Option, need: Need) -> str:
    if option.price is None:
        return "-"
    fact = option.price.fact
    price = Decimal((fact.value or "").split()[0])
    sound = {"yes": "with sound", "no": "without sound"}.get(fact.sound or "")
    held = [fact.variant, fact.resolution, sound, fact.seller, fact.region, fact.condition]
    shown = ", ".join(h for h in held if h)
    cost = f"{price} USD/s{f' ({shown})' if shown else ''} {ask.notes.mark(option.price)}"
    if need.total:
        total = money(price * Decimal(str(need.total)))
        return f"{cost}: {plain(need.total)} s x {price} = {total} USD"
    if need.budget:
        bought = int(Decimal(str(need.budget)) / price)
        return f"{cost}: {plain(need.budget)} USD / {price} USD = {bought} s"
    return cost
