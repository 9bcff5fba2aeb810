"""How ideas are shown: as a line, in full, and with which buttons."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.commands import ideas
from bot.core.model import (
    Button,
    NameValue,
    Picture,
    Reply,
    Request,
    Style,
    Value,
)
from bot.core.services import Services
from bot.core.statuses import CAN_BE_EDITED, CAN_BE_VOTED_ON
from bot.core.texts import short, size_text
from bot.tagging.taxonomy import Taxonomy
from prompts import plain, render
from storage import Attachment, Idea, IdeaTag, VoteCount

HIDING_FLAGS = frozenset({"not_an_idea", "links_only", "promotion", "personal_data"})
"""Flags that keep a pending idea from members until a moderator has looked."""


def status_word(status: str, locale: str) -> str:
    """Say a status."""
    return render(f"status.{status}", locale)


def industry_names(taxonomy: Taxonomy, tags: Sequence[IdeaTag], locale: str) -> str:
    """Name the industries, the primary one first."""
    ids = [tag.industry for tag in tags] or ["other"]
    return ", ".join(plain(taxonomy.name(i, locale)) for i in ids)


def industries_because(taxonomy: Taxonomy, tags: Sequence[IdeaTag], locale: str) -> str:
    """Name the industries with the words that decided each."""
    parts = [
        render(
            "idea.industry",
            locale,
            name=taxonomy.name(tag.industry, locale),
            because=list(tag.because),
            set_by=tag.set_by,
        )
        for tag in tags
    ]
    return "; ".join(parts) or plain(taxonomy.name("other", locale))


def votes_text(votes: VoteCount, locale: str) -> str:
    """Say the votes, with the platforms' shares where more than one has some."""
    split = [
        (platform.title(), up, down)
        for platform, (up, down) in sorted(votes.by_platform.items())
        if up or down
    ]
    shares = split if len(split) > 1 else []
    return render("idea.votes", locale, up=votes.up, down=votes.down, split=shares)


def author_text(idea: Idea, locale: str) -> str:
    """Say whose idea it is; never who, where that is not to be known."""
    if idea.consent == "asked":
        return render("idea.author_not_asked", locale)
    if idea.is_anonymous or not idea.author_name:
        return render("idea.author_anonymous", locale)
    return plain(idea.author_name)


def source_of(idea: Idea) -> str:
    """Give the link to where it was said, unless that would show who is not to be named."""
    return "" if idea.is_anonymous or idea.consent == "asked" else idea.permalink or ""


def body_of(idea: Idea) -> str:
    """Give an idea's text; nothing where its title says the whole of it already."""
    return "" if idea.text.strip().rstrip(". 。") == idea.title else idea.text


def idea_line(idea: Idea, taxonomy: Taxonomy, locale: str) -> str:
    """Say an idea in one line of a list."""
    return render(
        "idea.line",
        locale,
        number=idea.number,
        title=short(idea.title),
        industry=taxonomy.name(idea.primary, locale),
        status=idea.status,
        status_word=status_word(idea.status, locale),
        up=idea.votes.up,
        down=idea.votes.down,
    )


def line_with_shared(idea: Idea, taxonomy: Taxonomy, locale: str, shared: Sequence[str]) -> str:
    """Say a look-alike in two lines, with the words that it shares in a third."""
    line = idea_line(idea, taxonomy, locale)
    words = render("idea.shared_words", locale, words=list(shared)) if shared else ""
    return f"{line}\n{words}".strip()


async def idea_reply(services: Services, request: Request, idea: Idea) -> Reply:
    """Show an idea in full, with what the asker can do with it."""
    taxonomy = await services.banks.taxonomy(idea.bank_id)
    locale = request.locale
    files = await services.store.attachments.of_idea(idea.bank_id, idea.number)
    return Reply(
        title=f"#{idea.number} {plain(short(idea.title, 200))}",
        text=render(
            "idea.shown",
            locale,
            text=body_of(idea),
            reason=idea.reason if idea.status == "declined" else "",
            merged_into=idea.merged_into,
        ),
        fields=(*idea_fields(idea, taxonomy, locale), *file_fields(files, locale)),
        image=await picture_of(services, idea, files),
        footer=render(
            "idea.dated",
            locale,
            day=idea.created_at.date().isoformat(),
            edits=max(0, idea.version - 1),
            notes=idea.note_count,
        ),
        buttons=(*await idea_buttons(request, idea), *file_buttons(request, idea, files)),
    )


async def picture_of(
    services: Services, idea: Idea, files: Sequence[Attachment], which: int | None = None
) -> Picture | None:
    """Give one of an idea's pictures, the first unless an id says which, with its title as words.

    Args:
        services: where the bytes are.
        idea: whose title describes the picture to those who cannot see it.
        files: what the idea has.
        which: the id of a picture.
    """
    chosen = next((f for f in files if f.is_picture and which in {None, f.id}), None)
    if chosen is None:
        return None
    content = await services.store.attachments.content(idea.bank_id, chosen.id)
    if content is None:
        return None
    return Picture(
        id=chosen.id,
        name=chosen.name,
        media_type=chosen.media_type,
        alt_text=short(idea.title, 200),
        content=content,
    )


def file_text(file: Attachment, locale: str) -> str:
    """Say what a file is: a link as itself, anything else by name, kind and size."""
    if file.url:
        return plain(file.url)
    return render(
        "files.line",
        locale,
        name=file.name,
        media_type=file.media_type,
        size=size_text(file.size_bytes),
        is_picture=file.is_picture,
    )


