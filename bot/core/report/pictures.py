"""A community's charts as files to show: of what everybody there may see, and drawn once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core.commands import ideas
from bot.core.model import Community, Picture
from bot.core.report.charts import KINDS, Chart, Kind, charts_of
from bot.core.report.drawing import Theme, draw
from bot.core.report.figures import Figures, Top, figures_of
from storage import IdeaFilter

if TYPE_CHECKING:
    from bot.core.services import Services

_ONE_INDUSTRY: tuple[Kind, ...] = ("months", "top")
_MORE_THAN_TOP = 30  # some of the best may be hidden from members


async def public_figures(
    services: Services, community: Community, locale: str, wanted: IdeaFilter
) -> Figures:
    """Count what fits and everybody in this community may see.

    Of statuses that the filter names, only public ones count.
    """
    wanted = replace(wanted, statuses=ideas.public_statuses(community), sort="votes")
    counts = await services.store.ideas.count(community.bank_id, wanted, hiding=ideas.HIDING_FLAGS)
    page = await services.store.ideas.search(
        community.bank_id, wanted, limit=_MORE_THAN_TOP, with_facets=False
    )
    top = [Top.of(idea) for idea in page.ideas if ideas.is_public(community, idea)]
    taxonomy = await services.banks.taxonomy(community.bank_id)
    return figures_of(counts, top, taxonomy, locale)


async def public_charts(
    services: Services,
    community: Community,
    locale: str,
    wanted: IdeaFilter | None = None,
    kinds: Sequence[Kind] = KINDS,
) -> Drawn:
    """Draw the charts of what everybody may see; of one industry those that still say something.

    Drawn once until an idea or a vote of the bank changes, in the colours that the platform's
    readers mostly have.
    """
    wanted = wanted or IdeaFilter()
    kinds = _ONE_INDUSTRY if wanted.industries else kinds
    # Discord is dark unless one changes it; a terminal opens pictures in some other window.
    theme: Theme = "dark" if community.platform == "discord" else "light"

    async def drawing() -> Drawn:
        figures = await public_figures(services, community, locale, wanted)
        charts = charts_of(figures, locale, kinds)
        pngs = await asyncio.to_thread(draw, charts, form="png", theme=theme, locale=locale)
        return Drawn(tuple(charts), tuple(pngs))

    key = (wanted, tuple(kinds), ideas.public_statuses(community), theme, locale)
    return await services.banks.drawn(community.bank_id, key, drawing)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Charts and a PNG of each; no PNGs at all without the extra `[charts]`."""

    charts: tuple[Chart, ...]
    pngs: tuple[bytes, ...]

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Give the PNGs with their alt texts; none where drawing failed."""
        if len(self.pngs) != len(self.charts):
            return ()
        return tuple(
            Picture(
                id=int.from_bytes(hashlib.sha256(png).digest()[:6]),
                name=f"{chart.name}.png",
                media_type="image/png",
                alt_text=chart.alt,
                content=png,
            )
            for chart, png in zip(self.charts, self.pngs, strict=True)
        )
