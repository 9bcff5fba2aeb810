"""What the outbox sends to the console: shown before the next prompt, never in mid-line."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence

from bot.core.courier import Gone, Lack, Sent
from bot.core.model import Choice, Community, Reply, SelectKind


class ConsoleCourier:
    """Collects messages; `take` hands them to the screen."""

    platform = "console"
    pickers: frozenset[SelectKind] = frozenset()
    knows_roles_in_direct: bool = True

    def __init__(self, account_key: str) -> None:
        self._account_key = account_key
        self._ids = itertools.count(1)
        self._waiting: list[Reply] = []

    def take(self) -> list[Reply]:
        """Give what arrived since the last call."""
        waiting, self._waiting = self._waiting, []
        return waiting

    async def post(
        self,
        community: Community,
        channel_id: str,
        reply: Reply,
        *,
        key: str,
        thread_id: str | None,
    ) -> Sent:
        """Take a message; the console has one channel."""
        del community, key, thread_id
        self._waiting.append(reply)
        return Sent(channel_id, str(next(self._ids)))

    async def edit(self, community: Community, sent: Sent, reply: Reply) -> None:
        """Show nothing: what has scrolled by cannot be edited."""
        del community, sent, reply

    async def delete(self, community: Community, sent: Sent) -> None:
        """Do nothing: what has scrolled by cannot be deleted."""
        del community, sent

    async def tell(self, community: Community, account_key: str, reply: Reply, *, key: str) -> Sent:
        """Take a message for whoever sits here.

        Raises:
            Gone: it is for somebody else, whom the console cannot reach.
        """
        del community, key
        if account_key != self._account_key:
            raise Gone
        self._waiting.append(reply)
        return Sent("console", str(next(self._ids)))

    async def discard(self, community: Community, reference: str) -> None:
        """Do nothing: the console keeps no pictures."""
        del community, reference

    async def thread_below(self, community: Community, sent: Sent, title: str) -> str:
        """Give the one conversation that there is."""
        del community, title
        return sent.channel_id

    async def missing(self, community: Community, locale: str = "en") -> list[Lack]:
        """Give nothing: a console needs no permissions."""
        del community, locale
        return []

    async def names(self, community: Community, ids: Collection[str]) -> Mapping[str, str]:
        """Call everything by its id."""
        del community
        return {one: one for one in ids}

    async def groups(self, community: Community) -> Sequence[Choice]:
        """Give nothing: whoever starts the chat says what they may do."""
        del community
        return ()
