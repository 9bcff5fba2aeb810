"""Sending what waits: cards as they are now, notices to people, a word to the staff channel.

Every row is drawn when it is sent, so ten votes make one edit, and what was erased meanwhile is
not said. Delivery is once on our side; `key` lets the platform drop a repetition.
"""

from __future__ import annotations

import asyncio
import random
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from weakref import WeakKeyDictionary

import structlog

from bot.core import community_settings, hello
from bot.core.cards import card_reply, shown_hash
from bot.core.commands import ideas
from bot.core.courier import Courier, CourierError, Forbidden, Gone, Sent, TryLater
from bot.core.digest_words import digest_reply
from bot.core.export_turns import scheduled_export
from bot.core.gap_answers import told_reply
from bot.core.model import Community
from bot.core.notice_words import gaps_reply, notes_reply, notice_reply, staff_reply
from bot.core.services import Services
from bot.core.texts import short
from bot.core.turns_due import channel_of
from storage import Card, CommunityRow, Idea, OutboxRow, Store, StoreError

log = structlog.get_logger(__name__)

SLOW: tuple[str, ...] = ("digest", "export")
"""Kinds that take seconds to draw; they are sent apart, so that cards don't wait for them."""

SLOW_LEASE_S = 900.0
AT_ONCE = 20
LEASE_S = 30.0
"""What a killed process had leased is taken up after so long; sending 20 rows takes less."""

MAX_ATTEMPTS = 12
"""With the pauses below a row is tried for about nine hours before it is given up."""

_PATIENCE = timedelta(days=3)
"""How long a platform may be out of reach before what waits for it is given up."""

_LONGEST_HOLD_S = 60.0
_holds: WeakKeyDictionary[Store, dict[str, datetime]] = WeakKeyDictionary()
"""Platforms that asked to wait, with the time until which nothing is sent there."""

_FIRST_PAUSE_S = 2.0
_LONGEST_PAUSE_S = 3600.0
_POSTED: frozenset[str] = frozenset({"pending", "accepted"})
"""Statuses in which an idea gets a card; one that has a card keeps it in any status."""


class Undeliverable(Exception):
    """A row that no later try can help; the message is for the operator, and names no words."""


async def deliver_slow(services: Services, couriers: Mapping[str, Courier], now: datetime) -> int:
    """Send one digest or export that is due on these platforms; gives how many were taken."""
    rows = await services.store.outbox.lease(list(couriers), now, 1, SLOW_LEASE_S, only=SLOW)
    for row in rows:
        await _deliver(services, couriers[row.platform], row)
    return len(rows)


async def deliver_due(services: Services, couriers: Mapping[str, Courier], now: datetime) -> int:
    """Send what is due on these platforms, but the slow kinds; gives how many rows were taken.

    Rows of one platform go one after the other, platforms side by side, so that one that is down
    doesn't hold up the others.
    """
    holds = _holds.setdefault(services.store, {})
    platforms = [p for p in couriers if holds.get(p, now) <= now]
    if not platforms:
        return 0
    rows = await services.store.outbox.lease(platforms, now, AT_ONCE, LEASE_S, besides=SLOW)
    by_platform: dict[str, list[OutboxRow]] = {}
    for row in rows:
        by_platform.setdefault(row.platform, []).append(row)
    await asyncio.gather(
        *(_deliver_all(services, couriers[p], some) for p, some in by_platform.items())
    )
    return len(rows)


async def _deliver_all(services: Services, courier: Courier, rows: list[OutboxRow]) -> None:
    """Send rows in their order; where the platform asks to wait, all that follow wait, too."""
    for at, row in enumerate(rows):
        pause_s = await _deliver(services, courier, row)
        if pause_s is not None:
            until = services.clock() + timedelta(seconds=min(pause_s, _LONGEST_HOLD_S))
            _holds.setdefault(services.store, {})[row.platform] = until
            await services.store.outbox.hold([r.id for r in rows[at + 1 :]], until)
            return


async def _deliver(services: Services, courier: Courier, row: OutboxRow) -> float | None:
    """Send a row; gives the seconds for which the platform wants to hear nothing."""
    try:
        await _send(services, courier, row)
    except TryLater as error:
        return await _later(services, row, error.seconds)
    except (CourierError, Undeliverable) as error:
        await _failed(services, row, error)
    except StoreError:
        raise  # the store is in trouble, not this row
    except Exception as error:  # noqa: BLE001  one row must not keep the others from being sent
        frames = traceback.extract_tb(error.__traceback__)[-5:]
        where = [f"{f.filename.rpartition('/')[2]}:{f.lineno}" for f in frames]
        name = type(error).__name__  # alone: its message, or a traceback, could quote a member
        log.error("outbox_failed", row=row.id, kind=row.kind, error=name, where=where)  # noqa: TRY400
        await _again(services, row, pause_s(row.attempts), name)
    else:
        await services.store.outbox.sent(row.id, row.generation)
    return None


