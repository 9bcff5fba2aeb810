"""Deciding about ideas: accept, decline, put back an edit; compare-and-set, one or several."""

from __future__ import annotations

from dataclasses import replace

from bot.core.commands import ideas
from bot.core.commands.bulk import SURE, Bulk, numbers_field, numbers_of, run_bulk
from bot.core.commands.deciding import (
    Decision,
    claim_obstacle,
    decide,
    notices_of,
    obstacle_to,
    standing,
)
from bot.core.commands.queue import and_queue
from bot.core.commands.undo import undo_button
from bot.core.errors import Conflict
from bot.core.model import (
    Button,
    Choice,
    Command,
    Field,
    FieldType,
    Form,
    Reply,
    Request,
    Role,
    Style,
    Value,
)
from bot.core.services import Services
from bot.core.texts import short
from prompts import plain, render
from storage import Idea, Stale, Write

TEMPLATES = ("duplicate", "off_topic", "too_vague", "promotion", "against_rules")


async def accept(services: Services, request: Request) -> Reply:
    """Accept one idea or several."""
    return await _decide(services, request, "accept", "")


async def decline(services: Services, request: Request) -> Reply:
    """Decline one idea or several, for a reason that the authors get to read, or silently."""
    reason = reason_of(request)
    if not reason and not request.flag("silent"):
        return _without_reason(request)
    return await _decide(services, request, "decline", reason)


def reason_of(request: Request) -> str:
    """Give the reason as the author reads it: a template, own words, or both."""
    typed, template = request.text("reason"), request.text("template")
    if typed in TEMPLATES:
        typed, template = "", typed
    words = render(f"decline.{template}", request.locale) if template in TEMPLATES else ""
    return " ".join(filter(None, (words, typed)))


def _without_reason(request: Request) -> Reply:
    problem = render("error.no_reason", request.locale)
    form = Form(
        command="mod decline",
        title=DECLINE.form_title,
        fields=DECLINE.form_fields,
        values=request.values,
    )
    return Reply(
        text=problem,
        errors={"reason": problem},
        form=form,
        style=Style.DANGER,
        is_private=True,
        ok=False,
    )


async def prefill_decline(_services: Services, request: Request) -> dict[str, Value]:
    """Open the form with what is known; the command alone asks for a reason first."""
    return dict(request.values)


async def _decide(services: Services, request: Request, move: Decision, reason: str) -> Reply:
    numbers = numbers_of(request.text("number"))
    if len(numbers) > 1:
        return await run_bulk(services, request, numbers, _bulk(services, move, reason))
    idea = await ideas.require_idea(services, ideas.with_number(request, numbers[0]))
    try:
        decided = await decide(services, request, idea, move, reason)
    except Conflict as conflict:
        if conflict.text not in {"decided_before", "claimed_by"}:
            raise
        return _after_all(request, conflict, move)
    return await and_queue(services, request, _decided(request, decided, move))


def _bulk(services: Services, move: Decision, reason: str) -> Bulk:
    async def check(one: Request, idea: Idea) -> Conflict | None:
        return await obstacle_to(services, one, idea, move, "pending")

    async def do(one: Request, idea: Idea, write: Write) -> None:
        await decide(services, one, idea, move, reason, write=write)

    return Bulk(name=move, check=check, do=do, is_danger=move == "decline")


def _after_all(request: Request, conflict: Conflict, move: Decision) -> Reply:
    """Tell the slower of two moderators how it stands, and let them decide all the same."""
    is_claimed = conflict.text == "claimed_by"
    known: dict[str, Value] = {
        "number": conflict.values["number"],
        "seen": conflict.values["status"],
        "over": is_claimed or None,
        "back": request.text("back") or None,
    }
    # Only what was typed by whoever decides travels on: a claim is no reason to type it again.
    kept = {n: request.values.get(n) for n in ("reason", "template", "silent")}
    button = Button(
        label=render(f"button.{move}_after_all", request.locale),
        command=f"mod {move}",
        values={**known, **(kept if is_claimed else {})},
        opens_form=move == "decline" and not is_claimed,
    )
    return Reply(
        text=render(f"error.{conflict.text}", request.locale, **conflict.values),
        buttons=(button,),
        style=Style.DANGER,
        is_private=True,
        ok=False,
    )


