"""How a bank's own facts change: added, corrected, retired; at once, or after somebody looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.core import community_settings, fact_entry
from bot.core.bank_facts import decided, row_of
from bot.core.commands import ideas
from bot.core.commands.queue import and_queue
from bot.core.commands.undo import undo_button
from bot.core.errors import InvalidField, NotAllowed, NotFound
from bot.core.fact_entry import NEW_KINDS, find_entity
from bot.core.fact_words import Action, action_of
from bot.core.gap_answers import recheck
from bot.core.model import Button, Reply, Request, Style
from bot.core.notices import to_staff
from bot.core.services import Services
from bot.core.texts import short
from prompts import render
from storage import FactChange, FactState, KnowledgeRow, NotThere

if TYPE_CHECKING:
    from bot.market import Market
    from bot.market.schema import Entity, Fact


async def market_of(services: Services, request: Request) -> Market:
    """Give the knowledge of the request's bank."""
    return await services.banks.market(request.community.bank_id)


def needs_second(request: Request) -> bool:
    """Tell whether a second moderator has to look at what a moderator changes here."""
    return bool(community_settings.get(request.community.settings, "fact_review") == "two")


def _holds_at_once(request: Request) -> bool:
    return ideas.is_moderator(request) and not needs_second(request)


async def _entity(services: Services, request: Request) -> Entity:
    market = await market_of(services, request)
    name = request.text("entity")
    entity = find_entity(market, name)
    if entity is None:
        near = fact_entry.near_names(market, name)
        raise InvalidField("entity", "no_such_entity", name=name, near=near)
    return entity


async def _fact(services: Services, request: Request) -> tuple[Entity, Fact]:
    """Give the fact that is meant: by its key, or by words that only its claim has."""
    entity = await _entity(services, request)
    found = fact_entry.fact_of(entity, request.text("fact"))
    if len(found) != 1:
        raise NotFound("no_such_fact", name=entity.name, count=len(found))
    return entity, found[0]


async def add_fact(services: Services, request: Request) -> Reply:
    """Add a fact: a moderator's holds at once, a member's is proposed."""
    await ideas.require_welcome(services, request)
    market, name = await market_of(services, request), request.text("entity")
    known, kind = find_entity(market, name), request.text("kind")
    if known is None and not kind:
        return _which(request, fact_entry.near_names(market, name))
    entity_id = known.id if known else fact_entry.entity_id_of(name)
    if known is None and entity_id in market.knowledge.position:
        raise InvalidField("entity", "name_taken", name=name)
    row = fact_entry.row_from(
        request, market, name=known.name if known else name, kind=known.kind if known else kind
    )
    if known and (same := fact_entry.same_fact(known, row)):
        raise InvalidField("claim", "fact_known", name=known.name, claim=same.claim)
    return await _change(services, request, "add", FactChange(entity_id, row, "live"))


def _which(request: Request, near: Sequence[str]) -> Reply:
    """Ask whether somebody means what is known under another name, or something new."""
    values = {name: value for name, value in request.values.items() if value is not None}
    meant = tuple(
        Button(label=short(name, 75), command="market add", values={**values, "entity": name})
        for name in near
    )
    new = tuple(
        Button(
            label=render("market.new_kind", request.locale, kind=kind),
            command="market add",
            values={**values, "kind": kind},
            style=Style.PRIMARY,
        )
        for kind in ("model", "product", "company")
    )
    text = render(
        "market.which", request.locale, name=request.text("entity"), near=near, kinds=NEW_KINDS
    )
    return Reply(text=text, buttons=(*meant, *new), is_private=True, ok=False)


async def correct_fact(services: Services, request: Request) -> Reply:
    """Put a fact in the place of one that is wrong or old."""
    entity, wrong = await _fact(services, request)
    market = await market_of(services, request)
    row = fact_entry.row_from(request, market, name=entity.name, kind=entity.kind)
    if not row.get("field") and wrong.field and wrong.value is None:
        row["field"] = wrong.field
    if same := fact_entry.same_fact(entity, row, besides=wrong.claim):
        raise InvalidField("claim", "fact_known", name=entity.name, claim=same.claim)
    change = FactChange(entity.id, {**row, "replaces": wrong.claim}, "live")
    return await _change(services, request, "correct", change)


async def retire_fact(services: Services, request: Request) -> Reply:
    """Take a fact out of the bank's knowledge."""
    entity, fact = await _fact(services, request)
    change = FactChange(entity.id, {**row_of(entity, fact), "replaces": fact.claim}, "retired")
    return await _change(services, request, "retire", change)


