"""One Discord message as it is drawn: words, frames, rows, files."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

import discord

from bot.adapters.discord_bot.components import Row, view_of
from bot.core.model import File, Picture, Style

EMBED_TOTAL = 5900
"""Discord counts 6,000 characters over all embeds of a message; a margin for counting otherwise."""

EMBEDS = 10
_ALT = 1024

COLOURS = {
    Style.PLAIN: discord.Colour(0x5865F2),
    Style.PRIMARY: discord.Colour(0x5865F2),
    Style.SUCCESS: discord.Colour(0x248046),
    Style.DANGER: discord.Colour(0xDA373C),
}


@dataclass(slots=True)
class Part:
    """One Discord message."""

    content: str = ""
    embeds: list[discord.Embed] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    files: list[File | Picture] = field(default_factory=list)
    image: Picture | None = None

    def to_send(self) -> dict[str, Any]:
        """Give the arguments for sending a new message."""
        given = {
            "content": self.content or None,
            "embeds": self.embeds or None,
            "view": view_of(self.rows),
            "files": self._files() or None,
        }
        return {name: value for name, value in given.items() if value is not None}

    def to_edit(self) -> dict[str, Any]:
        """Give the arguments for replacing all that a message shows."""
        return {
            "content": self.content or None,
            "embeds": self.embeds,
            "view": view_of(self.rows),
            # The picture again, too: kept as it is, it would show a second time above the frame.
            "attachments": self._files(),
        }

    def _files(self) -> list[discord.File]:
        """Open the files anew: discord.py closes them after each attempt."""
        found = [
            discord.File(_content(f), filename=f.name, description=f.alt_text[:_ALT] or None)
            for f in self.files
        ]
        if self.image is not None:
            content, alt = io.BytesIO(self.image.content), self.image.alt_text[:_ALT] or None
            found.insert(0, discord.File(content, filename=self.image.name, description=alt))
        return found


def _content(file: File | Picture) -> str | io.BytesIO:
    return io.BytesIO(file.content) if isinstance(file, Picture) else file.path
