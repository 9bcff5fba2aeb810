"""Pictures on Discord: handed in by option, form, mention and menu; shown in frames."""

from __future__ import annotations

import asyncio
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.discord_bot.files import HOSTS
from bot.adapters.downloading import download, is_ours
from bot.core import dispatch
from bot.core.attaching import NotFetched
from bot.core.outbox import deliver_due
from storage import Store, Write
from tests.discord.line import Line, pointed_at, serving
from tests.fakes import discord_payloads as payloads
from tests.fakes.discord_gateway import IDENTIFY
from tests.fakes.discord_server import MODAL, DiscordServer, Interaction
from tests.fakes.house import make_house
from tests.fakes.pictures import PLACE, drawing, photo

TEXT = "Reconstruct a traffic accident from the police report, for insurers and lawyers."


@pytest.fixture
async def line(tmp_path: Path, market: Any, server: DiscordServer) -> AsyncIterator[Line]:
    dispatch._by_name.cache_clear()
    store = Store.open(tmp_path / "reelbank.db", durable=False)
    house = await make_house(store, market)
    given = replace(
        house.services, settings=house.services.settings.model_copy(update={"data_dir": tmp_path})
    )
    async with serving(pointed_at(given, server)) as (adapter, stop, running):
        made = Line(server, adapter, stop, running)
        await asyncio.wait_for(made.count(IDENTIFY, 1), 5.0)
        yield made
    store.close()
    assert server.problems == []


