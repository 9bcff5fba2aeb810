"""A member, as moderators name one: picked from the platform's list, or typed."""

from __future__ import annotations

from bot.core.errors import NotFound
from bot.core.model import Request
from bot.core.services import Services
from storage import Person

_NAMED = 5


async def find_member(services: Services, request: Request, typed: str) -> Person:
    """Give the member of this community by account key, or by the name that is shown of them.

    Raises:
        NotFound: nobody here has that name, or several have.
    """
    members = services.store.members
    person = await members.by_account(typed)
    if person is not None:
        return person
    found = await members.named(request.community.id, typed.lstrip("@"), _NAMED)
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFound("several_members", name=typed, names=[p.display_name for p in found])
    raise NotFound("no_such_member", name=typed)
