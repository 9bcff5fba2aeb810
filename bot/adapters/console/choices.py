"""Buttons and menus as numbers: what a typed number, "y" or "n" stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.core.model import Button, Reply, Select, Style, Value

_YES, _NO = {"y", "yes"}, {"n", "no"}
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Numbered:
    """One thing that can be chosen; `item` is the index of the list entry that it belongs to."""

    number: int
    label: str
    command: str
    values: Mapping[str, Value] = field(default_factory=dict)
    opens_form: bool = False
    is_primary: bool = False
    item: int | None = None
    select: Select | None = None
    value: str = ""


def number_choices(reply: Reply) -> list[Numbered]:
    """Number everything that a reply offers, in the order in which it is drawn."""
    found: list[Numbered] = []
    for index, item in enumerate(reply.items):
        found += [replace(_button(b), item=index) for b in item.buttons if not b.url]
    for select in reply.selects:
        found += [
            Numbered(0, f"{c.label}{' *' if c.value in select.chosen else ''}", select.command,
                     dict(select.values), select=select, value=c.value)
            for c in select.choices
        ]  # fmt: skip
    found += [_button(b) for b in reply.buttons if not b.url]
    return [replace(one, number=number) for number, one in enumerate(found, 1)]


def by_menu(numbered: Sequence[Numbered]) -> list[tuple[str, list[Numbered]]]:
    """Group what can be chosen by menu, each with what it asks; buttons come together, last."""
    menus: dict[int, tuple[str, list[Numbered]]] = {}
    for one in numbered:
        if one.select is not None:
            menus.setdefault(id(one.select), (one.select.placeholder, []))[1].append(one)
    buttons = [one for one in numbered if one.select is None]
    return [*menus.values(), *([("", buttons)] if buttons else [])]


def _button(button: Button) -> Numbered:
    return Numbered(
        0,
        button.label,
        button.command,
        dict(button.values),
        opens_form=button.opens_form,
        is_primary=button.style in {Style.PRIMARY, Style.SUCCESS},
    )


def chosen(line: str, numbered: Sequence[Numbered]) -> Numbered | None:
    """Give what a line chooses, or None where it chooses nothing; several of a menu by commas."""
    typed = line.strip().lower().rstrip(".")
    if typed in _YES | _NO:
        return _by_word(typed, numbered)
    parts = typed.replace(" ", ",").split(",")
    if not all(p.isascii() and p.isdigit() and len(p) < 4 for p in parts):  # noqa: PLR2004
        return None
    by_number = {one.number: one for one in numbered}
    picked = [by_number[int(p)] for p in parts if int(p) in by_number]
    if len(picked) != len(parts):
        return None
    first = picked[0]
    if first.select is None:
        return first if len(picked) == 1 else None
    if any(p.select is not first.select for p in picked) or len(picked) > first.select.max_values:
        return None
    several = tuple(p.value for p in picked)
    value: Value = several if first.select.max_values > 1 else several[0]
    return replace(first, values={**first.values, first.select.name: value})


def _by_word(typed: str, numbered: Sequence[Numbered]) -> Numbered | None:
    """Read yes and no where a question offers just two ways and the first is the main one."""
    if len(numbered) != _PAIR or not numbered[0].is_primary:
        return None
    return numbered[0] if typed in _YES else numbered[1]
