"""The app manifest that an operator pastes into api.slack.com, written from the commands."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import yaml

from bot.adapters.slack_app.shelf import OWN, slashes
from bot.core.model import Command, Role

BOT_NAME = "Reelbank"
PATH = "/slack/events"

SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",  # follow-ups in the bot's threads; finding a message posted twice
        "channels:read",
        "chat:write",
        "commands",
        "files:read",  # pictures that members hand in with their ideas
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "usergroups:read",
        "users:read",
    }
)
EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "tokens_revoked",
)
_SHORTCUT_NAME = 24
_DESCRIPTION = 150
_HINT = 1000


def manifest(commands: Iterable[Command], request_url: str | None = None) -> dict[str, Any]:
    """Give the manifest.

    Args:
        commands: what the app offers.
        request_url: where Slack sends requests, ending in `PATH`; None for Socket Mode, which
            needs no address.
    """
    offered = list(commands)
    address = {"url": request_url} if request_url else {}
    events: dict[str, Any] = {"bot_events": list(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if request_url:
        events = {"request_url": request_url, **events}
        interactivity |= {"request_url": request_url, "message_menu_options_url": request_url}
    return {
        "display_information": {
            "name": BOT_NAME,
            "description": "Answers about text-to-video AI, and a bank for your use cases",
            "background_color": "#1f2a44",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": BOT_NAME, "always_online": True},
            "shortcuts": _shortcuts(offered),
            "slash_commands": [
                {
                    "command": f"/{slash.name}",
                    **address,
                    "description": slash.summary[:_DESCRIPTION],
                    "usage_hint": slash.hint[:_HINT],
                    # Channels and members arrive as ids, not as the names they have today.
                    "should_escape": True,
                }
                for slash in slashes(offered)
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": request_url is None,
            "token_rotation_enabled": False,
        },
    }


def _shortcuts(commands: Iterable[Command]) -> list[dict[str, str]]:
    """Give a message shortcut per message action, and a global one for a new idea's form."""
    found = []
    for command in commands:
        if command.message_action:
            found.append(_shortcut("message", command, command.message_action))
        elif _starts_anywhere(command):
            found.append(_shortcut("global", command, command.form_title))
    return found


def _starts_anywhere(command: Command) -> bool:
    family, _, verb = command.name.partition(" ")
    is_for_all = command.is_listed and command.audience is Role.MEMBER
    return is_for_all and family in OWN and verb == "add" and bool(command.form_fields)


def _shortcut(kind: str, command: Command, name: str) -> dict[str, str]:
    return {
        "name": name[:_SHORTCUT_NAME],
        "type": kind,
        "callback_id": command.name,
        "description": command.summary[:_DESCRIPTION],
    }


def manifest_yaml(commands: Iterable[Command], request_url: str | None = None) -> str:
    """Write the manifest as YAML, as `slack-manifest.yaml` holds it."""
    head = "# Generated from the commands: do not edit. See docs/slack.md.\n"
    body = yaml.safe_dump(manifest(commands, request_url), sort_keys=False, allow_unicode=True)
    return head + body


if __name__ == "__main__":
    from bot.core.commands import ALL

    sys.stdout.write(manifest_yaml(ALL))