def _decided(request: Request, idea: Idea, move: Decision) -> Reply:
    return Reply(
        text=render(
            f"mod.{idea.status}",
            request.locale,
            number=idea.number,
            title=idea.title,
            reason=idea.reason,
            silent=request.flag("silent"),
        ),
        buttons=(undo_button(request, idea.number),),
        style=Style.SUCCESS if move == "accept" else Style.PLAIN,
    )


async def restore(services: Services, request: Request) -> Reply:
    """Decline an edit of an accepted idea: the words that were accepted come back."""
    idea = await ideas.require_idea(services, request)
    if idea.status != "pending" or idea.accepted_version is None:
        raise Conflict("no_edit", **await standing(services, request, idea))
    obstacle = await claim_obstacle(services, request, idea)
    if obstacle is not None:
        raise obstacle
    notices = await notices_of(services, request, idea, "restored")
    write = replace(ideas.write_of(request), notices=notices)
    try:
        restored = await services.store.ideas.restore_accepted(
            write, idea.bank_id, idea.number, reason=reason_of(request)
        )
    except Stale:
        current = await services.store.ideas.get(idea.bank_id, idea.number) or idea
        raise Conflict("decided_before", **await standing(services, request, current)) from None
    reply = Reply(
        text=render("mod.restored", request.locale, number=idea.number, title=restored.title),
        buttons=(undo_button(request, idea.number),),
        style=Style.SUCCESS,
    )
    return await and_queue(services, request, reply)


async def complete_reason(_services: Services, request: Request, prefix: str) -> list[Choice]:
    """Complete a reason from the templates."""
    named = [(name, plain(render(f"decline.{name}", request.locale))) for name in TEMPLATES]
    typed = prefix.casefold()
    return [Choice(n, short(t, 75)) for n, t in named if typed in t.casefold() or typed in n]


_HIDDEN = (
    Field(name="seen", label="Seen", max_length=12, in_option=False),
    Field(name="over", label="Over a claim", type=FieldType.FLAG, in_option=False),
    Field(name="back", label="Back", max_length=80, in_option=False),
)
_TEMPLATE = Field(
    name="template",
    label="Reason",
    type=FieldType.CHOICE,
    description="One of the usual reasons",
    choices=tuple(Choice(name, name.replace("_", " ")) for name in TEMPLATES),
    in_form=True,
)
_REASON = Field(
    name="reason",
    label="Your words, for the author to read",
    type=FieldType.TEXT,
    description="duplicate, off_topic, too_vague, promotion, against_rules, or your words",
    max_length=500,
    complete=complete_reason,
    in_form=True,
)

ACCEPT = Command(
    name="mod accept",
    summary="Accept an idea, or several",
    handle=accept,
    fields=(numbers_field(), SURE, *_HIDDEN),
    audience=Role.MODERATOR,
    is_write=True,
    examples=("mod accept 42", "mod accept 3,5,10-14"),
)
DECLINE = Command(
    name="mod decline",
    summary="Decline an idea, or several, with a reason",
    handle=decline,
    form_title="Decline",
    fields=(
        numbers_field(),
        _TEMPLATE,
        _REASON,
        Field(
            name="silent",
            label="Silently",
            type=FieldType.FLAG,
            description="yes: the author is not told; needs no reason",
            in_form=True,
        ),
        SURE,
        *_HIDDEN,
    ),
    audience=Role.MODERATOR,
    is_write=True,
    inline="reason",
    prefill=prefill_decline,
    examples=(
        "mod decline 42 off_topic",
        "mod decline 42 Please say who would watch it.",
        "mod decline 3,5 silent:yes",
    ),
)
RESTORE = Command(
    name="mod restore",
    summary="Decline an edit of an accepted idea: the accepted words come back",
    handle=restore,
    fields=(ideas.idea_field(), replace(_REASON, in_form=False), *_HIDDEN),
    audience=Role.MODERATOR,
    is_write=True,
    inline="reason",
    examples=("mod restore 42", "mod restore 42 The first version says more."),
)
