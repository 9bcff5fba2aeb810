"""Arithmetic on facts: what seconds cost, how many seconds a budget buys; sums are shown."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from bot.market.compare import value
from bot.market.conditions import Amount, amounts
from bot.market.drafting import Ask, Draft
from bot.market.knowledge import Row
from bot.market.likely import likeliest
from bot.market.lookup import ended_first

_MOST = 4
_CENT = Decimal("0.01")
_BUDGET_FROM = 1.0  # dollars: less is a price per second


def reckon(ask: Ask) -> Draft | None:
    """Multiply seconds by the price of what is named, or divide a budget by it."""
    found = amounts(ask.reading.folded)
    seconds = next((a for a in found if a.field == "length"), None)
    budget = next((a for a in found if a.field == "price" and a.number >= _BUDGET_FROM), None)
    asks_price = "price" in ask.reading.asked
    if not ask.reading.mentions or not ((seconds and asks_price) or (budget and not seconds)):
        return None
    owners = list(dict.fromkeys(likeliest(ask, m) for m in ask.reading.mentions))
    parts: list[str] = []
    for owner in owners[:3]:
        rows = prices(ask, owner)
        if rows:
            parts += ended_first(ask, rows)
            parts.append(_lines(ask, owner, rows, (seconds, budget)))
    if not parts:
        return None
    return Draft(sentences=("\n".join(parts),), entities=tuple(owners))


def prices(ask: Ask, owner: int) -> list[Row]:
    """Give the prices per second of something, those that fit the words of the question first."""
    rows = [
        r
        for r in ask.knowledge.facts(owner, "price")
        if r.value and r.value.type == "price_per_second" and r.fact.is_current
    ]
    units = [u for u in ask.reading.units if u.kind in ("number", "variant", "place", "word")]
    fit = {r.index: sum(ask.retriever.match(u, r.index) for u in units) for r in rows}
    rows.sort(key=lambda r: (-fit[r.index], sum(q is not None for q in r.fact.qualifiers)))
    return rows[:_MOST]


def _lines(
    ask: Ask, owner: int, rows: list[Row], asked: tuple[Amount | None, Amount | None]
) -> str:
    seconds, budget = asked
    lines = []
    for row in rows:
        price = Decimal((row.fact.value or "").split()[0])
        what = value(ask, row)
        if seconds:
            total = money(Decimal(str(seconds.number)) * price)
            sum_ = f"{plain(seconds.number)} s x {price} USD = {total} USD"
        elif budget and price:
            bought = int(Decimal(str(budget.number)) / price)
            sum_ = f"{plain(budget.number)} USD / {price} USD = {bought} s"
        else:
            continue
        lines.append(f"- {what}: {sum_}")
    text = f"**{ask.name(owner)}**:\n" + "\n".join(lines)
    limit = _limit(ask, owner, seconds)
    return text + (f"\n{limit}" if limit else "")


def _limit(ask: Ask, owner: int, seconds: Amount | None) -> str:
    """Say that it takes several clips where one cannot be so long."""
    rows = [r for r in ask.knowledge.facts(owner, "length") if r.number and r.fact.is_current]
    if not seconds or not rows:
        return ""
    longest = max(rows, key=lambda r: r.number or 0.0)
    if (longest.number or 0.0) >= seconds.number:
        return ""
    return ask.say(
        "answer_table.clip_limit", longest=longest.fact.value, mark=ask.notes.mark(longest)
    )


def money(amount: Decimal) -> str:
    """Round to cents."""
    return str(amount.quantize(_CENT, rounding=ROUND_HALF_UP))


def plain(number: float) -> str:
    """Write a number without needless decimals."""
    return str(int(number)) if number == int(number) else str(number)
