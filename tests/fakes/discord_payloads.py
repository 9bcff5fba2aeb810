"""What Discord's payloads look like, as small as discord.py can read them."""

from __future__ import annotations

from typing import Any

FIRST_ID = 1_300_000_000_000_000_000
BOT, GUILD, CHANNEL, CARDS = (
    "1200000000000000001",
    "1200000000000000002",
    *(
        "1200000000000000003",
        "1200000000000000004",
    ),
)
ALICE, MOD, OWNER, MOD_ROLE = (
    "1100000000000000005",
    "1100000000000000006",
    "1100000000000000007",
    "1200000000000000008",
)
EVERYONE_MAY = str(0x400 | 0x800 | 0x4000 | 0x8000 | 0x10000 | (1 << 35) | (1 << 38) | (1 << 31))
MODERATORS_MAY = str(0x2000)
LABEL, TEXT_INPUT = 18, 4


def user(user_id: str, name: str = "") -> dict[str, Any]:
    return {
        "id": user_id,
        "username": name or f"user{user_id[-2:]}",
        "global_name": name or None,
        "discriminator": "0",
        "avatar": None,
        "bot": user_id == BOT,
        "public_flags": 0,
        "flags": 0,
        "verified": True,
        "mfa_enabled": True,
        "locale": "en-US",
    }


def member(user_id: str, *, with_user: bool = True) -> dict[str, Any]:
    given: dict[str, Any] = {
        "roles": [MOD_ROLE] if user_id == MOD else [],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "premium_since": None,
        "nick": None,
        "avatar": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "communication_disabled_until": None,
    }
    return given | ({"user": user(user_id)} if with_user else {})


def role(role_id: str, name: str, permissions: str, position: int) -> dict[str, Any]:
    return {
        "id": role_id,
        "name": name,
        "permissions": permissions,
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def channel(channel_id: str, name: str) -> dict[str, Any]:
    return {
        "id": channel_id,
        "type": 0,
        "guild_id": GUILD,
        "name": name,
        "position": 0,
        "permission_overwrites": [],
        "nsfw": False,
        "parent_id": None,
        "rate_limit_per_user": 0,
        "topic": None,
        "last_message_id": None,
        "flags": 0,
    }


def thread(thread_id: str, parent_id: str, name: str) -> dict[str, Any]:
    since = "2026-01-01T00:00:00+00:00"
    return {
        **channel(thread_id, name),
        "type": 11,
        "parent_id": parent_id,
        "owner_id": BOT,
        "message_count": 0,
        "member_count": 1,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 1440,
            "archive_timestamp": since,
            "locked": False,
        },
    }


def dm_channel(user_id: str) -> dict[str, Any]:
    number = str(int(user_id) + 500)
    return {
        "id": number,
        "type": 1,
        "last_message_id": None,
        "recipients": [user(user_id)],
        "flags": 0,
    }


def guild() -> dict[str, Any]:
    return {
        "id": GUILD,
        "name": "Film club",
        "owner_id": OWNER,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": None,
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "vanity_url_code": None,
        "application_id": None,
        "max_members": 500000,
        "features": [],
        "emojis": [],
        "stickers": [],
        "roles": [
            role(GUILD, "@everyone", EVERYONE_MAY, 0),
            role(MOD_ROLE, "Moderators", MODERATORS_MAY, 1),
        ],
        "member_count": 4,
        "large": False,
        "unavailable": False,
        "joined_at": "2026-01-01T00:00:00+00:00",
        "members": [member(BOT)],
        "channels": [channel(CHANNEL, "general"), channel(CARDS, "use-cases")],
        "threads": [],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
        "premium_progress_bar_enabled": False,
    }


def ready() -> dict[str, Any]:
    return {
        "v": 10,
        "user": user(BOT, "Reelbank"),
        "guilds": [{"id": GUILD, "unavailable": True}],
        "application": {"id": BOT, "flags": 0},
        "private_channels": [],
    }


def application() -> dict[str, Any]:
    return {
        "id": BOT,
        "name": "Reelbank",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "owner": user(OWNER),
        "team": None,
        "summary": "",
    }


