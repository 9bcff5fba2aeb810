"""A platform that remembers what it was sent, and fails when told to."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.core.courier import Lack, Sent, TryLater
from bot.core.model import Choice, Community, Reply, SelectKind
from bot.core.outbox import deliver_due
from tests.fakes.house import House


@dataclass
class FakeCourier:
    """Messages by id; `fails` holds one error (or None) per call to come."""

    platform: str = "discord"
    messages: dict[str, Reply] = field(default_factory=dict)
    told: list[tuple[str, Reply]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    fails: list[Exception | None] = field(default_factory=list)
    called: dict[str, str] = field(default_factory=dict)
    lacks: list[Lack] = field(default_factory=list)
    listed: list[Choice] = field(default_factory=list)
    pickers: frozenset[SelectKind] = frozenset(SelectKind)
    knows_roles_in_direct: bool = True
    is_down: bool = False
    ids: Any = field(default_factory=lambda: itertools.count(1))

    def _note(self, call: str) -> None:
        self.calls.append(call)
        error = self.fails.pop(0) if self.fails else None
        if error is not None:
            raise error

    async def post(
        self,
        community: Community,
        channel_id: str,
        reply: Reply,
        *,
        key: str,
        thread_id: str | None,
    ) -> Sent:
        self._note(f"post {thread_id or channel_id}")
        self.keys.append(key)
        message_id = f"m{next(self.ids)}"
        self.messages[message_id] = reply
        return Sent(channel_id, message_id, thread_id)

    async def edit(self, community: Community, sent: Sent, reply: Reply) -> None:
        self._note(f"edit {sent.message_id}")
        self.messages[sent.message_id] = reply

    async def delete(self, community: Community, sent: Sent) -> None:
        self._note(f"delete {sent.message_id}")
        self.messages.pop(sent.message_id, None)

    async def tell(self, community: Community, account_key: str, reply: Reply, *, key: str) -> Sent:
        self._note(f"tell {account_key}")
        self.told.append((account_key, reply))
        return Sent("dm", f"dm{next(self.ids)}")

    async def discard(self, community: Community, reference: str) -> None:
        self._note(f"discard {reference}")

    async def thread_below(self, community: Community, sent: Sent, title: str) -> str:
        self._note(f"thread {sent.message_id}")
        return f"t-{sent.message_id}"

    async def missing(self, community: Community, locale: str = "en") -> list[Lack]:
        self._note("missing")
        return list(self.lacks)

    async def names(self, community: Community, ids: Collection[str]) -> Mapping[str, str]:
        if self.is_down:
            raise TryLater(9)
        return {one: self.called[one] for one in ids if one in self.called}

    async def groups(self, community: Community) -> Sequence[Choice]:
        return self.listed


async def deliver(house: House, *couriers: FakeCourier, times: int = 1) -> int:
    count = 0
    for _ in range(times):
        house.clock.pass_by(seconds=5)
        by_platform = {c.platform: c for c in couriers}
        count += await deliver_due(house.services, by_platform, house.clock())
    return count
