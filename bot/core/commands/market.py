"""The commands with which a bank adds to what is known, corrects it, and sends it on."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bot.core import fact_entry
from bot.core.bank_facts import to_send_on
from bot.core.commands.facts import (
    add_fact,
    correct_fact,
    decide_fact,
    market_of,
    retire_fact,
)
from bot.core.model import Choice, Command, Field, FieldType, File, Reply, Request, Role
from bot.core.services import Services
from bot.core.texts import short
from prompts import render

_AT_MOST = 25


async def complete_entity(services: Services, request: Request, prefix: str) -> list[Choice]:
    """Complete what is known about."""
    names = (await market_of(services, request)).complete(prefix, _AT_MOST)
    return [Choice(name[:100], short(name, 75)) for name in names]


async def complete_fact(services: Services, request: Request, prefix: str) -> Sequence[Choice]:
    """Complete a fact of the entity that was typed."""
    market = await market_of(services, request)
    entity = fact_entry.find_entity(market, request.text("entity"))
    typed = prefix.casefold()
    facts = entity.facts if entity else ()
    return [
        Choice(fact_entry.fact_key(f.claim), short(f.claim, 75))
        for f in facts
        if typed in f.claim.casefold()
    ][:_AT_MOST]


async def complete_field(services: Services, request: Request, prefix: str) -> list[Choice]:
    """Complete the kinds of values that there are for what was typed."""
    from bot.market.values import fields_for  # noqa: PLC0415  with the market only

    market = await market_of(services, request)
    entity = fact_entry.find_entity(market, request.text("entity"))
    kind = entity.kind if entity else request.text("kind") or "model"
    typed = prefix.casefold().replace(" ", "_")
    found = [field for field in fields_for(kind) if typed in field.id]
    found.sort(key=lambda field: not field.id.startswith(typed))
    return [
        Choice(field.id, short(f"{field.id}: {field.note}" if field.note else field.id, 75))
        for field in found[:_AT_MOST]
    ]


async def complete_value(services: Services, request: Request, prefix: str) -> list[Choice]:
    """Complete the words that a field allows."""
    from bot.market.values import field_of  # noqa: PLC0415  with the market only

    market = await market_of(services, request)
    entity = fact_entry.find_entity(market, request.text("entity"))
    field = field_of(request.text("field"), entity.kind if entity else "model")
    words = field.values or (("yes", "no") if field.type == "yes_no" else ())
    typed = prefix.casefold()
    return [Choice(word[:100], word[:75]) for word in words if typed in word.casefold()][:_AT_MOST]


async def export_facts(services: Services, request: Request) -> Reply:
    """Give what the bank knows otherwise as a file of facts."""
    rows = await services.store.knowledge.list(request.community.bank_id)
    built_in = {entity.id: entity for entity in services.market.knowledge.entities}
    found = to_send_on(rows, built_in)
    if not found:
        return Reply(text=render("market.nothing_to_export", request.locale), ok=False)
    from bot.market.writing import to_yaml  # noqa: PLC0415  with the market only

    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="reelbank-"))
    path = folder / "facts.yaml"
    await asyncio.to_thread(path.write_text, to_yaml(found), "utf-8")
    count = sum(len(entity.facts) for entity in found)
    return Reply(
        text=render("market.exported", request.locale, count=count),
        file=File(name="facts.yaml", path=str(path), media_type="application/yaml"),
    )


_ENTITY = Field(
    name="entity",
    label="About",
    type=FieldType.CHOICE,
    description="A model, product or company",
    is_required=True,
    max_length=100,
    complete=complete_entity,
    in_form=True,
)
_FACT = Field(
    name="fact",
    label="Fact",
    type=FieldType.CHOICE,
    description="The fact that is meant; some of its words will do",
    is_required=True,
    max_length=200,
    complete=complete_fact,
)
_CLAIM = Field(
    name="claim",
    label="What is so",
    type=FieldType.TEXT,
    description="One sentence",
    is_required=True,
    min_length=8,
    max_length=500,
    in_form=True,
)
_SOURCE = Field(
    name="source",
    label="Link to the source",
    is_required=True,
    max_length=500,
    placeholder="https://",
    in_form=True,
)
_AS_OF = Field(
    name="as_of",
    label="As of",
    description="Such as 2026-03-01; today, if you leave it out",
    max_length=10,
    in_form=True,
)
_FIELD = Field(
    name="field",
    label="Kind of value",
    type=FieldType.CHOICE,
    description="Such as max_seconds; then it counts in lists, filters and rankings",
    max_length=40,
    complete=complete_field,
)
_VALUE = Field(
    name="value",
    label="Value, for lists and rankings",
    description="Such as 30 s, or max_seconds: 30 s",
    placeholder="max_seconds: 30 s",
    max_length=100,
    complete=complete_value,
    in_form=True,
)
_HOLDS_FOR = (
    Field(
        name="variant", label="Variant", description="The edition it holds for: Fast", max_length=60
    ),
    Field(name="resolution", label="At this size", description="720p, 4K", max_length=20),
    Field(name="seconds", label="Clip length", description="For a price per clip", max_length=20),
    Field(
        name="seller", label="Seller", description="Whose price it is, if not the maker's",
        max_length=60,
    ),
    Field(name="region", label="Region", description="Where it holds", max_length=40),
    Field(name="condition", label="Condition", description="When it holds", max_length=100),
)  # fmt: skip
_SOURCE_NAMES = (
    Field(name="title", label="Title of the source", max_length=150),
    Field(name="publisher", label="Publisher", max_length=100),
)
_KIND = Field(
    name="kind",
    label="What it is",
    type=FieldType.CHOICE,
    description="For something that I don't know yet",
    choices=tuple(Choice(kind, kind) for kind in fact_entry.NEW_KINDS),
)

ADD_FACT = Command(
    name="market add",
    summary="Add a fact with its source; moderators look at it first",
    handle=add_fact,
    form_title="New fact",
    fields=(
        *(_ENTITY, _CLAIM, _VALUE, _SOURCE, _AS_OF, _FIELD),
        *_HOLDS_FOR,
        _KIND,
        *_SOURCE_NAMES,
    ),
    is_write=True,
    inline="claim",
    examples=("market add", "market add entity:Sora 2 field:max_seconds value:30 s"),
)
CORRECT_FACT = Command(
    name="market correct",
    summary="Put a fact in the place of a wrong one",
    handle=correct_fact,
    form_title="Correct a fact",
    fields=(
        *(_ENTITY, _FACT, _CLAIM, _VALUE, _SOURCE, _AS_OF, _FIELD),
        *_HOLDS_FOR,
        *_SOURCE_NAMES,
    ),
    audience=Role.MODERATOR,
    is_write=True,
    inline="claim",
    examples=("market correct",),
)
RETIRE_FACT = Command(
    name="market retire",
    summary="Take a fact out of the answers here",
    handle=retire_fact,
    fields=(
        replace(
            _ENTITY,
            label="Whose fact is wrong",
            description="The model, product or company that the fact is about",
            in_form=False,
        ),
        replace(_FACT, label="Which fact", description="Some of its words, such as: storyboard"),
    ),
    audience=Role.MODERATOR,
    is_write=True,
    inline="fact",
    examples=("market retire Sora storyboard",),
)
EXPORT_FACTS = Command(
    name="market export",
    summary="Get this bank's own facts as a file that can be sent on",
    handle=export_facts,
    audience=Role.MODERATOR,
    takes_long=True,
    examples=("market export",),
)
DECIDE_FACT = Command(
    name="market decide",
    summary="Let a proposed fact hold, or not",
    handle=decide_fact,
    fields=(
        Field(name="id", label="Number", type=FieldType.INTEGER, is_required=True),
        Field(name="accept", label="Accept", type=FieldType.FLAG, is_required=True),
        Field(name="back", label="Back", max_length=80, in_option=False),
    ),
    audience=Role.MODERATOR,
    is_write=True,
    is_listed=False,
)
