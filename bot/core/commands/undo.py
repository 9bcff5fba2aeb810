"""Taking back what a moderator did: the last thing on an idea, or whatever one did last."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.banks import meaning_of
from bot.core.commands import ideas, shown
from bot.core.commands.queue import and_queue
from bot.core.errors import Conflict, NotFound
from bot.core.model import Button, Command, Field, Reply, Request, Role, Style, Value
from bot.core.services import Services
from prompts import render
from storage import Idea, NotThere, Stale, Undo

_REWORDED = frozenset({"edit", "restore"})


def undo_button(request: Request, number: int | None = None) -> Button:
    """Give the button that takes back what this request did, to one idea or to all."""
    values: dict[str, Value] = {"number": number} if number else {"act": ideas.act_of(request)}
    if request.text("back"):
        values["back"] = request.text("back")
    return Button(
        label=render("button.undo", request.locale),
        command="mod undo",
        values=values,
    )


async def undo(services: Services, request: Request) -> Reply:
    """Take back the last thing that was done to an idea, or the last that the actor did."""
    if request.number("number") is not None:
        reply = await _undo_on_idea(services, request)
    else:
        reply = await _undo_act(services, request)
    return await and_queue(services, request, reply)


async def _undo_on_idea(services: Services, request: Request) -> Reply:
    idea = await ideas.require_idea(services, request)
    last = await services.store.undo.last(idea.bank_id, idea.number)
    if last is None:
        raise NotFound("nothing_to_undo", number=idea.number)
    if last.action == "taxonomy":
        raise Conflict("undo_industries_first", number=idea.number)
    try:
        restored = await services.store.undo.undo(
            ideas.write_of(request), idea.bank_id, idea.number, expected_id=last.id
        )
    except Stale:
        raise Conflict("undo_too_late", number=idea.number) from None
    if last.action in _REWORDED:
        await _compare_by_words(services, request, [restored])
    return Reply(
        text=render(
            "mod.undone",
            request.locale,
            number=idea.number,
            action=last.action,
            status=shown.status_word(restored.status, request.locale),
        ),
        style=Style.SUCCESS,
    )


async def _undo_act(services: Services, request: Request) -> Reply:
    bank_id, act = request.community.bank_id, request.text("act")
    if not act:
        last = await services.store.undo.latest(bank_id, request.actor.person_id or 0)
        if last is None:
            raise NotFound("nothing_to_undo_at_all")
        act = last.act
    try:
        done, refused = await services.store.undo.undo_act(ideas.write_of(request), bank_id, act)
    except NotThere:
        raise NotFound("nothing_to_undo_at_all") from None
    if not done:
        raise Conflict("undo_act_too_late")
    numbers = [u.number for u in done if u.number is not None and u.action in _REWORDED]
    found = await services.store.ideas.by_numbers(bank_id, numbers)
    await _compare_by_words(services, request, found)
    return _taken_back(request, done, refused)


def _taken_back(request: Request, done: Sequence[Undo], refused: Sequence[Undo]) -> Reply:
    return Reply(
        text=render(
            "mod.undone_act",
            request.locale,
            action=done[0].action,
            numbers=_numbers(done),
            refused=_numbers(refused),
            has_more=len(refused) > len(_numbers(refused)),
        ),
        style=Style.SUCCESS,
    )


def _numbers(undos: Sequence[Undo]) -> list[int]:
    return sorted({undo.number for undo in undos if undo.number is not None})


async def _compare_by_words(services: Services, request: Request, restored: Sequence[Idea]) -> None:
    """Have ideas whose old words came back compared by these from now."""
    for idea in restored:
        vector = await services.banks.vector(meaning_of(idea.title, idea.text))
        if vector is not None:
            await services.store.ideas.set_vector(
                ideas.program_write_of(request),
                idea.bank_id,
                idea.number,
                vector.model,
                vector.data,
            )


UNDO = Command(
    name="mod undo",
    summary="Take back the last thing done to an idea, or the last that you did",
    handle=undo,
    fields=(
        ideas.idea_field(is_required=False),
        Field(name="act", label="Act", max_length=40, in_option=False),
        Field(name="back", label="Back", max_length=80, in_option=False),
    ),
    audience=Role.MODERATOR,
    is_write=True,
    examples=("mod undo", "mod undo 42"),
)
