"""The words, buttons and picture of a digest."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.core import community_settings
from bot.core.commands import shown
from bot.core.digest import Digest, gather
from bot.core.model import ActionItem, Button, Community, NameValue, Reply, Style
from bot.core.report.pictures import public_charts
from bot.core.texts import short
from prompts import plain, render
from storage import Idea

if TYPE_CHECKING:
    from bot.core.services import Services
    from bot.tagging import Taxonomy

_NAMES = 8


async def digest_reply(
    services: Services, community: Community, since: datetime, until: datetime
) -> Reply | None:
    """Draw the digest of a span in the community's language; None where nothing happened."""
    digest = await gather(services, community, since, until)
    if digest.is_empty:
        return None
    locale = str(community_settings.get(community.settings, "locale"))
    taxonomy = await services.banks.taxonomy(community.bank_id)
    drawn = await public_charts(services, community, locale, kinds=("months",))
    zone = community_settings.zone(community.settings)
    return Reply(
        title=render(
            "digest.title",
            locale,
            first=since.astimezone(zone).date().isoformat(),
            last=until.astimezone(zone).date().isoformat(),
        ),
        text=render(
            "digest.counts",
            locale,
            new=digest.new_count,
            accepted=digest.decided.get("accepted", 0),
            declined=digest.decided.get("declined", 0),
            merged=digest.decided.get("merged", 0),
            unanswered=digest.unanswered,
        ),
        items=_items(digest, taxonomy, locale),
        fields=_fields(digest, taxonomy, locale),
        buttons=(
            Button(
                label=render("button.new_idea", locale),
                command="idea add",
                style=Style.PRIMARY,
                opens_form=True,
            ),
            Button(label=render("digest.see_stats", locale), command="stats"),
        ),
        pictures=drawn.pictures,
    )


def _items(digest: Digest, taxonomy: Taxonomy, locale: str) -> tuple[ActionItem, ...]:
    new = [_item(idea, "digest.new", taxonomy, locale, 0) for idea in digest.new]
    rising = [_item(idea, "digest.rising", taxonomy, locale, n) for idea, n in digest.rising]
    return (*new, *rising)


def _item(idea: Idea, text: str, taxonomy: Taxonomy, locale: str, gained: int) -> ActionItem:
    return ActionItem(
        text=render(
            text,
            locale,
            number=idea.number,
            title=short(idea.title),
            industry=taxonomy.name(idea.primary, locale),
            gained=gained,
            up=idea.votes.up,
            down=idea.votes.down,
        ),
        buttons=(
            Button(
                label=render("button.idea_show", locale, number=idea.number),
                command="idea show",
                values={"number": idea.number},
            ),
            replace(shown.vote_buttons(idea, locale)[0], style=Style.PLAIN),
        ),
    )


def _fields(digest: Digest, taxonomy: Taxonomy, locale: str) -> tuple[NameValue, ...]:
    accepted = "\n".join(
        f"**#{idea.number}** {plain(short(idea.title))}" for idea in digest.accepted
    )
    names = [taxonomy.name(i, locale) for i in digest.without]
    rows = [
        ("accepted", accepted),
        (
            "unanswered",
            render("digest.about", locale, count=digest.unanswered, subjects=list(digest.subjects))
            if digest.unanswered
            else "",
        ),
        (
            "without",
            render("digest.missing", locale, names=names[:_NAMES], more=len(names[_NAMES:]))
            if names
            else "",
        ),
    ]
    return tuple(
        NameValue(render(f"digest.label_{name}", locale), value, is_inline=False)
        for name, value in rows
        if value
    )