def interaction(
    number: str,
    token: str,
    kind: int,
    data: dict[str, Any],
    *,
    user_id: str = ALICE,
    name: str = "",
    message: dict[str, Any] | None = None,
    in_dm: bool = False,
    locale: str = "en-US",
) -> dict[str, Any]:
    given: dict[str, Any] = {
        "id": number,
        "application_id": BOT,
        "type": kind,
        "token": token,
        "version": 1,
        "data": data,
        "channel_id": CHANNEL,
        "channel": {**channel(CHANNEL, "general"), "permissions": EVERYONE_MAY},
        "locale": locale,
        "app_permissions": EVERYONE_MAY,
        "attachment_size_limit": 10 * 1024 * 1024,
        "entitlements": [],
        "authorizing_integration_owners": {"0": GUILD},
        "context": 0,
    }
    if in_dm:
        dm = dm_channel(user_id)
        given |= {"user": user(user_id), "channel": dm, "channel_id": dm["id"], "context": 1}
    else:
        who = {**member(user_id), "permissions": _may(user_id), "user": user(user_id, name)}
        given |= {"guild_id": GUILD, "guild_locale": "en-US", "member": who}
        given |= {"guild": {"id": GUILD, "locale": "en-US", "features": []}}
    return given | ({"message": message} if message else {})


def _may(user_id: str) -> str:
    extra = {MOD: int(MODERATORS_MAY), OWNER: 8}.get(user_id, 0)
    return str(int(EVERYONE_MAY) | extra)


def slash(name: str, options: dict[str, Any]) -> dict[str, Any]:
    """Give the data of `/idea add text:...`; a word of two makes a subcommand."""
    word, _, sub = name.partition(" ")
    leaf: list[dict[str, Any]] = [
        {
            "name": n,
            "type": 5 if isinstance(v, bool) else 4 if isinstance(v, int) else 3,
            "value": v,
        }
        for n, v in options.items()
    ]
    nested = [{"name": sub, "type": 1, "options": leaf}] if sub else leaf
    return {"id": "1200000000000000099", "name": word, "type": 1, "options": nested}


def submitted(modal: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Give what Discord sends when a modal is filled in with these values, by field name."""
    rows = []
    for number, label in enumerate(modal["components"]):
        control = label["component"]
        value = values.get(control["custom_id"], control.get("value") or "")
        given = (
            {"value": value}
            if control["type"] == TEXT_INPUT
            else {"values": [value] if value else []}
        )
        inner = {"type": control["type"], "id": number + 10, "custom_id": control["custom_id"]}
        rows.append({"type": LABEL, "id": number + 1, "component": inner | given})
    return {"custom_id": modal["custom_id"], "components": rows}


def message(number: str, content: str = "", **more: Any) -> dict[str, Any]:
    author = more.pop("author", None) or user(ALICE)
    given: dict[str, Any] = {
        "id": number,
        "type": 19 if "message_reference" in more else 0,
        "channel_id": CHANNEL,
        "guild_id": GUILD,
        "author": author,
        "member": member(author["id"], with_user=False),
        "content": content,
        "timestamp": "2026-11-22T12:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [user(BOT)] if f"<@{BOT}>" in content else [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "flags": 0,
    }
    given |= {k: v for k, v in more.items() if v is not None}
    if given.pop("in_dm", False):
        del given["guild_id"], given["member"]
        given["channel_id"] = dm_channel(author["id"])["id"]
    return given


def attachment(number: int) -> dict[str, Any]:
    address = f"https://cdn.example/{number}"
    return {"id": str(number), "filename": "f", "size": 1, "url": address, "proxy_url": address}


def callback_response(number: str, kind: int, shown: dict[str, Any] | None) -> dict[str, Any]:
    about: dict[str, Any] = {"id": number, "type": 2, "activity_instance_id": None}
    if shown is not None:
        about["response_message_id"] = shown["id"]
    return {"interaction": about}


def items(message: dict[str, Any]) -> list[dict[str, Any]]:
    """List the buttons and menus of a message."""
    return [item for row in message.get("components") or () for item in row["components"]]
