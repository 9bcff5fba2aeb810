"""Cards and direct messages outside of replies, and what is told of their failures."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from bot.adapters.discord_bot.permissions import NEEDED, lacking
from bot.core import doctor
from bot.core.courier import CourierError, Forbidden, Gone, Sent, TryLater
from bot.core.model import Button, Community, Reply
from tests.discord.line import Line
from tests.fakes import discord_payloads
from tests.fakes.discord_server import Fault

CARDS = discord_payloads.CARDS

HERE = Community(1, f"discord:{discord_payloads.GUILD}", "Film club", 1)
CARD = Reply(
    title="#7 Crash films", text="From a report", buttons=(Button(label="👍", command="quiet"),)
)


async def test_a_card_is_posted_once_per_key_and_edited(line: Line) -> None:
    courier = line.adapter.courier
    sent = await courier.post(HERE, CARDS, CARD, key="card:1:1", thread_id=None)
    again = await courier.post(HERE, CARDS, CARD, key="card:1:1", thread_id=None)
    assert sent == again
    assert len(line.server.posted(CARDS)) == 1

    await courier.edit(HERE, sent, replace(CARD, text="Accepted", buttons=()))
    (card,) = line.server.posted(CARDS)
    assert card["embeds"][0]["description"] == "Accepted"
    assert card["components"] == []

    await courier.delete(HERE, sent)
    await courier.delete(HERE, sent)
    with pytest.raises(Gone):
        await courier.edit(HERE, sent, CARD)


async def test_a_direct_message_reaches_its_member(line: Line) -> None:
    sent = await line.adapter.courier.tell(
        HERE, f"discord:{discord_payloads.ALICE}", Reply(text="Hello."), key="n:1"
    )

    assert [m["content"] for m in line.server.posted(sent.channel_id)] == ["Hello."]


async def test_refusals_are_told_apart(line: Line) -> None:
    courier, path = line.adapter.courier, f"/channels/{CARDS}/messages"
    answers: list[tuple[Fault, type[CourierError]]] = [
        (Fault("POST", path, 403, body={"code": 50013, "message": ""}), Forbidden),
        (Fault("POST", path, 404, body={"code": 10003, "message": ""}), Gone),
        (Fault("POST", path, 429, 1, {"Retry-After": "99"}, {"retry_after": 99.0}), TryLater),
        (Fault("POST", path, 400, body={"code": 50035, "message": "x"}), CourierError),
    ]
    for fault, kind in answers:
        line.server.faults[:] = [fault]
        with pytest.raises(kind) as caught:
            await courier.post(HERE, CARDS, CARD, key=f"k{fault.status}", thread_id=None)
        assert type(caught.value) is kind
    with pytest.raises(Gone):
        await courier.edit(HERE, Sent("x", "y"), CARD)


async def test_closed_direct_messages_are_named(line: Line) -> None:
    closed = {"code": 50007, "message": "Cannot send messages to this user"}
    line.server.faults.append(Fault("POST", "/messages$", 403, body=closed))
    with pytest.raises(Forbidden) as caught:
        await line.adapter.courier.tell(HERE, "discord:1100000000000000005", CARD, key="n:2")

    assert caught.value.missing == "direct messages"


async def test_missing_permissions_are_named_with_what_to_do(line: Line) -> None:
    guild = discord_payloads.guild()
    guild["roles"][0]["permissions"] = str(0x400 | 0x800)
    await line.server.gateway.dispatch("GUILD_UPDATE", guild)
    await line.answers()
    found = await line.adapter.courier.missing(HERE)

    assert any(lack.text.startswith("**Attach Files**") for lack in found)
    assert not any("Send Messages**" in lack.text for lack in found)
    assert all(f"guild_id={discord_payloads.GUILD}" in str(lack.url) for lack in found)


def test_the_link_that_the_doctor_prints_grants_what_is_needed() -> None:
    link = doctor.INVITE.format(client_id="1", permissions=doctor._DISCORD_PERMISSIONS)
    granted = discord.Permissions(int(parse_qs(urlsplit(link).query)["permissions"][0]))

    assert lacking(granted) == []
    assert lacking(discord.Permissions.none()) == list(NEEDED)
    assert not granted.administrator
