"""Looking at one idea: show, why it stands where it stands, what is like it, or a random one."""

from __future__ import annotations

import random
from dataclasses import replace

from bot.core.banks import meaning_of
from bot.core.commands import ideas, shown
from bot.core.errors import NotFound
from bot.core.model import ActionItem, Button, Command, NameValue, Reply, Request
from bot.core.services import Services
from bot.core.texts import short
from prompts import plain, render
from storage import IdeaFilter

ALIKE_FROM = 0.40
"""Likeness from which `idea similar` lists an idea: wider than while submitting."""


async def show_idea(services: Services, request: Request) -> Reply:
    """Show an idea in full."""
    idea = await ideas.require_idea(services, request)
    reply = await shown.idea_reply(services, request, idea)
    notes = await services.store.notes.list(
        idea.bank_id, idea.number, include_staff=ideas.is_moderator(request)
    )
    rows = tuple(
        NameValue(
            render("idea.note_by", request.locale, name=note.author_name, is_staff=note.is_staff),
            plain(note.text),
            is_inline=False,
        )
        for note in notes[-5:]
    )
    return replace(reply, fields=(*reply.fields, *rows))


async def explain_rank(services: Services, request: Request) -> Reply:
    """Give the terms of an idea's rank."""
    idea = await ideas.require_idea(services, request)
    terms = await services.store.ideas.terms(idea.bank_id, idea.number, request.now)
    rounded = {name: round(value, 3) for name, value in terms.items()}
    return Reply(
        title=f"#{idea.number} {plain(short(idea.title, 200))}",
        text=render("idea.why", request.locale, terms=rounded),
    )


async def similar_ideas(services: Services, request: Request) -> Reply:
    """List the ideas that are likest to one."""
    idea = await ideas.require_idea(services, request)
    found = await services.banks.similar(
        idea.bank_id,
        meaning_of(idea.title, idea.text),
        limit=8,
        at_least=ALIKE_FROM,
        besides=[idea.number],
    )
    known = {
        i.number: i
        for i in await services.store.ideas.by_numbers(idea.bank_id, [m.number for m in found])
    }
    taxonomy = await services.banks.taxonomy(idea.bank_id)
    items = [
        ActionItem(
            text=shown.line_with_shared(
                known[match.number], taxonomy, request.locale, match.shared
            ),
            buttons=(show_button(request, match.number),),
        )
        for match in found
        if match.number in known and ideas.can_see(request, known[match.number])
    ][:5]
    text = "similar" if items else "similar_none"
    return Reply(
        text=render(f"idea.{text}", request.locale, number=idea.number), items=tuple(items)
    )


async def random_idea(services: Services, request: Request) -> Reply:
    """Show an idea that luck chose."""
    wanted = IdeaFilter(statuses=ideas.public_statuses(request.community), sort="new")
    bank_id = request.community.bank_id
    first = await services.store.ideas.search(bank_id, wanted, limit=1, with_facets=False)
    if not first.total:
        raise NotFound("no_ideas_yet")
    at = random.randrange(first.total)  # noqa: S311  luck, not a secret
    page = await services.store.ideas.search(bank_id, wanted, limit=1, offset=at, with_facets=False)
    found = [i for i in (*page.ideas, *first.ideas) if ideas.can_see(request, i)]
    if not found:
        raise NotFound("no_ideas_yet")
    return await shown.idea_reply(services, request, found[0])


def show_button(request: Request, number: int) -> Button:
    """Give the button that shows an idea."""
    return Button(
        label=render("button.idea_show", request.locale, number=number),
        command="idea show",
        values={"number": number},
    )


SHOW_IDEA = Command(
    name="idea show",
    summary="Show an idea in full",
    handle=show_idea,
    fields=(ideas.idea_field(),),
    examples=("idea show 42",),
)
EXPLAIN_RANK = Command(
    name="idea why",
    summary="Say why an idea ranks where it does",
    handle=explain_rank,
    fields=(ideas.idea_field(),),
    examples=("idea why 17",),
)
SIMILAR_IDEAS = Command(
    name="idea similar",
    summary="List the ideas that are most like one",
    handle=similar_ideas,
    fields=(ideas.idea_field(),),
    examples=("idea similar 42",),
)
RANDOM_IDEA = Command(
    name="idea random",
    summary="Show an idea by chance",
    handle=random_idea,
    examples=("idea random",),
)
