"""What the commands about ideas share: finding one, who may do what with it, how it is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from bot.core import community_settings
from bot.core.errors import Conflict, NotAllowed, NotFound
from bot.core.model import (
    Choice,
    Community,
    Field,
    FieldType,
    Request,
    Role,
)
from bot.core.services import Services
from bot.core.statuses import CAN_BE_VOTED_ON
from bot.core.texts import short
from storage import Idea, Status, Write

HIDING_FLAGS = frozenset({"not_an_idea", "links_only", "promotion", "personal_data"})
"""Flags that keep a pending idea from members until a moderator has looked."""


def write_of(request: Request) -> Write:
    """Give who writes for this request; the one effect of a delivery carries its id."""
    return replace(side_write_of(request), delivery_id=request.delivery_id)


def side_write_of(request: Request) -> Write:
    """Give who writes, for a write that is not the effect of the delivery (drafts, follows)."""
    return Write(
        person_id=request.actor.person_id,
        community_id=request.community.id,
        now=request.now,
        act=act_of(request),
    )


def act_of(request: Request) -> str:
    """Name what one request does, so that a moderator's writes for it are undone as one."""
    parts = (request.delivery_id, request.actor.key, request.now.isoformat(), request.command)
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:16]


def program_write_of(request: Request) -> Write:
    """Give a write of the program itself, on the occasion of a request; the log names nobody."""
    return replace(side_write_of(request), person_id=None)


def with_number(request: Request, number: int) -> Request:
    """Give the request with this idea's number."""
    return replace(request, values={**request.values, "number": number})


def is_moderator(request: Request) -> bool:
    """Tell whether the actor moderates here."""
    return request.actor.role >= Role.MODERATOR


def is_author(request: Request, idea: Idea) -> bool:
    """Tell whether the actor wrote the idea, anonymously or not."""
    return idea.author_id is not None and idea.author_id == request.actor.person_id


def reviews_first(community: Community) -> bool:
    """Tell whether ideas show here only once they are accepted."""
    return bool(community_settings.get(community.settings, "review") == "before")


def is_public(community: Community, idea: Idea) -> bool:
    """Tell whether everyone in this community may see the idea."""
    if idea.consent == "asked" or idea.status == "withdrawn":
        return False
    if idea.status == "pending":
        return not reviews_first(community) and not HIDING_FLAGS.intersection(idea.flags)
    return True


def can_see(request: Request, idea: Idea) -> bool:
    """Tell whether the actor may see the idea."""
    return is_moderator(request) or is_author(request, idea) or is_public(request.community, idea)


def public_statuses(community: Community) -> tuple[Status, ...]:
    """List the statuses that a member finds in a search here."""
    return ("accepted",) if reviews_first(community) else ("accepted", "pending")


async def require_welcome(services: Services, request: Request) -> None:
    """Let nobody write who is blocked here.

    Raises:
        NotAllowed: a moderator blocked the actor.
    """
    person_id = request.actor.person_id
    if person_id is not None and await services.store.members.is_blocked(
        request.community.id, person_id, request.now
    ):
        raise NotAllowed("blocked")


async def require_idea(services: Services, request: Request, name: str = "number") -> Idea:
    """Give the idea that the request names.

    Raises:
        NotFound: there is none of this number, or the actor may not see it.
    """
    number = request.number(name)
    if number is None:
        raise NotFound("idea_number")
    idea = await services.store.ideas.get(request.community.bank_id, number)
    if idea is None or not can_see(request, idea):
        raise NotFound("idea_not_found", number=number)
    return idea


async def require_own(services: Services, request: Request) -> Idea:
    """Give the idea that the request names, if the actor wrote it or moderates.

    Raises:
        NotAllowed: it is somebody else's.
    """
    idea = await require_idea(services, request)
    if not is_author(request, idea) and not is_moderator(request):
        raise NotAllowed("not_yours", number=idea.number)
    return idea


def require_open(idea: Idea) -> Idea:
    """Give the idea if it can be voted on.

    Raises:
        Conflict: it was declined, merged or withdrawn.
    """
    if idea.status not in CAN_BE_VOTED_ON:
        raise Conflict("not_open", number=idea.number, status=idea.status)
    return idea


async def complete_idea(services: Services, request: Request, prefix: str) -> Sequence[Choice]:
    """Complete an idea's number by its title."""
    found = await services.banks.complete(request.community.bank_id, prefix, limit=25)
    return [
        Choice(str(number), short(f"#{number} {title}", 75))
        for number, title, status in found
        if is_moderator(request) or status in {*public_statuses(request.community), "declined"}
    ]


def idea_field(name: str = "number", label: str = "Idea", **more: bool) -> Field:
    """Give the field that takes an idea's number, completed by title."""
    return Field(
        name=name,
        label=label,
        type=FieldType.IDEA,
        description="The number of the idea, such as 42",
        is_required=more.get("is_required", True),
        in_option=more.get("in_option", True),
        complete=complete_idea,
    )
