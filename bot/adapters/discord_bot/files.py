"""Files that members hand in on Discord, and fetching them while their addresses last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import discord

from bot.adapters.downloading import download
from bot.core.model import Attached

HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
_MOST = 10


class DiscordFiles:
    """Fetches from Discord's file hosts; their signed addresses need no token, and get none."""

    def __init__(self, api_base: str) -> None:
        self._api_base = api_base

    async def fetch(self, file: Attached, limit_bytes: int) -> bytes:
        """Give the bytes of a file."""
        return await download(
            file.url, hosts=HOSTS, api_base=self._api_base, limit_bytes=limit_bytes
        )


def of_payloads(raw: Iterable[Mapping[str, Any]]) -> tuple[Attached, ...]:
    """Read attachments as a payload holds them."""
    return tuple(
        Attached(
            id=str(one.get("id", "")),
            name=str(one.get("filename") or "file"),
            url=str(one.get("url") or ""),
            media_type=str(one.get("content_type") or "").partition(";")[0],
            size_bytes=int(one.get("size") or 0),
        )
        for one in list(raw)[:_MOST]
    )


def of_message(message: discord.Message) -> tuple[Attached, ...]:
    """Read the attachments of a message."""
    return of_payloads(a.to_dict() for a in message.attachments)


def resolved(data: Mapping[str, Any]) -> dict[str, Attached]:
    """Give the files of an interaction by their ids."""
    found = (data.get("resolved") or {}).get("attachments") or {}
    return {file.id: file for file in of_payloads(found.values())}
