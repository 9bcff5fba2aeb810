"""Deciding about ideas: accept and decline, compare-and-set, several at once with a dry run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from bot.core.commands import ideas
from bot.core.errors import Conflict, InvalidField, NotFound
from bot.core.model import Button, Choice, Command, Field, FieldType, Reply, Request, Role, Style
from bot.core.notices import Event, to_followers
from bot.core.services import Services
from bot.core.statuses import target
from bot.core.texts import short
from prompts import plain, render
from storage import STATUSES, Idea, NotThere, Stale, Status

Decision = Literal["accept", "decline"]

AT_ONCE = 50
"""Ideas in one bulk decision."""

TEMPLATES = ("duplicate", "off_topic", "too_vague", "promotion", "against_rules")
_NUMBERS = re.compile(r"#?(\d{1,9})(?:\s*[-–]\s*#?(\d{1,9}))?")
_EVENTS: dict[Status, Event] = {"accepted": "accepted", "declined": "declined"}


async def accept(services: Services, request: Request) -> Reply:
    """Accept one idea or several."""
    return await _decide(services, request, "accept", "")


async def decline(services: Services, request: Request) -> Reply:
    """Decline one idea or several, for a reason that the authors get to read."""
    reason = request.text("reason")
    if reason in TEMPLATES:
        reason = render(f"decline.{reason}", request.locale)
    return await _decide(services, request, "decline", reason)


async def _decide(services: Services, request: Request, move: Decision, reason: str) -> Reply:
    numbers = numbers_of(request.text("number"))
    if len(numbers) > 1:
        return await _decide_many(services, request, move, reason, numbers)
    idea = await ideas.require_idea(services, replace_number(request, numbers[0]))
    try:
        decided = await decide(services, request, idea, move, reason)
    except Conflict as conflict:
        if conflict.text != "decided_before":
            raise
        return _after_all(request, conflict, move)
    return _decided(request, decided, move)


def replace_number(request: Request, number: int) -> Request:
    """Give the request with this idea's number."""
    return replace(request, values={**request.values, "number": number})


def numbers_of(text: str) -> list[int]:
    """Read "42", "#3 #5", "3,5" or "10-14".

    Raises:
        InvalidField: there is no number in it, or there are too many.
    """
    left = _NUMBERS.sub("", text)
    if not text.strip() or re.search(r"[^\s,;]", left):
        raise InvalidField("number", "idea_number")
    numbers: list[int] = []
    for first, last in _NUMBERS.findall(text):
        end = int(last or first)
        if end - int(first) > AT_ONCE:
            raise InvalidField("number", "too_many_ideas", limit=AT_ONCE)
        numbers.extend(range(int(first), end + 1))
    numbers = list(dict.fromkeys(numbers))
    if not 0 < len(numbers) <= AT_ONCE:
        raise InvalidField("number", "too_many_ideas", limit=AT_ONCE)
    return numbers


async def decide(
    services: Services, request: Request, idea: Idea, move: Decision, reason: str
) -> Idea:
    """Set the status if the idea still has the one that the moderator saw.

    Raises:
        Conflict: somebody decided meanwhile, or the move is not legal.
    """
    seen = _seen(request)
    to = target(move, seen)
    obstacle = _obstacle(idea, move, seen)
    if obstacle is not None or to is None:
        raise obstacle or _conflict(idea, move)
    notices = await to_followers(
        services, idea, _EVENTS[to], request.now, by=request.actor.person_id
    )
    write = replace(ideas.write_of(request), notices=notices)
    try:
        return await services.store.ideas.set_status(
            write, idea.bank_id, idea.number, expected=[seen], to=to, reason=reason
        )
    except Stale as stale:
        current = stale.current if isinstance(stale.current, Idea) else idea
        raise _conflict(current, move) from None


def _seen(request: Request) -> Status:
    """Give the status that the moderator saw: a typed command speaks of a pending idea."""
    seen = request.text("seen")
    return next((status for status in STATUSES if status == seen), "pending")


def _conflict(idea: Idea, move: Decision) -> Conflict:
    if target(move, idea.status) is None:
        return Conflict(f"cannot_{move}", number=idea.number, status=idea.status)
    return Conflict("decided_before", number=idea.number, status=idea.status)


def _after_all(request: Request, conflict: Conflict, move: Decision) -> Reply:
    """Tell the slower of two moderators what it is by now, and how to decide otherwise."""
    button = Button(
        label=render(f"button.{move}_after_all", request.locale),
        command=f"mod {move}",
        values={"number": conflict.values["number"], "seen": conflict.values["status"]},
        opens_form=move == "decline",
    )
    return Reply(
        text=render("error.decided_before", request.locale, **conflict.values),
        buttons=(button,),
        style=Style.DANGER,
        is_private=True,
        ok=False,
    )


