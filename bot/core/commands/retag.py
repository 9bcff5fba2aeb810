"""Putting ideas under other industries: one from a menu, or several at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.commands import ideas, shown
from bot.core.commands.bulk import SURE, Bulk, numbers_field, numbers_of, run_bulk
from bot.core.commands.industries import MOST, complete_industry, likeliest, resolved
from bot.core.commands.undo import undo_button
from bot.core.errors import Conflict
from bot.core.model import (
    Button,
    Choice,
    Command,
    Field,
    FieldType,
    Reply,
    Request,
    Role,
    Select,
)
from bot.core.services import Services
from bot.core.statuses import CAN_BE_EDITED
from bot.core.texts import short
from bot.tagging.taxonomy import Taxonomy
from prompts import render
from storage import Idea, IdeaTag, SetBy, Write

MENU = 24
"""Industries in one menu, of the 25 choices that a platform allows; one is left for "more"."""


async def retag(services: Services, request: Request) -> Reply:
    """Offer the industries of an idea as a menu, or set those that were chosen."""
    await ideas.require_welcome(services, request)
    idea = await ideas.require_own(services, request)
    taxonomy = await services.banks.taxonomy(idea.bank_id)
    chosen = _chosen(request)
    if not chosen:
        return await _menu(services, request, idea, page=request.number("page") or 1)
    tags = tags_of(request, idea, taxonomy, resolved(taxonomy, chosen))
    changed = await services.store.ideas.set_tags(
        ideas.write_of(request), idea.bank_id, idea.number, tags
    )
    names = shown.industry_names(taxonomy, changed.tags, request.locale)
    is_mine = ideas.is_author(request, idea)  # what authors do is nothing for moderators to undo
    return Reply(
        text=render("idea.retagged", request.locale, number=idea.number, industries=names),
        buttons=() if is_mine else (undo_button(request, idea.number),),
        replace=request.flag("menu"),
    )


def tags_of(
    request: Request, idea: Idea, taxonomy: Taxonomy, ids: Sequence[str]
) -> tuple[IdeaTag, ...]:
    """Give an idea's industries as the actor chose them, the main one first."""
    set_by: SetBy = "author" if ideas.is_author(request, idea) else "moderator"
    known = {tag.industry: tag for tag in idea.tags}
    return tuple(
        replace(
            known.get(industry, IdeaTag(industry=industry, rank=0, confidence=1.0)),
            rank=rank,
            confidence=1.0,
            set_by=set_by,
            taxonomy_version=taxonomy.version,
        )
        for rank, industry in enumerate(ids)
    )


def _chosen(request: Request) -> list[str]:
    value = request.values.get("industry")
    parts = list(value) if isinstance(value, tuple) else str(value or "").split(",")
    return [part.strip() for part in parts if part.strip()]


async def retag_several(services: Services, request: Request) -> Reply:
    """Put one idea or several under industries: first a dry run, then all that can be."""
    taxonomy = await services.banks.taxonomy(request.community.bank_id)
    ids = resolved(taxonomy, _chosen(request))
    numbers = numbers_of(request.text("number"))
    if len(numbers) == 1:
        return await retag(services, ideas.with_number(request, numbers[0]))

    async def check(_one: Request, idea: Idea) -> Conflict | None:
        if idea.status not in CAN_BE_EDITED:
            return Conflict("not_editable", number=idea.number, status=idea.status)
        if [tag.industry for tag in sorted(idea.tags, key=lambda tag: tag.rank)] == ids:
            return Conflict("tagged_so", number=idea.number)
        return None

    async def do(one: Request, idea: Idea, write: Write) -> None:
        # Looked at again: it may have been merged or withdrawn since the dry run.
        problem = await check(one, idea)
        if problem is not None:
            raise problem
        tags = tags_of(one, idea, taxonomy, ids)
        await services.store.ideas.set_tags(write, idea.bank_id, idea.number, tags)

    return await run_bulk(services, request, numbers, Bulk(name="retag", check=check, do=do))


async def _menu(services: Services, request: Request, idea: Idea, *, page: int) -> Reply:
    taxonomy = await services.banks.taxonomy(idea.bank_id)
    locale = request.locale
    ranked = await likeliest(services, idea, taxonomy)
    ids = ranked[(page - 1) * MENU : page * MENU] or ranked[:MENU]
    choices = [Choice(i, short(taxonomy.name(i, locale), 75)) for i in ids]
    buttons = []
    if len(ranked) > page * MENU:
        more = {"number": idea.number, "page": page + 1, "menu": True}
        label = render("button.more_industries", locale)
        buttons.append(Button(label=label, command="idea retag", values=more))
    return Reply(
        text=render(
            "idea.choose_industries",
            locale,
            number=idea.number,
            industries=shown.industries_because(taxonomy, idea.tags, locale),
        ),
        selects=(
            Select(
                command="idea retag",
                name="industry",
                placeholder=render("idea.choose_placeholder", locale),
                choices=tuple(choices),
                values={"number": idea.number, "menu": True},
                chosen=tuple(t.industry for t in idea.tags if t.industry in ids),
                max_values=min(MOST, len(choices)),
            ),
        ),
        buttons=tuple(buttons),
        replace=request.flag("menu"),
    )


_INDUSTRY = Field(
    name="industry",
    label="Industry",
    type=FieldType.CHOICE,
    description="The main one first; up to four, with commas between",
    max_length=200,
    complete=complete_industry,
)
RETAG = Command(
    name="idea retag",
    summary="Change the industries of your idea; moderators: of any idea",
    handle=retag,
    fields=(
        ideas.idea_field(),
        _INDUSTRY,
        Field(name="page", label="Page", type=FieldType.INTEGER, minimum=1, in_option=False),
    ),
    is_write=True,
    inline="industry",
    examples=("idea retag 42 insurance,legal-forensics",),
)
RETAG_SEVERAL = Command(
    name="mod retag",
    summary="Put several ideas under an industry",
    handle=retag_several,
    fields=(numbers_field(), replace(_INDUSTRY, is_required=True), SURE),
    audience=Role.MODERATOR,
    is_write=True,
    inline="industry",
    examples=("mod retag 3-9 healthcare", "mod retag 3,5,8 insurance,legal-forensics"),
)
