"""How the collection stands, in numbers and with its best ideas."""

from __future__ import annotations

from datetime import timedelta

from bot.core.commands import ideas, shown
from bot.core.commands.idea_list import facets_text
from bot.core.model import Command, NameValue, Reply, Request
from bot.core.services import Services
from prompts import render
from storage import IdeaFilter

_WEEK = timedelta(days=7)
_BEST = 5


async def show_stats(services: Services, request: Request) -> Reply:
    """Count ideas by status and industry, and list the best ones."""
    bank_id, locale = request.community.bank_id, request.locale
    statuses = ideas.public_statuses(request.community)
    search = services.store.ideas.search
    best = await search(bank_id, IdeaFilter(statuses=statuses, sort="best"), limit=_BEST)
    new = await search(
        bank_id, IdeaFilter(statuses=statuses, since=request.now - _WEEK, sort="new"), limit=1
    )
    taxonomy = await services.banks.taxonomy(bank_id)
    covered = {industry for industry, count in best.industries.items() if count}
    without = [i for i in taxonomy.ids if i not in covered and i != "other"]
    lines = [
        shown.idea_line(idea, taxonomy, locale)
        for idea in best.ideas
        if ideas.is_public(request.community, idea)
    ]
    names = [taxonomy.name(i, locale) for i in without]
    rows = [
        ("label_best", "\n\n".join(lines)),
        ("label_counts", facets_text(best, taxonomy, locale)),
        ("label_without", render("stats.without", locale, names=names) if names else ""),
    ]
    return Reply(
        title=render("stats.title", locale),
        text=render("stats.counts", locale, total=best.total, new=new.total),
        fields=tuple(
            NameValue(render(f"stats.{name}", locale), value, is_inline=False)
            for name, value in rows
            if value
        ),
    )


STATS = Command(
    name="stats",
    summary="See how the collection stands",
    handle=show_stats,
    examples=("stats",),
)
