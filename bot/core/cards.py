"""The card: an idea as a channel shows it, the same on every platform."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace

from bot.core import community_settings
from bot.core.commands import shown
from bot.core.model import Button, Community, NameValue, Reply
from bot.core.services import Services
from bot.core.statuses import CAN_BE_VOTED_ON
from bot.core.texts import cut, short
from prompts import plain, render
from storage import Idea

TEXT_LIMIT = 600
"""Characters of the text on a card; the whole of it is one button away."""


async def card_reply(services: Services, community: Community, idea: Idea) -> Reply:
    """Draw an idea's card in the language of the community."""
    taxonomy = await services.banks.taxonomy(idea.bank_id)
    locale = str(community_settings.get(community.settings, "locale"))
    files = await services.store.attachments.of_idea(idea.bank_id, idea.number)
    rows = [
        ("label_industries", shown.industries_because(taxonomy, idea.tags, locale), False),
        ("label_status", shown.status_word(idea.status, locale), True),
        ("label_votes", shown.votes_text(idea.votes, locale), True),
        ("label_author", shown.author_text(idea, locale), True),
        ("label_beneficiaries", plain(idea.beneficiaries), False),
        ("label_link", plain(idea.link), False),
    ]
    return Reply(
        title=f"#{idea.number} {plain(short(idea.title, 200))}",
        text=render(
            "idea.shown",
            locale,
            text=cut(shown.body_of(idea), TEXT_LIMIT),
            reason=idea.reason if idea.status == "declined" else "",
            merged_into=idea.merged_into,
        ),
        fields=(
            *(
                NameValue(render(f"idea.{name}", locale), value, is_inline)
                for name, value, is_inline in rows
                if value
            ),
            *shown.file_fields(files, locale),
        ),
        image=await shown.picture_of(services, idea, files),
        buttons=card_buttons(idea, locale),
    )


def card_buttons(idea: Idea, locale: str) -> tuple[Button, ...]:
    """Give a card's buttons: votes while they count, following, and deciding for moderators."""
    show = Button(
        label=render("button.idea_show", locale, number=idea.number),
        command="idea show",
        values={"number": idea.number},
    )
    if idea.status not in CAN_BE_VOTED_ON:
        return (show,)
    follow = Button(
        label=render("button.idea_follow", locale),
        command="idea follow",
        values={"number": idea.number},
    )
    comment = Button(
        label=render("button.idea_note", locale),
        command="idea note",
        values={"number": idea.number},
        opens_form=True,
    )
    # Everyone sees a card's buttons; who may not decide is told so.
    votes, decide = shown.vote_buttons(idea, locale), shown.decide_buttons(idea, locale)
    return (*votes, follow, comment, show, *decide)


def shown_hash(reply: Reply) -> str:
    """Give a hash of all that a card shows, the same in every process."""
    if reply.image is not None:  # its id says which it is
        reply = replace(reply, image=replace(reply.image, content=b""))
    drawn = json.dumps(asdict(reply), sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(drawn.encode()).hexdigest()[:32]
