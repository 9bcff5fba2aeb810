"""The permissions that the bot needs; `reelbank doctor` prints the link that asks for them."""

from __future__ import annotations

import discord

NEEDED = {
    "View Channel": 1 << 10,
    "Send Messages": 1 << 11,
    "Embed Links": 1 << 14,
    "Attach Files": 1 << 15,
    "Read Message History": 1 << 16,
    "Send Messages in Threads": 1 << 38,
}
"""Permissions by the name that Discord's settings show, with their bits."""


def lacking(held: discord.Permissions) -> list[str]:
    """Name the permissions that we need and don't have."""
    return [name for name, bit in NEEDED.items() if not held.value & bit]
