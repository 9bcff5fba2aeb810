"""The digest: what was new, rose and was decided in a week, and what is still missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.core.commands import ideas
from bot.core.gap_topics import gap_topics
from bot.core.model import Community
from storage import Idea, IdeaFilter

if TYPE_CHECKING:
    from bot.core.services import Services

NEW, RISING, ACCEPTED, SUBJECTS = 4, 3, 5, 4
_LOOKED_AT = 60
"""Ideas looked through for those that may be shown."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What the digest of a span of time tells; all of it is for everybody in the community."""

    since: datetime
    until: datetime
    new: tuple[Idea, ...]
    new_count: int
    rising: tuple[tuple[Idea, int], ...]  # with the votes gained
    accepted: tuple[Idea, ...]
    decided: Mapping[str, int]  # by status
    unanswered: int
    subjects: tuple[tuple[str, int], ...]  # what unanswered questions were about
    without: tuple[str, ...]  # industries without ideas, by id

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing happened that is worth a message."""
        return not (self.new_count or self.rising or self.decided or self.unanswered)


async def gather(
    services: Services, community: Community, since: datetime, until: datetime
) -> Digest:
    """Look at what happened from `since` up to `until`."""
    statuses = ideas.public_statuses(community)
    wanted = IdeaFilter(statuses=statuses, since=since, until=until, sort="votes")
    store, bank_id = services.store.ideas, community.bank_id
    counts = await store.count(bank_id, wanted, hiding=ideas.HIDING_FLAGS)
    page = await store.search(bank_id, wanted, limit=_LOOKED_AT, with_facets=False)
    new = tuple(idea for idea in page.ideas if ideas.is_public(community, idea))[:NEW]
    shown = {idea.number for idea in new}
    rising = [
        (idea, gained)
        for idea, gained in await store.rising(bank_id, since, until, _LOOKED_AT)
        if idea.number not in shown and ideas.is_public(community, idea)
    ]
    decided = [
        idea
        for idea in await store.decided(bank_id, since, until, 1000)
        if ideas.is_public(community, idea)
    ]
    unanswered, subjects = await _unanswered(services, bank_id, since, until)
    return Digest(
        since=since,
        until=until,
        new=new,
        new_count=sum(count.n for count in counts),
        rising=tuple(rising[:RISING]),
        accepted=tuple(idea for idea in decided if idea.status == "accepted")[:ACCEPTED],
        decided=Counter(idea.status for idea in decided),
        unanswered=unanswered,
        subjects=subjects,
        without=await _without(services, community),
    )


async def _without(services: Services, community: Community) -> tuple[str, ...]:
    everything = IdeaFilter(statuses=ideas.public_statuses(community))
    counts = await services.store.ideas.count(
        community.bank_id, everything, hiding=ideas.HIDING_FLAGS
    )
    taxonomy = await services.banks.taxonomy(community.bank_id)
    covered = {taxonomy.current(count.industry) for count in counts}
    return tuple(i for i in taxonomy.ids if i not in covered and i != "other")


async def _unanswered(
    services: Services, bank_id: int, since: datetime, until: datetime
) -> tuple[int, tuple[tuple[str, int], ...]]:
    """Count questions without an answer, those that mean the same once, and name their subjects.

    Never their words: they may have been asked privately.
    """
    topics = await gap_topics(services.store, services.banks, bank_id)
    recent = [t for t in topics if any(since <= gap.last_at < until for gap in t.gaps)]
    if not recent:
        return 0, ()
    market = await services.banks.market(bank_id)
    names = {entity.id: entity.name for entity in market.knowledge.entities}
    about = Counter(names[e] for topic in recent for e in topic.entities if e in names)
    ranked = sorted(about.items(), key=lambda pair: (-pair[1], pair[0]))
    return len(recent), tuple(ranked[:SUBJECTS])
