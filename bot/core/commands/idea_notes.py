"""Comments on ideas, and moderators' own notes: writing, reading, changing, taking away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.core.commands import ideas, shown
from bot.core.errors import NotAllowed, NotFound
from bot.core.model import (
    ActionItem,
    Button,
    Command,
    Field,
    FieldType,
    Reply,
    Request,
    Role,
    Style,
    Value,
    everyone,
)
from bot.core.notices import to_followers
from bot.core.services import Services
from bot.core.texts import short
from prompts import plain, render
from storage import Idea, Note

PAGE = 5
LONGEST = 1000


async def note(services: Services, request: Request) -> Reply:
    """Keep a comment with an idea, and tell those who follow it."""
    await ideas.require_welcome(services, request)
    idea = await ideas.require_idea(services, request)
    by = request.actor.person_id
    notices = await to_followers(services, idea, "note", request.now, by=by)
    write = replace(ideas.write_of(request), notices=notices)
    await services.store.notes.add(
        write, idea.bank_id, idea.number, request.text("text"), is_staff=False
    )
    return Reply(
        text=render("idea.noted", request.locale, number=idea.number),
        buttons=(_all(request, idea),),
    )


async def note_from_thread(services: Services, request: Request) -> Reply:
    """Keep what was said below a card as a comment; say so once in each thread."""
    await ideas.require_welcome(services, request)
    idea = await ideas.require_idea(services, request)
    by = request.actor.person_id
    notices = await to_followers(services, idea, "note", request.now, by=by)
    kept = await services.store.notes.add(
        replace(ideas.write_of(request), notices=notices),
        idea.bank_id,
        idea.number,
        request.text("text"),
        is_staff=False,
        message_key=request.delivery_id or f"{request.actor.key}:{request.now.isoformat()}",
    )
    is_first = await services.store.notes.from_threads(idea.bank_id, idea.number) == 1
    if kept is None or not is_first:
        return Reply()
    return Reply(text=render("idea.noted_below", request.locale, number=idea.number))


async def staff_note(services: Services, request: Request) -> Reply:
    """Keep a note that only moderators see."""
    idea = await ideas.require_idea(services, request)
    await services.store.notes.add(
        ideas.write_of(request), idea.bank_id, idea.number, request.text("text"), is_staff=True
    )
    return Reply(text=render("mod.noted", request.locale, number=idea.number))


async def list_notes(services: Services, request: Request) -> Reply:
    """List the comments on an idea, the newest first, with what one may do with each."""
    idea = await ideas.require_idea(services, request)
    found = await _readable(services, request, idea)
    offset, locale = request.number("offset") or 0, request.locale
    newest = list(reversed(found))[offset : offset + PAGE]
    if not newest:
        text = render("idea.notes_none", locale, number=idea.number)
        return Reply(text=text, replace=request.flag("paged"), buttons=(_add(request, idea),))
    items = tuple(
        ActionItem(text=note_text(one, locale), buttons=_buttons(request, idea, one))
        for one in newest
    )
    paging = shown.paging_buttons(request, offset=offset, limit=PAGE, total=len(found))
    return Reply(
        title=f"#{idea.number} {plain(short(idea.title, 200))}",
        text=render("idea.notes", locale, count=len(found)),
        items=items,
        buttons=(*paging, _add(request, idea)),
        replace=request.flag("paged"),
    )


async def _readable(services: Services, request: Request, idea: Idea) -> list[Note]:
    return await services.store.notes.list(
        idea.bank_id,
        idea.number,
        include_staff=ideas.is_moderator(request),
        reader_id=request.actor.person_id,
    )


def note_text(one: Note, locale: str) -> str:
    """Say a comment: who wrote it, when, and what."""
    by = render("idea.note_by", locale, name=one.author_name, is_staff=one.is_staff)
    day, is_edited = one.at.date().isoformat(), one.edited_at is not None
    return render("idea.note", locale, by=by, day=day, is_edited=is_edited, text=one.text)


def _buttons(request: Request, idea: Idea, one: Note) -> tuple[Button, ...]:
    if not one.is_own and not ideas.is_moderator(request):
        return ()
    values: dict[str, Value] = {"number": idea.number, "note": one.id}
    remove = Button(
        label=render("button.note_remove", request.locale),
        command="idea unnote",
        values=values,
        style=Style.DANGER,
    )
    if not one.is_own:
        return (remove,)
    label = render("button.note_edit", request.locale)
    change = Button(label=label, command="idea renote", values=values, opens_form=True)
    return (change, remove)


def _add(request: Request, idea: Idea) -> Button:
    return Button(
        label=render("button.idea_note", request.locale),
        command="idea note",
        values={"number": idea.number},
        opens_form=True,
    )


def _all(request: Request, idea: Idea) -> Button:
    return Button(
        label=render("button.idea_notes", request.locale),
        command="idea notes",
        values={"number": idea.number},
    )


async def _own(services: Services, request: Request, *, for_moderators: bool) -> tuple[Idea, Note]:
    """Give the comment that a button names, if the actor may change it.

    Raises:
        NotFound: it is gone, or belongs to another idea.
        NotAllowed: somebody else wrote it.
    """
    idea = await ideas.require_idea(services, request)
    notes = await _readable(services, request, idea)
    found = next((one for one in notes if one.id == request.number("note")), None)
    if found is None:
        raise NotFound("note_not_found", number=idea.number)
    if not found.is_own and not (for_moderators and ideas.is_moderator(request)):
        raise NotAllowed("note_not_yours", number=idea.number)
    return idea, found


async def prefill(services: Services, request: Request) -> Mapping[str, Value]:
    """Give the words as they are, for the form."""
    idea, found = await _own(services, request, for_moderators=False)
    return {"number": idea.number, "note": found.id, "text": found.text}


async def edit_note(services: Services, request: Request) -> Reply:
    """Change the words of one's own comment."""
    await ideas.require_welcome(services, request)
    idea, found = await _own(services, request, for_moderators=False)
    await services.store.notes.edit(
        ideas.write_of(request), idea.bank_id, found.id, request.text("text")
    )
    return Reply(
        text=render("idea.note_edited", request.locale, number=idea.number),
        buttons=(_all(request, idea),),
    )


