"""Lists whose entries have buttons of their own: a keycap says which button is whose."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.adapters.discord_bot import markdown
from bot.adapters.discord_bot.components import PER_ROW, ROWS, Row, button
from bot.adapters.discord_bot.parts import COLOURS, EMBED_TOTAL, EMBEDS, Part
from bot.core.model import ActionItem, Reply
from bot.core.services import Services

KEYCAPS = (*(f"{digit}\ufe0f\u20e3" for digit in range(1, 10)), "\N{KEYCAP TEN}")
_LIGHT = 2
"""Buttons up to which entries share rows and a frame; with more, each has its own."""

_ENTRY = 1000
"""Characters of one entry in a shared frame."""


async def add_items(services: Services, parts: list[Part], reply: Reply, taken: set[str]) -> None:
    """Add a reply's entries to the last message, and to further ones where it is full."""
    is_light = all(len(item.buttons) <= _LIGHT for item in reply.items)
    for number, item in enumerate(reply.items):
        buttons = [await button(services, shown, taken) for shown in item.buttons]
        keycap = KEYCAPS[number % len(KEYCAPS)]
        for drawn in buttons if is_light else buttons[:1]:
            drawn.emoji = keycap
        text = _text(item, keycap, reply, _ENTRY if is_light else markdown.EMBED_LIMIT - 10)
        if is_light:
            _add_light(parts, text, buttons, is_first=number == 0, reply=reply)
        else:
            _add_own(parts, text, buttons, reply)


def _text(item: ActionItem, keycap: str, reply: Reply, limit: int) -> str:
    drawn = markdown.pieces(item.text, reply.citations, limit) or ["–"]
    return f"{keycap} {drawn[0]}" if item.buttons else drawn[0]


Buttons = Sequence[discord.ui.Button[discord.ui.View]]


def _add_own(parts: list[Part], text: str, buttons: Buttons, reply: Reply) -> None:
    """Draw an entry in a frame and rows of its own."""
    rows = [Row(tuple(buttons[i : i + PER_ROW])) for i in range(0, len(buttons), PER_ROW)]
    used = sum(len(embed) for embed in parts[-1].embeds) + len(text)
    if len(parts[-1].rows) + len(rows) > ROWS or _is_full(parts[-1], used):
        parts.append(Part())
    parts[-1].embeds.append(discord.Embed(description=text, colour=COLOURS[reply.style]))
    parts[-1].rows += rows


def _add_light(
    parts: list[Part], text: str, buttons: Buttons, *, is_first: bool, reply: Reply
) -> None:
    """Put an entry below the one before, its buttons beside theirs."""
    frame = parts[-1].embeds[-1] if parts[-1].embeds and not is_first else None
    joined = f"{frame.description}\n\n{text}" if frame else text
    used = sum(len(embed) for embed in parts[-1].embeds) + len(text) + 2
    fits_row = bool(parts[-1].rows) and _has_room(parts[-1].rows[-1], len(buttons))
    needs_row = bool(buttons) and (is_first or not fits_row)
    is_full = len(parts[-1].rows) + needs_row > ROWS or _is_full(parts[-1], used)
    if is_full or frame is None or len(joined) > markdown.EMBED_LIMIT:
        if is_full:
            parts.append(Part())
        parts[-1].embeds.append(discord.Embed(description=text, colour=COLOURS[reply.style]))
    else:
        frame.description = joined
    if needs_row or (is_full and buttons):
        parts[-1].rows.append(Row(tuple(buttons)))
    elif buttons:
        parts[-1].rows[-1] = Row((*parts[-1].rows[-1].items, *buttons))


def _has_room(row: Row, count: int) -> bool:
    return len(row.items) + count <= PER_ROW


def _is_full(part: Part, used: int) -> bool:
    return len(part.embeds) >= EMBEDS or used > EMBED_TOTAL
