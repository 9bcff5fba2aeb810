"""Calls to Discord that wait when it limits or stumbles, and its errors in core's words."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

from bot.core.courier import CourierError, Forbidden, Gone, TryLater

T = TypeVar("T")

PATIENCE_S = 20.0
"""How long a reply waits for a rate limit; the token of an interaction lives for 15 minutes."""

NETWORK_ERRORS = (aiohttp.ClientError, OSError, asyncio.TimeoutError)
_PAUSE_S = 1.0
_OUTAGE_S = 30.0

UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED = 10062, 40060
TOKEN_GONE = frozenset({UNKNOWN_INTERACTION, 10015, 50027})
"""Codes that mean that an interaction's token no longer serves."""

_DIRECT_CLOSED = frozenset({50007, 50278})
"""Direct messages are closed, or there is no server that both are in."""

_NO_SUCH_RECIPIENT = 50033
_GONE = {10003: "unknown channel", 10004: "unknown server", 10008: "unknown message",
         10013: "unknown user"}  # fmt: skip
_TOO_MANY = 429
_SERVER_ERROR = 500


async def patiently(
    call: Callable[[], Awaitable[T]], *, is_repeatable: bool, patience_s: float = PATIENCE_S
) -> T:
    """Make a call, again after a rate limit or (where that is safe) a lost connection.

    discord.py itself waits for a 429 only where the answer came through Discord's proxies, and
    repeats a 5xx up to five times.

    Args:
        call: makes the request anew each time.
        is_repeatable: whether a second one does no harm if the first was carried out.
        patience_s: seconds after which the error is raised instead of waiting on.

    Raises:
        discord.HTTPException: Discord refused, or limits for longer than we wait.
        aiohttp.ClientError, OSError, TimeoutError: Discord was not reached.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_s
    while True:
        try:
            return await call()
        except (discord.RateLimited, discord.HTTPException) as error:
            pause = retry_after_s(error)
            if pause is None or loop.time() + pause > deadline:
                raise
        except NETWORK_ERRORS as error:
            is_unsent = isinstance(error, aiohttp.ClientConnectorError)
            if not (is_repeatable or is_unsent) or loop.time() + _PAUSE_S > deadline:
                raise
            pause = _PAUSE_S
        await asyncio.sleep(pause)


def retry_after_s(error: discord.DiscordException) -> float | None:
    """Give the seconds that a 429 asks to wait; None for any other error."""
    if isinstance(error, discord.RateLimited):
        return max(0.0, error.retry_after)
    if not isinstance(error, discord.HTTPException) or error.status != _TOO_MANY:
        return None
    try:
        return max(0.0, float(error.response.headers.get("Retry-After", "")))
    except ValueError:
        return _PAUSE_S


def courier_error(error: Exception) -> CourierError:
    """Say in core's words why a message could not be sent, edited or deleted."""
    if isinstance(error, discord.NotFound):
        return Gone(_GONE.get(error.code, ""))
    if isinstance(error, discord.Forbidden):
        return Forbidden("direct messages" if error.code in _DIRECT_CLOSED else "")
    if isinstance(error, discord.HTTPException) and error.code == _NO_SUCH_RECIPIENT:
        return Gone("unknown user")
    if isinstance(error, discord.RateLimited | discord.HTTPException):
        pause = retry_after_s(error)
        if pause is not None:
            return TryLater(pause)
        if isinstance(error, discord.HTTPException) and error.status < _SERVER_ERROR:
            # A refused request stays refused; the code leads to the reason, the text may quote.
            return CourierError(f"Discord refused: status {error.status}, code {error.code}")
    return TryLater(_OUTAGE_S)


def nonce_of(key: str) -> str:
    """Give a nonce (at most 25 characters) that is the same for the same key."""
    return hashlib.sha256(key.encode()).hexdigest()[:24]
