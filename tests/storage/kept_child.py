"""A process that writes to a store until it is killed; says on stdout what it was told is kept."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from storage import NewIdea, Store, Write


async def main(path: Path, name: str, count: int) -> None:
    store = Store.open(path)
    now = datetime.now(UTC)
    community = await store.communities.ensure("console:local", "Console", now)
    person = await store.members.ensure(community.id, f"console:{name}", name, now)
    await store.communities.set_settings(
        Write(person_id=None, community_id=community.id, now=now),
        community.id,
        {"cards_channel": "C"},
    )
    for n in range(count):
        delivery = f"{name}-{n}"
        await store.deliveries.accept(delivery, "console:local", "console", {"n": n}, now)
        print("accepted", delivery, flush=True)
        write = Write(person_id=person.id, community_id=community.id, now=now, delivery_id=delivery)
        new = NewIdea(title=delivery, text=f"words of {delivery}", external_id=delivery)
        idea = await store.ideas.add(write, community.bank_id, new)
        print("kept", delivery, idea.number, flush=True)
    store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
