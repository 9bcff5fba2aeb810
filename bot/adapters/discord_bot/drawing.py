"""A reply as Discord messages: text, embeds, components and a file, within every limit."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import discord

from bot.adapters.discord_bot import markdown
from bot.adapters.discord_bot.components import ROWS, Row, button_rows, form_button, menu, view_of
from bot.adapters.discord_bot.tables import table_text
from bot.core.model import ActionItem, File, Reply, Style
from bot.core.services import Services
from prompts import render

_EMBED_TOTAL = 5900
"""Discord counts 6,000 characters over all embeds of a message; a margin for counting otherwise."""

_TITLE, _FOOTER, _NAME, _VALUE, _FIELDS = 256, 2048, 256, 1024, 25
_COLOURS = {
    Style.PLAIN: discord.Colour(0x5865F2),
    Style.PRIMARY: discord.Colour(0x5865F2),
    Style.SUCCESS: discord.Colour(0x248046),
    Style.DANGER: discord.Colour(0xDA373C),
}
_KEYCAPS = tuple(f"{digit}\ufe0f\u20e3" for digit in range(1, 10))


@dataclass(slots=True)
class Part:
    """One Discord message."""

    content: str = ""
    embeds: list[discord.Embed] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    file: File | None = None

    def to_send(self) -> dict[str, Any]:
        """Give the arguments for sending a new message."""
        given = {
            "content": self.content or None,
            "embeds": self.embeds or None,
            "view": view_of(self.rows),
            "file": self._file(),
        }
        return {name: value for name, value in given.items() if value is not None}

    def to_edit(self) -> dict[str, Any]:
        """Give the arguments for replacing all that a message shows."""
        return {
            "content": self.content or None,
            "embeds": self.embeds,
            "view": view_of(self.rows),
            "attachments": [file] if (file := self._file()) else [],
        }

    def _file(self) -> discord.File | None:
        """Open the file anew: discord.py closes it after each attempt."""
        if self.file is None:
            return None
        description = self.file.alt_text[:1024] or None
        return discord.File(self.file.path, filename=self.file.name, description=description)


async def draw(
    services: Services, reply: Reply, locale: str, *, file_limit_bytes: int | None = None
) -> list[Part]:
    """Draw a reply as one or more messages, in order; at least one.

    Args:
        services: for the ids of buttons.
        reply: what is said.
        locale: of the few words that this adapter adds.
        file_limit_bytes: what the place takes; a larger file is zipped, or refused in words.
    """
    parts = _embedded(reply) if _needs_embed(reply) else _spoken(reply)
    await _add_components(services, parts, reply, locale)
    if reply.file is not None:
        await _attach(parts[-1], reply.file, file_limit_bytes, locale)
    if not (parts[0].content or parts[0].embeds or parts[0].file):
        parts[0].content = render("discord.nothing", locale)
    return parts


def _needs_embed(reply: Reply) -> bool:
    return bool(reply.title or reply.fields or reply.items or reply.style is not Style.PLAIN)


def _text(reply: Reply) -> str:
    if reply.table is None:
        return reply.text
    return f"{reply.text}\n\n{table_text(reply.table)}".strip()


def _spoken(reply: Reply) -> list[Part]:
    """Say it in plain messages: what reads best for an answer, also on a phone."""
    small = markdown.source_lines(reply.citations)
    small += _small(reply.footer)
    pieces = markdown.pieces(_text(reply), reply.citations)
    return [Part(content=piece) for piece in _with_lines(pieces, small, markdown.MESSAGE_LIMIT)]


def _small(text: str) -> list[str]:
    drawn = markdown.line(text)
    return [f"-# {line}" for line in drawn.split("\n") if line.strip()]


def _with_lines(pieces: list[str], lines: Sequence[str], limit: int) -> list[str]:
    """Put lines below the last piece; those that do not fit begin a new one."""
    out = list(pieces) or [""]
    for number, line in enumerate(line for line in lines if len(line) <= limit):
        mark = "" if not out[-1] else "\n\n" if number == 0 else "\n"
        joined = out[-1] + mark + line
        if len(joined) <= limit:
            out[-1] = joined
        else:
            out.append(line)
    return out


def _embedded(reply: Reply) -> list[Part]:
    """Draw it in a coloured frame; what exceeds one frame goes on in further messages."""
    colour = _COLOURS[reply.style]
    small = markdown.source_lines(reply.citations)
    pieces = markdown.pieces(_text(reply), reply.citations, markdown.EMBED_LIMIT)
    descriptions = _with_lines(pieces, small, markdown.EMBED_LIMIT)
    embeds = [discord.Embed(description=text or None, colour=colour) for text in descriptions]
    title = markdown.pieces(reply.title.replace("\n", " "), (), _TITLE)
    embeds[0].title = title[0] if title else None
    _add_fields(embeds, reply)
    if reply.footer:
        embeds[-1].set_footer(text=markdown.words(reply.footer, _FOOTER))
    return _packed(embeds)


def _add_fields(embeds: list[discord.Embed], reply: Reply) -> None:
    for shown in reply.fields:
        value = markdown.pieces(shown.value, reply.citations, _VALUE) or ["–"]
        name = markdown.escape(markdown.words(shown.name, 120))[:_NAME] or "–"
        is_full = len(embeds[-1].fields) >= _FIELDS
        if is_full or len(embeds[-1]) + len(name) + len(value[0]) > _EMBED_TOTAL:
            embeds.append(discord.Embed(colour=embeds[0].colour))
        embeds[-1].add_field(name=name, value=value[0], inline=shown.is_inline)


def _packed(embeds: Sequence[discord.Embed]) -> list[Part]:
    """Put as many frames into each message as Discord's total allows."""
    parts = [Part()]
    for embed in embeds:
        total = sum(len(other) for other in parts[-1].embeds) + len(embed)
        if parts[-1].embeds and (total > _EMBED_TOTAL or len(parts[-1].embeds) == 10):  # noqa: PLR2004  Discord's limit
            parts.append(Part())
        parts[-1].embeds.append(embed)
    return parts


