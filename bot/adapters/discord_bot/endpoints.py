"""Where Discord is: its public addresses, or counterparts on loopback named by the settings."""

from __future__ import annotations

import discord.gateway
import discord.http
import yarl

from bot.core.errors import OperatorError


def use_endpoints(api_base: str | None, gateway_url: str | None) -> None:
    """Point discord.py at other addresses, for this process.

    discord.py keeps both as class attributes: `Route.BASE` serves its HTTP client and its webhook
    adapter (interaction replies) alike, `DEFAULT_GATEWAY` every connection that is no resumption.

    Args:
        api_base: such as `http://127.0.0.1:8080/api/v10`; None leaves Discord's own.
        gateway_url: such as `ws://127.0.0.1:8081/`; None leaves Discord's own.

    Raises:
        OperatorError: an address is not one.
    """
    if api_base:
        base = _address(api_base, "REELBANK_DISCORD_API_BASE", {"http", "https"})
        discord.http.Route.BASE = str(base).rstrip("/")
    if gateway_url:
        gateway = _address(gateway_url, "REELBANK_DISCORD_GATEWAY_URL", {"ws", "wss"})
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway


def _address(text: str, setting: str, schemes: set[str]) -> yarl.URL:
    try:
        address = yarl.URL(text.strip())
    except ValueError:
        address = yarl.URL()
    if address.scheme not in schemes or not address.host:
        allowed = " or ".join(f"{scheme}://" for scheme in sorted(schemes))
        raise OperatorError(f"{setting} must be an address that starts with {allowed}")
    return address
