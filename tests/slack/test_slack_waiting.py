"""Three seconds and "kept": a locked store, a slow Slack, a program that is told to stop."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from bot.adapters.slack_app.adapter import SlackAdapter
from bot.adapters.slack_app.courier import SlackCourier
from bot.core import intake
from bot.core.courier import TryLater
from bot.core.model import Community, Reply
from storage import Store
from tests.fakes.slack_people import SlackPeople
from tests.fakes.slack_server import SlackServer
from tests.slack.conftest import running, services_for, settings_for
from tests.slack.features import Seen


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Hold the store's write lock, as a long import by another process would."""
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "ACCEPT_TIMEOUT_S", 0.1)
    monkeypatch.setattr(intake.accept, "__kwdefaults__", {"timeout_s": 0.1})
    monkeypatch.setattr(intake, "_RETRY_S", 0.05)


@pytest.mark.usefixtures("impatient")
async def test_a_locked_store_is_still_saving_and_then_kept_once(
    slack: SlackServer, people: SlackPeople, seen: Seen, store: Store
) -> None:
    await people.slash("UMIA", "/idea search words")
    [message] = await slack.until(lambda: slack.ephemeral)

    with locked(store):
        ack = await people.click("UMIA", message, "Vote")
        assert ack.seconds < 2.0
        await slack.until(lambda: len(slack.ephemeral) == 2)
        assert "Still saving" in slack.ephemeral[1]["text"]
        assert "Voted" not in str(slack.ephemeral)

    await slack.until(lambda: len(slack.ephemeral) == 3)
    assert "Voted 1" in slack.ephemeral[2]["text"]
    assert len(seen.named("idea vote")) == 1


@pytest.mark.usefixtures("impatient")
async def test_a_form_sent_to_a_locked_store_is_acknowledged_in_time(
    slack: SlackServer, people: SlackPeople, seen: Seen, store: Store
) -> None:
    await people.slash("UMIA", "/idea add")
    [view] = await slack.until(lambda: list(slack.views.values()))

    with locked(store):
        ack = await people.submit("UMIA", view, title="Crash", text="From the police report")
        assert ack.seconds < 2.0
        [waiting] = await slack.until(lambda: slack.ephemeral)
        assert "Still saving" in waiting["text"]

    await slack.until(lambda: "Kept as" in str(slack.ephemeral))
    assert len(seen.named("idea add")) == 1


async def test_a_delivery_is_written_down_before_it_is_acknowledged(
    slack: SlackServer, people: SlackPeople, seen: Seen, store: Store
) -> None:
    await people.slash("UMIA", "/idea search words")
    [message] = await slack.until(lambda: slack.ephemeral)
    seen.gate = asyncio.Event()

    await people.click("UMIA", message, "Vote")

    [kept] = await store.deliveries.pending(["slack"], datetime.now(UTC))
    request = intake.from_payload(kept.payload)
    assert (request.command, request.actor.key) == ("idea vote", "slack:T1:UMIA")
    seen.gate.set()
    await slack.until(lambda: len(slack.ephemeral) == 2)
    assert await store.deliveries.pending(["slack"], datetime.now(UTC)) == []


async def test_stopping_finishes_what_is_under_way(
    slack: SlackServer, store: Store, tmp_path: Path, seen: Seen
) -> None:
    seen.gate = asyncio.Event()
    services = services_for(store, settings_for(slack, tmp_path))
    async with aiohttp.ClientSession() as session, running(services) as adapter:
        await SlackPeople(slack, adapter.port, session).slash("UMIA", "/ask how long?")
        asyncio.get_running_loop().call_later(0.1, seen.gate.set)
    assert len(slack.messages["C1"]) == 1


async def test_the_courier_waits_for_a_connection(store: Store, slack: SlackServer) -> None:
    courier = SlackCourier(services_for(store, settings_for(slack, Path("x"))))
    community = Community(1, "slack:T1", "Acme", 1)

    with pytest.raises(TryLater):
        await courier.post(community, "C1", Reply(text="x"), key="k", thread_id=None)
    with pytest.raises(TryLater):
        await courier.tell(community, "slack:T1:U1", Reply(text="x"), key="k")


async def test_a_connection_that_ended_leaves_the_courier_waiting(
    slack: SlackServer, store: Store, tmp_path: Path, seen: Seen
) -> None:
    async with running(services_for(store, settings_for(slack, tmp_path))) as adapter:
        pass
    assert isinstance(adapter, SlackAdapter)
    with pytest.raises(TryLater):
        await adapter.courier.missing(Community(1, "slack:T1", "Acme", 1))
