"""Deliveries: what a platform handed us is kept before it is acknowledged, and happens once.

An adapter calls `accept` before it acknowledges a write, then `run`. A process that dies between
the two leaves an unfinished row, which `replay` runs at the next start.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import structlog

from bot.core.dispatch import dispatch
from bot.core.model import (
    Actor,
    Attached,
    Community,
    Place,
    Reply,
    Request,
    Role,
    SourceMessage,
    Turn,
)
from bot.core.services import Services
from prompts import render
from storage import StoreLocked

log = structlog.get_logger(__name__)

ACCEPT_TIMEOUT_S = 1.0
"""How long an acknowledgement waits for the store; platforms give three seconds in all."""

PATIENCE_S = 120.0
"""How long an accepted delivery is tried against a locked store before it is left to replay."""

_RETRY_S = 0.5
_MAX_ATTEMPTS = 3
"""A delivery that failed to run this often (it may be what kills the process) is given up."""


class Accepted(Enum):
    """What became of a delivery."""

    KEPT = "kept"  # written down: acknowledge, then `run`
    SEEN = "seen"  # a redelivery: acknowledge, do nothing
    SLOW = "slow"  # the store is too slow: acknowledge with "still saving", then `settle`


async def accept(
    services: Services, request: Request, *, timeout_s: float = ACCEPT_TIMEOUT_S
) -> Accepted:
    """Write a delivery down; returns within about `timeout_s`. Without an id it is just kept."""
    if request.delivery_id is None:
        return Accepted.KEPT
    try:
        is_new = await services.store.deliveries.accept(
            request.delivery_id,
            request.community.key,
            request.community.platform,
            to_payload(request),
            request.now,
            timeout_s=timeout_s,
        )
    except StoreLocked:
        return Accepted.SLOW
    return Accepted.KEPT if is_new else Accepted.SEEN


async def run(services: Services, request: Request) -> Reply:
    """Dispatch an accepted delivery and mark it done, also where it wrote nothing.

    A delivery that meets a locked store is tried again for `PATIENCE_S`; after that it stays
    unfinished and is replayed, and the reply says that it is not kept yet.
    """
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    reply = await dispatch(services, request)
    while reply.is_busy and request.delivery_id and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(_RETRY_S)
        reply = await dispatch(services, request)
    if reply.is_busy and request.delivery_id:
        return replace(reply, text=render("common.still_saving", request.locale))
    await _finish(services, request, "done" if reply.ok else "refused")
    return reply


async def settle(services: Services, request: Request) -> Reply | None:
    """Run a delivery that the store was too slow to accept, as soon as it can; None: seen before.

    Waits until the store is free. The caller has said "still saving" and edits that message.
    """
    accepted = Accepted.SLOW
    while accepted is Accepted.SLOW:  # each turn waits inside the store until it is free
        accepted = await accept(services, request, timeout_s=10.0)
    return None if accepted is Accepted.SEEN else await run(services, request)


async def replay(
    services: Services,
    platforms: Collection[str],
    send: Callable[[Request, Reply], Awaitable[None]],
    *,
    older_than: datetime | None = None,
) -> int:
    """Run what an earlier process accepted and did not finish; returns how many.

    Args:
        services: what handlers use.
        platforms: only deliveries of these.
        send: tells the member what came of it; the platform's own reply token may be gone.
        older_than: leaves younger ones to the process that is at work on them.
    """
    before = older_than or services.clock() - timedelta(seconds=1)
    count = 0
    for delivery in await services.store.deliveries.pending(platforms, before):
        if not delivery.payload or delivery.attempts >= _MAX_ATTEMPTS:
            # Without a payload there was nothing to run: a message that was only answered.
            log.error("delivery_given_up", delivery=delivery.id)
            await services.store.deliveries.finish(delivery.id, "given up")
            continue
        await services.store.deliveries.bump(delivery.id)
        request = from_payload(delivery.payload)
        community = await services.store.communities.get(delivery.community_key)
        if community is not None:
            kept = request.community
            current = replace(kept, bank_id=community.bank_id, settings=community.settings)
            request = replace(request, community=replace(current, id=community.id))
        reply = await run(services, request)
        await send(request, reply)
        count += 1
    return count


async def _finish(services: Services, request: Request, outcome: str) -> None:
    if request.delivery_id is None:
        return
    try:
        await services.store.deliveries.finish(request.delivery_id, outcome)
    except StoreLocked:
        # The effect is committed and marked with it; only the payload is wiped later, by replay.
        log.warning("finish_waits", delivery=request.delivery_id)


def to_payload(request: Request) -> dict[str, Any]:
    """Give the request as JSON can hold it; settings are read anew when it is replayed."""
    payload = asdict(replace(request, community=replace(request.community, settings={})))
    return {**payload, "now": request.now.isoformat(), "actor": _actor(request.actor)}


def _actor(actor: Actor) -> dict[str, Any]:
    return {**asdict(actor), "role": int(actor.role)}


def from_payload(payload: Mapping[str, Any]) -> Request:
    """Read back what `to_payload` gave."""
    kept = dict(payload)
    kept["now"] = datetime.fromisoformat(kept["now"])
    kept["actor"] = Actor(**{**kept["actor"], "role": Role(kept["actor"]["role"])})
    kept["community"] = Community(**kept["community"])
    kept["place"] = Place(**kept["place"])
    kept["turns"] = tuple(Turn(**turn) for turn in kept["turns"])
    kept["values"] = {n: tuple(v) if isinstance(v, list) else v for n, v in kept["values"].items()}
    source = kept["source"]
    if source is not None:
        kept["source"] = SourceMessage(
            **{
                **source,
                "place": Place(**source["place"]),
                "attached": _files(source.get("attached", ())),
            }
        )
    kept["attached"] = _files(kept.get("attached", ()))
    return Request(**kept)


def _files(kept: Sequence[Mapping[str, Any]]) -> tuple[Attached, ...]:
    return tuple(Attached(**file) for file in kept)
