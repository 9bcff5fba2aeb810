"""The rules of a decision: compare-and-set, claims, appeals, who was faster, who is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from bot.core.appeals import may_hear
from bot.core.commands import ideas
from bot.core.errors import Conflict
from bot.core.model import Request
from bot.core.notices import Event, to_followers
from bot.core.services import Services
from bot.core.statuses import target
from storage import STATUSES, AuditFilter, Idea, Notice, Stale, Status, Write

Decision = Literal["accept", "decline"]

_EVENTS: dict[Status, Event] = {"accepted": "accepted", "declined": "declined"}
_DECISIONS = (
    "idea.status",
    "idea.merge",
    "idea.unmerge",
    "idea.restore",
    "idea.edit",
    "undo",
    "idea.uphold",
)
"""What may have changed an idea's status."""


async def decide(
    services: Services,
    request: Request,
    idea: Idea,
    move: Decision,
    reason: str,
    *,
    write: Write | None = None,
) -> Idea:
    """Set the status if the idea still has the one that the moderator saw.

    Raises:
        Conflict: somebody decided meanwhile or looks at it, or the move is not legal.
    """
    seen = seen_by(request)
    to = target(move, seen)
    obstacle = await obstacle_to(services, request, idea, move, seen)
    if obstacle is not None or to is None:
        raise obstacle or await _conflict(services, request, idea, move)
    is_silent = move == "decline" and request.flag("silent")
    notices = () if is_silent else await notices_of(services, request, idea, _EVENTS[to])
    write = replace(write or ideas.write_of(request), notices=notices)
    try:
        return await services.store.ideas.set_status(
            write,
            idea.bank_id,
            idea.number,
            expected=[seen],
            to=to,
            reason=reason,
            is_silent=is_silent,
        )
    except Stale as stale:
        current = stale.current if isinstance(stale.current, Idea) else idea
        raise await _conflict(services, request, current, move) from None


async def notices_of(
    services: Services, request: Request, idea: Idea, event: Event
) -> tuple[Notice, ...]:
    """Give what tells the idea's followers, but not whoever decides."""
    return await to_followers(services, idea, event, request.now, by=request.actor.person_id)


def seen_by(request: Request) -> Status:
    """Give the status that the moderator saw: a typed command speaks of a pending idea."""
    seen = request.text("seen")
    return next((status for status in STATUSES if status == seen), "pending")


async def obstacle_to(
    services: Services, request: Request, idea: Idea, move: Decision, seen: Status
) -> Conflict | None:
    """Give what stands against a decision about an idea that was seen in this status."""
    if target(move, seen) is None or idea.status != seen:
        return await _conflict(services, request, idea, move)
    if idea.consent == "asked" and move == "accept":
        return Conflict("consent_open", number=idea.number)
    claim = await claim_obstacle(services, request, idea)
    return claim or await _appeal_obstacle(services, request, idea)


async def claim_obstacle(services: Services, request: Request, idea: Idea) -> Conflict | None:
    """Give who looks at an idea right now, unless the actor decides knowing it."""
    claims = await services.store.claims.of(idea.bank_id, [idea.number], request.now)
    claim = claims.get(idea.number)
    if claim is None or claim.person_id == request.actor.person_id or request.flag("over"):
        return None
    minutes = max(1, round((claim.until - request.now).total_seconds() / 60))
    return Conflict(
        "claimed_by", number=idea.number, status=idea.status, name=claim.name, minutes=minutes
    )


async def _appeal_obstacle(services: Services, request: Request, idea: Idea) -> Conflict | None:
    if idea.status != "declined":
        return None
    appeal = await services.store.appeals.of(idea.bank_id, idea.number)
    if appeal is None or appeal.closed_at or await may_hear(services, request, appeal):
        return None
    return Conflict("appeal_of_own", number=idea.number)


async def _conflict(services: Services, request: Request, idea: Idea, move: Decision) -> Conflict:
    if target(move, idea.status) is None:
        return Conflict(f"cannot_{move}", **await standing(services, request, idea))
    return Conflict("decided_before", **await standing(services, request, idea))


async def standing(services: Services, request: Request, idea: Idea) -> dict[str, Any]:
    """Give what an idea is by now and who decided it, for the words of a conflict.

    Moderators may know of each other who was faster.
    """
    wanted = AuditFilter(subject=f"idea:{idea.number}", actions=_DECISIONS)
    rows = await services.store.audit.list(idea.bank_id, 1, wanted=wanted)
    actor_id = rows[0].actor_id if rows else None
    # The log names nobody where the author acted, or the program.
    person = None if actor_id is None else await services.store.members.get(actor_id)
    return {
        "number": idea.number,
        "status": idea.status,
        "who": person.display_name if person else "",
        "is_me": actor_id is not None and actor_id == request.actor.person_id,
    }
