"""The link that invites the bot into a server, with the permissions it needs and no others."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import urlencode

NEEDED = {
    "View Channel": 1 << 10,
    "Send Messages": 1 << 11,
    "Embed Links": 1 << 14,
    "Attach Files": 1 << 15,
    "Read Message History": 1 << 16,
    "Send Messages In Threads": 1 << 38,
}
"""Permissions by the name that Discord shows, with their bits."""


def invite_link(token: str) -> str | None:
    """Give the link that adds the bot to a server, from its token; None if that is no token.

    The first part of a bot's token is its application's id in Base64; nothing secret is shown.
    """
    first = token.strip().partition(".")[0]
    try:
        application_id = base64.b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return None
    if not application_id.isdigit():
        return None
    query = {
        "client_id": application_id,
        "scope": "bot applications.commands",
        "permissions": str(sum(NEEDED.values())),
    }
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"
