"""The doctor's look at the communities: what Reelbank lacks in each, asked of the platform."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from bot.core.courier import CourierError, Gone, Inspector, TokenRefused
from bot.core.findings import Finding, Level
from bot.core.markup import plain_text
from bot.core.model import Community

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage import CommunityRow, Store

Open = Callable[["Settings"], AbstractAsyncContextManager[Inspector]]
"""Gives what looks around in a platform, without serving it."""

_PATIENCE_S = 20.0


async def examine_places(
    store: Store, settings: Settings, openers: Mapping[str, Open]
) -> list[Finding]:
    """Ask each platform what is missing in the communities that the store knows of it."""
    present = [c for c in await store.communities.all() if c.left_at is None]
    findings: list[Finding] = []
    for platform, open_ in openers.items():
        theirs = [c for c in present if c.key.startswith(f"{platform}:") and ":dm-" not in c.key]
        if theirs:
            findings += await _platform(platform, theirs, settings, open_)
    return findings


async def _platform(
    platform: str, rows: Sequence[CommunityRow], settings: Settings, open_: Open
) -> list[Finding]:
    try:
        async with asyncio.timeout(_PATIENCE_S), open_(settings) as inspector:
            return [f for row in rows for f in await _community(platform, row, inspector)]
    except TokenRefused:
        remedy = "Copy the token anew; see docs/operating.md."
        return [Finding(Level.BAD, platform, "the platform refuses the token", remedy)]
    except (CourierError, TimeoutError):
        text = "could not be asked just now what is missing"
        return [Finding(Level.NOTE, platform, text, "Is there a way to the network from here?")]


async def _community(platform: str, row: CommunityRow, inspector: Inspector) -> list[Finding]:
    community = Community(row.id, row.key, row.name, row.bank_id, row.settings)
    try:
        lacks = await inspector.missing(community)
    except Gone:
        text = f"{row.name}: Reelbank is not in there any more"
        return [Finding(Level.NOTE, platform, text, "Invite it again, or let its data be purged.")]
    found = [
        Finding(Level.BAD, platform, f"{row.name}: {plain_text(lack.text)}", lack.url or "")
        for lack in lacks
    ]
    return found or [Finding(Level.FINE, platform, f"{row.name}: nothing is missing")]
