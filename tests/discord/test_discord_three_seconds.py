"""Discord's three seconds while the store is locked; and "kept" is said only once it is true."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.background import catch_up
from bot.core.intake import to_payload
from bot.core.services import Services
from tests.discord.line import Line
from tests.fakes import discord_payloads
from tests.fakes.discord_server import DEFERRED, Interaction


@contextlib.contextmanager
def locked(services: Services) -> Iterator[None]:
    """Hold the one lock for writing, as another process might."""
    other = sqlite3.connect(services.store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def a_form(line: Line) -> dict[str, Any]:
    shown = await line.server.slash("idea add")
    await line.server.until(lambda: shown.callback is not None)
    assert shown.callback is not None
    data: dict[str, Any] = shown.callback["data"]
    return data


async def acknowledged_after_s(line: Line, made: Interaction) -> float:
    await asyncio.wait_for(made.answered.wait(), 3.0)
    return asyncio.get_running_loop().time() - made.sent_at


def said(made: Interaction) -> str:
    return str(made.original)


async def test_a_form_is_acknowledged_in_time_and_kept_when_it_can_be(
    line: Line, services: Services, own: Any
) -> None:
    form = await a_form(line)
    with locked(services):
        made = await line.server.send_form(form, title="Crash films", text="From a report")
        assert await acknowledged_after_s(line, made) < 2.0
        assert made.callback_type == DEFERRED
        await line.server.until(lambda: "aving" in said(made))
        assert "Kept" not in said(made)
        assert not own.seen
    await line.server.until(lambda: "Kept as #7" in said(made))

    assert len(own.seen) == 1
    assert await services.store.deliveries.pending(["discord"], services.clock()) == []


async def test_reading_goes_on_while_the_store_is_locked_for_writing(
    line: Line, services: Services
) -> None:
    await line.answers()
    with locked(services):
        made = await line.server.slash("quiet")
        assert await acknowledged_after_s(line, made) < 2.0


async def test_the_first_words_of_a_server_are_acknowledged_in_time(
    line: Line, services: Services
) -> None:
    with locked(services):
        made = await line.server.slash("quiet")
        assert await acknowledged_after_s(line, made) < 2.0
    await line.server.until(lambda: "Only you." in said(made))


async def test_fifty_at_once_are_acknowledged_in_time(line: Line, services: Services) -> None:
    form, values = await a_form(line), {"title": "Crash films", "text": "From a report"}
    with locked(services):
        made = [
            await line.server.interact(
                5, discord_payloads.submitted(form, values), user_id=str(1100000000000001000 + n)
            )
            for n in range(50)
        ]
        waits = [await acknowledged_after_s(line, one) for one in made]
    assert max(waits) < 3.0
    await line.server.until(lambda: all("Kept as #7" in said(one) for one in made), 20.0)


async def test_a_delivery_of_an_earlier_process_is_told_in_a_direct_message(
    line: Line, services: Services, own: Any
) -> None:
    form = await a_form(line)
    made = await line.server.send_form(form, title="Crash films", text="From a report")
    await line.server.until(lambda: "Kept" in said(made))
    left = replace(own.seen[-1], delivery_id="discord:1")
    await services.store.deliveries.accept(
        "discord:1",
        left.community.key,
        "discord",
        to_payload(left),
        left.now - timedelta(seconds=9),
    )

    couriers = {"discord": line.adapter.courier}
    assert await catch_up(services, couriers, at_start=True) == 1
    assert await catch_up(services, couriers, at_start=True) == 0

    assert [m["embeds"][0]["title"] for m in line.server.messages.values()] == ["Kept as #7"]
