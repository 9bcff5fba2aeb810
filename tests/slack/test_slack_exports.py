"""The product's exports through Slack, over a real wire: whole, split, private, by the clock."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.adapters.slack_app import limits
from bot.adapters.slack_app.adapter import SlackAdapter
from bot.core.banks import Banks
from bot.core.outbox import deliver_slow
from bot.core.services import Services
from bot.core.turns_due import take_due
from storage import CommunityRow, Store, Write
from tests.fakes.collection import new, no_market
from tests.fakes.slack_people import SlackPeople
from tests.fakes.slack_server import SlackServer
from tests.slack.conftest import running, services_for, settings_for

COUNT = 120
SETTINGS = {"moderator_roles": ["UMIA"], "staff_channel": "C2"}


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def services(slack: SlackServer, store: Store, tmp_path: Path) -> Services:
    made = services_for(store, settings_for(slack, tmp_path))
    return replace(made, banks=Banks(store, no_market))


@pytest.fixture
async def product(slack: SlackServer, services: Services) -> AsyncIterator[SlackAdapter]:
    async with running(services) as connected:
        yield connected
    assert slack.problems == []


@pytest.fixture
async def people(slack: SlackServer, product: SlackAdapter) -> AsyncIterator[SlackPeople]:
    async with aiohttp.ClientSession() as session:
        yield SlackPeople(slack, product.port, session)


@pytest.fixture
async def community(store: Store) -> CommunityRow:
    now = datetime.now(UTC)
    row = await store.communities.ensure("slack:T1", "Acme", now)
    write = Write(person_id=None, community_id=row.id, now=now)
    await store.communities.set_settings(write, row.id, SETTINGS)
    await store.ideas.add_many(write, row.bank_id, [
        new(f"Idea {n}: {hashlib.sha256(bytes([n])).hexdigest()}", author_name="Ana Secreta")
        for n in range(COUNT)
    ])  # fmt: skip
    return row


Clockwork = Callable[[SlackAdapter], Awaitable[int]]


@pytest.fixture
async def clockwork(services: Services, community: CommunityRow) -> Clockwork:
    """Let the export be due; gives what sends it."""
    now = datetime.now(UTC)
    write = Write(person_id=None, community_id=community.id, now=now)
    chosen = {**SETTINGS, "export_day": "monday", "export_format": "jsonl"}
    await services.store.communities.set_settings(write, community.id, chosen)
    assert await take_due(services, "export", now) == 0
    later = now + timedelta(days=8)
    assert await take_due(services, "export", later) == 1
    return lambda product: deliver_slow(services, {"slack": product.courier}, later)


def whole(sent: list[dict[str, Any]]) -> None:
    """Check that files are all of the collection, and what the manifest says they are."""
    by_name = {file["name"]: file["data"] for file in sent}
    manifest = json.loads(by_name.pop("ideas-manifest.json"))
    assert manifest["ideas"] == COUNT
    assert {f["name"]: f["sha256"] for f in manifest["files"]} == {
        name: hashlib.sha256(data).hexdigest() for name, data in by_name.items()
    }
    lines = [json.loads(line) for data in by_name.values() for line in data.splitlines()]
    assert sorted(line["number"] for line in lines) == list(range(1, COUNT + 1))


async def test_a_large_export_comes_in_parts_and_to_the_asker_alone(
    slack: SlackServer, people: SlackPeople, community: CommunityRow, scratch: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(limits, "FILE_BYTES", 30_000)

    await people.slash("UMIA", "/reelbank export format:jsonl")

    [message] = await slack.until(lambda: slack.ephemeral)
    assert "direct messages" in message["text"]
    assert {file["channel"] for file in slack.files} == {"DUMIA"}
    assert all(file["length"] <= 30_000 for file in slack.files)
    assert len(slack.files) > 2
    whole(slack.files)
    assert list(scratch.iterdir()) == []


async def test_where_direct_messages_are_closed_nobody_gets_the_file(
    slack: SlackServer, people: SlackPeople, community: CommunityRow, scratch: Path
) -> None:
    slack.fail("conversations.open", error="cannot_dm_bot")

    await people.slash("UMIA", "/reelbank export")

    [message] = await slack.until(lambda: slack.ephemeral)
    assert "could not be sent" in message["text"]
    assert slack.files == []
    assert list(scratch.iterdir()) == []


async def test_what_no_zip_makes_small_enough_is_refused_with_a_way_out(
    slack: SlackServer, people: SlackPeople, community: CommunityRow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(limits, "FILE_BYTES", 300)

    await people.slash("UMIA", "/reelbank export")

    [message] = await slack.until(lambda: slack.ephemeral)
    assert "since:30d" in message["text"]
    assert slack.files == []


@pytest.mark.parametrize("limit", [200_000_000, 30_000])
async def test_the_scheduled_export_is_split_as_well_and_names_nobody(
    slack: SlackServer, product: SlackAdapter, clockwork: Clockwork,
    monkeypatch: pytest.MonkeyPatch, limit: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(limits, "FILE_BYTES", limit)

    assert await clockwork(product) == 1

    [message] = slack.messages["C2"]
    assert {file["channel"] for file in slack.files} == {"C2"}
    assert not any(b"Secreta" in file["data"] for file in slack.files)
    assert ("manifest" in str(message)) == (limit < 200_000_000)
    if limit < 200_000_000:
        whole(slack.files)


async def test_a_scheduled_export_that_is_too_large_says_so_once(
    slack: SlackServer, product: SlackAdapter, clockwork: Clockwork,
    monkeypatch: pytest.MonkeyPatch, scratch: Path,
) -> None:  # fmt: skip
    monkeypatch.setattr(limits, "FILE_BYTES", 300)

    assert await clockwork(product) == 1
    assert await clockwork(product) == 0

    [message] = slack.messages["C2"]
    assert "larger than Slack takes" in str(message)
    assert slack.files == []
    assert list(scratch.iterdir()) == []
