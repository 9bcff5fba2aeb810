"""The message that a message action is used on, and how it travels through a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

from bot.adapters.discord_bot.files import of_payloads
from bot.core.model import Place, SourceMessage, Value

SOURCE = "_source_"
_LONGEST = 4000


def source_of(
    interaction: discord.Interaction[discord.Client], data: Mapping[str, Any]
) -> SourceMessage | None:
    """Read the message that a message action was used on; its text comes without any intent."""
    target_id = str(data.get("target_id", ""))
    raw = data.get("resolved", {}).get("messages", {}).get(target_id)
    if raw is None:
        return None
    author: Mapping[str, Any] = raw.get("author") or {}
    place = f"{interaction.guild_id or '@me'}/{raw.get('channel_id', interaction.channel_id)}"
    permalink = f"https://discord.com/channels/{place}/{target_id}"
    return SourceMessage(
        text=_text_of(raw)[:_LONGEST],
        author_key=f"discord:{interaction.guild_id or 'dm'}:{author.get('id', '')}",
        author_name=str(author.get("global_name") or author.get("username") or ""),
        permalink=permalink,
        author_is_bot=bool(author.get("bot")) or bool(raw.get("webhook_id")),
        place=Place(
            channel_id=str(raw.get("channel_id", interaction.channel_id or "")),
            message_id=target_id,
            permalink=permalink,
        ),
        attached=of_payloads(raw.get("attachments") or ()),
    )


def _text_of(raw: Mapping[str, Any]) -> str:
    """Give what a message says; of one without words, what its frames say."""
    if raw.get("content"):
        return str(raw["content"])
    embeds = raw.get("embeds") or ()
    return "\n".join(str(e.get("description") or e.get("title") or "") for e in embeds).strip()


def source_values(source: SourceMessage) -> dict[str, Value]:
    """Give the message as hidden values of a form."""
    return {
        f"{SOURCE}text": source.text,
        f"{SOURCE}author": source.author_key,
        f"{SOURCE}name": source.author_name,
        f"{SOURCE}link": source.permalink,
        f"{SOURCE}bot": source.author_is_bot,
        f"{SOURCE}channel": source.place.channel_id,
        f"{SOURCE}message": source.place.message_id,
    }


def carried_source(values: Mapping[str, Value]) -> SourceMessage | None:
    """Read the message back from a form's hidden values."""
    if f"{SOURCE}message" not in values:
        return None

    def text(name: str) -> str:
        return str(values.get(SOURCE + name) or "")

    permalink = text("link") or None
    return SourceMessage(
        text=text("text"),
        author_key=text("author"),
        author_name=text("name"),
        permalink=permalink,
        author_is_bot=values.get(f"{SOURCE}bot") in {True, "true"},
        place=Place(channel_id=text("channel"), message_id=text("message"), permalink=permalink),
    )
