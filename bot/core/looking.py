"""What an administrator is shown of a community: its settings in words, and what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.core import community_settings
from bot.core.courier import CourierError, Lack
from bot.core.model import Choice, Community, SelectKind
from bot.core.services import Services
from prompts import has, plain, render

log = structlog.get_logger(__name__)

_PATIENCE_S = 6.0
CHANNELS = ("cards_channel", "staff_channel", "digest_channel")


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a community; without a connection there are no names, and no lacks."""

    community: Community
    pickers: frozenset[SelectKind] = frozenset(SelectKind)
    names: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[Choice, ...] = ()
    lacks: tuple[Lack, ...] = ()
    is_connected: bool = False

    @property
    def settings(self) -> Mapping[str, Any]:
        """Give the present settings."""
        return self.community.settings

    def get(self, name: str) -> Any:
        """Give a setting or its default."""
        return community_settings.get(self.settings, name)

    def called(self, one: str, locale: str) -> str:
        """Say what a channel, role, group or member is called, as plain words."""
        if one in self.names:
            return self.names[one]
        return render("setup.gone", locale, id=one) if self.is_connected else one


async def look(
    services: Services,
    community: Community,
    locale: str,
    *,
    with_lacks: bool = False,
    also: str = "",
) -> Look:
    """Look at a community as it is now; a platform that does not answer is left out.

    Args:
        services: the store, and the platforms that are served.
        community: which one.
        locale: of what is said about lacks.
        with_lacks: look for what is missing, too.
        also: a further channel whose name is wanted.
    """
    row = await services.store.communities.by_id(community.id)
    if row is not None:
        community = Community(row.id, row.key, row.name, row.bank_id, row.settings)
    courier = services.couriers.get(community.platform)
    if courier is None:
        return Look(community)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            names = await courier.names(community, [*_ids(community.settings), also])
            groups = tuple(await courier.groups(community))
            lacks = tuple(await courier.missing(community, locale)) if with_lacks else ()
    except (CourierError, TimeoutError) as error:
        log.info("not_looked_around", platform=community.platform, why=type(error).__name__)
        return Look(community, courier.pickers)
    return Look(community, courier.pickers, names, groups, lacks, is_connected=True)


def _ids(settings: Mapping[str, Any]) -> list[str]:
    """List the channels, roles, groups and members that settings name."""
    named = [settings.get(name) for name in CHANNELS]
    named += [*(settings.get("moderator_roles") or ()), *(settings.get("channel_modes") or ())]
    return [str(one) for one in named if one]


def in_words(seen: Look, name: str, locale: str) -> str:
    """Say what a setting is at present, in our Markdown subset."""
    value = seen.get(name)
    if value is None or value in ((), []):
        return render(f"setup.none_{name}", locale)
    draw = _WORDS.get(name)
    if draw is None:
        return plain(community_settings.shown(seen.settings, name))
    return draw(seen, value, locale)


def _channel(seen: Look, value: Any, locale: str) -> str:
    return plain(seen.called(str(value), locale))


def _moderators(seen: Look, value: Any, locale: str) -> str:
    return ", ".join(plain(seen.called(str(one), locale)) for one in value)


def _digest(seen: Look, value: Any, locale: str) -> str:
    if value == "never":
        return render("setup.digest_day_never", locale)
    hour, zone = seen.get("digest_hour"), str(seen.get("timezone")).replace("_", " ")
    day = render("setup.day", locale, day=value)
    return render("setup.digest", locale, day=day, hour=hour, zone=plain(zone))


def _export(seen: Look, value: Any, locale: str) -> str:
    if value == "never":
        return render("setup.export_day_never", locale)
    return render(
        "setup.export",
        locale,
        day=render("setup.day", locale, day=value),
        format=seen.get("export_format"),
        names=render(f"setup.export_names_{'yes' if seen.get('export_names') else 'no'}", locale),
        has_place=bool(seen.get("staff_channel")),
    )


def _modes(seen: Look, mode: Any, locale: str) -> str:
    own = seen.settings.get("channel_modes") or {}
    words = [render(f"setup.answers_{mode}", locale)]
    for channel, its in sorted(own.items()):
        of_its = render(f"setup.answers_{its}", locale)
        words.append(f"{plain(seen.called(channel, locale))}: {of_its}")
    return "; ".join(words)


def language(locale: str) -> str:
    """Give the name that a language has for itself."""
    return render("setup.language", locale) if has("setup.language", locale) else locale


_WORDS: Mapping[str, Callable[[Look, Any, str], str]] = {
    "cards_channel": _channel,
    "staff_channel": _channel,
    "digest_channel": _channel,
    "export_day": _export,
    "moderator_roles": _moderators,
    "answers": _modes,
    "review": lambda _seen, value, locale: render(f"setup.review_{value}", locale),
    "locale": lambda _seen, value, _locale: language(str(value)),
    "digest_day": _digest,
    "timezone": lambda _seen, value, _locale: plain(str(value).replace("_", " ")),
    "retention_days": lambda _seen, value, locale: render("setup.days", locale, count=value),
}