def _decided(request: Request, idea: Idea, move: Decision) -> Reply:
    undo = Button(
        label=render("button.undo", request.locale),
        command="mod undo",
        values={"number": idea.number},
    )
    return Reply(
        text=render(
            f"mod.{idea.status}",
            request.locale,
            number=idea.number,
            title=idea.title,
            reason=idea.reason,
        ),
        buttons=(undo,),
        style=Style.SUCCESS if move == "accept" else Style.PLAIN,
    )


async def _decide_many(
    services: Services, request: Request, move: Decision, reason: str, numbers: Sequence[int]
) -> Reply:
    """Decide several; first a dry run that says what would happen, then each on its own."""
    plan = [await _planned(services, request, move, number) for number in numbers]
    good = [number for number, problem in plan if problem is None]
    bad = [(number, problem) for number, problem in plan if problem is not None]
    if not request.flag("sure"):
        return _dry_run(request, move, good, bad)
    done: list[int] = []
    for at, number in enumerate(good):
        # Each is a write of its own; the delivery is marked by the last, so that a replay after a
        # crash goes on with those that are still pending.
        one = replace_number(request, number)
        if at < len(good) - 1:
            one = replace(one, delivery_id=None)
        try:
            idea = await ideas.require_idea(services, one)
            await decide(services, one, idea, move, reason)
            done.append(number)
        except (Conflict, NotFound, NotThere) as error:
            bad.append((number, _problem(request, error)))
    return Reply(
        text=render(f"mod.bulk_{move}", request.locale, done=done, failed=bad),
        style=Style.SUCCESS if done else Style.DANGER,
        ok=bool(done),
        replace=True,
    )


async def _planned(
    services: Services, request: Request, move: Decision, number: int
) -> tuple[int, str | None]:
    """Tell what speaks against deciding about an idea; None where nothing does."""
    try:
        idea = await ideas.require_idea(services, replace_number(request, number))
    except NotFound as error:
        return number, _problem(request, error)
    problem = _obstacle(idea, move, "pending")
    return number, None if problem is None else _problem(request, problem)


def _obstacle(idea: Idea, move: Decision, seen: Status) -> Conflict | None:
    """Give what stands against a decision about an idea that was seen in this status."""
    if target(move, seen) is None or idea.status != seen:
        return _conflict(idea, move)
    if idea.consent == "asked" and move == "accept":
        return Conflict("consent_open", number=idea.number)
    return None


def _problem(request: Request, error: Exception) -> str:
    if isinstance(error, Conflict | NotFound):
        return render(f"error.{error.text}", request.locale, **error.values)
    return render("error.not_there", request.locale)


def _dry_run(
    request: Request, move: Decision, good: Sequence[int], bad: Sequence[tuple[int, str]]
) -> Reply:
    values = {
        "number": " ".join(map(str, good)),
        "reason": request.text("reason") or None,
        "sure": True,
    }
    button = Button(
        label=render(f"button.bulk_{move}", request.locale, count=len(good)),
        command=f"mod {move}",
        values=values,
        style=Style.DANGER if move == "decline" else Style.SUCCESS,
    )
    return Reply(
        text=render(f"mod.bulk_{move}_plan", request.locale, good=list(good), failed=list(bad)),
        buttons=(button,) if good else (),
    )


async def complete_reason(_services: Services, request: Request, prefix: str) -> list[Choice]:
    """Complete a reason from the templates."""
    named = [(name, plain(render(f"decline.{name}", request.locale))) for name in TEMPLATES]
    typed = prefix.casefold()
    return [Choice(n, short(t, 75)) for n, t in named if typed in t.casefold() or typed in n]


_NUMBER = Field(
    name="number",
    label="Idea",
    # A choice takes one word of a typed line; the type for a single idea would refuse a list.
    type=FieldType.CHOICE,
    description="A number such as 42, or several: 3,5,10-14",
    is_required=True,
    max_length=400,
    complete=ideas.complete_idea,
)
_HIDDEN = (
    Field(name="seen", label="Seen", max_length=12, in_option=False),
    Field(
        name="sure",
        label="Sure",
        type=FieldType.FLAG,
        description="yes: several at once without the dry run",
    ),
)

ACCEPT = Command(
    name="mod accept",
    summary="Accept an idea, or several",
    handle=accept,
    fields=(_NUMBER, *_HIDDEN),
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
        _NUMBER,
        Field(
            name="reason",
            label="Reason, for the author to read",
            type=FieldType.TEXT,
            description="duplicate, off_topic, too_vague, promotion, against_rules, or your words",
            is_required=True,
            max_length=500,
            complete=complete_reason,
            in_form=True,
        ),
        *_HIDDEN,
    ),
    audience=Role.MODERATOR,
    is_write=True,
    inline="reason",
    examples=("mod decline 42 off_topic", "mod decline 42 Please say who would watch it."),
)