def command(name: str, *files: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Give the data of a command with its `file` option filled in."""
    data = payloads.slash(name, options)
    leaf = data["options"][0]["options"]
    leaf += [{"name": "file", "type": 11, "value": file["id"]} for file in files]
    return {**data, "resolved": {"attachments": {file["id"]: file for file in files}}}


async def done(line: Line, made: Interaction) -> Interaction:
    await line.server.until(lambda: made.callback is not None)
    client = line.adapter._client
    assert client is not None
    await client.drain(10)
    return made


async def kept(line: Line, number: int = 1) -> list[tuple[str, bool]]:
    store = line.adapter._services.store
    row = await store.communities.get(f"discord:{payloads.GUILD}")
    assert row is not None
    found = await store.attachments.of_idea(row.bank_id, number)
    return [(file.name, file.is_picture) for file in found]


async def test_an_option_of_a_new_idea_and_the_card(line: Line) -> None:
    services, server = line.adapter._services, line.server
    row = await services.store.communities.ensure(
        f"discord:{payloads.GUILD}", "Film club", services.clock()
    )
    write = Write(person_id=None, community_id=row.id, now=services.clock())
    await services.store.communities.set_settings(write, row.id, {"cards_channel": payloads.CARDS})

    picture = server.hand_in("alice.jpg", photo(), "image/jpeg")
    await done(line, await server.interact(2, command("idea add", picture, text=TEXT)))
    couriers = {"discord": line.adapter.courier}
    await deliver_due(services, couriers, services.clock())

    assert await kept(line) == [("idea-1-1.jpg", True)]
    [card] = server.posted(payloads.CARDS)
    assert card["embeds"][0]["image"]["url"] == "attachment://idea-1-1.jpg"
    sent = [f for r in server.requests if r.path.startswith("/channels") for f in r.files]
    assert len(sent) == 1
    assert PLACE not in sent[0]

    # a vote edits the card: the picture goes along, or it would show twice
    await done(line, await server.click(card, "▲ For"))
    await deliver_due(services, couriers, services.clock())
    edit = [r for r in server.requests if r.method == "PATCH" and "/channels/" in r.path][-1]
    assert edit.body["attachments"][0]["filename"] == "idea-1-1.jpg"
    assert len(edit.files) == 1


async def test_a_file_travels_through_the_form(line: Line) -> None:
    picture = line.server.hand_in("a.png", drawing())
    opened = await done(line, await line.server.interact(2, command("idea add", picture)))
    assert opened.callback_type == MODAL
    modal = (opened.callback or {})["data"]

    await done(line, await line.server.send_form(modal, text=TEXT))

    assert await kept(line) == [("idea-1-1.png", True)]


async def test_the_form_of_attach_takes_files(line: Line) -> None:
    await done(line, await line.server.slash("idea add", text=TEXT))
    opened = await done(line, await line.server.slash("idea attach", number="1"))
    modal = (opened.callback or {})["data"]
    assert [c["component"]["type"] for c in modal["components"]] == [19, 4]

    picture = line.server.hand_in("a.png", drawing())
    data = payloads.submitted(modal, {"file": picture["id"]})
    data["resolved"] = {"attachments": {picture["id"]: picture}}
    await done(line, await line.server.interact(5, data))

    assert await kept(line) == [("idea-1-1.png", True)]


async def test_a_mention_and_a_saved_message_bring_their_pictures(line: Line) -> None:
    server = line.server
    picture = server.hand_in("a.png", drawing())
    await server.say(f"<@{payloads.BOT}> idea: {TEXT}", attachments=[picture])
    await server.until(lambda: bool(server.posted()))
    await done(line, await server.click(server.posted()[0], "Keep it"))
    assert await kept(line) == [("idea-1-1.png", True)]

    said = payloads.message(
        "1299999999999999990",
        "We could animate the old photographs of the village for the museum's audio guide.",
        attachments=[server.hand_in("b.png", drawing())],
    )
    data = {
        "id": "1200000000000000098",
        "name": "Save as idea",
        "type": 3,
        "target_id": said["id"],
        "resolved": {"messages": {said["id"]: said}},
    }
    await done(line, await server.interact(2, data))
    assert await kept(line, 2) == [("idea-2-1.png", True)]


@pytest.mark.parametrize(
    ("url", "is_so"),
    [
        ("https://cdn.discordapp.com/attachments/1/2/a.png?ex=1", True),
        ("https://CDN.discordapp.com/a", True),
        ("http://127.0.0.1:8080/files/a", True),
        ("http://cdn.discordapp.com/a", False),
        ("https://cdn.discordapp.com:8443/a", False),
        ("https://cdn.discordapp.com.evil.example/a", False),
        ("https://cdn.discordapp.com@evil.example/a", False),
        ("https://user:secret@cdn.discordapp.com/a", False),
        ("http://127.0.0.1:9090/files/a", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("http://[::1]:8080/files/a", False),
        ("file:///etc/passwd", False),
        ("https://cdn.discordapp.com:x/a", False),
        ("", False),
    ],
)
async def test_only_the_platforms_own_hosts_are_asked(url: str, is_so: bool) -> None:
    base = "http://127.0.0.1:8080/api/v10"

    assert is_ours(url, HOSTS, base) is is_so
    if not is_so:
        with pytest.raises(NotFetched, match="forbidden"):
            await download(url, hosts=HOSTS, api_base=base, limit_bytes=10)


async def test_a_redirect_is_not_followed_and_a_long_file_not_read(server: DiscordServer) -> None:
    from aiohttp import web

    reached: list[str] = []

    async def serve(request: web.Request) -> web.StreamResponse:
        reached.append(request.path)
        if request.path == "/away":
            raise web.HTTPFound("/secret")
        answer = web.StreamResponse()
        await answer.prepare(request)
        for _ in range(100):
            await answer.write(b"x" * 1000)
        return answer

    app = web.Application()
    app.router.add_get("/{name}", serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        for path, why in (("away", "forbidden"), ("endless", "too_big")):
            with pytest.raises(NotFetched, match=why):
                await download(f"{base}/{path}", hosts=(), api_base=base, limit_bytes=5000)
        assert "/secret" not in reached
    finally:
        await runner.cleanup()


async def test_a_packed_file_is_read_no_further_than_the_limit() -> None:
    from aiohttp import web

    asked: list[str] = []

    async def serve(request: web.Request) -> web.Response:
        asked.append(request.headers["Accept-Encoding"])
        size = {"bomb": 200 << 20, "small": 5}[request.match_info["name"]]
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        body = b"".join(
            packer.compress(bytes(min(size - at, 1 << 20))) for at in range(0, size, 1 << 20)
        )
        headers = {"Content-Encoding": "gzip"}  # though nobody asked for it
        return web.Response(body=body + packer.flush(), headers=headers)

    app = web.Application()
    app.router.add_get("/{name}", serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    tracemalloc.start()
    try:
        with pytest.raises(NotFetched, match="too_big"):
            await download(f"{base}/bomb", hosts=(), api_base=base, limit_bytes=1 << 20)
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
        small = await download(f"{base}/small", hosts=(), api_base=base, limit_bytes=5)
        assert small == bytes(5)
        assert asked == ["identity", "identity"]
    finally:
        tracemalloc.stop()
        await runner.cleanup()
