"""What an adapter offers to the outbox: sending and editing messages outside of a reply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.core.model import Community, Reply


class CourierError(Exception):
    """Base of what can go wrong while sending; adapters raise nothing else."""


class Gone(CourierError):
    """The channel, message or user is no longer there: do not try again."""


class Forbidden(CourierError):
    """A permission or scope is missing, or direct messages are closed; `missing` names it."""

    def __init__(self, missing: str = "") -> None:
        super().__init__(missing)
        self.missing = missing


class TryLater(CourierError):
    """The platform is limiting or down: try again after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} s")
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a message landed."""

    channel_id: str
    message_id: str
    thread_id: str | None = None


class Courier(Protocol):
    """One per platform and process."""

    platform: str

    async def post(
        self,
        community: Community,
        channel_id: str,
        reply: Reply,
        *,
        key: str,
        thread_id: str | None,
    ) -> Sent:
        """Post a message once per `key` as far as the platform can tell (nonce, metadata)."""
        ...

    async def edit(self, community: Community, sent: Sent, reply: Reply) -> None:
        """Replace what a message shows."""
        ...

    async def delete(self, community: Community, sent: Sent) -> None:
        """Delete one of our own messages; one that is gone already is fine."""
        ...

    async def tell(self, community: Community, account_key: str, reply: Reply, *, key: str) -> Sent:
        """Send a direct message; `Forbidden` where they are closed."""
        ...

    async def missing(self, community: Community) -> list[str]:
        """Name the permissions or scopes that are missing, with the way to grant each."""
        ...
