"""A reply as Discord messages: text, embeds, components and a file, within every limit."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import discord

from bot.adapters.discord_bot import markdown
from bot.adapters.discord_bot.components import ROWS, Row, button_rows, form_button, menu
from bot.adapters.discord_bot.items import add_items
from bot.adapters.discord_bot.parts import COLOURS, EMBED_TOTAL, EMBEDS, Part
from bot.adapters.discord_bot.tables import table_text
from bot.core.model import File, Picture, Reply, Style
from bot.core.services import Services
from prompts import render

_TITLE, _NAME, _VALUE, _FIELDS = 256, 256, 1024, 25

_NAMELESS = "\u200b"
FILE_LIMIT = 10 * 1024 * 1024
"""Bytes of a file where Discord has not said how many this place takes."""

_FILES = 10
_REQUEST = 24 * 1024 * 1024  # bytes of one message with all its files; Discord takes 25 MiB
_FOOTER = 1000
"""Shorter than Discord's 2,048, so that a full frame with title and footer keeps to the total."""


async def draw(
    services: Services, reply: Reply, locale: str, *, file_limit_bytes: int = FILE_LIMIT
) -> list[Part]:
    """Draw a reply as one or more messages, in order; at least one.

    Args:
        services: for the ids of buttons.
        reply: what is said.
        locale: of the few words that this adapter adds.
        file_limit_bytes: what the place takes; a larger file goes out as several, or zipped, or is
            refused in words. `discard` deletes what was made for it.
    """
    parts = _embedded(reply) if _needs_embed(reply) else _spoken(reply)
    if len(parts) > 1:  # a frame holds twice as much as a plain message
        parts = _embedded(reply)
    if reply.image is not None:
        _show_image(parts[0], reply.image)
    await _add_components(services, parts, reply, locale)
    _add_pictures(parts, reply)
    if reply.file is not None:
        await _attach(parts, reply.file, file_limit_bytes, locale)
    if not (parts[0].content or parts[0].embeds or parts[0].files):
        parts[0].content = render("discord.nothing", locale)
    return parts


def _needs_embed(reply: Reply) -> bool:
    has_more = reply.title or reply.fields or reply.items or reply.image
    return bool(has_more or reply.style is not Style.PLAIN)


def _text(reply: Reply) -> str:
    if reply.table is None:
        return reply.text
    return f"{reply.text}\n\n{table_text(reply.table)}".strip()


def _spoken(reply: Reply) -> list[Part]:
    """Say it in plain messages: what reads best for an answer, also on a phone."""
    # Small text is for messages; a frame's text is small as it is, and shows the mark instead.
    small = [f"-# {line}" for line in markdown.source_lines(reply.citations)]
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
    colour = COLOURS[reply.style]
    pieces = markdown.pieces(_text(reply), reply.citations, markdown.EMBED_LIMIT)
    small = markdown.source_lines(reply.citations)
    if sum(map(len, (*pieces, *small))) > EMBED_TOTAL - _FOOTER:
        # The marks lead to the sources; their titles need not do so once more.
        small = markdown.source_lines(reply.citations, is_linked=False)
    descriptions = _with_lines(pieces, small, markdown.EMBED_LIMIT)
    embeds = [discord.Embed(description=text or None, colour=colour) for text in descriptions]
    embeds[0].title = markdown.title(reply.title, _TITLE) or None
    _add_fields(embeds, reply)
    if reply.footer:
        embeds[-1].set_footer(text=markdown.words(reply.footer, _FOOTER))
    return _packed(embeds)


def _add_fields(embeds: list[discord.Embed], reply: Reply) -> None:
    for shown in reply.fields:
        value = markdown.pieces(shown.value, reply.citations, _VALUE) or ["–"]
        name = markdown.escape(markdown.words(shown.name, 120))[:_NAME] or "–"
        # What one field does not hold goes on in the next, whose name is empty.
        for head, piece in zip((name, *[_NAMELESS] * len(value)), value, strict=False):
            is_full = len(embeds[-1].fields) >= _FIELDS
            if is_full or len(embeds[-1]) + len(head) + len(piece) > EMBED_TOTAL - _FOOTER:
                embeds.append(discord.Embed(colour=embeds[0].colour))
            embeds[-1].add_field(name=head, value=piece, inline=shown.is_inline)


