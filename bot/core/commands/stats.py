"""How the collection stands, in numbers and with its best ideas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.core.backlog import waiting
from bot.core.commands import ideas, shown
from bot.core.commands.idea_list import FILTER_FIELDS, facets_text, filter_of
from bot.core.model import Command, NameValue, Reply, Request
from bot.core.report.charts import escaped
from bot.core.report.drawing import HOW_TO_GET, is_available
from bot.core.report.pictures import Drawn, public_charts
from bot.core.services import Services
from bot.tagging import Taxonomy
from prompts import render
from storage import IdeaFilter

_WEEK = timedelta(days=7)
_BEST = 5
_LEADERS = 5


async def show_stats(services: Services, request: Request) -> Reply:
    """Count ideas by status and industry, list the best ones, and show it all in charts."""
    bank_id, locale = request.community.bank_id, request.locale
    taxonomy = await services.banks.taxonomy(bank_id)
    statuses = ideas.public_statuses(request.community)
    wanted = replace(filter_of(request, taxonomy), statuses=statuses)
    best = await services.store.ideas.search(bank_id, replace(wanted, sort="best"), limit=_BEST)
    week_ago = request.now - _WEEK
    total = await _count(services, bank_id, wanted)
    since = max(wanted.since or week_ago, week_ago)
    new = await _count(services, bank_id, replace(wanted, since=since))
    drawn = await public_charts(services, request.community, locale, wanted)
    lines = [
        shown.idea_line(idea, taxonomy, locale)
        for idea in best.ideas
        if ideas.is_public(request.community, idea)
    ]
    without = [] if wanted.industries else _without(best.industries, taxonomy, locale)
    untagged, unembedded = await waiting(services, bank_id)
    reading = render("stats.reading", locale, untagged=untagged, unembedded=unembedded)
    people = [] if wanted.industries or wanted.since else await _people(services, request)
    rows = [
        ("label_reading", reading if untagged or unembedded else ""),
        ("label_best", "\n\n".join(lines)),
        ("label_people", render("stats.people", locale, people=people) if people else ""),
        # The charts say it, too, and count each idea once; here it counts for each industry.
        ("label_counts", "" if drawn.pngs else facets_text(best, taxonomy, locale)),
        ("label_without", render("stats.without", locale, names=without) if without else ""),
    ]
    return Reply(
        title=render("stats.title", locale),
        text=render("stats.counts", locale, total=total, new=new),
        fields=tuple(
            NameValue(render(f"stats.{name}", locale), value, is_inline=False)
            for name, value in rows
            if value
        ),
        pictures=drawn.pictures,
        **_instead(request, drawn),
    )


async def _count(services: Services, bank_id: int, wanted: IdeaFilter) -> int:
    """Count what everybody may see, as the charts do: what waits flagged is in neither."""
    counts = await services.store.ideas.count(bank_id, wanted, hiding=ideas.HIDING_FLAGS)
    return sum(count.n for count in counts)


async def _people(services: Services, request: Request) -> list[tuple[str, int]]:
    """Give who had the most accepted ideas; one accepted idea makes nobody a leader."""
    leaders = await services.store.ideas.leaders(request.community.bank_id, _LEADERS)
    return [(name, count) for name, count in leaders if count > 1]


def _without(counts: Mapping[str, int], taxonomy: Taxonomy, locale: str) -> list[str]:
    covered = {industry for industry, count in counts.items() if count}
    return [taxonomy.name(i, locale) for i in taxonomy.ids if i not in covered and i != "other"]


def _instead(request: Request, drawn: Drawn) -> dict[str, Any]:
    """Give the numbers as a table where they cannot be drawn, and tell moderators the remedy."""
    if drawn.pngs or not drawn.charts:
        return {}
    by_kind = {chart.kind: chart.table for chart in drawn.charts}
    table = by_kind.get("statuses") or by_kind.get("months")
    is_missing = ideas.is_moderator(request) and not is_available()
    footer = render("stats.no_charts", request.locale, command=HOW_TO_GET) if is_missing else ""
    return {"table": table and escaped(table), "footer": footer}


STATS = Command(
    name="stats",
    summary="See how the collection stands, in numbers and charts",
    handle=show_stats,
    fields=tuple(f for f in FILTER_FIELDS if f.name in {"industry", "since"}),
    takes_long=True,
    examples=("stats", "stats industry:insurance", "stats since:30d"),
)