async def remove_note(services: Services, request: Request) -> Reply:
    """Take one's own comment away, or as a moderator anybody's."""
    idea, found = await _own(services, request, for_moderators=True)
    await services.store.notes.remove(ideas.write_of(request), idea.bank_id, found.id)
    # Usually at once; else a job tries until no reader holds old pages any more.
    await services.store.scrub()
    return Reply(
        text=render("idea.note_removed", request.locale, number=idea.number),
        buttons=(_all(request, idea),),
        replace=True,
    )


_TEXT = Field(
    name="text",
    label="Note",
    type=FieldType.TEXT,
    is_required=True,
    max_length=LONGEST,
    in_form=True,
)
_NOTE_ID = Field(
    name="note", label="Comment", type=FieldType.INTEGER, in_option=False, is_required=True
)

NOTE = Command(
    name="idea note",
    summary="Comment on an idea",
    handle=note,
    form_title="Comment",
    fields=(ideas.idea_field(), _TEXT),
    is_write=True,
    inline="text",
    examples=("idea note 42 We tried this with a drone, it works.",),
)
NOTES = Command(
    name="idea notes",
    summary="Read the comments on an idea; change or remove your own",
    handle=list_notes,
    fields=(
        ideas.idea_field(),
        Field(
            name="offset",
            label="From",
            type=FieldType.INTEGER,
            minimum=0,
            maximum=1_000_000,
            in_option=False,
        ),
    ),
    examples=("idea notes 42",),
)
RENOTE = Command(
    name="idea renote",
    summary="Change your comment",
    handle=edit_note,
    form_title="Change the comment",
    fields=(ideas.idea_field(), _TEXT, _NOTE_ID),
    is_write=True,
    is_listed=False,
    prefill=prefill,
)
UNNOTE = Command(
    name="idea unnote",
    summary="Remove a comment",
    handle=remove_note,
    fields=(ideas.idea_field(), _NOTE_ID),
    is_write=True,
    is_listed=False,
)
NOTE_BELOW = Command(
    name="idea noted",
    summary="Keep what was said below a card as a comment",
    handle=note_from_thread,
    fields=(ideas.idea_field(), replace(_TEXT, in_form=False)),
    visibility=everyone,
    is_write=True,
    is_listed=False,
)
STAFF_NOTE = Command(
    name="mod note",
    summary="Keep a note on an idea that only moderators see",
    handle=staff_note,
    form_title="Note for moderators",
    fields=(ideas.idea_field(), _TEXT),
    audience=Role.MODERATOR,
    is_write=True,
    inline="text",
    examples=("mod note 42 Ask the author for the police report.",),
)
