"""The first contact: a short hello with the way into the setup, once for each community."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.core.courier import Courier, Forbidden, Gone
from bot.core.model import Button, Community, Reply, Style
from bot.core.services import Services
from prompts import render
from storage import Notice, Write

if TYPE_CHECKING:
    from storage import CommunityRow

KIND = "hello"
_GREETED = "_greeted"
"""The mark among a community's settings; it is none that anybody sets."""


def is_due(community: CommunityRow) -> bool:
    """Tell whether nobody here was greeted, and nothing is set up yet."""
    return not community.settings


async def greet(
    services: Services,
    community: CommunityRow,
    *,
    channels: Sequence[str] = (),
    accounts: Sequence[str] = (),
    locale: str = "en",
) -> None:
    """Have a hello sent to the first place that takes it, unless there was one before.

    Args:
        services: the store.
        community: where Reelbank has just come to.
        channels: where it may be said, the best one first; its button works there.
        accounts: whom to write to directly where no channel takes it.
        locale: of its words.
    """
    if not is_due(community):
        return
    notice = Notice(
        key=f"{KIND}:{community.id}",
        platform=community.key.partition(":")[0],
        community_id=community.id,
        payload={"channels": list(channels), "accounts": list(accounts), "locale": locale},
        kind=KIND,
    )
    now = services.clock()
    write = Write(person_id=None, community_id=community.id, now=now, notices=(notice,))
    await services.store.communities.set_settings(write, community.id, {_GREETED: True})


def hello_reply(locale: str, elsewhere: str = "") -> Reply:
    """Say what Reelbank does, with a button that begins the setup.

    With `elsewhere`, the name of a community, it says that the setup begins there, not here.
    """
    start = Button(label=render("setup.start", locale), command="setup", style=Style.PRIMARY)
    return Reply(
        text=render("setup.hello", locale, elsewhere=elsewhere),
        buttons=(
            *(() if elsewhere else (start,)),
            Button(label=render("setup.help", locale), command="help"),
        ),
    )


async def send_hello(
    courier: Courier, payload: Mapping[str, Any], community: Community, key: str
) -> None:
    """Say hello in the first place that takes it.

    Raises:
        CourierError: no place takes it; the last one's reason.
    """
    locale = str(payload.get("locale") or "en")
    reply = hello_reply(locale)
    problem: Forbidden | Gone = Gone()
    for channel in payload.get("channels") or ():
        try:
            await courier.post(community, str(channel), reply, key=key, thread_id=None)
        except (Forbidden, Gone) as error:
            problem = error
        else:
            return
    if not courier.knows_roles_in_direct:
        reply = hello_reply(locale, elsewhere=community.name)
    for account in payload.get("accounts") or ():
        try:
            await courier.tell(community, str(account), reply, key=key)
        except (Forbidden, Gone) as error:
            problem = error
        else:
            return
    raise problem
