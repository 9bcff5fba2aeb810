"""A community's settings: seeing them all, and setting one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.core import community_settings, zones
from bot.core.commands import ideas
from bot.core.errors import InvalidField
from bot.core.model import Choice, Command, Field, FieldType, Reply, Request, Role, Style, Table
from bot.core.services import Services
from prompts import plain, render


async def show_settings(services: Services, request: Request) -> Reply:
    """List every setting with its value and what it is for."""
    row = await services.store.communities.by_id(request.community.id)
    settings = row.settings if row else request.community.settings
    locale = request.locale
    rows = tuple(
        (
            f"`{setting.name}`",
            plain(community_settings.shown(settings, setting.name)),
            render(f"settings.about_{setting.name}", locale),
        )
        for setting in community_settings.SETTINGS
    )
    modes = settings.get("channel_modes") or {}
    return Reply(
        title=render("settings.title", locale),
        text=render("settings.shown", locale, modes=sorted(modes.items())),
        table=Table(tuple(render(f"settings.column_{c}", locale) for c in "123"), rows),
    )


async def set_setting(services: Services, request: Request) -> Reply:
    """Set one setting; `answers` also for one channel."""
    name = request.text("name").lower()
    value = community_settings.read(name, request.text("value"))
    channel = request.text("channel")
    changes: Mapping[str, Any] = {name: value}
    if channel:
        changes = await _for_channel(services, request, name, channel, value)
    row = await services.store.communities.set_settings(
        ideas.write_of(request), request.community.id, changes
    )
    now = (value or "default") if channel else community_settings.shown(row.settings, name)
    return Reply(
        text=render("settings.set", request.locale, name=name, value=now, channel=channel),
        style=Style.SUCCESS,
    )


async def _for_channel(
    services: Services, request: Request, name: str, channel: str, value: Any
) -> Mapping[str, Any]:
    if not community_settings.BY_NAME[name].takes_channel:
        raise InvalidField("channel", "setting_no_channel", name=name)
    row = await services.store.communities.by_id(request.community.id)
    modes = dict((row.settings if row else {}).get("channel_modes") or {})
    channel_id = community_settings.read("cards_channel", channel)
    if value is None:
        modes.pop(channel_id, None)
    else:
        modes[channel_id] = value
    return {"channel_modes": modes or None}


async def complete_value(_services: Services, request: Request, prefix: str) -> list[Choice]:
    """Complete what a setting can be."""
    setting = community_settings.BY_NAME.get(request.text("name").lower())
    if setting is None:
        return []
    if setting.name == "timezone":
        return [zones.choice(name, request.now) for name in zones.near(prefix)]
    typed = prefix.lower()
    return [Choice(c, c) for c in community_settings.suggestions(setting) if typed in c.lower()][
        :25
    ]


SHOW = Command(
    name="settings show",
    summary="See this community's settings",
    handle=show_settings,
    audience=Role.ADMIN,
    examples=("settings show",),
)
SET = Command(
    name="settings set",
    summary="Change one of this community's settings",
    handle=set_setting,
    fields=(
        Field(
            name="name",
            label="Setting",
            type=FieldType.CHOICE,
            choices=community_settings.CHOICES,
            is_required=True,
        ),
        Field(
            name="value",
            label="Value",
            description="`default` takes it back to what it was",
            is_required=True,
            max_length=200,
            complete=complete_value,
        ),
        Field(
            name="channel",
            label="Only for this channel",
            type=FieldType.CHANNEL,
            description="For answers: another mode in one channel",
        ),
    ),
    audience=Role.ADMIN,
    is_write=True,
    inline="value",
    examples=(
        "settings set timezone Europe/Berlin",
        "settings set review before",
        "settings set answers all channel:#questions",
    ),
)
