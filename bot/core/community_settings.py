"""The settings of a community: their types, defaults, and how they are typed in and shown.

The store keeps plain JSON values; this module is the only one that knows what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import prompts
from bot.core import zones
from bot.core.errors import InvalidField
from bot.core.exports import FORMATS
from bot.core.model import Choice

_CHANNEL = re.compile(r"<#([A-Z0-9]+)(?:\|[^>]*)?>|#?([\w.-]{1,80})", re.IGNORECASE)
_GROUP = re.compile(r"<(?:@&|!subteam\^)?([A-Z0-9]+)(?:\|[^>]*)?>|([\w.-]{1,80})", re.IGNORECASE)
_UNSET = {"none", "off", "-", "default", "unset", "reset"}
MODES = ("mention", "all", "off")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `read` turns what was typed into what is kept; None means the default."""

    name: str
    default: Any
    read: Callable[[Setting, str], Any]
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    takes_channel: bool = False  # may be overridden for one channel

    @property
    def allowed(self) -> str:
        """Say in short what it can be; empty where an example says more."""
        return ", ".join(self.choices) if self.choices else f"{self.low}-{self.high}"


def _choice(setting: Setting, text: str) -> str:
    chosen = text.strip().lower()
    if chosen not in setting.choices:
        raise _wrong(setting, text)
    return chosen


def _flag(setting: Setting, text: str) -> bool:
    chosen = text.strip().lower()
    if chosen in {"yes", "true", "on", "1"}:
        return True
    if chosen in {"no", "false", "off", "0"}:
        return False
    raise _wrong(setting, text)


def _number(setting: Setting, text: str) -> int:
    digits = text.strip()
    if not re.fullmatch(r"\d{1,6}", digits, re.ASCII):
        raise _wrong(setting, text)
    if not setting.low <= int(digits) <= setting.high:
        raise _wrong(setting, text)
    return int(digits)


def _wrong(setting: Setting, text: str) -> InvalidField:
    return InvalidField(
        "value", "setting_value", name=setting.name, value=text, allowed=setting.allowed
    )


def _channel(setting: Setting, text: str) -> str:
    found = _CHANNEL.fullmatch(text.strip())
    if found is None:
        raise InvalidField("value", "setting_channel", name=setting.name, value=text)
    return found[1] or found[2]


def _groups(setting: Setting, text: str) -> list[str]:
    found = [_GROUP.fullmatch(part) for part in re.split(r"[\s,]+", text.strip()) if part]
    if not found or not all(found):
        raise InvalidField("value", "setting_groups", name=setting.name, value=text)
    return [part[1] or part[2] for part in found if part]


def _zone(setting: Setting, text: str) -> str:
    found = zones.only(text)
    if found is None:
        raise no_zone(text)
    return found


def no_zone(text: str, field: str = "value") -> InvalidField:
    """Say that there is no such time zone, which it may be, and how one is written."""
    return InvalidField(
        field,
        "setting_zone",
        value=text[:60],
        near=", ".join(zones.meant(text)),
        examples=zones.EXAMPLES,
    )


def locales() -> tuple[str, ...]:
    """List the languages that everything is said in; answers know some more."""
    return tuple(name for name in prompts.locales() if prompts.has("idea.kept", name))


def _locale(setting: Setting, text: str) -> str:
    chosen = text.strip().lower().replace("_", "-")
    for known in (chosen, chosen.partition("-")[0]):
        if known in locales():
            return known
    allowed = ", ".join(locales())
    raise InvalidField("value", "setting_value", name=setting.name, value=text, allowed=allowed)


_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "never")

SETTINGS: tuple[Setting, ...] = (
    Setting("cards_channel", None, _channel),
    Setting("staff_channel", None, _channel),
    # before: an idea shows once it is accepted; after: it shows at once, open for votes, and is
    # decided later; none: it is accepted at once.
    Setting("review", "after", _choice, ("before", "after", "none")),
    # one: what a moderator adds to the knowledge holds at once; two: another one looks at it first.
    Setting("fact_review", "one", _choice, ("one", "two")),
    # Whether members are told which moderator decided; moderators always see that of each other.
    Setting("named_decisions", default=False, read=_flag, choices=("yes", "no")),
    Setting("answers", "mention", _choice, MODES, takes_channel=True),
    Setting("thread_comments", default=True, read=_flag, choices=("yes", "no")),
    Setting("public_answers", default=True, read=_flag, choices=("yes", "no")),
    Setting("questions_per_day", 100, _number, low=1, high=10_000),
    Setting("locale", "en", _locale),
    Setting("timezone", "UTC", _zone),
    Setting("digest_day", "never", _choice, _DAYS),
    Setting("digest_hour", 9, _number, low=0, high=23),
    Setting("digest_channel", None, _channel),  # none: where cards are
    # The export goes to the staff channel; other people's names only if that is asked for.
    Setting("export_day", "never", _choice, _DAYS),
    Setting("export_format", "csv", _choice, tuple(FORMATS)),
    Setting("export_names", default=False, read=_flag, choices=("yes", "no")),
    Setting("retention_days", 180, _number, low=1, high=3650),
    Setting("stale_days", 180, _number, low=1, high=3650),
    Setting("moderator_roles", (), _groups),
)
BY_NAME: Mapping[str, Setting] = {setting.name: setting for setting in SETTINGS}
_ALSO = {
    "cards_channel": ("cards",),
    "staff_channel": ("staff",),
    "locale": ("language", "lang"),
    "timezone": ("zone", "time_zone", "tz"),
    "questions_per_day": ("questions",),
    "digest_day": ("digest",),
    "export_day": ("export",),
    "retention_days": ("retention",),
    "stale_days": ("stale",),
    "moderator_roles": ("moderators", "roles", "groups"),
}
CHOICES: tuple[Choice, ...] = tuple(
    Choice(s.name, s.name, also=_ALSO.get(s.name, ())) for s in SETTINGS
)


def get(settings: Mapping[str, Any], name: str) -> Any:
    """Give a setting of a community, or its default."""
    value = settings.get(name)
    return BY_NAME[name].default if value is None else value


def zone(settings: Mapping[str, Any]) -> ZoneInfo:
    """Give the time zone of a community."""
    return ZoneInfo(str(get(settings, "timezone")))


def read(name: str, text: str) -> Any:
    """Turn what was typed into what is kept; None for "back to the default".

    Raises:
        InvalidField: there is no such setting, or it cannot have this value; says what it can.
    """
    setting = BY_NAME.get(name.strip().lower())
    if setting is None:
        raise InvalidField("name", "setting_unknown", name=name, allowed=", ".join(BY_NAME))
    is_off_a_value = "off" in setting.choices or "no" in setting.choices
    unset = _UNSET - {"off", "none"} if is_off_a_value or setting.choices else _UNSET
    return None if text.strip().lower() in unset else setting.read(setting, text)


def suggestions(setting: Setting) -> tuple[str, ...]:
    """List values to complete with."""
    if setting.name == "timezone":
        return zones.LIKELY
    if setting.name == "locale":
        return locales()
    return setting.choices


def shown(settings: Mapping[str, Any], name: str) -> str:
    """Give a setting's value in words that `read` would take back."""
    value = get(settings, name)
    if value is None or value in ((), []):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
