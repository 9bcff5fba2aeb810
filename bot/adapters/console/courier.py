"""What the outbox sends to the console: shown before the next prompt, never in mid-line."""

from __future__ import annotations

import itertools

from bot.core.courier import Gone, Sent
from bot.core.model import Community, Reply


class ConsoleCourier:
    """Collects messages; `take` hands them to the screen."""

    platform = "console"

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

    async def missing(self, community: Community) -> list[str]:
        """Give nothing: a console needs no permissions."""
        del community
        return []
