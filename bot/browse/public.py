"""What everybody may see of a community's ideas, as a snapshot file of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from bot.core.commands import ideas
from bot.core.model import Community
from bot.tagging import Taxonomy
from storage import Idea, IdeaFilter, Store
from storage.snapshot import PublicIdea, PublicIndustry, write_snapshot


async def make_snapshot(
    store: Store,
    community: Community,
    taxonomy: Taxonomy,
    path: Path,
    *,
    now: datetime,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write what a member may find by searching to a file; gives how many ideas that is.

    Left out are ideas that wait for a review or for their author's consent, that were flagged,
    declined, merged or withdrawn; and of every idea who voted, the notes, the versions before and
    where it was said. Anonymous authors are not in it.
    """

    def write() -> int:
        return write_snapshot(
            path,
            ideas=_public(store, community, progress),
            industries=_industries(taxonomy),
            about={
                "community": community.name,
                "made at": now.isoformat(timespec="minutes"),
                "left out": "ideas that are not shown to everybody, anonymous authors' names, "
                "who voted, comments and moderators' notes",
            },
        )

    return await asyncio.to_thread(write)


def _public(
    store: Store, community: Community, progress: Callable[[int], None] | None
) -> Iterator[PublicIdea]:
    wanted = IdeaFilter(statuses=ideas.public_statuses(community))
    for count, idea in enumerate(store.ideas.scan(community.bank_id, wanted)):
        if progress is not None and count % 256 == 0:
            progress(count)
        if ideas.is_public(community, idea):
            yield _as_shown(idea)


def _as_shown(idea: Idea) -> PublicIdea:
    return PublicIdea(
        number=idea.number,
        title=idea.title,
        text=idea.text,
        industries=tuple(tag.industry for tag in idea.tags) or ("other",),
        status=idea.status,
        author=None if idea.is_anonymous else idea.author_name or None,
        up=idea.votes.up,
        down=idea.votes.down,
        who_benefits=idea.beneficiaries,
        link=idea.link,
        language=idea.language,
        created=idea.created_at.date().isoformat(),
        comments=idea.note_count,
    )


def _industries(taxonomy: Taxonomy) -> Iterator[PublicIndustry]:
    for industry in taxonomy.ids:
        yield PublicIndustry(
            id=industry,
            name=taxonomy.name(industry),
            naics=" ".join(taxonomy.naics(industry)),
            isic=" ".join(taxonomy.isic(industry)),
        )
