"""What a bank knows beyond the built-in knowledge: adding, correcting, retiring facts."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from rapidfuzz import fuzz, process

from bot.core.bank_facts import fact_row
from bot.core.commands import ideas
from bot.core.commands.queue import and_queue
from bot.core.commands.undo import undo_button
from bot.core.errors import InvalidField, NotFound
from bot.core.model import Choice, Command, Field, FieldType, Reply, Request, Role, Style
from bot.core.notices import to_staff
from bot.core.services import Services
from bot.core.texts import short
from prompts import render
from storage import NotThere

if TYPE_CHECKING:
    from bot.market import Market
    from bot.market.schema import Entity, Fact

_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", re.ASCII)
_URL = re.compile(r"https?://[^\s<>\"]{3,500}", re.IGNORECASE)
_NEAR = 88.0


def find_entity(market: Market, name: str) -> Entity | None:
    """Find what is known by this name, alias or id; close misspellings count."""
    wanted = name.strip().casefold()
    labels = {
        label.casefold(): entity
        for entity in market.knowledge.entities
        for label in (*entity.aliases, entity.name, entity.id)
        if entity.kind not in {"family", "name"} or label == entity.id
    }
    if wanted in labels:
        return labels[wanted]
    near = process.extractOne(wanted, list(labels), scorer=fuzz.ratio, score_cutoff=_NEAR)
    return labels[near[0]] if near else None


def fact_key(claim: str) -> str:
    """Name a fact by its claim, short enough for a menu."""
    return hashlib.sha256(claim.encode()).hexdigest()[:10]


async def _market(services: Services, request: Request) -> Market:
    return await services.banks.market(request.community.bank_id)


async def _entity(services: Services, request: Request) -> Entity:
    entity = find_entity(await _market(services, request), request.text("entity"))
    if entity is None:
        raise NotFound("no_such_entity", name=request.text("entity"))
    return entity


async def _fact(services: Services, request: Request) -> tuple[Entity, Fact]:
    """Give the fact that is meant: by its key, or by words that only its claim has."""
    entity = await _entity(services, request)
    wanted = request.text("fact").casefold()
    found = [f for f in entity.facts if wanted in {fact_key(f.claim), f.claim.casefold()}]
    found = found or [f for f in entity.facts if wanted in f.claim.casefold()]
    if len(found) != 1:
        raise NotFound("no_such_fact", name=entity.name, count=len(found))
    return entity, found[0]


def _stated(request: Request) -> tuple[str, str]:
    """Give source and date of a fact.

    Raises:
        InvalidField: there is no link to a source, or the day is none.
    """
    url, as_of = request.text("source"), request.text("as_of") or request.now.date().isoformat()
    if not _URL.fullmatch(url):
        raise InvalidField("source", "no_link")
    try:
        date.fromisoformat(as_of + "-01" * (2 - as_of.count("-")))
    except ValueError:
        raise InvalidField("as_of", "no_day", value=as_of) from None
    if not _DATE.fullmatch(as_of) or as_of[:10] > request.now.date().isoformat():
        raise InvalidField("as_of", "no_day", value=as_of)
    return url, as_of


async def add_fact(services: Services, request: Request) -> Reply:
    """Add a fact: a moderator's holds at once, a member's is proposed."""
    await ideas.require_welcome(services, request)
    url, as_of = _stated(request)
    name = request.text("entity")
    known = find_entity(await _market(services, request), name)
    entity_id = known.id if known else re.sub(r"[^\w]+", "-", name.casefold()).strip("-")
    if not entity_id:
        raise InvalidField("entity", "no_such_entity", name=name)
    fact = fact_row(
        name=known.name if known else name,
        kind=known.kind if known else "product",
        claim=request.text("claim"),
        url=url,
        as_of=as_of,
    )
    is_live = ideas.is_moderator(request)
    state: Literal["live", "proposed"] = "live" if is_live else "proposed"
    write, bank_id = ideas.write_of(request), request.community.bank_id
    if not is_live:
        write = replace(write, notices=await to_staff(services, bank_id, request.now))
    await services.store.knowledge.put(write, bank_id, entity_id, fact, state)
    return Reply(
        text=render(f"market.{state}", request.locale, name=fact["name"], claim=fact["claim"]),
        style=Style.SUCCESS,
    )


async def correct_fact(services: Services, request: Request) -> Reply:
    """Put a fact in the place of one that is wrong or old."""
    entity, wrong = await _fact(services, request)
    url, as_of = _stated(request)
    right = fact_row(
        name=entity.name, kind=entity.kind, claim=request.text("claim"), url=url, as_of=as_of
    )
    right |= {"field": wrong.field} if wrong.field else {}
    # The new one first: should the process end between the two, nothing is missing.
    side, put = ideas.side_write_of(request), services.store.knowledge.put
    await put(side, request.community.bank_id, entity.id, right, "live")
    await _retire(services, request, entity, wrong)
    return Reply(
        text=render(
            "market.corrected",
            request.locale,
            name=entity.name,
            wrong=wrong.claim,
            claim=right["claim"],
        ),
        buttons=(undo_button(request),),
        style=Style.SUCCESS,
    )


async def retire_fact(services: Services, request: Request) -> Reply:
    """Take a fact out of the bank's knowledge."""
    entity, fact = await _fact(services, request)
    await _retire(services, request, entity, fact)
    text = render("market.retired", request.locale, name=entity.name, claim=fact.claim)
    return Reply(text=text, buttons=(undo_button(request),))


