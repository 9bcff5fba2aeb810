"""A platform that remembers what it was sent, and fails when told to."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from bot.core.courier import Sent
from bot.core.model import Community, Reply
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

    async def missing(self, community: Community) -> list[str]:
        return []


async def deliver(house: House, *couriers: FakeCourier, times: int = 1) -> int:
    count = 0
    for _ in range(times):
        house.clock.pass_by(seconds=5)
        by_platform = {c.platform: c for c in couriers}
        count += await deliver_due(house.services, by_platform, house.clock())
    return count
