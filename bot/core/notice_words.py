"""The words of notices, drawn when they are sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.core import community_settings
from bot.core.gap_answers import answerable
from bot.core.model import Button, Community, NameValue, Reply, Style
from bot.core.services import Services
from bot.core.texts import cut
from prompts import plain, render
from storage import REVISED, Idea

_NOTES_SHOWN = 3


async def notes_reply(
    services: Services, idea: Idea, since: datetime, locale: str, reader_id: int | None
) -> Reply | None:
    """Tell a follower what others wrote about an idea lately; None where nothing is left of it."""
    notes = await services.store.notes.list(
        idea.bank_id, idea.number, include_staff=False, reader_id=reader_id
    )
    news = [note for note in notes if note.at >= since and not note.is_own]
    if not news:
        return None
    values = {"number": idea.number}
    shown = [
        NameValue(
            render("idea.note_by", locale, name=note.author_name, is_staff=False),
            plain(cut(note.text, 500)),
            is_inline=False,
        )
        for note in news[-_NOTES_SHOWN:]
    ]
    buttons = (
        Button(
            label=render("button.idea_note", locale),
            command="idea note",
            values=values,
            opens_form=True,
        ),
        Button(label=render("button.idea_notes", locale), command="idea notes", values=values),
        _stop(idea, locale),
    )
    text = render("notice.notes", locale, number=idea.number, title=idea.title, count=len(news))
    return Reply(text=text, fields=tuple(shown), buttons=buttons)


def _stop(idea: Idea, locale: str) -> Button:
    return Button(
        label=render("button.unfollow", locale),
        command="idea follow",
        values={"number": idea.number, "stop": True},
    )


def notice_reply(idea: Idea, event: str, locale: str, *, is_author: bool, who: str = "") -> Reply:
    """Tell a follower what became of an idea; to its author as theirs."""
    show = _button("idea_show", "idea show", idea, locale, number=idea.number)
    can_revise = REVISED not in idea.flags
    return Reply(
        text=render(
            f"notice.{event}",
            locale,
            number=idea.number,
            title=idea.title,
            reason=idea.reason,
            into=idea.merged_into,
            is_author=is_author,
            can_revise=can_revise,
            who=who,
        ),
        buttons=(
            *(_answers(idea, event, locale) if is_author else ()),
            show,
            _stop(idea, locale),
        ),
    )


def _button(label: str, command: str, idea: Idea, locale: str, **words: object) -> Button:
    return Button(
        label=render(f"button.{label}", locale, **words),
        command=command,
        values={"number": idea.number},
    )


def _answers(idea: Idea, event: str, locale: str) -> tuple[Button, ...]:
    """Give what the author of a declined idea can do about it: revise it once, or appeal."""
    if event != "declined" or idea.status != "declined":
        return ()
    revise = replace(
        _button("revise", "idea edit", idea, locale), style=Style.PRIMARY, opens_form=True
    )
    appeal = replace(_button("idea_appeal", "idea appeal", idea, locale), opens_form=True)
    return (appeal,) if REVISED in idea.flags else (revise, appeal)


async def gaps_reply(services: Services, community: Community) -> Reply | None:
    """Tell moderators which gaps the knowledge can answer by now; None where there are none."""
    locale = str(community_settings.get(community.settings, "locale"))
    today = services.clock().date()
    found = await answerable(services.store, services.banks, community.bank_id, today)
    if not found:
        return None
    look = Button(label=render("gap.look", locale), command="market gaps", style=Style.PRIMARY)
    followers = sum(gap.followers for gap in found)
    return Reply(
        text=render("gap.known", locale, count=len(found), followers=followers), buttons=(look,)
    )


async def staff_reply(services: Services, community: Community) -> Reply | None:
    """Tell moderators how much waits, kind by kind; None where nothing does any more."""
    locale = str(community_settings.get(community.settings, "locale"))
    counts = await services.store.waiting.counts(community.bank_id)
    # What is flagged is among the pending ones; gaps are no news, they pile up.
    kinds = [name for name, count in counts.items() if count and name not in {"flagged", "gaps"}]
    if not kinds:
        return None
    queue = Button(label=render("button.queue", locale), command="queue", style=Style.PRIMARY)
    waiting = [render(f"queue.waiting_{name}", locale, count=counts[name]) for name in kinds]
    return Reply(
        text=render("queue.notice", locale, waiting=waiting, flagged=counts["flagged"]),
        buttons=(queue,),
    )
