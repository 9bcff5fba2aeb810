"""An export that is larger than a platform takes: several files, each whole, and no idea lost."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.discord_bot.drawing import discard, draw
from bot.adapters.slack_app import limits
from bot.adapters.slack_app.uploads import send_file
from bot.core.export_files import export_file
from bot.core.exports import FORMATS, ExportOptions
from bot.core.model import File, Reply
from storage import IdeaTag, Write
from tests.fakes.collection import NOW, new
from tests.fakes.house import House

COUNT = 300


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


async def an_export(house: House, form: str) -> File:
    community = await house.community("discord:88")
    write = Write(person_id=None, community_id=community.id, now=NOW)
    industries = ("legal-forensics", "film-tv")
    await house.store.ideas.add_many(write, community.bank_id, [
        new(f'Idea {n}, "quoted"\nand below: {hashlib.sha256(bytes([n % 256])).hexdigest()}',
            tags=(IdeaTag(industry=industries[n % 2], rank=0, confidence=0.5),))
        for n in range(COUNT)
    ])  # fmt: skip
    made = await export_file(house.services, community, ExportOptions(format=form), NOW)
    assert made.ideas == COUNT
    assert made.sha256 == hashlib.sha256(Path(made.file.path).read_bytes()).hexdigest()
    return made.file


def opened(name: str, content: bytes) -> list[tuple[str, bytes]]:
    if not name.endswith(".zip"):
        return [(name, content)]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [(one, archive.read(one)) for one in archive.namelist()]


def numbers(name: str, content: bytes) -> list[int]:
    """Read the numbers of the ideas in a file, which must be whole by itself."""
    suffix = Path(name).suffix
    if suffix == ".csv":
        rows = list(csv.DictReader(io.StringIO(content.decode(), newline=""), strict=True))
        return [int(row["number"]) for row in rows]
    if suffix == ".jsonl":
        return [json.loads(line)["number"] for line in content.splitlines()]
    if suffix == ".json":
        return [idea["number"] for idea in json.loads(content)["ideas"]]
    if suffix == ".md":
        text = content.decode()
        assert text.startswith("# Use cases")
        found = [int(line.split()[1][1:]) for line in text.splitlines() if line.startswith("### #")]
        assert text.endswith(f"\n{len(found)} {'idea' if len(found) == 1 else 'ideas'}.\n")
        assert text.index("\n## ") < text.index("\n### ")
        return found
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [row[0].value for sheet in book.worksheets[1:] for row in sheet.iter_rows(min_row=2)]


def check(files: list[tuple[str, bytes]], limit: int, form: str) -> None:
    """Check that nothing is too large, nothing missing, and all of it in the manifest."""
    assert all(len(content) <= limit for name, content in files if "manifest" not in name)
    inside = {name: content for one in files for name, content in opened(*one)}
    (manifest,) = [json.loads(c) for n, c in inside.items() if n.endswith("manifest.json")]
    assert (manifest["ideas"], manifest["statuses"]) == (COUNT, {"pending": COUNT})
    given = {**inside, **dict(files)}
    for listed in manifest["files"]:
        content = given[listed["name"]]
        assert (len(content), hashlib.sha256(content).hexdigest()) == (
            listed["bytes"], listed["sha256"]
        )  # fmt: skip
    assert sum(listed["ideas"] for listed in manifest["files"]) == COUNT
    if form != "html":
        data = {n: c for n, c in inside.items() if "manifest" not in n}
        found = [number for name, content in data.items() for number in numbers(name, content)]
        assert sorted(found) == list(range(1, COUNT + 1))


@pytest.mark.parametrize("share", [0.4, 0.03])
@pytest.mark.parametrize("form", [form for form in FORMATS if form != "html"])
async def test_discord_gets_files_that_it_takes(
    house: House, form: str, share: float, scratch: Path
) -> None:
    file = await an_export(house, form)
    limit = max(12_000, int(Path(file.path).stat().st_size * share))
    reply = Reply(text="Here it is.", file=file)

    parts = await draw(house.services, reply, "en", file_limit_bytes=limit)

    assert all(len(part.files) <= 10 for part in parts)
    sent = [(f.name, Path(f.path).read_bytes()) for part in parts for f in part.files]
    check(sent, limit, form)
    assert "file" in parts[0].content or "zipped" in parts[0].content
    discard(reply, parts)
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("form", list(FORMATS))
async def test_slack_gets_files_that_it_takes_in_direct_messages(
    house: House, form: str, monkeypatch: pytest.MonkeyPatch, scratch: Path
) -> None:
    file = await an_export(house, form)
    limit = max(12_000, int(Path(file.path).stat().st_size * 0.4))
    monkeypatch.setattr(limits, "FILE_BYTES", limit)
    sent: list[tuple[str, bytes]] = []
    channels = []

    async def upload(_client: Any, *, file_uploads: Any, channel: str, **_more: Any) -> None:
        channels.append(channel)
        sent.extend((u["filename"], Path(u["file"]).read_bytes()) for u in file_uploads)

    async def direct(user: str) -> str:
        return f"D{user}"

    monkeypatch.setattr(AsyncWebClient, "files_upload_v2", upload)
    reply = await send_file(
        AsyncWebClient(), direct, "UMIA", Reply(text="x", file=file), locale="en"
    )

    assert channels == ["DUMIA"]
    assert reply.ok
    check(sent, limit, form)
    assert list(scratch.iterdir()) == []


async def test_a_file_that_nothing_makes_small_enough_is_refused_in_words(house: House) -> None:
    file = await an_export(house, "csv")
    reply = Reply(text="x", file=file)

    (part,) = await draw(house.services, reply, "en", file_limit_bytes=400)

    assert not part.files
    assert "larger than" in part.content
    discard(reply, [part])


async def test_a_small_export_comes_as_it_is(house: House) -> None:
    file = await an_export(house, "csv")
    reply = Reply(text="x", file=file)

    (part,) = await draw(house.services, reply, "en")

    assert part.files == [file]
    discard(reply, [part])


async def test_only_moderators_get_it_and_the_reply_tells_its_digest(house: House) -> None:
    await house.person("ann").says(
        "idea add Turn police reports into a clip that a jury understands"
    )
    assert not (await house.person("ann").says("export")).ok

    reply = await house.moderator().says("export format:csv columns:basic,naics")

    assert reply.file is not None
    content = Path(reply.file.path).read_bytes()
    assert hashlib.sha256(content).hexdigest() in reply.text
    assert content.splitlines()[0].endswith(b",score,created_at,naics")
    Path(reply.file.path).unlink()
    wrong = await house.moderator().says("export columns:wizardry")
    assert not wrong.ok
    assert "votes_up" in wrong.text