# --- components -------------------------------------------------------------------------------


async def _add_components(services: Services, parts: list[Part], reply: Reply, locale: str) -> None:
    """Add the items with their rows, then the menus, the buttons and the form below the last."""
    taken: set[str] = set()
    last: list[Row] = []
    for select in reply.selects:
        drawn = await menu(services, select, taken)
        last += [drawn] if drawn else []
    last += await form_button(services, reply, locale, taken)
    last += await button_rows(services, reply.buttons, taken)
    last = last[:ROWS]
    for number, item in enumerate(reply.items):
        rows = await _item_rows(services, item, number, taken)
        part = _room_for(parts, item, len(rows))
        _add_item(part, item, number, reply)
        part.rows += rows
    if len(parts[-1].rows) + len(last) > ROWS:
        parts.append(Part(content="\u200b"))
    parts[-1].rows += last


def _room_for(parts: list[Part], item: ActionItem, rows: int) -> Part:
    used = sum(len(embed) for embed in parts[-1].embeds)
    is_full = len(parts[-1].rows) + rows > ROWS or len(parts[-1].embeds) >= 10  # noqa: PLR2004
    if is_full or used + len(item.text) * 2 > _EMBED_TOTAL:
        parts.append(Part())
    return parts[-1]


async def _item_rows(
    services: Services, item: ActionItem, number: int, taken: set[str]
) -> list[Row]:
    """Draw an item's buttons; a keycap says which item they belong to."""
    rows = await button_rows(services, item.buttons, taken)
    for row in rows[:1]:
        first = row.items[0]
        if isinstance(first, discord.ui.Button):
            first.emoji = _KEYCAPS[number % len(_KEYCAPS)]
    return rows


def _add_item(part: Part, item: ActionItem, number: int, reply: Reply) -> None:
    drawn = markdown.pieces(item.text, reply.citations, markdown.EMBED_LIMIT - 10) or ["–"]
    mark = f"{_KEYCAPS[number % len(_KEYCAPS)]} " if item.buttons else ""
    part.embeds.append(discord.Embed(description=mark + drawn[0], colour=_COLOURS[reply.style]))


# --- files ------------------------------------------------------------------------------------


async def _attach(part: Part, file: File, limit_bytes: int | None, locale: str) -> None:
    fitting = await asyncio.to_thread(_fitting, file, limit_bytes)
    if fitting is None:
        limit_mb = (limit_bytes or 0) // (1024 * 1024)
        note = markdown.line(render("discord.file_too_big", locale, limit_mb=limit_mb))
        part.content = f"{part.content}\n\n{note}".strip()[: markdown.MESSAGE_LIMIT]
        return
    part.file = fitting


def _fitting(file: File, limit_bytes: int | None) -> File | None:
    """Give the file, zipped if it is too large as it is; None if it is too large even so."""
    path = Path(file.path)
    if limit_bytes is None or path.stat().st_size <= limit_bytes:
        return file
    target = path.with_name(path.name + ".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, file.name)
    path.unlink()
    if target.stat().st_size <= limit_bytes:
        return replace(file, name=f"{file.name}.zip", path=str(target))
    target.unlink()
    return None


def discard(reply: Reply) -> None:
    """Delete the temporary file of a reply once it was sent, zipped or not; blocks."""
    if reply.file is not None:
        for path in (Path(reply.file.path), Path(reply.file.path + ".zip")):
            path.unlink(missing_ok=True)
