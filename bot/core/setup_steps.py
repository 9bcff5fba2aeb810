"""The steps of the setup: what each one is about, and the menus and buttons that it offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.core import community_settings, zones
from bot.core.looking import Look, language
from bot.core.model import Button, Choice, Request, Select, SelectKind, Value
from prompts import render

CHOOSE = "settings choose"
ZONE = "settings zone"
GROUPS, PEOPLE = "groups", "people"
DONE = "done"

_DAYS = (7, 30, 90, 180, 365, 730)


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be done in a step; menus first, one a row."""

    selects: tuple[Select, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `settings` are those whose present values it shows."""

    name: str
    settings: tuple[str, ...]
    offer: Callable[[Look, Request], Offer]


def _select(
    request: Request,
    step: str,
    setting: str,
    *,
    choices: tuple[Choice, ...] = (),
    kind: SelectKind = SelectKind.CHOICE,
    chosen: tuple[str, ...] = (),
    label: str = "",
    at_most: int = 1,
    **values: Value,
) -> Select:
    return Select(
        command=CHOOSE,
        name="value",
        placeholder=render(f"setup.pick_{label or setting}", request.locale),
        choices=choices,
        kind=kind,
        values={"name": setting, "step": step, **values},
        chosen=chosen,
        min_values=1 if at_most == 1 else 0,
        max_values=at_most,
    )


def _known(seen: Look, *ids: object) -> tuple[str, ...]:
    """Give those that exist: a picker that is told of another one is refused as a whole."""
    return tuple(str(one) for one in ids if str(one) in seen.names)


def _channel(step: str, setting: str) -> Callable[[Look, Request], Offer]:
    def offer(seen: Look, request: Request) -> Offer:
        here = Choice(request.place.channel_id, render("setup.this_channel", request.locale))
        select = _select(
            request,
            step,
            setting,
            kind=SelectKind.CHANNEL,
            choices=(here,) if here.value else (),
            chosen=_known(seen, seen.get(setting)),
        )
        clear = Button(
            label=render(f"setup.clear_{setting}", request.locale),
            command=CHOOSE,
            values={"name": setting, "step": step, "value": "none"},
        )
        return Offer((select,), (clear,) if seen.get(setting) else ())

    return offer


def _moderators(seen: Look, request: Request) -> Offer:
    ours = [str(one) for one in seen.get("moderator_roles")]
    groups, people = _parted(ours)
    menus = [
        _select(
            request,
            "moderators",
            "moderator_roles",
            kind=SelectKind.ROLE,
            choices=seen.groups[:25],
            chosen=_known(seen, *groups),
            label="groups",
            at_most=10,
            part=GROUPS,
        ),
        _select(
            request,
            "moderators",
            "moderator_roles",
            kind=SelectKind.MEMBER,
            chosen=_known(seen, *people),
            label="people",
            at_most=10,
            part=PEOPLE,
        ),
    ]
    return Offer(tuple(m for m in menus if m.kind in seen.pickers or m.choices))


def _parted(ids: list[str]) -> tuple[list[str], list[str]]:
    """Part groups from people, whose ids are account keys."""
    return [i for i in ids if ":" not in i], [i for i in ids if ":" in i]


def moderators_with(present: list[str], part: str, chosen: tuple[str, ...]) -> list[str] | None:
    """Give the moderators after a part of them was chosen anew; None for nobody."""
    groups, people = _parted(present)
    return [
        *(chosen if part == GROUPS else groups),
        *(chosen if part == PEOPLE else people),
    ] or None


def _answers(seen: Look, request: Request) -> Offer:
    locale = request.locale
    here = Choice(request.place.channel_id, render("setup.this_channel", locale))
    picker = Select(
        command="setup",
        name="channel",
        placeholder=render("setup.pick_channel_of_its_own", locale),
        choices=(here,) if here.value else (),
        kind=SelectKind.CHANNEL,
        values={"step": "answers"},
    )
    everywhere = _select(
        request,
        "answers",
        "answers",
        choices=tuple(_mode(mode, request) for mode in community_settings.MODES),
        chosen=(seen.get("answers"),),
    )
    channel = request.text("channel")
    own = (_mode_in(seen, request, channel),) if channel else ()
    return Offer((everywhere, picker, *own))


def _mode(mode: str, request: Request, place: str = "") -> Choice:
    """Give a mode as a choice; a chosen one hides what its menu asks, so it names its place."""
    words = render(f"setup.answers_{mode}", request.locale)
    label = render("setup.mode_in", request.locale, place=place, mode=words) if place else words
    is_like_all = mode == "default"
    more = "" if is_like_all else render(f"setup.answers_{mode}_more", request.locale)
    return Choice(mode, label, more)


def _mode_in(seen: Look, request: Request, channel: str) -> Select:
    name = seen.called(channel, request.locale) if seen.is_connected else channel
    chosen = (seen.settings.get("channel_modes") or {}).get(channel, "default")
    return Select(
        command=CHOOSE,
        name="value",
        placeholder=name,
        choices=tuple(_mode(m, request, name) for m in (*community_settings.MODES, "default")),
        values={"name": "answers", "step": "answers", "channel": channel},
        chosen=(chosen,),
    )


def _review(seen: Look, request: Request) -> Offer:
    choices = tuple(
        Choice(
            way,
            render(f"setup.review_{way}", request.locale),
            render(f"setup.review_{way}_more", request.locale),
        )
        for way in community_settings.BY_NAME["review"].choices
    )
    chosen = (seen.get("review"),)
    return Offer((_select(request, "review", "review", choices=choices, chosen=chosen),))


def _language(seen: Look, request: Request) -> Offer:
    choices = tuple(Choice(code, language(code)) for code in community_settings.locales())
    chosen = (seen.get("locale"),)
    return Offer((_select(request, "language", "locale", choices=choices, chosen=chosen),))


def _digest(seen: Look, request: Request) -> Offer:
    locale = request.locale
    days = tuple(
        Choice(day, render("setup.digest_day_never", locale) if day == "never"
               else render("setup.day", locale, day=day))
        for day in community_settings.BY_NAME["digest_day"].choices
    )  # fmt: skip
    hours = tuple(Choice(str(hour), f"{hour:02}:00") for hour in range(24))
    where = _channel("digest", "digest_channel")(seen, request)
    present = str(seen.get("timezone"))
    listed = [present, *(zone for zone in zones.LIKELY if zone != present)][:25]
    found = tuple(zones.choice(zone, request.now) for zone in listed)
    search = Button(
        label=render("setup.search_zone", locale), command=ZONE, opens_form=True
    )  # the menu holds 25, and there are some 400
    hour = (str(seen.get("digest_hour")),)
    return Offer(
        (
            _select(
                request, "digest", "digest_day", choices=days, chosen=(seen.get("digest_day"),)
            ),
            _select(request, "digest", "digest_hour", choices=hours, chosen=hour),
            _select(request, "digest", "timezone", choices=found, chosen=(present,)),
            *where.selects,
        ),
        (search, *where.buttons),
    )


def _export(seen: Look, request: Request) -> Offer:
    locale = request.locale
    days = tuple(
        Choice(day, render("setup.export_day_never", locale) if day == "never"
               else render("setup.day", locale, day=day))
        for day in community_settings.BY_NAME["export_day"].choices
    )  # fmt: skip
    formats = tuple(
        Choice(name, render("setup.as_format", locale, format=name))
        for name in community_settings.BY_NAME["export_format"].choices
    )
    names = tuple(
        Choice(answer, render(f"setup.export_names_{answer}", locale)) for answer in ("no", "yes")
    )
    chosen = {
        name: (community_settings.shown(seen.settings, name),)
        for name in ("export_day", "export_format", "export_names")
    }
    return Offer(
        tuple(
            _select(request, "export", name, choices=choices, chosen=chosen[name])
            for name, choices in (
                ("export_day", days),
                ("export_format", formats),
                ("export_names", names),
            )
        )
    )


def _retention(seen: Look, request: Request) -> Offer:
    present = int(seen.get("retention_days"))
    choices = tuple(
        Choice(str(count), render("setup.days", request.locale, count=count))
        for count in sorted({*_DAYS, present})
    )
    chosen = (str(present),)
    return Offer((_select(request, "retention", "retention_days", choices=choices, chosen=chosen),))


STEPS: tuple[Step, ...] = (
    Step("cards", ("cards_channel",), _channel("cards", "cards_channel")),
    Step("staff", ("staff_channel",), _channel("staff", "staff_channel")),
    Step("moderators", ("moderator_roles",), _moderators),
    Step("answers", ("answers",), _answers),
    Step("review", ("review",), _review),
    Step("language", ("locale",), _language),
    Step("digest", ("digest_day", "timezone", "digest_channel"), _digest),
    Step("export", ("export_day",), _export),
    Step("retention", ("retention_days",), _retention),
)
BY_NAME: Mapping[str, Step] = {step.name: step for step in STEPS}


def shown_steps(seen: Look, request: Request) -> tuple[Step, ...]:
    """Leave out the steps in which this platform offers nothing to choose."""
    return tuple(step for step in STEPS if step.offer(seen, request) != Offer())