async def _change(
    services: Services, request: Request, action: Action, change: FactChange
) -> Reply:
    """Make a change, or propose it where somebody else has to look at it first."""
    kept = dict(change.fact)
    values = {"name": str(kept["name"]), "claim": str(kept["claim"])}
    if not _holds_at_once(request):
        proposed = {**kept, "action": action}
        write, bank_id = ideas.write_of(request), request.community.bank_id
        write = replace(write, notices=await to_staff(services, bank_id, request.now))
        await services.store.knowledge.put(write, bank_id, change.entity_id, proposed, "proposed")
        if ideas.is_moderator(request):
            text = render(
                "market.proposed_change", request.locale, action=action, claim=values["claim"]
            )
        else:
            text = render("market.proposed", request.locale, **values)
        return Reply(text=text, style=Style.SUCCESS)
    changes = await _changes(services, request, change)
    await services.store.knowledge.put_all(
        ideas.write_of(request), request.community.bank_id, changes
    )
    return await _said(services, request, action, kept)


async def _changes(
    services: Services, request: Request, change: FactChange
) -> Sequence[FactChange]:
    """Give what has to be written: the fact itself, and what it takes the place of."""
    fact, wrong = decided(change.fact), str(change.fact.get("replaces") or "")
    if not wrong:
        return [replace(change, fact=fact)]
    old = await _row_to_retire(services, request, change.entity_id, wrong)
    if change.state == "retired":
        gone = {**fact, "as_of": _day(request)}
        also = [FactChange(change.entity_id, gone, "retired", old.id)] if old else []
        return also if old and change.row_id is None else [replace(change, fact=gone), *also]
    retired = await _retired(services, request, change.entity_id, wrong)
    goes = FactChange(change.entity_id, retired, "retired", old.id if old else None)
    return [replace(change, fact=fact), goes]


async def _row_to_retire(
    services: Services, request: Request, entity_id: str, claim: str
) -> KnowledgeRow | None:
    rows = await services.store.knowledge.list(request.community.bank_id, ("live",))
    found = (r for r in rows if r.entity_id == entity_id and r.fact.get("claim") == claim)
    return next(found, None)


async def _retired(
    services: Services, request: Request, entity_id: str, claim: str
) -> Mapping[str, Any]:
    """Give the fact that goes as it is kept; its day is the day on which it went."""
    market = await market_of(services, request)
    if entity_id in market.knowledge.position:
        entity = market.knowledge.entity(entity_id)
        fact = next((f for f in entity.facts if f.claim == claim), None)
        if fact is not None:
            return {**row_of(entity, fact), "as_of": _day(request)}
    raise NotFound("fact_decided")


def _day(request: Request) -> str:
    return request.now.date().isoformat()


async def _said(
    services: Services, request: Request, action: Action, kept: Mapping[str, Any]
) -> Reply:
    """Say what holds now, and which questions that answers."""
    values = {"name": str(kept["name"]), "claim": str(kept["claim"])}
    undo = (undo_button(request),)
    if action == "retire":
        return Reply(text=render("market.retired", request.locale, **values), buttons=undo)
    if action == "correct":
        text = render("market.corrected", request.locale, wrong=str(kept["replaces"]), **values)
    else:
        text = render("market.live", request.locale, **values)
    side = ideas.side_write_of(request)
    found = await recheck(services, side, request.community.bank_id)
    if found.answered:
        text += "\n\n" + render(
            "gap.answered_by", request.locale, answered=len(found.answered), told=found.told
        )
    return Reply(text=text, buttons=undo, style=Style.SUCCESS)


async def decide_fact(services: Services, request: Request) -> Reply:
    """Let a proposed change hold, or not."""
    bank_id, row_id = request.community.bank_id, request.number("id")
    rows = await services.store.knowledge.list(bank_id, ("proposed",))
    row = next((r for r in rows if r.id == row_id), None)
    if row is None:
        raise NotFound("fact_decided")
    if not request.flag("accept"):
        kept = {**decided(row.fact), "is_rejected": True}
        rejected = FactChange(row.entity_id, kept, "retired", row.id, "proposed")
        await _decided(services, request, [rejected])
        text = render("market.rejected", request.locale)
        reply = Reply(text=text, buttons=(undo_button(request),))
        return await and_queue(services, request, reply)
    if needs_second(request) and row.person_id == request.actor.person_id:
        raise NotAllowed("second_moderator")
    action = action_of(row.fact)
    state: FactState = "retired" if action == "retire" else "live"
    change = FactChange(row.entity_id, row.fact, state, row.id, "proposed")
    await _decided(services, request, await _changes(services, request, change))
    return await and_queue(services, request, await _said(services, request, action, row.fact))


async def _decided(services: Services, request: Request, changes: Sequence[FactChange]) -> None:
    try:
        await services.store.knowledge.put_all(
            ideas.write_of(request), request.community.bank_id, changes
        )
    except NotThere:  # another moderator decided in this very moment
        raise NotFound("fact_decided") from None
