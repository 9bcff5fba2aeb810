"""What is said in the language of the question before facts are quoted in English."""

from __future__ import annotations

from collections.abc import Sequence

from bot.market.amounts import amounts
from bot.market.drafting import Ask
from bot.market.fitting import lines_of
from bot.market.knowledge import Row
from bot.market.text import fold, stem, words
from prompts import has


def in_words(ask: Ask, rows: Sequence[Row]) -> list[str]:
    """Say the value in the language of the question, and that the quotes are in English."""
    if ask.locale == "en" or not has("answer.quoted", ask.locale):
        return []
    said = []
    row = rows[0]
    asked = next((f for f in ask.reading.asked if f in row.asks), None)
    if asked and row.fact.value and row.value and row.value.type != "text":
        label = ask.lexicon.fields[asked].named(ask.locale)
        best = _as_asked(ask, row, asked)
        if best is not None:
            shown = {"subject": ask.name(best.owner), "label": label, "mark": ask.notes.mark(best)}
            said = [ask.say("answer.value", value=in_language(ask, best), **shown)]
    return [*said, ask.say("answer.quoted")]


def _as_asked(ask: Ask, row: Row, field: str) -> Row | None:
    """Give the fact whose value holds for the size, tier and place asked for; None if none does."""
    narrowing = [u for u in ask.reading.units if u.kind in ("number", "variant", "place")]
    sizes = {f"{int(a.number)}" for a in amounts(ask.reading.folded) if a.field == "resolution"}

    def fit(found: Row) -> int:
        held = {stem(w.text) for q in found.fact.qualifiers if q for w in words(fold(q))}
        lines = lines_of(found)
        right_size = bool(sizes) and lines is not None and f"{int(lines)}" in sizes
        region = fold(found.fact.region or "")
        places = [k[2:] for u in narrowing for k, _ in u.keys if k.startswith("p:")]
        right_place = any(p in region for p in places) if region else False
        said = sum(stem(u.text) in held for u in narrowing if u.text and u.kind == "variant")
        is_tier = found.fact.variant is not None and not said
        return right_size * 2 + right_place + said - is_tier

    rows = [r for r in ask.knowledge.facts(row.owner, field) if r.fact.is_current]
    best = max([row, *rows], key=fit) if narrowing else row
    is_other_size = bool(sizes) and lines_of(best) is not None and fit(best) < 2  # noqa: PLR2004
    return None if is_other_size else best


def in_language(ask: Ask, row: Row) -> str:
    """Write a value for people: dates in words."""
    value = row.fact.value or ""
    is_date = row.value is not None and row.value.type == "date"
    is_answer = row.value is not None and row.value.type == "yes_no" and value in ("yes", "no")
    if is_answer:
        return ask.say(f"answer_limits.{value}")
    if is_date:
        return ask.month(value)
    fact = row.fact
    held = ", ".join(q for q in (fact.variant, fact.resolution, fact.seller, fact.region) if q)
    return f"{value} ({held})" if held else value
