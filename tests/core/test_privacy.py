"""Being told, given and forgotten, as a member goes through it."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from bot import logs
from bot.core import jobs, wire
from bot.core.intake import accept
from bot.core.listen import Heard, hear
from bot.core.model import Reply
from bot.settings import Settings
from storage import IdeaFilter
from tests.fakes.house import House, Visitor

MARK = "zqxjkvbmarker"
IDEA = f"Films of {MARK} that teach nurses how to use a new pump on the night shift"

READER = """
import sqlite3, sys
cx = sqlite3.connect(sys.argv[1], isolation_level=None)
cx.execute("BEGIN")
print(cx.execute("SELECT count(*) FROM ideas").fetchone()[0], flush=True)
sys.stdin.readline()
"""


async def draw(house: House, reply: Reply | None) -> None:
    """Do what every adapter does with the buttons of a reply: long ones are kept."""
    assert reply is not None
    for button in (*reply.buttons, *(b for item in reply.items for b in item.buttons)):
        if button.url is None:
            await wire.encode(house.services, button.command, button.values)
    if reply.form is not None:
        await wire.encode_form(house.services, reply.form.command, reply.form.values)


async def live(house: House, ann: Visitor) -> None:
    """Have Ann do what leaves her words behind: kept, half done, refused, offered, in public."""
    await draw(house, await ann.says(f"idea add {IDEA}"))
    await draw(house, await ann.does("idea add", text=f"{MARK}?"))  # asked whether it is an idea
    await draw(house, await ann.does("idea add", text=IDEA + " too", industry=f"no {MARK}"))
    await draw(house, await ann.says(f"ask How long can a {MARK} clip of Sora be?"))
    await ann.says(f"ask What does the {MARK} 9 cost per month?")
    await ann.submits("idea note", number=1, text=f"A note about {MARK}")
    await ann.does("idea edit", number=1, text=f"{IDEA}, once more")
    await ann.saves(f"They said {MARK} would film the {MARK} museum for its visitors", ann)
    await ann.does("mod note", number=1, text=f"{MARK} is no moderator, which is logged")
    request = await ann.request("idea add", {"text": f"{MARK} half way"}, delivery_id="d:half")
    await accept(house.services, request)
    heard = Heard(
        actor=ann.actor,
        community=request.community,
        place=request.place,
        text=f"Idea: {MARK} clips that nobody ever kept, for the village fair",
        now=house.clock(),
        is_mention=True,
    )
    await draw(house, await hear(house.services, heard))


def marked(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if MARK.encode() in path.read_bytes().lower()]


@pytest.fixture
async def folder(house: House, tmp_path: Path) -> AsyncIterator[Path]:
    """The store's folder, with a log in it."""
    folder = house.store.path.parent
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    settings = Settings(
        _env_file=None, data_dir=folder, log_file=folder / "reelbank.log", log_level="debug"
    )
    logs.set_up(settings)
    house.services = replace(house.services, settings=settings)
    ours = root.handlers[0]
    assert isinstance(ours, logging.StreamHandler)
    yield folder
    ours.stream.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def test_a_member_is_given_everything_and_then_forgotten(house: House, folder: Path) -> None:
    ann = house.person("ann")
    await live(house, ann)
    given = await ann.says("privacy export")
    assert given.file is not None
    kept = json.loads(Path(given.file.path).read_text("utf-8"))
    Path(given.file.path).unlink()
    for part in ("ideas", "versions", "notes", "questions", "gaps", "drafts", "requests"):
        assert MARK in json.dumps(kept[part]).lower(), part
    assert marked(folder)

    reader = await asyncio.create_subprocess_exec(
        sys.executable, "-c", READER, str(house.store.path),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert reader.stdout is not None
    await reader.stdout.readline()  # another process reads the pages as they are now
    asked = await ann.says("privacy delete")
    done = await ann.presses(asked, "Yes, forget me")
    assert done.ok
    await asyncio.sleep(0)
    reader_is_done = asyncio.ensure_future(reader.communicate(b"\n"))
    await reader_is_done
    scrub = next(job for job in jobs.ALL if job.name == "scrub")
    await scrub.run(house.services, house.clock())

    assert marked(folder) == []
    assert (folder / "reelbank.log").stat().st_size > 0
    community = await house.community("discord:88")
    rows = await asyncio.to_thread(
        lambda: list(house.store.ideas.scan(community.bank_id, IdeaFilter()))
    )
    assert rows == []
    exported = await house.moderator().does("export", format="csv")
    assert exported.file is None or MARK not in Path(exported.file.path).read_text("utf-8")


async def test_what_others_did_stays(house: House, folder: Path) -> None:
    ann, bob = house.person("ann"), house.person("bob")
    await live(house, ann)
    await bob.says("idea add A clip for every dish of our restaurant, made in the evening")
    await bob.says("ask How long can a Veo 3 clip be?")
    await ann.does("privacy delete", sure=True)

    mine = await bob.says("privacy export")
    assert mine.file is not None
    kept = json.loads(Path(mine.file.path).read_text("utf-8"))
    Path(mine.file.path).unlink()
    assert len(kept["ideas"]) == 1
    assert len(kept["questions"]) == 1
    assert MARK not in json.dumps(kept)


async def test_a_quoted_author_is_asked_and_may_have_it_removed(house: House, folder: Path) -> None:
    ann, bob = house.person("ann"), house.person("bob")
    saved = await bob.saves(f"We could film {MARK} for the audio guide of the old museum", ann)
    assert saved.announce is not None
    seen = await bob.says("idea show 1")
    assert MARK not in seen.text  # nothing is shown before the author has agreed
    wrong = await bob.presses(saved.announce, "No, delete it")
    assert not wrong.ok

    refused = await ann.presses(saved.announce, "No, delete it")
    assert refused.ok
    await house.store.scrub()
    assert marked(folder) == []


async def test_privacy_says_what_is_kept_and_for_how_long(house: House) -> None:
    await house.set("retention_days", "30")
    told = await house.person("ann").says("privacy show")

    assert "30 days" in told.text
    assert "10 business days" in told.text
