"""Two communities with a bank each, and a few people: what the store's tests start from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from storage import CommunityRow, Idea, NewIdea, Person, Store, Write

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class World:
    """What most tests need."""

    store: Store
    discord: CommunityRow
    slack: CommunityRow
    ann: Person
    bob: Person
    mod: Person
    clock: datetime = NOW

    def tick(self, seconds: float = 1) -> datetime:
        self.clock += timedelta(seconds=seconds)
        return self.clock

    def by(self, person: Person | None, at: CommunityRow | None = None, **more: object) -> Write:
        return Write(
            person_id=person.id if person else None,
            community_id=(at or self.discord).id,
            now=self.tick(),
            **more,  # type: ignore[arg-type]
        )

    @property
    def bank(self) -> int:
        return self.discord.bank_id

    async def idea(self, title: str = "Crash films", text: str = "", **more: object) -> Idea:
        new = NewIdea(title=title, text=text or f"{title} for insurers", **more)  # type: ignore[arg-type]
        return await self.store.ideas.add(self.by(self.ann), self.bank, new)

    async def get(self, number: int) -> Idea:
        idea = await self.store.ideas.get(self.bank, number)
        assert idea is not None
        return idea


async def make_world(store: Store) -> World:
    discord = await store.communities.ensure("discord:88", "Reel makers", NOW)
    slack = await store.communities.ensure("slack:T1", "Studio", NOW)
    people = [
        await store.members.ensure(discord.id, f"discord:{number}", name, NOW)
        for number, name in ((1, "Ann"), (2, "Bob"), (3, "Mod"))
    ]
    return World(store, discord, slack, *people)
