"""One idea as a moderator needs it: all of its words, what waits, and every tool for it."""

from __future__ import annotations

from bot.core.appeals import may_hear
from bot.core.commands import ideas, shown
from bot.core.commands.decide import TEMPLATES
from bot.core.commands.queue_items import (
    appeal_buttons,
    button,
    claim_text,
    decide_buttons,
    known_flags,
)
from bot.core.commands.wording import differences
from bot.core.model import (
    Button,
    Choice,
    Command,
    NameValue,
    Reply,
    Request,
    Role,
    Select,
    Style,
)
from bot.core.services import Services
from bot.core.statuses import CAN_BE_CLAIMED, CAN_BE_EDITED, target
from bot.core.texts import cut, short
from prompts import plain, render
from storage import Appeal, Claim, Idea

TEXT_LIMIT = 1500
_NOTES = 3


async def review(services: Services, request: Request) -> Reply:
    """Show an idea with all that a moderator can do about it."""
    idea = await ideas.require_idea(services, request)
    appeal = await services.store.appeals.of(idea.bank_id, idea.number)
    claims = await services.store.claims.of(idea.bank_id, [idea.number], request.now)
    claim = claims.get(idea.number)
    is_open = appeal is not None and appeal.closed_at is None and idea.status == "declined"
    changes = await differences(services, idea) if idea.accepted_version else []
    return Reply(
        title=f"#{idea.number} {plain(short(idea.title, 200))}",
        text=render(
            "review.shown",
            request.locale,
            text=cut(idea.text, TEXT_LIMIT),
            reason=idea.reason if idea.status == "declined" else "",
            merged_into=idea.merged_into,
            changes=changes,
            appeal=short(appeal.text, 1000) if appeal and is_open else "",
        ),
        fields=await _fields(services, request, idea, claim),
        selects=_templates(request, idea),
        buttons=await _buttons(services, request, idea, claim, appeal if is_open else None),
    )


async def _fields(
    services: Services, request: Request, idea: Idea, claim: Claim | None
) -> tuple[NameValue, ...]:
    locale = request.locale
    taxonomy = await services.banks.taxonomy(idea.bank_id)
    notes = await services.store.notes.list(idea.bank_id, idea.number, include_staff=True)
    rows = [
        ("label_flags", ", ".join(render(f"flag.{f}", locale) for f in known_flags(idea)), True),
        ("label_claim", claim_text(request, claim), True),
    ]
    more = [NameValue(render(f"review.{n}", locale), v, inline) for n, v, inline in rows if v]
    said = [
        NameValue(
            render("idea.note_by", locale, name=note.author_name, is_staff=note.is_staff),
            plain(short(note.text, 300)),
            is_inline=False,
        )
        for note in [note for note in notes if note.is_staff][-_NOTES:]
    ]
    return (*shown.idea_fields(idea, taxonomy, locale), *more, *said)


def _templates(request: Request, idea: Idea) -> tuple[Select, ...]:
    """Give the menu that declines with one of the usual reasons."""
    if target("decline", idea.status) is None or idea.accepted_version:
        return ()
    choices = tuple(
        Choice(
            name,
            render(f"review.template_{name}", request.locale),
            plain(render(f"decline.{name}", request.locale))[:100],
        )
        for name in TEMPLATES
    )
    return (
        Select(
            command="mod decline",
            name="template",
            placeholder=render("review.decline_because", request.locale),
            choices=choices,
            values={"number": idea.number, "seen": idea.status},
        ),
    )


async def _buttons(
    services: Services,
    request: Request,
    idea: Idea,
    claim: Claim | None,
    appeal: Appeal | None,
) -> tuple[Button, ...]:
    found: list[Button] = []
    if appeal is not None and await may_hear(services, request, appeal):
        found += appeal_buttons(request, idea)
    found += decide_buttons(request, idea)
    if idea.status == "pending" and not idea.accepted_version:
        found.append(
            button(request, "decline_silently", "mod decline", idea, seen=idea.status, silent=True)
        )
    if idea.status in CAN_BE_CLAIMED and (idea.status == "pending" or appeal is not None):
        is_mine = claim is not None and claim.person_id == request.actor.person_id
        name = "release" if is_mine else "claim"
        found.append(button(request, name, "mod claim", idea, lift=is_mine or None))
    return (*found, *_tools(request, idea), *await _undo(services, request, idea))


def _tools(request: Request, idea: Idea) -> list[Button]:
    """Give what can be done with an idea whatever was decided."""
    found: list[Button] = []
    if idea.status in CAN_BE_EDITED:
        found.append(button(request, "idea_retag", "idea retag", idea))
        found.append(button(request, "idea_edit", "idea edit", idea, opens_form=True))
    if target("merge", idea.status):
        found.append(button(request, "merge_into", "mod merge", idea, opens_form=True))
    if target("unmerge", idea.status):
        found.append(button(request, "unmerge", "mod unmerge", idea))
    found.append(button(request, "note", "mod note", idea, opens_form=True))
    if idea.author_id is not None and not ideas.is_author(request, idea):
        found.append(button(request, "block_author", "mod block", idea, style=Style.DANGER))
    found.append(button(request, "log", "mod log", idea))
    return found


async def _undo(services: Services, request: Request, idea: Idea) -> tuple[Button, ...]:
    last = await services.store.undo.last(idea.bank_id, idea.number)
    return () if last is None else (button(request, "undo", "mod undo", idea),)


REVIEW = Command(
    name="mod review",
    summary="See an idea with all that moderators can do about it",
    handle=review,
    fields=(ideas.idea_field(),),
    audience=Role.MODERATOR,
    examples=("mod review 42",),
)
