"""What somebody wants of Reelbank for themselves."""

from __future__ import annotations

from bot.core.commands import ideas
from bot.core.model import Button, Choice, Command, Field, FieldType, Reply, Request, Style
from bot.core.notices import WANTED
from bot.core.services import Services
from prompts import render


async def set_notices(services: Services, request: Request) -> Reply:
    """Choose what one hears of the ideas that one follows; without a choice, say what it is."""
    wanted, person_id = request.text("about"), request.actor.person_id or 0
    if wanted:
        await services.store.members.set_notices(ideas.write_of(request), wanted)
    kept = await services.store.members.notices([person_id])
    current = kept.get(person_id, WANTED[0])
    buttons = tuple(
        Button(
            label=render(f"button.notices_{name}", request.locale),
            command="me notices",
            values={"about": name},
            style=Style.PRIMARY if name == current else Style.PLAIN,
        )
        for name in WANTED
    )
    return Reply(
        text=render("notice.wanted", request.locale, wanted=current),
        buttons=buttons,
        replace=bool(wanted),
    )


NOTICES = Command(
    name="me notices",
    summary="Choose what I write to you about: decisions, comments too, or nothing",
    handle=set_notices,
    fields=(
        Field(
            name="about",
            label="About",
            type=FieldType.CHOICE,
            description="decisions, all (comments too), or none",
            choices=tuple(Choice(name, name) for name in WANTED),
        ),
    ),
    is_write=True,
    inline="about",
    examples=("me notices", "me notices all"),
)