async def _retire(services: Services, request: Request, entity: Entity, fact: Fact) -> None:
    bank_id, knowledge = request.community.bank_id, services.store.knowledge
    rows = await knowledge.list(bank_id, ("live",))
    own = next(
        (r for r in rows if r.entity_id == entity.id and r.fact.get("claim") == fact.claim), None
    )
    kept = fact_row(
        name=entity.name,
        kind=entity.kind,
        claim=fact.claim,
        url=fact.source.url,
        as_of=request.now.date().isoformat(),
    )
    row_id = own.id if own else None
    await knowledge.put(ideas.write_of(request), bank_id, entity.id, kept, "retired", row_id=row_id)


async def decide_fact(services: Services, request: Request) -> Reply:
    """Let a proposed fact hold, or not."""
    bank_id, row_id = request.community.bank_id, request.number("id")
    rows = await services.store.knowledge.list(bank_id, ("proposed",))
    row = next((r for r in rows if r.id == row_id), None)
    if row is None:
        raise NotFound("fact_decided")
    is_live = request.flag("accept")
    try:
        await services.store.knowledge.put(
            ideas.write_of(request),
            bank_id,
            row.entity_id,
            row.fact,
            "live" if is_live else "retired",
            row_id=row.id,
            expected="proposed",
        )
    except NotThere:  # another moderator decided in this very moment
        raise NotFound("fact_decided") from None
    name = "market.live" if is_live else "market.rejected"
    values = {"name": str(row.fact["name"]), "claim": str(row.fact["claim"])}
    reply = Reply(text=render(name, request.locale, **values), buttons=(undo_button(request),))
    return await and_queue(services, request, reply)


async def complete_entity(services: Services, request: Request, prefix: str) -> list[Choice]:
    """Complete what is known about."""
    names = (await _market(services, request)).complete(prefix, 25)
    return [Choice(name[:100], short(name, 75)) for name in names]


async def complete_fact(services: Services, request: Request, prefix: str) -> Sequence[Choice]:
    """Complete a fact of the entity that was typed."""
    entity = find_entity(await _market(services, request), request.text("entity"))
    typed = prefix.casefold()
    facts = entity.facts if entity else ()
    return [
        Choice(fact_key(f.claim), short(f.claim, 75)) for f in facts if typed in f.claim.casefold()
    ][:25]


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

ADD_FACT = Command(
    name="market add",
    summary="Add a fact with its source; moderators look at it first",
    handle=add_fact,
    form_title="New fact",
    fields=(_ENTITY, _CLAIM, _SOURCE, _AS_OF),
    is_write=True,
    inline="claim",
    examples=("market add",),
)
CORRECT_FACT = Command(
    name="market correct",
    summary="Put a fact in the place of a wrong one",
    handle=correct_fact,
    form_title="Correct a fact",
    fields=(_ENTITY, _FACT, _CLAIM, _SOURCE, _AS_OF),
    audience=Role.MODERATOR,
    is_write=True,
    inline="claim",
    examples=("market correct",),
)
RETIRE_FACT = Command(
    name="market retire",
    summary="Take a fact out of the answers here",
    handle=retire_fact,
    fields=(replace(_ENTITY, in_form=False), _FACT),
    audience=Role.MODERATOR,
    is_write=True,
    inline="fact",
    examples=("market retire Sora storyboard",),
)
_ID = Field(name="id", label="Number", type=FieldType.INTEGER, is_required=True)
DECIDE_FACT = Command(
    name="market decide",
    summary="Let a proposed fact hold, or not",
    handle=decide_fact,
    fields=(_ID, Field(name="accept", label="Accept", type=FieldType.FLAG, is_required=True)),
    audience=Role.MODERATOR,
    is_write=True,
    is_listed=False,
)
