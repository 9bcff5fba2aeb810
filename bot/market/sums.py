"""Arithmetic on facts: what seconds cost, how many seconds a budget buys; sums are shown."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from bot.market.amounts import Amount, amounts
from bot.market.compare import value
from bot.market.drafting import Ask, Draft
from bot.market.fitting import lines_of
from bot.market.knowledge import Row
from bot.market.likely import THINGS, likeliest
from bot.market.lookup import ended_first
from bot.market.text import stem, stems

_MOST = 6
_TELLING = ("variant", "place", "word")
_CENT = Decimal("0.01")
_BUDGET_FROM = 1.0  # dollars: less is a price per second


def reckon(ask: Ask) -> Draft | None:
    """Multiply seconds by the price of what is named, or divide a budget by it."""
    found = amounts(_without_names(ask))
    seconds = total_seconds(found)
    budget = next((a for a in found if a.field == "price" and a.number >= _BUDGET_FROM), None)
    asks_price = "price" in ask.reading.asked or _asks_nothing_else(ask, found)
    if not ask.reading.mentions or not ((seconds and asks_price) or budget):
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
    parts += [_no_price(ask, o) for o in owners[:3] if not prices(ask, o)]
    parts = [p for p in parts if p]
    counted = _counted(found)
    return Draft(sentences=("\n".join([*counted, *parts]),), entities=tuple(owners))


def _without_names(ask: Ask) -> str:
    """Blank the names in a question: `ten Hailuo 2.3 clips` are ten clips, not 2.3."""
    text = ask.reading.folded
    for mention in ask.reading.mentions:
        blank = " " * (mention.end - mention.start)
        text = text[: mention.start] + blank + text[mention.end :]
    return text


def _asks_nothing_else(ask: Ask, found: Sequence[Amount]) -> bool:
    """Tell whether only a length is named, perhaps with where and at which size: `25 s of X`."""
    is_said = any(a.field == "length" for a in found)
    words = ask.reading.words
    asked = (
        u
        for u in ask.reading.units
        if u.kind in ("field", "unknown")
        and u.weight >= 1
        and not any(u.start >= 0 and a.start <= words[u.start].start < a.end for a in found)
    )
    return is_said and not any(asked)


def total_seconds(found: Sequence[Amount]) -> float | None:
    """Give the seconds of film that a question asks for: ten clips of 8 s are 80."""
    length = next((a.number for a in found if a.field == "length"), None)
    count = next((a.number for a in found if a.field == "count"), None)
    return length * count if length and count else length


def _counted(found: Sequence[Amount]) -> list[str]:
    """Show how many seconds several clips are."""
    length = next((a.number for a in found if a.field == "length"), None)
    count = next((a.number for a in found if a.field == "count"), None)
    if not length or not count:
        return []
    return [f"{plain(count)} x {plain(length)} s = {plain(count * length)} s"]


def _no_price(ask: Ask, owner: int) -> str:
    """Say that no price per second is known; empty for what has no prices at all."""
    if ask.knowledge.entities[owner].kind not in THINGS:
        return ""
    label = ask.lexicon.fields["price"].named(ask.locale)
    return ask.say("answer_unknown.field", what=f"{label} (USD/s)", subject=ask.name(owner))


def prices(ask: Ask, owner: int) -> list[Row]:
    """Give the prices per second of something, those that fit the words of the question first."""
    rows = [
        r
        for r in ask.knowledge.facts(owner, "price")
        if r.value and r.value.type == "price_per_second" and r.fact.is_current
    ]
    size = next((a.number for a in amounts(ask.reading.folded) if a.field == "resolution"), None)
    rows = [r for r in rows if size is not None and lines_of(r) == size] or rows
    versions = [m.version for m in ask.reading.mentions if m.version]
    rows = [r for r in rows if all(v in (r.fact.variant or "") for v in versions)]
    denied = {stem(u.text) for u in ask.reading.units if u.kind == "denied"}
    rows = [r for r in rows if not denied & _held(r)]
    asked = {stem(u.text) for u in ask.reading.units if u.kind in _TELLING}
    fit = {r.index: len(asked & _held(r)) for r in rows}
    best = max(fit.values(), default=0)
    rows = [r for r in rows if fit[r.index] == best]
    rows.sort(key=lambda r: sum(q is not None for q in r.fact.qualifiers))
    return rows


def _held(row: Row) -> set[str]:
    """Give the words that say for what a price holds: its tier, its seller."""
    fact = row.fact
    held = (fact.variant, fact.seller, fact.region)
    return set(stems(" ".join(q for q in held if q)))


def _lines(ask: Ask, owner: int, rows: list[Row], asked: tuple[float | None, Amount | None]) -> str:
    seconds, budget = asked
    lines = []
    for row in rows[:_MOST]:
        price = Decimal((row.fact.value or "").split()[0])
        what = value(ask, row)
        if seconds and budget:
            each = (Decimal(str(seconds)) * price).normalize()  # cents would buy too few or many
            bought = int(Decimal(str(budget.number)) / each) if each else 0
            sum_ = f"{plain(seconds)} s x {price} USD = {each:f} USD; "
            sum_ += f"{plain(budget.number)} USD / {each:f} USD = {bought}"
        elif seconds:
            total = money(Decimal(str(seconds)) * price)
            sum_ = f"{plain(seconds)} s x {price} USD = {total} USD"
        elif budget and price:
            bought = int(Decimal(str(budget.number)) / price)
            sum_ = f"{plain(budget.number)} USD / {price} USD = {bought} s"
        else:
            continue
        lines.append(f"- {what}: {sum_}")
    if len(rows) > _MOST:
        lines.append(f"- {ask.say('answer_table.more')}")
    text = f"**{ask.name(owner)}**:\n" + "\n".join(lines)
    limit = _limit(ask, owner, seconds)
    return text + (f"\n{limit}" if limit else "")


def _limit(ask: Ask, owner: int, seconds: float | None) -> str:
    """Say that it takes several clips where one cannot be so long."""
    rows = [r for r in ask.knowledge.facts(owner, "length") if r.number and r.fact.is_current]
    rows = [r for r in rows if not r.fact.conflict]
    if not seconds or not rows:
        return ""
    longest = max(rows, key=lambda r: r.number or 0.0)
    if (longest.number or 0.0) >= seconds:
        return ""
    return ask.say(
        "answer_table.clip_limit", longest=longest.fact.value, mark=ask.notes.mark(longest)
    )


def money(amount: Decimal) -> str:
    """Round to cents."""
    return str(amount.quantize(_CENT, rounding=ROUND_HALF_UP))


def plain(number: float) -> str:
    """Write a number without needless decimals."""
    return f"{Decimal(str(round(number, 4))).normalize():f}"
