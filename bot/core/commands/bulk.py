"""One act upon several ideas: first a dry run that says what would fail, then each on its own."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from bot.core.commands import ideas
from bot.core.commands.undo import undo_button
from bot.core.errors import Conflict, InvalidField, NotFound
from bot.core.model import Button, Field, FieldType, Reply, Request, Style, Value
from bot.core.services import Services
from prompts import render
from storage import Idea, NotThere, Stale, Write

AT_ONCE = 50
"""Ideas in one act."""

_NUMBERS = re.compile(r"#?(\d{1,9})(?:\s*[-–]\s*#?(\d{1,9}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """What is done to each.

    Args:
        name: of the texts (`mod.bulk_<name>`, `button.bulk_<name>`) and of the command.
        check: says what stands against it.
        do: does it, with this write; raises Conflict, NotFound, NotThere or Stale where it cannot.
        is_danger: draws the button in red.
    """

    name: str
    check: Callable[[Request, Idea], Awaitable[Conflict | None]]
    do: Callable[[Request, Idea, Write], Awaitable[None]]
    is_danger: bool = False


def numbers_field() -> Field:
    """Give the field that takes a number or a list."""
    return Field(
        name="number",
        label="Idea",
        # A choice takes one word of a typed line; the type for a single idea would refuse a list.
        type=FieldType.CHOICE,
        description="A number such as 42, or several: 3,5,10-14",
        is_required=True,
        max_length=400,
        complete=ideas.complete_idea,
    )


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


SURE = Field(
    name="sure",
    label="Sure",
    type=FieldType.FLAG,
    description="yes: several at once without the dry run",
)


async def run_bulk(
    services: Services, request: Request, numbers: Sequence[int], bulk: Bulk
) -> Reply:
    """Say what would happen; with `sure`, do it and say what could not be done."""
    good: list[int] = []
    bad: list[tuple[int, str]] = []
    for number in numbers:
        problem = await _planned(services, request, bulk, number)
        if problem is None:
            good.append(number)
        else:
            bad.append((number, problem))
    if not request.flag("sure"):
        return _dry_run(request, bulk, good, bad)
    done = await _do_all(services, request, bulk, good, bad)
    return Reply(
        text=render(f"mod.bulk_{bulk.name}", request.locale, done=done, failed=sorted(bad)),
        buttons=(undo_button(request),) if done else (),
        style=Style.SUCCESS if done else Style.DANGER,
        ok=bool(done),
        replace=True,
    )


async def _do_all(
    services: Services,
    request: Request,
    bulk: Bulk,
    numbers: Sequence[int],
    bad: list[tuple[int, str]],
) -> list[int]:
    """Do it to each, adding to `bad` what failed; gives the numbers of those that are done."""
    done: list[int] = []
    for at, number in enumerate(numbers):
        write = ideas.write_of(request)
        if at < len(numbers) - 1:
            # Each is a write of its own; the delivery is marked by the last, so that a replay
            # after a crash goes on with those that are still to be done.
            write = replace(write, delivery_id=None)
        one = ideas.with_number(request, number)
        try:
            await bulk.do(one, await ideas.require_idea(services, one), write)
            done.append(number)
        except (Conflict, NotFound, NotThere, Stale) as error:
            bad.append((number, _problem(request, error)))
    return done


async def _planned(services: Services, request: Request, bulk: Bulk, number: int) -> str | None:
    """Tell what speaks against doing it to an idea; None where nothing does."""
    one = ideas.with_number(request, number)
    try:
        idea = await ideas.require_idea(services, one)
    except NotFound as error:
        return _problem(request, error)
    problem = await bulk.check(one, idea)
    return None if problem is None else _problem(request, problem)


def _problem(request: Request, error: Exception) -> str:
    if isinstance(error, Conflict | NotFound):
        return render(f"error.{error.text}", request.locale, **error.values)
    return render("error.not_there", request.locale)


def _dry_run(
    request: Request, bulk: Bulk, good: Sequence[int], bad: Sequence[tuple[int, str]]
) -> Reply:
    typed: dict[str, Value] = {k: v for k, v in request.values.items() if v not in (None, "")}
    button = Button(
        label=render(f"button.bulk_{bulk.name}", request.locale, count=len(good)),
        command=request.command,
        values={**typed, "number": " ".join(map(str, good)), "sure": True},
        style=Style.DANGER if bulk.is_danger else Style.SUCCESS,
    )
    text = render(f"mod.bulk_{bulk.name}_plan", request.locale, good=list(good), failed=list(bad))
    return Reply(text=text, buttons=(button,) if good else ())
