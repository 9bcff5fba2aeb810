"""The permissions that the bot needs; `reelbank doctor` prints the link that asks for them."""

from __future__ import annotations

import discord

from prompts import render

NEEDED = {
    "View Channel": 1 << 10,
    "Send Messages": 1 << 11,
    "Embed Links": 1 << 14,
    "Attach Files": 1 << 15,
    "Read Message History": 1 << 16,
    "Create Public Threads": 1 << 35,
    "Send Messages in Threads": 1 << 38,
}
"""Permissions by the name that Discord's settings show, with their bits."""


INVITE = "https://discord.com/oauth2/authorize"


def invite(client_id: int | str, guild_id: int | str | None = None) -> str:
    """Give the page on which an administrator grants the bot what it needs, in one server."""
    permissions = sum(NEEDED.values())
    link = (
        f"{INVITE}?client_id={client_id}&scope=bot+applications.commands&permissions={permissions}"
    )
    return link if guild_id is None else f"{link}&guild_id={guild_id}&disable_guild_select=true"


def remedy(name: str, place: str, locale: str) -> str:
    """Say how to grant a permission, everywhere or in one channel."""
    return render("discord.missing", locale, permission=name, place=place)


def lacking(held: discord.Permissions) -> list[str]:
    """Name the permissions that we need and don't have."""
    return [name for name, bit in NEEDED.items() if not held.value & bit]
