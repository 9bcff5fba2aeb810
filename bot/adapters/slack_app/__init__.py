"""Slack: slash commands, modals, buttons, mentions, direct messages, the Home tab."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.adapters.slack_app.adapter import SlackAdapter
    from bot.adapters.slack_app.inspector import open_inspector
    from bot.settings import Settings

PLATFORM = "slack"

__all__ = ["PLATFORM", "SlackAdapter", "configured", "open_inspector"]


def configured(settings: Settings) -> bool:
    """Tell whether the settings ask for Slack; loads none of Slack's libraries."""
    return settings.slack_bot_token is not None


def __getattr__(name: str) -> Any:
    """Load the adapter, and Bolt with it, when it is first used."""
    if name == "open_inspector":
        from bot.adapters.slack_app.inspector import open_inspector  # noqa: PLC0415  heavy

        return open_inspector
    if name != "SlackAdapter":
        raise AttributeError(name)
    from bot.adapters.slack_app.adapter import SlackAdapter  # noqa: PLC0415

    return SlackAdapter
