"""What one message asks: one question or several, each read with what was said before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.market.amounts import amounts
from bot.market.carrying import carry
from bot.market.model import Turn
from bot.market.parting import MOST, asks, by_fields, by_variants, by_years, is_numbered, parts_of
from bot.market.reader import Reader
from bot.market.reading import Reading

_STRONG_UNIT = 2.0
_BUDGET_FROM = 1.0  # dollars: less is a price per second
_FRAGMENT = 3  # words that are no question without what follows


class Messages:
    """Reads whole messages."""

    def __init__(self, reader: Reader) -> None:
        """Keep what parts are read with."""
        self._reader = reader

    def readings(self, whole: Reading, turns: Sequence[Turn]) -> list[Reading]:
        """Give one reading for each thing that a message asks, in its order."""
        parts = [(p, self._reader.read(p, whole.locale)) for p in parts_of(whole.text)]
        asking = self._which_ask(whole.text, parts)
        if 1 < sum(asking) <= MOST and not self._is_one(whole, parts):
            found = self._several([(*p, a) for p, a in zip(parts, asking, strict=True)], turns)
        else:
            found = [carry(self._asking(whole, parts, asking), turns, self._reader)]
        return [part for reading in found for part in self._apart(reading)]

    def _is_one(self, whole: Reading, parts: Sequence[tuple[str, Reading]]) -> bool:
        """Tell whether the sentences describe one need: a budget, or what to choose."""
        found = amounts(whole.folded)
        has_budget = any(a.field == "price" and a.number >= _BUDGET_FROM for a in found)
        if has_budget and len({m.key for m in whole.mentions}) == 1:
            return True
        names_thing = any(self._names_thing(r) for _, r in parts)
        return whole.has("advice") and not names_thing

    def _which_ask(self, text: str, parts: Sequence[tuple[str, Reading]]) -> list[bool]:
        if is_numbered(text):
            return [len(reading.words) > 0 for _, reading in parts]
        asking = [asks(part) or self._is_bare_question(reading) for part, reading in parts]
        if parts and parts[-1][1].has("compare"):
            asking[-1] = True
        return asking

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

    def _asking(
        self,
        whole: Reading,
        parts: Sequence[tuple[str, Reading]],
        asking: Sequence[bool],
    ) -> Reading:
        """Give the one question of a message, without remarks beside it that name other things.

        All of it where the question leans on the rest: `I need 4K and sound. What should I use?`
        """
        one = [r for (_, r), is_asking in zip(parts, asking, strict=True) if is_asking]
        others = [r for (_, r), is_asking in zip(parts, asking, strict=True) if not is_asking]
        if len(one) != 1 or not others or not self._names_thing(one[0]):
            return whole
        if any(amounts(r.folded) for r in others):
            return whole
        return one[0] if any(map(self._names_thing, others)) else whole

    def _names_thing(self, reading: Reading) -> bool:
        kinds = {self._reader.kind(e) for e in reading.entities}
        return bool(kinds & {"model", "product"})

    def _is_bare_question(self, reading: Reading) -> bool:
        """Tell whether a part without the form of a question asks all the same: `A vs B`."""
        asks_field = any(u.kind == "field" and u.weight >= _STRONG_UNIT for u in reading.units)
        return bool(reading.mentions) and asks_field

    def _apart(self, reading: Reading) -> list[Reading]:
        """Read `its price and its length` as two questions."""
        years = by_years(reading)
        if len(years) > 1:
            return years
        tiers = by_variants(reading)
        if len(tiers) > 1:
            return tiers
        return by_fields(reading) if self._is_plain(reading) else [reading]

    def _is_plain(self, reading: Reading) -> bool:
        """Tell whether facts are asked for one by one, and not a table, a list or a sum."""
        is_top = any(t.startswith("top:") for t in reading.tags)
        others = ("compare", "list", "timeline", "advice", "hardware", "premise")
        return not is_top and not reading.has(*others)


def _with_names_of(following: Reading | None, reading: Reading) -> Reading:
    """Read `how long` in `how long and how expensive was the Coca-Cola ad` of that ad."""
    if following is None or reading.mentions or len(reading.words) > _FRAGMENT:
        return reading
    return replace(reading, mentions=following.mentions)
