"""What an adapter offers beside replies: sending messages, and looking around in its platform."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.core.model import Choice, Community, Reply, SelectKind


class CourierError(Exception):
    """Base of what can go wrong while sending; adapters raise nothing else."""


class Gone(CourierError):
    """The channel, message or user is no longer there: do not try again."""


class Forbidden(CourierError):
    """A permission or scope is missing, or direct messages are closed; `missing` names it."""

    def __init__(self, missing: str = "") -> None:
        super().__init__(missing)
        self.missing = missing


class TokenRefused(CourierError):
    """The platform refuses our token altogether; only the operator can help."""


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


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that Reelbank needs in a community and does not have.

    Args:
        text: what it is and how to grant it; one line of our Markdown subset.
        setting: the setting that it stands in the way of; empty: it concerns everything.
        url: a page on which it can be granted.
    """

    text: str
    setting: str = ""
    url: str | None = None


class Inspector(Protocol):
    """Looks around in a platform; changes nothing. All methods raise `CourierError` alone."""

    pickers: frozenset[SelectKind]
    """The kinds of menus that the platform itself fills."""
    knows_roles_in_direct: bool
    """Whether somebody's role is known in a direct message, too."""

    async def missing(self, community: Community, locale: str = "en") -> list[Lack]:
        """Name the permissions, scopes, channels and roles that are missing."""
        ...

    async def names(self, community: Community, ids: Collection[str]) -> Mapping[str, str]:
        """Give what channels, roles, groups and accounts are called; those that are gone lack."""
        ...

    async def groups(self, community: Community) -> Sequence[Choice]:
        """List the groups that may moderate, where no picker of the platform does."""
        ...


class Courier(Inspector, Protocol):
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

    async def discard(self, community: Community, reference: str) -> None:
        """Delete a picture that the platform keeps for our messages; one that is gone is fine."""
        ...

    async def thread_below(self, community: Community, sent: Sent, title: str) -> str:
        """Give the id of the thread below one of our messages, made where there is none."""
        ...
