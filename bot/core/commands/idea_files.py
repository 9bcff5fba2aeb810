"""Files and links of an idea: adding one, looking at them, taking one away."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.attaching import PER_IDEA, attached_of, link, take
from bot.core.commands import ideas, shown
from bot.core.commands.idea_change import review_again
from bot.core.commands.idea_reading import URL
from bot.core.errors import Conflict, InvalidField, NotFound
from bot.core.model import (
    ActionItem,
    Button,
    Command,
    Field,
    FieldType,
    Reply,
    Request,
    Style,
    Value,
)
from bot.core.services import Services
from bot.core.statuses import CAN_BE_EDITED
from bot.core.texts import short
from prompts import plain, render
from storage import Attachment, Full, Idea


async def prefill(services: Services, request: Request) -> Mapping[str, Value]:
    """Open the form for those who may add something."""
    idea = await ideas.require_own(services, request)
    return {"number": idea.number}


async def attach(services: Services, request: Request) -> Reply:
    """Add files or a link to one's idea; what was accepted may have to be looked at again."""
    await ideas.require_welcome(services, request)
    idea = await ideas.require_own(services, request)
    if idea.status not in CAN_BE_EDITED:
        raise Conflict("not_editable", number=idea.number, status=idea.status)
    url, files = request.text("link"), attached_of(request)
    if url and not URL.fullmatch(url):
        raise InvalidField("link", "no_link")
    if not url and not files:
        raise InvalidField("file", "no_file")
    has = await services.store.attachments.of_idea(idea.bank_id, idea.number)
    if sum(f.number == idea.number for f in has) >= PER_IDEA:  # before anything is fetched
        raise Conflict("files_full", number=idea.number, limit=PER_IDEA)
    taken = await take(services, request, files)
    more = (*taken.files, *((link(url),) if url else ()))
    try:
        kept = await services.store.attachments.add(
            ideas.write_of(request), idea.bank_id, idea.number, more, at_most=PER_IDEA
        )
    except Full:
        raise Conflict("files_full", number=idea.number, limit=PER_IDEA) from None
    again = await review_again(services, request, idea)
    text = render(
        "files.added",
        request.locale,
        number=idea.number,
        title=idea.title,
        count=len(more),
        waits=not ideas.is_public(request.community, again),
    )
    newest = next((f for f in reversed(kept) if f.is_picture), None) if taken.files else None
    return Reply(
        text="\n\n".join((text, *taken.remarks)),
        image=await shown.picture_of(services, idea, kept, newest.id) if newest else None,
        style=Style.SUCCESS,
        buttons=(_all_button(request, idea, len(kept)),),
    )


def _all_button(request: Request, idea: Idea, count: int) -> Button:
    return Button(
        label=render("files.button_all", request.locale, count=count),
        command="idea files",
        values={"number": idea.number},
    )


async def files(services: Services, request: Request) -> Reply:
    """Show the files of an idea, one picture at a time."""
    idea = await ideas.require_idea(services, request)
    return await _listed(services, request, idea, request.number("which"))


async def _listed(
    services: Services, request: Request, idea: Idea, which: int | None = None
) -> Reply:
    kept = await services.store.attachments.of_idea(idea.bank_id, idea.number)
    locale = request.locale
    is_paged = request.flag("paged")
    if not kept:
        return Reply(text=render("files.nothing", locale, number=idea.number), replace=is_paged)
    picture = await shown.picture_of(services, idea, kept, which)
    items = tuple(
        ActionItem(
            text=shown.file_text(file, locale),
            buttons=_buttons(request, idea, file, is_seen=bool(picture and picture.id == file.id)),
        )
        for file in kept
    )
    return Reply(
        title=f"#{idea.number} {plain(short(idea.title, 200))}",
        text=render("files.some", locale, count=len(kept)),
        items=items,
        image=picture,
        replace=is_paged,
    )


def _buttons(
    request: Request, idea: Idea, file: Attachment, *, is_seen: bool
) -> tuple[Button, ...]:
    values: dict[str, Value] = {"number": idea.number, "which": file.id, "paged": True}
    buttons = []
    if file.is_picture and not is_seen:
        label = render("files.button_show", request.locale)
        buttons.append(Button(label=label, command="idea files", values=values))
    may_remove = ideas.is_moderator(request) or ideas.is_author(request, idea)
    if may_remove and file.number == idea.number:
        label = render("files.button_remove", request.locale)
        remove = Button(label=label, command="idea detach", values=values, style=Style.DANGER)
        buttons.append(remove)
    return tuple(buttons)


async def detach(services: Services, request: Request) -> Reply:
    """Take a file away for good; without saying which, list them."""
    idea = await ideas.require_own(services, request)
    chosen = await _chosen(services, request, idea)
    if chosen is None:
        return await _listed(services, request, idea)
    await services.store.attachments.remove(
        ideas.write_of(request), idea.bank_id, idea.number, chosen.id
    )
    # Usually at once; else a job tries until no reader holds old pages any more.
    await services.store.scrub()
    return Reply(
        text=render("files.removed", request.locale, number=idea.number, name=chosen.name),
        replace=request.flag("paged"),
    )


async def _chosen(services: Services, request: Request, idea: Idea) -> Attachment | None:
    """Give the file that is meant, by its place (1 to 4) or as a button names it.

    Raises:
        NotFound: there is none of this place.
    """
    kept = await services.store.attachments.of_idea(idea.bank_id, idea.number)
    own = [f for f in kept if f.number == idea.number]
    which = request.number("which")
    if which is None:
        return own[0] if len(own) == 1 else None
    if request.flag("paged"):
        found = next((f for f in own if f.id == which), None)
    else:
        found = own[which - 1] if 1 <= which <= len(own) else None
    if found is None:
        raise NotFound("file_not_found", number=idea.number, count=len(own))
    return found


_WHICH = Field(
    name="which",
    label="Which",
    type=FieldType.INTEGER,
    description="1 for the first, 2 for the second",
    minimum=1,
)

ATTACH = Command(
    name="idea attach",
    summary="Add a picture, another file or a link to your idea",
    handle=attach,
    form_title="Add a file or link",
    fields=(
        ideas.idea_field(),
        Field(
            name="file",
            label="File",
            type=FieldType.FILE,
            description="PNG, JPEG, GIF or WebP is shown; of others I keep name and size",
            max_length=500,
            in_form=True,
        ),
        Field(
            name="link",
            label="Link",
            description="Instead, or besides",
            max_length=500,
            in_form=True,
        ),
    ),
    is_write=True,
    prefill=prefill,
    examples=("idea attach 42", "idea attach 42 link:https://example.org/study"),
)
FILES = Command(
    name="idea files",
    summary="Show the pictures, files and links of an idea",
    handle=files,
    fields=(
        ideas.idea_field(),
        Field(name="which", label="Which", type=FieldType.INTEGER, in_option=False),
        Field(name="paged", label="Paged", type=FieldType.FLAG, in_option=False),
    ),
    examples=("idea files 42",),
)
DETACH = Command(
    name="idea detach",
    summary="Take a file or link off your idea, for good",
    handle=detach,
    fields=(ideas.idea_field(), _WHICH),
    is_write=True,
    examples=("idea detach 42 which:1",),
)