def _packed(embeds: Sequence[discord.Embed]) -> list[Part]:
    """Put as many frames into each message as Discord's total allows."""
    parts = [Part()]
    for embed in embeds:
        total = sum(len(other) for other in parts[-1].embeds) + len(embed)
        if parts[-1].embeds and (total > EMBED_TOTAL or len(parts[-1].embeds) >= EMBEDS):
            parts.append(Part())
        parts[-1].embeds.append(embed)
    return parts


def _show_image(part: Part, picture: Picture) -> None:
    """Put a picture into the first frame."""
    part.image = picture
    part.embeds[0].set_image(url=f"attachment://{picture.name}")


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
    await add_items(services, parts, reply, taken)
    if len(parts[-1].rows) + len(last) > ROWS:
        parts.append(Part(content="\u200b"))
    parts[-1].rows += last


# --- pictures ---------------------------------------------------------------------------------


def _add_pictures(parts: list[Part], reply: Reply) -> None:
    """Show pictures in frames; screen readers read the description that goes with each file."""
    for picture in reply.pictures:
        frames = parts[-1].embeds
        frame = frames[-1] if frames and not frames[-1].image else None
        if frame is None:
            if len(frames) >= EMBEDS:
                parts.append(Part())
            frame = discord.Embed(colour=COLOURS[reply.style])
            parts[-1].embeds.append(frame)
        frame.set_image(url=f"attachment://{picture.name}")
        parts[-1].files.append(picture)


# --- files ------------------------------------------------------------------------------------


async def _attach(parts: list[Part], file: File, limit_bytes: int, locale: str) -> None:
    fitting = await asyncio.to_thread(_fitting, file, limit_bytes)
    if not fitting:
        limit_mb = limit_bytes // (1024 * 1024)
        _add_words(parts[-1], render("discord.file_too_big", locale, limit_mb=limit_mb))
        return
    if len(fitting) > 1:
        _add_words(parts[-1], render("file.in_parts", locale, count=len(fitting)))
    elif fitting != [file]:
        _add_words(parts[-1], render("file.zipped", locale))
    for one in fitting:
        if not _has_room(parts[-1], one, limit_bytes):
            parts.append(Part())
        parts[-1].files.append(one)


def _add_words(part: Part, text: str) -> None:
    part.content = f"{part.content}\n\n{markdown.line(text)}".strip()[: markdown.MESSAGE_LIMIT]


def _has_room(part: Part, file: File, limit_bytes: int) -> bool:
    """Tell whether a message takes one more file: by number, and by what a request may weigh."""
    if not part.files:
        return True
    used = sum(_size(other) for other in (*part.files, file))
    return len(part.files) < _FILES and used <= max(limit_bytes, _REQUEST)


def _size(file: File | Picture) -> int:
    return len(file.content) if isinstance(file, Picture) else Path(file.path).stat().st_size


def _fitting(file: File, limit_bytes: int) -> list[File]:
    """Give the file, or what it becomes where it is too large; nothing if that is too large, too.

    The file itself stays: the reply may have to be sent once more, in another way.
    """
    path = Path(file.path)
    if path.stat().st_size <= limit_bytes:
        return [file]
    if file.fit is not None:
        return list(file.fit(limit_bytes))
    target = path.with_name(path.name + ".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, file.name)
    if target.stat().st_size <= limit_bytes:
        return [replace(file, name=f"{file.name}.zip", path=str(target))]
    target.unlink()
    return []


def discard(reply: Reply, parts: Sequence[Part] = ()) -> None:
    """Delete the temporary files of a reply and of its messages once they were sent; blocks."""
    discard_copies(reply, parts)
    if reply.file is not None:
        Path(reply.file.path).unlink(missing_ok=True)


def discard_copies(reply: Reply, parts: Sequence[Part]) -> None:
    """Delete what was made out of a reply's file to send it; blocks."""
    for part in parts:
        for file in part.files:
            if isinstance(file, File) and file != reply.file:
                Path(file.path).unlink(missing_ok=True)
