"""What members type on Slack, as plain words: entities, links and mentions undone."""

from __future__ import annotations

import html
import re

_ENTITY = re.compile(r"<([^<>]*)>")
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")


def plain_words(text: str, bot_user_id: str = "") -> str:
    """Give a message as it reads on the screen, without the mention of the bot."""

    def draw(found: re.Match[str]) -> str:
        target, _, label = found[1].partition("|")
        if target.startswith("@"):
            return "" if target[1:] == bot_user_id else f"@{label or target[1:]}"
        if target.startswith("#"):
            return f"#{label or target[1:]}"
        if target.startswith("!"):
            return _special(target, label)
        return target.removeprefix("mailto:") if target.startswith("mailto:") else target

    return html.unescape(_ENTITY.sub(draw, text)).strip()


def _special(target: str, label: str) -> str:
    name = target[1:].partition("^")
    return label or (f"@{name[0]}" if name[0] in {"channel", "here", "everyone"} else "")


def typed_words(text: str, team_id: str) -> str:
    """Give the words behind a slash command; members and channels as ids that fields understand."""
    text = re.sub(r"<#([A-Z0-9]+)(?:\|[^>]*)?>", r"\1", text)
    text = re.sub(r"<!subteam\^([A-Z0-9]+)(?:\|[^>]*)?>", r"\1", text)
    text = _MENTION.sub(rf"slack:{team_id}:\1", text)
    return plain_words(text)


def mentions(text: str, user_id: str) -> bool:
    """Tell whether a message mentions this user."""
    return any(found[1] == user_id for found in _MENTION.finditer(text))
