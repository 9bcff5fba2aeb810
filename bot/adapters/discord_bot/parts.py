"""One Discord message as it is drawn: words, frames, rows, a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import discord

from bot.adapters.discord_bot.components import Row, view_of
from bot.core.model import File, Style

EMBED_TOTAL = 5900
"""Discord counts 6,000 characters over all embeds of a message; a margin for counting otherwise."""

EMBEDS = 10

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
