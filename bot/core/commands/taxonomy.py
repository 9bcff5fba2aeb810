"""The industries of a bank: listing and changing them, each change first as a dry run."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.banks import meaning_of, to_change
from bot.core.commands import ideas, shown
from bot.core.commands.idea_reading import tags_of
from bot.core.commands.industries import complete_industry
from bot.core.commands.undo import undo_button
from bot.core.errors import Conflict, InvalidField
from bot.core.model import (
    Button,
    Command,
    Field,
    FieldType,
    Reply,
    Request,
    Role,
    Style,
    Table,
    Value,
)
from bot.core.services import Services
from bot.core.texts import short
from bot.tagging.taxonomy import OTHER, Taxonomy, TaxonomyError
from prompts import plain, render
from storage import Idea, IdeaFilter, IdeaTag

COMPARED = 1000
"""Newest ideas that a dry run reads again to see which would move."""

_LISTED = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """A change with what it would do: ideas that move, and to where."""

    kept: Mapping[str, Any]  # as the store keeps it
    after: Taxonomy
    moves: tuple[tuple[Idea, tuple[IdeaTag, ...]], ...] = ()
    swap: tuple[str, str] | None = None  # an industry that takes another's place on every idea
    swapped: int = 0


async def list_industries(services: Services, request: Request) -> Reply:
    """List the industries with how many ideas each has."""
    bank_id, locale = request.community.bank_id, request.locale
    taxonomy = await services.banks.taxonomy(bank_id)
    wanted = IdeaFilter(statuses=ideas.public_statuses(request.community), sort="new")
    page = await services.store.ideas.search(bank_id, wanted, limit=1)
    rows = tuple(
        (plain(taxonomy.name(i.id, locale)), f"`{i.id}`", str(page.industries.get(i.id, 0)))
        for i in taxonomy.industries
    )
    columns = tuple(render(f"industry.column_{n}", locale) for n in "123")
    text = render("industry.listed", locale, count=len(rows), version=taxonomy.version)
    return Reply(title=render("industry.title", locale), text=text, table=Table(columns, rows))


async def change_industries(services: Services, request: Request) -> Reply:
    """Say what a change would do; with `sure`, do it."""
    taxonomy = await services.banks.taxonomy(request.community.bank_id)
    kept = _change(request, taxonomy)
    try:
        after = taxonomy.with_changes([to_change(kept)])
    except TaxonomyError as error:
        raise Conflict(f"industry_{error.code}", name=error.value) from None
    plan = await _plan(services, request, taxonomy, kept, after)
    if not request.flag("sure"):
        return _dry_run(request, plan)
    return await _apply(services, request, plan)


def _change(request: Request, taxonomy: Taxonomy) -> dict[str, Any]:
    """Read the request as a change, as the store keeps it."""
    kind = request.command.partition(" ")[2]
    if kind == "add":
        words = [w.strip() for w in request.text("keywords").split(",") if w.strip()]
        return {
            "kind": kind,
            "name": request.text("name"),
            "description": request.text("description"),
            "keywords": words,
        }
    change: dict[str, Any] = {"kind": kind, "id": _known(request, taxonomy, "industry")}
    if kind == "rename":
        change["name"] = request.text("name")
    if kind == "merge":
        change["into"] = _known(request, taxonomy, "into")
    return change


def _known(request: Request, taxonomy: Taxonomy, field: str) -> str:
    industry = taxonomy.resolve(request.text(field))
    if industry is None:
        raise InvalidField(field, "no_such_industry", name=request.text(field))
    return industry


async def _plan(
    services: Services,
    request: Request,
    before: Taxonomy,
    kept: Mapping[str, Any],
    after: Taxonomy,
) -> Plan:
    kind, bank_id = kept["kind"], request.community.bank_id
    if kind == "rename":
        return Plan(kept, after)
    if kind == "merge":
        count = await _count(services, bank_id, kept["id"])
        return Plan(kept, after, swap=(kept["id"], kept["into"]), swapped=count)
    wanted = IdeaFilter(sort="new", industries=(kept["id"],) if kind == "retire" else ())
    page = await services.store.ideas.search(bank_id, wanted, limit=COMPARED, with_facets=False)
    moves = await _moves(services, bank_id, list(page.ideas), after)
    if kind == "add":
        new = next(iter(set(after.ids) - set(before.ids)))
        moves = [(i, tags) for i, tags in moves if any(t.industry == new for t in tags)]
        return Plan(kept, after, tuple(moves))
    count = await _count(services, bank_id, kept["id"])
    return Plan(kept, after, tuple(moves), swap=(kept["id"], OTHER), swapped=count)


async def _count(services: Services, bank_id: int, industry: str) -> int:
    wanted = IdeaFilter(industries=(industry,), sort="new")
    page = await services.store.ideas.search(bank_id, wanted, limit=1, with_facets=False)
    return page.total


async def _moves(
    services: Services, bank_id: int, found: list[Idea], after: Taxonomy
) -> list[tuple[Idea, tuple[IdeaTag, ...]]]:
    """Read ideas with the industries as they would be; people's choices never move."""
    free = [idea for idea in found if all(tag.set_by == "tagger" for tag in idea.tags)]
    if not free:
        return []
    tagger = await asyncio.to_thread(services.banks.models.tagger, after)
    examples = await services.banks.examples(bank_id)
    texts = [meaning_of(idea.title, idea.text) for idea in free]
    read = await asyncio.to_thread(tagger.tag_many, texts, examples=examples)
    pairs = [(idea, tags_of(tagging, None)) for idea, tagging in zip(free, read, strict=True)]
    return [(i, t) for i, t in pairs if [x.industry for x in t] != [x.industry for x in i.tags]]


