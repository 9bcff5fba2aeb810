"""Which slash command leads to which of core's commands.

Slack shows slash commands of all apps in one flat list, so only the two that members use every
day have one of their own; all others stand behind `/reelbank`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.core import commands as core_commands
from bot.core.model import Command

CATCH_ALL = "reelbank"
OWN = ("ask", "idea")
_SLASH = re.compile(r"^/(\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Slash:
    """A slash command of the manifest."""

    name: str
    summary: str
    hint: str


def shelf_of(slash: str, text: str) -> str:
    """Give the line that `/slash text` stands for."""
    word = slash.removeprefix("/").lower()
    words = text.lower().split()
    if word not in OWN:
        return text
    if words[:1] == ["help"] and len(words) <= 3:  # noqa: PLR2004  "/ask help me ..." asks
        return f"help {' '.join(words[1:]) or word}"
    return f"{word} {text}".strip()


def typed_here(text: str) -> str:
    """Give what core tells people to type as it is typed on Slack: `/reelbank mod accept 1`."""
    shelved = {c.name.split()[0] for c in core_commands.ALL if c.is_listed} - set(OWN)

    def draw(found: re.Match[str]) -> str:
        return f"/{CATCH_ALL} {found[1]}" if found[1] in shelved else found[0]

    return _SLASH.sub(draw, text)


def slashes(commands: Iterable[Command]) -> list[Slash]:
    """List the slash commands that cover all listed commands."""
    listed = [c for c in commands if c.is_listed]
    found: list[Slash] = []
    for own in OWN:
        mine = [c for c in listed if c.name.split()[0] == own]
        if not mine:
            continue
        alone = next((c for c in mine if c.name == own), None)
        summary = alone.summary if alone else "; ".join(c.summary for c in mine[:2])
        words = [c.name.partition(" ")[2] for c in mine if " " in c.name]
        hint = " | ".join(words) if words else f"[{_inline(alone)}]"
        found.append(Slash(own, summary, hint))
    rest = [c.name for c in listed if c.name.split()[0] not in OWN]
    families = list(dict.fromkeys(name.split()[0] for name in rest))
    return [
        *found,
        Slash(CATCH_ALL, "Everything else: help, settings, stats …", " | ".join(families)),
    ]


def _inline(command: Command | None) -> str:
    field = command.field(command.inline or "") if command else None
    return field.label.lower() if field else "words"
