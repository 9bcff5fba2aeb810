"""Replies over the real wire: forms, files, rate limits, lost answers; each request checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.adapters.discord_bot import configured
from bot.settings import Settings
from tests.discord.line import Line
from tests.fakes import discord_checks, discord_payloads
from tests.fakes.discord_server import DEFERRED, MODAL, Fault


def test_the_description_is_at_hand() -> None:
    if discord_checks.description_path() is None:
        pytest.skip("Discord's OpenAPI description is not at hand (REELBANK_DISCORD_OPENAPI)")
    body = {"content": 5}
    assert discord_checks.against_description("POST", "/channels/123/messages", body)


def test_it_runs_where_a_token_is_set(tmp_path: Path) -> None:
    without = Settings(_env_file=None, data_dir=tmp_path)
    assert not configured(without)
    assert configured(Settings(_env_file=None, data_dir=tmp_path, discord_token=SecretStr("x")))


async def test_the_whole_way_of_a_form(line: Line, own: Any) -> None:
    shown = await line.server.slash("idea add", title="Crash films")
    await line.server.until(lambda: shown.callback is not None)
    assert shown.callback_type == MODAL
    assert shown.callback is not None

    sent = await line.server.send_form(
        shown.callback["data"], title="Crash films", text="From a report", kind="film"
    )
    await line.server.until(lambda: sent.original is not None and not sent.is_waiting)

    assert sent.callback_type == DEFERRED
    assert sent.original is not None
    assert sent.original["embeds"][0]["title"] == "Kept as #7"
    clicked = await line.server.click(sent.original, "👍 Vote")
    await line.server.until(lambda: "votes" in str(clicked.original))
    assert own.seen[-1].text("vote") == "1"


async def test_a_redelivered_form_has_one_effect(line: Line, own: Any) -> None:
    shown = await line.server.slash("idea add")
    await line.server.until(lambda: shown.callback is not None)
    assert shown.callback is not None
    values = {"title": "Crash films", "text": "From a report"}
    sent = await line.server.send_form(shown.callback["data"], **values)
    await line.server.until(lambda: sent.original is not None and not sent.is_waiting)

    data = discord_payloads.submitted(shown.callback["data"], values)
    for _ in range(3):
        again = discord_payloads.interaction(sent.id, sent.token, 5, data)
        await line.server.gateway.dispatch("INTERACTION_CREATE", again)
    await line.answers()

    assert [r.command for r in own.seen] == ["idea add", "quiet"]


async def test_a_file_is_uploaded_whole(line: Line) -> None:
    made = await line.server.interact(
        2, discord_payloads.slash("export", {}), user_id=discord_payloads.MOD
    )
    await line.server.until(lambda: made.original is not None and not made.is_waiting)

    upload = next(r for r in line.server.requests if r.files)
    assert upload.files == [b"number,title\n7,Crash\n"]
    assert upload.body["attachments"][0]["description"] == "All ideas"


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/callback$"), ("PATCH", "@original$")], ids=["callback", "edit"]
)
async def test_a_rate_limit_is_waited_for(line: Line, method: str, path: str) -> None:
    line.server.faults.append(
        Fault(method, path, 429, 2, {"Retry-After": "0.05"}, {"retry_after": 0.05, "global": False})
    )

    assert await line.answers() == "Only you."


async def test_an_acknowledgement_whose_answer_was_lost_counts(line: Line) -> None:
    line.server.faults.append(Fault("POST", "/callback$", 502, after=True))

    assert await line.answers() == "Only you."


async def test_an_interaction_that_expired_runs_nothing(line: Line, own: Any) -> None:
    gone = {"code": 10062, "message": "Unknown interaction"}
    line.server.faults.append(Fault("POST", "/callback$", 404, body=gone))
    made = await line.server.slash("quiet")
    await line.server.until(lambda: any(r.path.endswith("/callback") for r in line.server.requests))
    await line.answers("echo", words="next")

    assert [r.command for r in own.seen] == ["echo"]
    assert made.original is None


async def test_a_form_that_was_kept_is_run_though_its_reply_is_late(line: Line, own: Any) -> None:
    shown = await line.server.slash("idea add")
    await line.server.until(lambda: shown.callback is not None)
    assert shown.callback is not None
    gone = {"code": 10062, "message": "Unknown interaction"}
    line.server.faults.append(Fault("POST", "/callback$", 404, body=gone))
    await line.server.send_form(shown.callback["data"], title="Crash films", text="From a report")
    dm = discord_payloads.dm_channel(discord_payloads.ALICE)["id"]
    await line.server.until(lambda: bool(line.server.posted(dm)))

    assert line.server.posted(dm)[0]["embeds"][0]["title"] == "Kept as #7"


async def test_a_mention_answered_twice_is_one_message(line: Line) -> None:
    line.server.faults.append(
        Fault("POST", f"/channels/{discord_payloads.CHANNEL}/messages", 502, after=True)
    )
    await line.server.say(f"<@{discord_payloads.BOT}> what is Veo?")
    await line.server.until(
        lambda: sum(r.path.endswith("/messages") for r in line.server.requests) > 1
    )

    assert len(line.server.posted()) == 1
