"""Pictures on every platform: seen where the words are, with their alt text, and deleted here."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from bot.adapters.console.screen import Screen
from bot.adapters.console.session import Chat, Seat
from bot.adapters.discord_bot.drawing import draw
from bot.core.model import Actor, NameValue, Picture, Place, Reply, Role
from bot.core.services import Services
from tests.fakes import discord_checks
from tests.fakes.house import House

ALT = "Bar chart: 12 ideas"


def a_reply(count: int = 2, **more: Any) -> Reply:
    made = [
        Picture(
            id=n,
            name=f"chart-{n}.png",
            media_type="image/png",
            alt_text=f"{ALT} in {n}",
            content=b"\x89PNG" + bytes([n]),
        )
        for n in range(count)
    ]
    return Reply(**{"text": "How it stands", "pictures": tuple(made), **more})


async def test_discord_shows_them_in_frames_with_descriptions(
    services: Services,
) -> None:
    reply = a_reply(title="Stats", fields=(NameValue("a", "b"),))
    (part,) = await draw(services, reply, "en")

    given = part.to_send()
    shown = [embed.image.url for embed in given["embeds"]]
    assert shown == ["attachment://chart-0.png", "attachment://chart-1.png"]
    assert given["embeds"][0].title == "Stats"
    assert [(f.filename, f.description) for f in given["files"]] == [
        ("chart-0.png", f"{ALT} in 0"),
        ("chart-1.png", f"{ALT} in 1"),
    ]
    body = {"content": None, "embeds": [embed.to_dict() for embed in given["embeds"]]}
    more = {
        "allowed_mentions": {"parse": []},
        "components": [],
        "attachments": [{"id": n, "filename": f.filename} for n, f in enumerate(given["files"])],
    }
    assert discord_checks.of_message({**body, **more}, files=2) == []


async def test_discord_shows_any_number_of_them(services: Services) -> None:
    parts = await draw(services, a_reply(23), "en")

    assert [len(part.embeds) for part in parts] == [10, 10, 3]
    assert [len(part.files) for part in parts] == [10, 10, 3]


async def test_the_console_says_what_they_show_and_where_they_are(
    house: House, tmp_path: Path
) -> None:
    out = io.StringIO()
    row = await house.enter("console:local", "Console")
    community = await house.community(row.key)
    seat = Seat(Actor("console:local:ann", "ann", Role.ADMIN), community, Place("console"))
    object.__setattr__(
        house.services,
        "settings",
        house.services.settings.model_copy(update={"data_dir": tmp_path}),
    )
    news = [[a_reply()], []]

    class Nobody:
        is_interactive = False

        async def line(self, prompt: str, **_: object) -> str | None:
            return None

    chat = Chat(house.services, seat, reader=Nobody(), screen=Screen(out), news=lambda: news.pop(0))
    await chat.run()

    said = out.getvalue()
    for n in range(2):
        assert f"{ALT} in {n}" in said
        path = tmp_path / "pictures" / f"chart-{n}.png"
        assert str(path) in said
        assert path.read_bytes() == b"\x89PNG" + bytes([n])