async def _later(services: Services, row: OutboxRow, seconds: float) -> float:
    """Wait as long as the platform asks, through an outage of days; gives the seconds."""
    now = services.clock()
    if now - row.created_at > _PATIENCE:
        await services.store.outbox.dead(row.id, "the platform was out of reach for days")
        return seconds
    due_at = now + timedelta(seconds=max(seconds, min(pause_s(row.attempts), _LONGEST_HOLD_S)))
    await services.store.outbox.retry(row.id, due_at, "the platform asked to wait")
    return seconds


async def _failed(services: Services, row: OutboxRow, error: Exception) -> None:
    """Give a row up where no later try can help, else try it again."""
    dead = services.store.outbox.dead
    match error:
        case Forbidden():
            await dead(row.id, f"permission missing: {error.missing or 'unknown'}")
        case Gone():
            why = f" ({error})" if str(error) else ""
            await dead(row.id, f"the channel or user is no longer there{why}")
        case Undeliverable():
            await dead(row.id, str(error))
        case _:
            why = str(error) or type(error).__name__
            await _again(services, row, pause_s(row.attempts), why)


async def _again(services: Services, row: OutboxRow, after_s: float, why: str) -> None:
    """Try a row later, unless it was tried too often."""
    if row.attempts + 1 >= MAX_ATTEMPTS:
        log.warning("outbox_given_up", row=row.id, kind=row.kind, why=why)
        await services.store.outbox.dead(row.id, f"tried {MAX_ATTEMPTS} times: {why}")
        return
    due_at = services.clock() + timedelta(seconds=after_s)
    await services.store.outbox.retry(row.id, due_at, why)


def pause_s(attempts: int) -> float:
    """Give the pause after so many attempts: doubled each time, partly random against herds."""
    longest = min(_FIRST_PAUSE_S * 2.0**attempts, _LONGEST_PAUSE_S)
    return longest * (0.5 + random.random() / 2)  # noqa: S311  jitter, not a secret


async def _send(services: Services, courier: Courier, row: OutboxRow) -> None:
    community = await services.store.communities.by_id(row.community_id)
    send = _SENDERS.get(row.kind)
    if send is None:
        raise Undeliverable(f"unknown kind {row.kind}")
    if community is None or community.left_at is not None:
        raise Undeliverable("the community is gone")
    await send(services, courier, row, to_community(community))


def to_community(row: CommunityRow) -> Community:
    """Give the community of a row as commands know it."""
    return Community(
        id=row.id, key=row.key, name=row.name, bank_id=row.bank_id, settings=row.settings
    )


async def _idea(services: Services, row: OutboxRow, community: Community) -> Idea | None:
    found = await services.store.ideas.by_ids(community.bank_id, [int(row.payload["idea_id"])])
    return found[0] if found else None


async def _send_card(
    services: Services, courier: Courier, row: OutboxRow, community: Community
) -> None:
    idea_id = int(row.payload["idea_id"])
    idea = await _idea(services, row, community)
    cards = await services.store.cards.of_idea(idea_id)
    card = next((c for c in cards if c.community_id == community.id), None)
    if card is not None and card.lost_at is not None:
        return
    if idea is None or not ideas.is_public(community, idea):
        if card is not None:
            await _take_down(services, courier, community, card)
        return
    reply = await card_reply(services, community, idea)
    shown = shown_hash(reply)
    now = services.clock()
    if card is None:
        await _post_card(services, courier, row, community, idea)
    elif card.shown != shown:
        try:
            await courier.edit(community, _sent(card), reply)
        except Gone:
            # A moderator removed the message: that is an answer, not an error.
            await services.store.cards.lost(idea.id, community.id, now)
            return
        await services.store.cards.put(_card(idea, community, _sent(card), shown), now)


async def _post_card(
    services: Services, courier: Courier, row: OutboxRow, community: Community, idea: Idea
) -> None:
    channel = community_settings.get(community.settings, "cards_channel")
    if not channel or idea.status not in _POSTED:
        return
    reply = await card_reply(services, community, idea)
    sent = await courier.post(community, str(channel), reply, key=row.key, thread_id=None)
    card = _card(idea, community, sent, shown_hash(reply))
    await services.store.cards.put(card, services.clock())


async def _take_down(
    services: Services, courier: Courier, community: Community, card: Card
) -> None:
    """Remove the card of an idea that was withdrawn, deleted, or goes back to the queue."""
    await courier.delete(community, _sent(card))
    await services.store.cards.drop(card.idea_id, community.id)


def _card(idea: Idea, community: Community, sent: Sent, shown: str) -> Card:
    return Card(
        idea_id=idea.id,
        community_id=community.id,
        channel_id=sent.channel_id,
        message_id=sent.message_id,
        thread_id=sent.thread_id,
        shown=shown,
    )


def _sent(card: Card) -> Sent:
    return Sent(card.channel_id, card.message_id, card.thread_id)


