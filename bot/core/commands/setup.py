"""The first steps of an administrator: what is set, what to choose next."""

from __future__ import annotations

from bot.core import community_settings
from bot.core.model import Button, Choice, Command, NameValue, Reply, Request, Role, Select
from bot.core.services import Services
from prompts import plain, render

_CHOSEN = ("review", "answers", "locale", "digest_day")
_TYPED = ("cards_channel", "staff_channel", "moderator_roles", "timezone", "retention_days")


async def show_setup(services: Services, request: Request) -> Reply:
    """Offer menus for what has few values, and say how the rest is typed."""
    row = await services.store.communities.by_id(request.community.id)
    settings = row.settings if row else request.community.settings
    locale = request.locale
    selects = tuple(
        Select(
            command="settings set",
            name="value",
            placeholder=render(f"settings.about_{name}", locale)[:100],
            choices=tuple(
                Choice(value, value)
                for value in community_settings.suggestions(community_settings.BY_NAME[name])[:25]
            ),
            values={"name": name},
            chosen=(community_settings.shown(settings, name),),
        )
        for name in _CHOSEN
        if name != "locale" or len(community_settings.locales()) > 1
    )
    fields = tuple(
        NameValue(
            render(f"settings.about_{name}", locale),
            f"`/settings set {name}` · {plain(community_settings.shown(settings, name))}",
            is_inline=False,
        )
        for name in _TYPED
    )
    return Reply(
        title=render("settings.setup_title", locale),
        text=render("settings.setup", locale),
        fields=fields,
        selects=selects,
        buttons=(Button(label=render("button.all_settings", locale), command="settings show"),),
    )


SETUP = Command(
    name="setup",
    summary="Set Reelbank up for this community, step by step",
    handle=show_setup,
    audience=Role.ADMIN,
    examples=("setup",),
)
