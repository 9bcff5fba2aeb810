"""Industries in commands: completing one, and choosing one for an idea."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.core.banks import meaning_of
from bot.core.commands import ideas, shown
from bot.core.errors import InvalidField
from bot.core.model import Button, Choice, Command, Field, FieldType, Reply, Request, Select
from bot.core.services import Services
from bot.core.texts import short
from bot.tagging.taxonomy import OTHER, Taxonomy
from prompts import render
from storage import Idea, IdeaTag, SetBy

MENU = 24
"""Industries in one menu, of the 25 choices that a platform allows; one is left for "more"."""


async def complete_industry(services: Services, request: Request, prefix: str) -> Sequence[Choice]:
    """Complete an industry by any part of its name, in the reader's language or English."""
    taxonomy = await services.banks.taxonomy(request.community.bank_id)
    head, _, typed = prefix.rpartition(",")
    wanted = typed.strip().casefold()
    found = [
        i.id
        for i in taxonomy.industries
        if wanted in taxonomy.name(i.id, request.locale).casefold()
        or wanted in i.name.casefold()
        or wanted in i.id
    ]
    meant = None if found else taxonomy.resolve(typed)
    lead = f"{head}," if head else ""
    ids = found[:25] if meant is None else [meant]
    return [Choice((lead + i)[:100], short(taxonomy.name(i, request.locale), 75)) for i in ids]


async def likeliest(services: Services, idea: Idea, taxonomy: Taxonomy) -> list[str]:
    """List all industries for an idea: those it has, those the tagger thinks of, then the rest."""
    tagging = await services.banks.tag(idea.bank_id, meaning_of(idea.title, idea.text))
    first = [*(tag.industry for tag in idea.tags), *(tag.industry for tag in tagging.tags)]
    known = [i for i in dict.fromkeys(first) if i in taxonomy.ids and i != OTHER]
    return [*known, *(i for i in taxonomy.ids if i not in known)]


async def retag(services: Services, request: Request) -> Reply:
    """Offer the industries of an idea as a menu, or set those that were chosen."""
    await ideas.require_welcome(services, request)
    idea = await ideas.require_own(services, request)
    taxonomy = await services.banks.taxonomy(idea.bank_id)
    chosen = _chosen(request)
    if not chosen:
        return await _menu(services, request, idea, page=request.number("page") or 1)
    ids = [_resolved(taxonomy, name) for name in chosen]
    set_by: SetBy = "author" if ideas.is_author(request, idea) else "moderator"
    known = {tag.industry: tag for tag in idea.tags}
    tags = tuple(
        replace(
            known.get(industry, IdeaTag(industry=industry, rank=0, confidence=1.0)),
            rank=rank,
            confidence=1.0,
            set_by=set_by,
            taxonomy_version=taxonomy.version,
        )
        for rank, industry in enumerate(dict.fromkeys(ids[:4]))
    )
    changed = await services.store.ideas.set_tags(
        ideas.write_of(request), idea.bank_id, idea.number, tags
    )
    names = shown.industry_names(taxonomy, changed.tags, request.locale)
    return Reply(
        text=render("idea.retagged", request.locale, number=idea.number, industries=names),
        replace=request.flag("menu"),
    )


def _chosen(request: Request) -> list[str]:
    value = request.values.get("industry")
    parts = list(value) if isinstance(value, tuple) else str(value or "").split(",")
    return [part.strip() for part in parts if part.strip()]


def _resolved(taxonomy: Taxonomy, name: str) -> str:
    industry = taxonomy.resolve(name)
    if industry is None:
        raise InvalidField("industry", "no_such_industry", name=name)
    return industry


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
                max_values=min(4, len(choices)),
            ),
        ),
        buttons=tuple(buttons),
        replace=request.flag("menu"),
    )


RETAG = Command(
    name="idea retag",
    summary="Change the industries of your idea; moderators: of any idea",
    handle=retag,
    fields=(
        ideas.idea_field(),
        Field(
            name="industry",
            label="Industry",
            type=FieldType.CHOICE,
            description="The main one first; up to four, with commas between",
            max_length=200,
            complete=complete_industry,
        ),
        Field(name="page", label="Page", type=FieldType.INTEGER, minimum=1, in_option=False),
    ),
    is_write=True,
    inline="industry",
    examples=("idea retag 42 insurance,legal-forensics",),
)
