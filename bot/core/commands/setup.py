"""The setup: a walk through the settings, one step a screen; each choice holds at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.core import community_settings, setup_steps, zones
from bot.core.commands import ideas
from bot.core.courier import Lack
from bot.core.looking import CHANNELS, Look, in_words, look
from bot.core.model import (
    Button,
    Choice,
    Command,
    Field,
    FieldType,
    NameValue,
    Reply,
    Request,
    Role,
    Select,
    Style,
    Value,
)
from bot.core.services import Services
from bot.core.setup_steps import CHOOSE, DONE, ZONE, Step
from prompts import render

_LACKS_SHOWN = 8
_CHECKED = {"cards": "cards_channel", "staff": "staff_channel", "moderators": "moderator_roles"}
"""Steps that look at once whether what was chosen is of use."""


async def show_setup(services: Services, request: Request) -> Reply:
    """Show a step, the first where none is named."""
    return await _screen(services, request, request.text("step"))


async def choose(services: Services, request: Request) -> Reply:
    """Set what was chosen, and show the step again with what it is now."""
    name = request.text("name")
    changes = await _changes(services, request, name, request.values.get("value"))
    await services.store.communities.set_settings(
        ideas.write_of(request), request.community.id, changes
    )
    if name in CHANNELS:  # what had no way to be sent may have one now
        due_at = request.now + timedelta(seconds=1)
        await services.store.outbox.revive_all(request.community.id, due_at)
    return await _screen(services, request, request.text("step"), has_chosen=True)


async def _changes(
    services: Services, request: Request, name: str, value: Value
) -> Mapping[str, Any]:
    present = (await look(services, request.community, request.locale)).settings
    if isinstance(value, tuple):
        part, ours = request.text("part"), [str(x) for x in present.get("moderator_roles") or ()]
        return {"moderator_roles": setup_steps.moderators_with(ours, part, value)}
    read = community_settings.read(name, str(value or "default"))
    channel = request.text("channel")
    if not channel:
        return {name: read}
    modes = dict(present.get("channel_modes") or {})
    modes.pop(channel, None)
    return {"channel_modes": {**modes, **({channel: read} if read else {})} or None}


async def set_zone(services: Services, request: Request) -> Reply:
    """Set the time zone that was typed; where it may mean several, offer them."""
    typed = request.text("zone")
    found = zones.only(typed)
    if found is None:
        near = zones.near(typed)
        if not near:
            raise community_settings.no_zone(typed, "zone")
        return _which_zone(request, typed, near)
    await services.store.communities.set_settings(
        ideas.write_of(request), request.community.id, {"timezone": found}
    )
    return await _screen(services, request, "digest", has_chosen=True)


def _which_zone(request: Request, typed: str, near: Sequence[str]) -> Reply:
    locale = request.locale
    select = Select(
        command=CHOOSE,
        name="value",
        placeholder=render("setup.pick_timezone", locale),
        choices=tuple(zones.choice(zone, request.now) for zone in near),
        values={"name": "timezone", "step": "digest"},
    )
    return Reply(
        text=render("setup.which_zone", locale, typed=typed),
        selects=(select,),
        buttons=(_go("back", "digest", request),),
        replace=True,
    )


async def complete_zone(_services: Services, request: Request, prefix: str) -> list[Choice]:
    """Complete a time zone by its name, a city or a country."""
    return [zones.choice(zone, request.now) for zone in zones.near(prefix)]


async def resend(services: Services, request: Request) -> Reply:
    """Try again to send what was given up, now that its cause may be mended."""
    await services.store.outbox.revive_all(request.community.id, request.now + timedelta(seconds=1))
    return await _screen(services, request, DONE)


# --- screens ----------------------------------------------------------------------------------


async def _screen(
    services: Services, request: Request, name: str, *, has_chosen: bool = False
) -> Reply:
    is_checked = name == DONE or (has_chosen and name in _CHECKED)
    seen = await look(
        services,
        request.community,
        request.locale,
        with_lacks=is_checked,
        also=request.text("channel"),
    )
    if name == DONE:
        return await _summary(services, request, seen)
    steps = setup_steps.shown_steps(seen, request)
    step = next((s for s in steps if s.name == name), steps[0])
    return _step(request, seen, steps, step, has_chosen=has_chosen)


def _step(
    request: Request, seen: Look, steps: Sequence[Step], step: Step, *, has_chosen: bool
) -> Reply:
    locale, at = request.locale, steps.index(step)
    offer = step.offer(seen, request)
    lacks = [lack for lack in seen.lacks if lack.setting in {_CHECKED.get(step.name), ""}]
    text = render(f"setup.about_{step.name}", locale)
    before = steps[at - 1].name if at else ""
    after = steps[at + 1].name if at + 1 < len(steps) else DONE
    nav = [_go("back", before, request)] if before else []
    if after != DONE:
        nav.append(_go("next" if has_chosen else "skip", after, request, Style.PRIMARY))
    nav.append(_go("finish", DONE, request, Style.PLAIN if after != DONE else Style.PRIMARY))
    return Reply(
        title=render("setup.title", locale, at=at + 1, count=len(steps)),
        text="\n\n".join(filter(None, (text, _lacks_text(lacks, locale)))),
        fields=_present(seen, step.settings, locale, is_inline=False),
        selects=offer.selects,
        buttons=(*offer.buttons, *_links(lacks, locale), *nav),
        replace=bool(request.text("step")) or request.command != SETUP.name,
    )


async def _summary(services: Services, request: Request, seen: Look) -> Reply:
    locale = request.locale
    given_up = await services.store.outbox.given_up(request.community.id)
    settings = [name for step in setup_steps.shown_steps(seen, request) for name in step.settings]
    ours = [_lacks_text(seen.lacks, locale), _given_up_text(given_up, locale)]
    is_well = seen.is_connected and not seen.lacks and not given_up
    more = "setup.all_well" if is_well else "setup.not_checked" if not seen.is_connected else ""
    text = "\n\n".join(filter(None, (render(more, locale) if more else "", *ours)))
    buttons = [_go("from_start", setup_steps.STEPS[0].name, request)]
    buttons.append(_go("check", DONE, request, Style.PRIMARY if seen.lacks else Style.PLAIN))
    if given_up:
        buttons.append(Button(label=render("setup.resend", locale), command=RESEND.name))
    buttons.append(Button(label=render("button.all_settings", locale), command="settings show"))
    return Reply(
        title=render("setup.done", locale),
        text=text,
        fields=_present(seen, settings, locale, is_inline=True),
        buttons=(*_links(seen.lacks, locale), *buttons),
        style=Style.SUCCESS if is_well else Style.PLAIN,
        replace=True,
    )


def _present(
    seen: Look, settings: Sequence[str], locale: str, *, is_inline: bool
) -> tuple[NameValue, ...]:
    return tuple(
        NameValue(render(f"setup.label_{name}", locale), in_words(seen, name, locale), is_inline)
        for name in settings
    )


def _lacks_text(lacks: Sequence[Lack], locale: str) -> str:
    if not lacks:
        return ""
    lines = [lack.text for lack in lacks[:_LACKS_SHOWN]]
    return render("setup.lacks", locale, lines=lines, more=len(lacks) - len(lines))


def _given_up_text(given_up: Sequence[tuple[str, str, int]], locale: str) -> str:
    if not given_up:
        return ""
    rows = [(reason, count) for _kind, reason, count in given_up]
    return render("setup.given_up", locale, reasons=rows)


def _links(lacks: Sequence[Lack], locale: str) -> list[Button]:
    urls = list(dict.fromkeys(lack.url for lack in lacks if lack.url))
    return [Button(label=render("setup.grant", locale), url=url) for url in urls[:1]]


def _go(label: str, step: str, request: Request, style: Style = Style.PLAIN) -> Button:
    words = render(f"setup.{label}", request.locale)
    return Button(label=words, command=SETUP.name, values={"step": step}, style=style)


_STEP_CHOICES = tuple(Choice(name, name) for name in (*setup_steps.BY_NAME, DONE))
_HIDDEN = (
    Field(name="step", label="Step", type=FieldType.CHOICE, choices=_STEP_CHOICES),
    Field(name="channel", label="Channel", max_length=40, in_option=False),
)
SETUP = Command(
    name="setup",
    summary="Set Reelbank up for this community, step by step",
    handle=show_setup,
    fields=_HIDDEN,
    audience=Role.ADMIN,
    takes_long=False,
    examples=("setup", "setup step:done"),
)
SETUP_CHOOSE = Command(
    name=CHOOSE,
    summary="Set what was chosen in the setup",
    handle=choose,
    fields=(
        *_HIDDEN,
        Field(name="name", label="Setting", type=FieldType.CHOICE,
              choices=community_settings.CHOICES, is_required=True),
        Field(name="value", label="Value"),
        Field(name="part", label="Part", max_length=10),
    ),
    audience=Role.ADMIN,
    is_write=True,
    is_listed=False,
)  # fmt: skip
SETUP_ZONE = Command(
    name=ZONE,
    summary="Find this community's time zone",
    handle=set_zone,
    form_title="Time zone",
    fields=(
        Field(
            name="zone",
            label="City, country or time zone",
            type=FieldType.CHOICE,
            description="For instance: Berlin, Mexico, America/New_York",
            is_required=True,
            max_length=60,
            complete=complete_zone,
            in_form=True,
        ),
    ),
    audience=Role.ADMIN,
    is_write=True,
    is_listed=False,
)
RESEND = Command(
    name="settings resend",
    summary="Try again to send what was given up",
    handle=resend,
    audience=Role.ADMIN,
    is_write=True,
    is_listed=False,
)
