"""The words of notices, drawn when they are sent."""

from __future__ import annotations

from bot.core import community_settings
from bot.core.model import Button, Community, Reply, Style
from bot.core.services import Services
from prompts import render
from storage import Idea, IdeaFilter


def notice_reply(idea: Idea, event: str, locale: str, *, is_author: bool) -> Reply:
    """Tell a follower what became of an idea; to its author as theirs."""
    values = {"number": idea.number}
    buttons = [
        Button(
            label=render("button.idea_show", locale, number=idea.number),
            command="idea show",
            values=values,
        )
    ]
    if is_author and event == "declined":
        revise = Button(
            label=render("button.revise", locale),
            command="idea edit",
            values=values,
            style=Style.PRIMARY,
            opens_form=True,
        )
        buttons.insert(0, revise)
    stop = Button(
        label=render("button.unfollow", locale),
        command="idea follow",
        values={**values, "stop": True},
    )
    return Reply(
        text=render(
            f"notice.{event}",
            locale,
            number=idea.number,
            title=idea.title,
            reason=idea.reason,
            into=idea.merged_into,
            is_author=is_author,
        ),
        buttons=(*buttons, stop),
    )


async def staff_reply(services: Services, community: Community) -> Reply | None:
    """Tell moderators how much waits; None where nothing does any more."""
    bank_id = community.bank_id
    locale = str(community_settings.get(community.settings, "locale"))
    counts = await services.store.ideas.counts(bank_id)
    flagged = await services.store.ideas.search(
        bank_id, IdeaFilter(statuses=("pending",), flagged=True), limit=1, with_facets=False
    )
    held = await services.store.votes.held(bank_id)
    pending = counts.get("pending", 0)
    if not pending and not held:
        return None
    queue = Button(label=render("button.queue", locale), command="queue", style=Style.PRIMARY)
    return Reply(
        text=render(
            "queue.notice", locale, pending=pending, flagged=flagged.total, votes=len(held)
        ),
        buttons=(queue,),
    )