def file_fields(files: Sequence[Attachment], locale: str) -> tuple[NameValue, ...]:
    """List the files besides the one picture that is seen anyway."""
    first = next((f for f in files if f.is_picture), None)
    listed = [file_text(f, locale) for f in files if f is not first]
    if not listed:
        return ()
    return (NameValue(render("files.label", locale), "\n".join(listed), is_inline=False),)


def file_buttons(request: Request, idea: Idea, files: Sequence[Attachment]) -> tuple[Button, ...]:
    """Give the way to the other files, and to authors the way to add one."""
    values: dict[str, Value] = {"number": idea.number}
    buttons = []
    if files and (len(files) > 1 or _may_change(request, idea)):
        label = render("files.button_all", request.locale, count=len(files))
        buttons.append(Button(label=label, command="idea files", values=values))
    if ideas.is_author(request, idea) and idea.status in CAN_BE_EDITED:
        label = render("files.button_add", request.locale)
        buttons.append(Button(label=label, command="idea attach", values=values, opens_form=True))
    return tuple(buttons)


def _may_change(request: Request, idea: Idea) -> bool:
    return ideas.is_author(request, idea) or ideas.is_moderator(request)


def idea_fields(idea: Idea, taxonomy: Taxonomy, locale: str) -> tuple[NameValue, ...]:
    """Give the short labelled values of an idea."""
    rows = [
        ("label_status", status_word(idea.status, locale), True),
        ("label_votes", votes_text(idea.votes, locale), True),
        ("label_author", author_text(idea, locale), True),
        ("label_industries", industries_because(taxonomy, idea.tags, locale), False),
        ("label_beneficiaries", plain(idea.beneficiaries), False),
        ("label_link", plain(idea.link), False),
        ("label_source", source_of(idea), False),
    ]
    return tuple(
        NameValue(render(f"idea.{name}", locale), value, is_inline)
        for name, value, is_inline in rows
        if value
    )


def vote_buttons(idea: Idea, locale: str) -> tuple[Button, ...]:
    """Give the buttons that set a vote."""
    wanted = (
        ("vote_up", 1, Style.PRIMARY),
        ("vote_down", -1, Style.PLAIN),
        ("vote_none", 0, Style.PLAIN),
    )
    return tuple(
        Button(
            label=render(f"button.{name}", locale),
            command="idea vote",
            values={"number": idea.number, "vote": vote},
            style=style,
        )
        for name, vote, style in wanted
    )


_LABELS = {
    "idea appeal": "button.idea_appeal",
    "idea edit": "button.idea_edit",
    "idea follow": "button.idea_follow",
    "idea note": "button.idea_note",
    "idea notes": "button.idea_notes",
    "idea similar": "button.idea_similar",
    "idea withdraw": "button.idea_withdraw",
}


async def idea_buttons(request: Request, idea: Idea) -> tuple[Button, ...]:
    """Give what the asker can do with an idea: vote, follow, edit, decide."""
    locale = request.locale
    values: dict[str, Value] = {"number": idea.number}
    buttons = vote_buttons(idea, locale) if idea.status in CAN_BE_VOTED_ON else ()
    names = ["idea follow", "idea similar"]
    if ideas.is_author(request, idea) and idea.status in {"pending", "accepted", "declined"}:
        names = ["idea edit", "idea withdraw"]
        if idea.status == "declined":
            names.insert(1, "idea appeal")
    if idea.status in CAN_BE_VOTED_ON:
        names.insert(0, "idea note")
    if idea.note_count:
        names.append("idea notes")
    more = tuple(
        Button(
            label=render(_LABELS[name], locale),
            command=name,
            values={**values, "ask": True} if name == "idea withdraw" else values,
            opens_form=name in {"idea edit", "idea appeal", "idea note"},
        )
        for name in names
    )
    return (*buttons, *more, *(_for_moderators(request, idea)))


def _for_moderators(request: Request, idea: Idea) -> tuple[Button, ...]:
    """Give what a moderator decides at once, and the way to all other tools."""
    if not ideas.is_moderator(request):
        return ()
    review = Button(
        label=render("button.review", request.locale, number=idea.number),
        command="mod review",
        values={"number": idea.number},
    )
    return (*decide_buttons(idea, request.locale), review)


def decide_buttons(idea: Idea, locale: str) -> tuple[Button, ...]:
    """Give a moderator's two buttons for a pending idea; `seen` makes them compare-and-set."""
    if idea.status != "pending" or idea.consent == "asked":
        return ()
    values: dict[str, Value] = {"number": idea.number, "seen": idea.status}
    return (
        Button(
            label=render("button.accept", locale),
            command="mod accept",
            values=values,
            style=Style.SUCCESS,
        ),
        Button(
            label=render("button.decline", locale),
            command="mod decline",
            values=values,
            style=Style.DANGER,
            opens_form=True,
        ),
    )


def paging_buttons(
    request: Request, *, offset: int, limit: int, total: int, command: str = ""
) -> tuple[Button, ...]:
    """Give the buttons to the page before and after; they carry what was asked for."""
    values = {k: v for k, v in request.values.items() if v not in (None, "", ()) and k != "offset"}
    wanted = []
    if offset > 0:
        wanted.append(("button.previous", max(0, offset - limit)))
    if offset + limit < total:
        wanted.append(("button.next", offset + limit))
    return tuple(
        Button(
            label=render(name, request.locale),
            command=command or request.command,
            values={**values, "offset": to, "paged": True},
        )
        for name, to in wanted
    )
