"""Discord: app commands, forms, buttons, mentions, direct messages and cards.

The library is loaded with `DiscordAdapter`, so that a console session never pays for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.adapters.discord_bot.adapter import DiscordAdapter
    from bot.adapters.discord_bot.client import create_client
    from bot.adapters.discord_bot.inspector import open_inspector
    from bot.settings import Settings

__all__ = ["PLATFORM", "DiscordAdapter", "configured", "create_client", "open_inspector"]

PLATFORM = "discord"


def configured(settings: Settings) -> bool:
    """Tell whether there is a token to connect with."""
    return settings.discord_token is not None


def __getattr__(name: str) -> Any:
    if name == "DiscordAdapter":
        from bot.adapters.discord_bot.adapter import DiscordAdapter  # noqa: PLC0415  heavy

        return DiscordAdapter
    if name == "create_client":
        from bot.adapters.discord_bot.client import create_client  # noqa: PLC0415  heavy

        return create_client
    if name == "open_inspector":
        from bot.adapters.discord_bot.inspector import open_inspector  # noqa: PLC0415  heavy

        return open_inspector
    raise AttributeError(name)
