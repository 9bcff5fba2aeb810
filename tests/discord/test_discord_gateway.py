"""Login, reconnecting and broken payloads, against a Discord of our own on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from bot.adapters.discord_bot import DiscordAdapter
from bot.core.errors import OperatorError
from bot.core.services import Services
from tests.discord.line import Line, pointed_at, serving
from tests.fakes.discord_gateway import HEARTBEAT, IDENTIFY, RESUME
from tests.fakes.discord_server import DiscordServer, Fault


async def test_it_logs_in_and_tells_its_commands_once(line: Line) -> None:
    assert await line.answers() == "Only you."
    assert {c["name"] for c in line.server.commands} >= {"echo", "idea", "Save as idea"}
    assert line.server.gateway.intents == 1 | 1 << 9 | 1 << 12
    assert HEARTBEAT in line.server.gateway.received

    await line.server.gateway.drop()
    await line.count(RESUME, 1)
    assert sum(r.method == "PUT" for r in line.server.requests) == 1


async def test_the_gateway_is_looked_up_where_it_is_not_set(
    services: Services, own: Any, server: DiscordServer
) -> None:
    async with serving(pointed_at(services, server, discord_gateway_url=None)):
        await asyncio.wait_for(server.gateway.connected.wait(), 5.0)

    assert any(r.path == "/gateway/bot" for r in server.requests)


async def test_a_wrong_token_is_said_clearly(services: Services, server: DiscordServer) -> None:
    wrong = pointed_at(services, server, discord_token=SecretStr("another.bot.token"))
    with pytest.raises(OperatorError, match="REELBANK_DISCORD_TOKEN") as caught:
        await asyncio.wait_for(DiscordAdapter(wrong).run(asyncio.Event()), 5.0)

    assert "another.bot.token" not in str(caught.value)


@pytest.mark.parametrize("code", [4004, 4014])
async def test_a_refused_connection_is_said_clearly(
    services: Services, own: Any, server: DiscordServer, code: int
) -> None:
    server.gateway.close_code_at_identify = code
    with pytest.raises(OperatorError, match="Discord refused"):
        await asyncio.wait_for(
            DiscordAdapter(pointed_at(services, server)).run(asyncio.Event()), 5.0
        )


MALFORMED: dict[str, str | bytes] = {
    "no JSON": "{",
    "no object": "[1, 2]",
    "null": "null",
    "an event without data": '{"op": 0, "t": "MESSAGE_CREATE", "s": null, "d": null}',
    "data of another kind": '{"op": 0, "t": "GUILD_CREATE", "s": null, "d": [1]}',
    "an interaction without a kind": '{"op": 0, "t": "INTERACTION_CREATE", "s": null, "d": {}}',
    "hello without an interval": '{"op": 10, "d": {}}',
    "an op of another kind": '{"op": "x", "d": 1, "t": 5}',
}


@pytest.mark.parametrize("payload", MALFORMED.values(), ids=MALFORMED)
async def test_a_malformed_payload_is_skipped(line: Line, payload: str) -> None:
    await line.server.gateway.send_raw(payload)

    assert await line.answers() == "Only you."
    assert line.server.gateway.received.count(IDENTIFY) == 1  # on the same connection


async def test_a_broken_stream_is_resumed_without_loss(line: Line) -> None:
    await line.server.gateway.send_raw(b"\x00no zlib\x00\x00\xff\xff")
    line.server.gateway.connected.clear()
    made = await line.server.slash("quiet")  # sent while the line is broken
    await asyncio.wait_for(line.count(RESUME, 1), 5.0)
    await line.server.until(lambda: made.original is not None and not made.is_waiting)

    assert line.server.gateway.received.count(IDENTIFY) == 1


@pytest.mark.parametrize("how", ["drop", "op 7", "op 9 resumable", "close 4000", "close 1001"])
async def test_a_lost_connection_is_resumed_with_what_was_missed(line: Line, how: str) -> None:
    gateway = line.server.gateway
    ways: dict[str, Callable[[], Any]] = {
        "drop": gateway.drop,
        "op 7": gateway.ask_reconnect,
        "op 9 resumable": lambda: gateway.invalidate(is_resumable=True),
        "close 4000": lambda: gateway.close(4000),
        "close 1001": lambda: gateway.close(1001),
    }
    await ways[how]()
    gateway.connected.clear()
    made = await line.server.slash("quiet")
    await asyncio.wait_for(line.count(RESUME, 1), 5.0)
    await line.server.until(lambda: made.original is not None and not made.is_waiting)

    assert made.original is not None
    assert made.original["content"] == "Only you."


async def test_a_session_that_is_gone_is_begun_anew(line: Line) -> None:
    await line.server.gateway.invalidate(is_resumable=False)
    await asyncio.wait_for(line.count(IDENTIFY, 2), 5.0)

    assert await line.answers() == "Only you."


async def test_a_refused_resumption_is_begun_anew(line: Line) -> None:
    line.server.gateway.refuse_resume = True
    await line.server.gateway.drop()
    await asyncio.wait_for(line.count(IDENTIFY, 2), 5.0)

    assert await line.answers() == "Only you."


async def test_an_outage_at_login_is_waited_for(
    services: Services, own: Any, server: DiscordServer
) -> None:
    server.faults.append(Fault("GET", "/oauth2/applications/@me", 400, times=2))
    async with serving(pointed_at(services, server)):
        await asyncio.wait_for(server.gateway.connected.wait(), 5.0)


async def test_heartbeats_go_on(line: Line) -> None:
    line.server.gateway.heartbeat_ms = 50
    await line.server.gateway.drop()

    await asyncio.wait_for(line.count(HEARTBEAT, 5), 5.0)


async def test_what_was_begun_is_answered_before_it_stops(line: Line, own: Any) -> None:
    made = await line.server.slash("slow")
    await asyncio.wait_for(made.answered.wait(), 2.0)
    line.stop.set()
    await asyncio.wait_for(line.running, 5.0)

    assert made.original is not None
    assert made.original["content"] == "At last."
