"""Who may decide about an appeal: not whoever declined, where there is somebody else."""

from __future__ import annotations

from datetime import timedelta

from bot.core.model import Request
from bot.core.services import Services
from storage import Appeal

ACTIVE = timedelta(days=60)
"""Somebody who moderated within this time counts as a moderator who could decide."""


async def may_hear(services: Services, request: Request, appeal: Appeal) -> bool:
    """Tell whether the actor may decide about an appeal.

    Platforms say who moderates only when that person does something. So another moderator is
    somebody who did lately, or whom our own list names.
    """
    if appeal.decider_id is None or appeal.decider_id != request.actor.person_id:
        return True
    known = await services.store.audit.moderators(request.community.bank_id, request.now - ACTIVE)
    return not set(known) - {request.actor.person_id}