async def _send_notice(
    services: Services, courier: Courier, row: OutboxRow, community: Community
) -> None:
    """Write to somebody; where direct messages are closed, below the idea's card."""
    idea = await _idea(services, row, community)
    if idea is None:
        return
    account, event = str(row.payload["account"]), str(row.payload["what"])
    person = await services.store.members.by_account(account)
    if person is None:
        return
    locale = str(community_settings.get(community.settings, "locale"))
    if event == "note":
        since = datetime.fromtimestamp(int(row.payload["at"]), UTC)
        reply = await notes_reply(services, idea, since, locale, person.id)
    else:
        is_author, who = person.id == idea.author_id, await _decider(services, row)
        reply = notice_reply(idea, event, locale, is_author=is_author, who=who)
    if reply is None or not _may_hear(community, idea, person.id):
        return
    try:
        await courier.tell(community, account, reply, key=row.key)
    except (Forbidden, Gone) as error:
        closed, gone = "direct messages are closed", str(error) or "the user is gone"
        why = closed if isinstance(error, Forbidden) else gone
        await _below_card(services, courier, row, community, idea, why=why)


async def _decider(services: Services, row: OutboxRow) -> str:
    """Name who decided, where the community lets members know."""
    person_id = row.payload.get("by")
    person = await services.store.members.get(int(person_id)) if person_id else None
    return person.display_name if person else ""


def _may_hear(community: Community, idea: Idea, person_id: int) -> bool:
    """Tell whether somebody who follows an idea may still see it; its author always may."""
    return person_id == idea.author_id or ideas.is_public(community, idea)


async def _below_card(
    services: Services,
    courier: Courier,
    row: OutboxRow,
    community: Community,
    idea: Idea,
    *,
    why: str,
) -> None:
    """Say it in the thread of the card, once for all who can't be written to; names nobody.

    Raises:
        Undeliverable: there is no such card; with `why` no direct message took it.
    """
    cards = await services.store.cards.of_idea(idea.id)
    card = next((c for c in cards if c.community_id == community.id and c.lost_at is None), None)
    event = str(row.payload["what"])
    if card is None or event == "note" or not ideas.is_public(community, idea):
        raise Undeliverable(f"{why}, and there is no card to say it below")
    thread_id = card.thread_id
    if thread_id is None:
        title = f"#{idea.number} {short(idea.title, 80)}"
        thread_id = await courier.thread_below(community, _sent(card), title)
        await services.store.cards.put(replace(card, thread_id=thread_id), services.clock())
    locale = str(community_settings.get(community.settings, "locale"))
    reply = notice_reply(idea, event, locale, is_author=False, who=await _decider(services, row))
    key = row.key.rpartition(":")[0] + ":thread"
    await courier.post(community, card.channel_id, reply, key=key, thread_id=thread_id)


async def _send_staff(
    services: Services, courier: Courier, row: OutboxRow, community: Community
) -> None:
    channel = community_settings.get(community.settings, "staff_channel")
    draw = gaps_reply if row.payload["what"] == "gaps" else staff_reply
    reply = await draw(services, community)
    if channel and reply is not None:
        key = f"{row.key}:{row.generation}"
        await courier.post(community, str(channel), reply, key=key, thread_id=None)


async def _send_gap(
    services: Services, courier: Courier, row: OutboxRow, community: Community
) -> None:
    """Tell somebody that their question can be answered now; in their own words, to them alone."""
    gap_id, account = int(row.payload["gap_id"]), str(row.payload["account"])
    person = await services.store.members.by_account(account)
    followers = await services.store.gaps.followers(community.bank_id, gap_id)
    own = next((f for f in followers if person is not None and f.person.id == person.id), None)
    if own is None:
        return
    reply = await told_reply(services, community, own.question)
    if reply is None:
        return
    await courier.tell(community, account, reply, key=row.key)
    await services.store.gaps.told(gap_id, own.person.id)


async def _discard(
    services: Services, courier: Courier, row: OutboxRow, community: Community
) -> None:
    """Take a picture off the platform that is kept here no more."""
    del services
    await courier.discard(community, str(row.payload["reference"]))


async def _send_hello(
    _services: Services, courier: Courier, row: OutboxRow, community: Community
) -> None:
    await hello.send_hello(courier, row.payload, community, row.key)


async def _send_digest(
    services: Services, courier: Courier, row: OutboxRow, community: Community
) -> None:
    """Post the digest of a week, unless nothing happened in it."""
    channel = channel_of(community.settings, "digest")
    since, until = (datetime.fromisoformat(row.payload[name]) for name in ("since", "until"))
    reply = await digest_reply(services, community, since, until) if channel else None
    if reply is not None:
        await courier.post(community, channel, reply, key=row.key, thread_id=None)


async def _send_export(
    services: Services, courier: Courier, row: OutboxRow, community: Community
) -> None:
    """Post the collection as a file to where moderators are."""
    channel = channel_of(community.settings, "export")
    reply = await scheduled_export(services, community) if channel else None
    if reply is not None:
        await courier.post(community, channel, reply, key=row.key, thread_id=None)


_SENDERS: Mapping[str, Callable[[Services, Courier, OutboxRow, Community], Awaitable[None]]] = {
    "card": _send_card,
    "notice": _send_notice,
    "staff": _send_staff,
    "gap": _send_gap,
    "discard": _discard,
    hello.KIND: _send_hello,
    "digest": _send_digest,
    "export": _send_export,
}
