"""Pictures on Slack: beside public words, or in direct messages with us; shown by Slack itself."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.adapters.slack_app.adapter import SlackAdapter
from bot.core.courier import TryLater
from bot.core.model import Community, File, Reply
from storage import Store
from tests.fakes.slack_people import SlackPeople
from tests.fakes.slack_server import SlackServer
from tests.slack.features import pictures


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


async def test_pictures_of_a_private_reply_go_to_direct_messages(
    slack: SlackServer, people: SlackPeople, scratch: Path
) -> None:
    await people.slash("UMIA", "/reelbank stats")

    first, second = await slack.until(lambda: len(slack.ephemeral) > 1 and slack.ephemeral)
    assert "12 ideas" in str(first["blocks"])
    assert "direct messages" in second["text"]
    assert [(f["channel"], f["name"], f["alt_txt"]) for f in slack.files] == [
        ("DUMIA", "chart-1.png", "Chart 1: 12 ideas"),
        ("DUMIA", "chart-2.png", "Chart 2: 12 ideas"),
    ]
    assert slack.files[0]["comment"] == "How it stands"
    assert list(scratch.iterdir()) == []


async def test_pictures_of_a_public_reply_stand_below_it(
    slack: SlackServer, people: SlackPeople
) -> None:
    await people.slash("UMIA", "/reelbank charts")

    await slack.until(lambda: len(slack.files) > 1)
    assert [f["channel"] for f in slack.files] == ["C1", "C1"]
    assert len(slack.messages["C1"]) == 1
    assert slack.ephemeral == []


async def test_pictures_that_slack_refuses_are_said_to_be(
    slack: SlackServer, people: SlackPeople, scratch: Path
) -> None:
    slack.fail("files.completeUploadExternal", error="storage_limit_reached")
    await people.slash("UMIA", "/reelbank stats")

    first, second = await slack.until(lambda: len(slack.ephemeral) > 1 and slack.ephemeral)
    assert "12 ideas" in str(first["blocks"])
    assert "could not be sent" in second["text"]
    assert list(scratch.iterdir()) == []


@pytest.fixture
async def community(store: Store) -> Community:
    row = await store.communities.ensure("slack:T1", "Acme", datetime.now(UTC))
    return Community(id=row.id, key=row.key, name=row.name, bank_id=row.bank_id)


async def test_a_post_shows_its_pictures_once_however_often_it_is_tried(
    slack: SlackServer, adapter: SlackAdapter, community: Community, scratch: Path
) -> None:
    for _ in range(2):
        reply = Reply(text="This week", pictures=pictures())
        await adapter.courier.post(community, "C2", reply, key="digest:1", thread_id=None)

    assert len(slack.messages["C2"]) == 1
    assert [f["channel"] for f in slack.files] == ["C2", "C2"]
    assert list(scratch.iterdir()) == []


async def test_a_post_that_fails_leaves_no_files_behind(
    slack: SlackServer, adapter: SlackAdapter, community: Community, scratch: Path
) -> None:
    slack.fail("chat.postMessage", error="ratelimited")
    with pytest.raises(TryLater):
        await adapter.courier.post(
            community, "C2", Reply(text="x", pictures=pictures()), key="d:2", thread_id=None
        )

    assert slack.files == []
    assert list(scratch.iterdir()) == []


async def test_a_file_that_is_posted_comes_before_its_words_and_again_if_they_failed(
    slack: SlackServer, adapter: SlackAdapter, community: Community, scratch: Path
) -> None:
    def reply() -> Reply:
        path = scratch / "ideas.csv"
        path.write_bytes(b"number\n1\n")
        return Reply(text="The collection", file=File("ideas.csv", str(path), "text/csv"))

    post = adapter.courier.post
    slack.fail("chat.postMessage", error="ratelimited")
    with pytest.raises(TryLater):
        await post(community, "C2", reply(), key="export:1", thread_id=None)
    await post(community, "C2", reply(), key="export:1", thread_id=None)
    await post(community, "C2", reply(), key="export:1", thread_id=None)

    assert len(slack.messages["C2"]) == 1
    assert [(f["channel"], f["data"]) for f in slack.files] == [("C2", b"number\n1\n")] * 2
    assert list(scratch.iterdir()) == []


async def test_a_file_that_cannot_be_posted_is_tried_again(
    slack: SlackServer, adapter: SlackAdapter, community: Community, scratch: Path
) -> None:
    path = scratch / "ideas.csv"
    path.write_bytes(b"x")
    slack.fail("files.getUploadURLExternal", status=503)
    with pytest.raises(TryLater):
        await adapter.courier.post(
            community, "C2", Reply(file=File("ideas.csv", str(path))), key="e", thread_id=None
        )

    assert slack.messages["C2"] == []
    assert list(scratch.iterdir()) == []