def _dry_run(request: Request, plan: Plan) -> Reply:
    locale = request.locale
    moves = [
        (
            idea.number,
            short(idea.title, 60),
            shown.industry_names(plan.after, idea.tags, locale),
            shown.industry_names(plan.after, tags, locale),
        )
        for idea, tags in plan.moves
    ]
    values: dict[str, Value] = {k: v for k, v in request.values.items() if v not in (None, "")}
    button = Button(
        label=render("button.apply", locale),
        command=request.command,
        values={**values, "sure": True},
        style=Style.PRIMARY,
    )
    text = render(
        f"industry.plan_{plan.kept['kind']}",
        locale,
        name=_name(plan),
        into=plan.after.name(plan.swap[1], locale) if plan.swap else "",
        count=plan.swapped or len(moves),
        moves=moves[:_LISTED],
        more=max(0, len(moves) - _LISTED),
    )
    return Reply(text=text, buttons=(button,))


def _name(plan: Plan) -> str:
    return str(plan.kept.get("name") or plan.kept["id"])


async def _apply(services: Services, request: Request, plan: Plan) -> Reply:
    bank_id, store = request.community.bank_id, services.store
    await store.taxonomy.put(
        ideas.write_of(request),
        bank_id,
        dict(plan.kept),
        moves=[(idea.number, tags) for idea, tags in plan.moves],
        swap=plan.swap,
        taxonomy_version=plan.after.version,
    )
    moved = len(plan.moves) or plan.swapped
    return Reply(
        text=render(
            "industry.changed",
            request.locale,
            kind=plan.kept["kind"],
            name=_name(plan),
            moved=moved,
            version=plan.after.version,
        ),
        buttons=(undo_button(request),),
        style=Style.SUCCESS,
        replace=True,
    )


def _industry(name: str, label: str) -> Field:
    return Field(
        name=name,
        label=label,
        type=FieldType.CHOICE,
        is_required=True,
        max_length=100,
        complete=complete_industry,
    )


_SURE = Field(name="sure", label="Sure", type=FieldType.FLAG, description="yes: no dry run")
_NAME = Field(name="name", label="Name", is_required=True, min_length=2, max_length=60)
_DESCRIPTION = Field(
    name="description",
    label="Description",
    description="Who in it would use the video, in a sentence",
    max_length=300,
)
_KEYWORDS = Field(
    name="keywords",
    label="Keywords",
    description="Words that point to it, with commas between; a * at the end takes any ending",
    max_length=500,
)

LIST = Command(
    name="industry list",
    summary="List the industries",
    handle=list_industries,
    examples=("industry list",),
)
ADD = Command(
    name="industry add",
    summary="Add an industry; shows first which ideas would move",
    handle=change_industries,
    fields=(_NAME, _DESCRIPTION, _KEYWORDS, _SURE),
    audience=Role.MODERATOR,
    is_write=True,
    takes_long=True,
    inline="name",
    examples=('industry add Funeral Services keywords:"funeral*, memorial*, obituar*"',),
)
RENAME = Command(
    name="industry rename",
    summary="Give an industry another name",
    handle=change_industries,
    fields=(_industry("industry", "Industry"), _NAME, _SURE),
    audience=Role.MODERATOR,
    is_write=True,
    inline="name",
    examples=("industry rename games Play & Games",),
)
MERGE = Command(
    name="industry merge",
    summary="Merge an industry into another; shows first how many ideas move",
    handle=change_industries,
    fields=(_industry("industry", "Industry"), _industry("into", "Into"), _SURE),
    audience=Role.MODERATOR,
    is_write=True,
    examples=("industry merge games film-tv",),
)
RETIRE = Command(
    name="industry retire",
    summary="Give an industry to no idea any more; shows first which ideas move",
    handle=change_industries,
    fields=(_industry("industry", "Industry"), _SURE),
    audience=Role.MODERATOR,
    is_write=True,
    takes_long=True,
    examples=("industry retire games",),
)
