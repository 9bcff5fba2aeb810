"""Cards and direct messages outside of replies, and what is told of their failures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import discord
import pytest
from pydantic import SecretStr

from bot.adapters.discord_bot import open_inspector
from bot.adapters.discord_bot.permissions import NEEDED, lacking
from bot.core import doctor
from bot.core.courier import CourierError, Forbidden, Gone, Sent, TokenRefused, TryLater
from bot.core.model import Button, Community, File, Picture, Reply
from bot.settings import Settings
from tests.discord.line import Line
from tests.fakes import discord_payloads
from tests.fakes.discord_server import DiscordServer, Fault

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


@pytest.mark.parametrize("code", [50007, 50278])
async def test_closed_direct_messages_are_named(line: Line, code: int) -> None:
    closed = {"code": code, "message": "Cannot send messages to this user"}
    line.server.faults.append(Fault("POST", "/messages$", 403, body=closed))
    with pytest.raises(Forbidden) as caught:
        await line.adapter.courier.tell(HERE, "discord:1100000000000000005", CARD, key="n:2")

    assert caught.value.missing == "direct messages"


async def tell_alice(line: Line) -> None:
    await line.adapter.courier.tell(HERE, f"discord:{discord_payloads.ALICE}", CARD, key="n:3")


async def post_card(line: Line) -> None:
    await line.adapter.courier.post(HERE, CARDS, CARD, key="k1", thread_id=None)


async def edit_card(line: Line) -> None:
    await line.adapter.courier.edit(HERE, Sent(CARDS, "1300000000000000001"), CARD)


@pytest.mark.parametrize(
    ("does", "fault", "why"),
    [
        (post_card, ("POST", "/messages$", 404, 10003), "unknown channel"),
        (edit_card, ("PATCH", "/messages/", 404, 10008), "unknown message"),
        (tell_alice, ("POST", "/users/@me/channels$", 404, 10013), "unknown user"),
        (tell_alice, ("POST", "/users/@me/channels$", 400, 50033), "unknown user"),
    ],
)
async def test_what_is_gone_is_named(
    line: Line,
    does: Callable[[Line], Awaitable[None]],
    fault: tuple[str, str, int, int],
    why: str,
) -> None:
    method, path, status, code = fault
    body = {"code": code, "message": "quotes a member"}
    line.server.faults.append(Fault(method, path, status, body=body))
    with pytest.raises(Gone) as caught:
        await does(line)
    assert str(caught.value) == why


async def test_a_thread_is_begun_below_a_card_once(line: Line) -> None:
    courier = line.adapter.courier
    sent = await courier.post(HERE, CARDS, CARD, key="card:1:1", thread_id=None)
    first = await courier.thread_below(HERE, sent, "Crash films @everyone")
    again = await courier.thread_below(HERE, sent, "Crash films")
    assert first == again == sent.message_id
    await courier.post(HERE, CARDS, Reply(text="It is accepted."), key="n", thread_id=first)
    assert [m["content"] for m in line.server.posted(first)] == ["It is accepted."]

    known = Sent(CARDS, sent.message_id, first)
    await courier.edit(HERE, known, replace(CARD, text="Accepted"))  # the card stays above it
    assert line.server.requests[-1].path.startswith(f"/channels/{CARDS}/")
    with pytest.raises(Gone):
        await courier.thread_below(HERE, Sent(CARDS, "1300000000000000999"), "x")


async def test_an_outage_says_to_come_again(line: Line) -> None:
    await line.server.gateway.dispatch(
        "GUILD_DELETE", {"id": discord_payloads.GUILD, "unavailable": True}
    )
    await line.answers()
    with pytest.raises(TryLater):
        await line.adapter.courier.missing(HERE)
    line.server.faults.append(Fault("POST", f"/channels/{CARDS}/messages", 503, times=9))
    with pytest.raises(TryLater):
        await line.adapter.courier.post(HERE, CARDS, CARD, key="k", thread_id=None)


async def test_channels_and_roles_that_are_gone_are_named(line: Line) -> None:
    settings = {
        "cards_channel": "1200000000000000999",
        "moderator_roles": [discord_payloads.MOD_ROLE, "1200000000000000998"],
    }
    here = replace(HERE, settings=settings)
    found = {lack.setting: lack.text for lack in await line.adapter.courier.missing(here)}
    assert found["cards_channel"].startswith("The channel for cards is gone")
    assert found["moderator_roles"].startswith("1 role that moderated is gone")
    names = await line.adapter.courier.names(
        here,
        [
            CARDS,
            discord_payloads.MOD_ROLE,
            "1200000000000000999",
            f"discord:{discord_payloads.MOD}",
        ],
    )
    assert names[CARDS].startswith("#")
    assert names[discord_payloads.MOD_ROLE] == "@Moderators"
    assert "1200000000000000999" not in names


async def test_the_doctor_asks_discord_without_connecting(server: DiscordServer) -> None:
    settings = Settings(
        _env_file=None, discord_token=SecretStr(server.token), discord_api_base=server.api_base
    )
    server.guild["roles"][0]["permissions"] = str(0x400 | 0x800)
    server.members[discord_payloads.BOT] = discord_payloads.member(discord_payloads.BOT)
    async with open_inspector(settings) as inspector:
        found = await inspector.missing(replace(HERE, settings={"cards_channel": CARDS}))
        with pytest.raises(Gone):
            await inspector.missing(replace(HERE, key="discord:1200000000000000777"))

    assert any(lack.text.startswith("**Attach Files**") for lack in found)
    assert server.gateway.received == []
    wrong = settings.model_copy(update={"discord_token": SecretStr("another.bot.token")})
    with pytest.raises(TokenRefused):
        async with open_inspector(wrong):
            pass


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


async def test_pictures_and_files_are_posted_and_deleted_here(line: Line, tmp_path: Path) -> None:
    path = tmp_path / "temporary-ideas.csv"
    path.write_bytes(b"number")
    shown = [a_picture("a.png"), a_picture("b.png")]
    file = File("ideas.csv", str(path), alt_text="About ideas.csv")
    reply = Reply(text="This week", pictures=tuple(shown), file=file)
    await line.adapter.courier.post(HERE, CARDS, reply, key="digest:1", thread_id=None)

    (posted,) = line.server.posted(CARDS)
    addresses = [embed["image"]["url"] for embed in posted["embeds"]]
    assert addresses == ["attachment://a.png", "attachment://b.png"]
    described = [(a["filename"], a["description"]) for a in posted["attachments"]]
    assert described == [(f.name, f.alt_text) for f in (*shown, file)]
    assert list(tmp_path.glob("temporary*")) == []


def a_picture(name: str) -> Picture:
    return Picture(
        id=1, name=name, media_type="image/png", alt_text=f"About {name}", content=b"png"
    )


async def test_what_could_not_be_posted_leaves_no_files_behind(line: Line, tmp_path: Path) -> None:
    path = tmp_path / "temporary.csv"
    path.write_bytes(b"x")
    line.server.faults[:] = [
        Fault("POST", f"/channels/{CARDS}/messages", 403, body={"code": 50013})
    ]
    with pytest.raises(Forbidden):
        await line.adapter.courier.post(
            HERE, CARDS, Reply(file=File("a.csv", str(path))), key="d", thread_id=None
        )

    assert list(tmp_path.glob("temporary*")) == []
