"""Pictures on Slack: handed in by form, mention and shortcut, and seen on cards."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from bot.adapters.slack_app import files
from bot.adapters.slack_app.adapter import SlackAdapter
from bot.core import dispatch
from bot.core.services import Services
from storage import Store
from tests.fakes.pictures import PLACE, drawing, photo
from tests.fakes.slack_people import SlackPeople
from tests.fakes.slack_server import BOT_USER, SlackServer
from tests.slack.test_slack_product import (
    TEXT,
    deliver,
    market,
    people,
    product,
    services,
    set_cards_channel,
)

__all__ = ["market", "people", "product", "services"]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(files, "_LOOK_EVERY_S", 0.01)
    dispatch._by_name.cache_clear()
    yield
    dispatch._by_name.cache_clear()


async def kept(store: Store) -> list[tuple[str, bool]]:
    row = await store.communities.get("slack:T1")
    assert row is not None
    found = await store.attachments.of_idea(row.bank_id, 1)
    return [(file.name, file.is_picture) for file in found]


def pictures(slack: SlackServer, channel: str) -> list[tuple[str, str]]:
    blocks = [b for m in slack.messages[channel] for b in m.get("blocks") or ()]
    return [(b["slack_file"]["id"], b["alt_text"]) for b in blocks if b["type"] == "image"]


async def test_a_form_takes_a_picture_and_the_card_shows_it(
    slack: SlackServer,
    people: SlackPeople,
    services: Services,
    product: SlackAdapter,
    store: Store,
) -> None:
    await set_cards_channel(store)
    await people.slash("UMIA", f"/idea add {TEXT}")
    await slack.until(lambda: slack.ephemeral)

    await people.slash("UMIA", "/idea attach 1")
    view = await slack.until(lambda: next(iter(slack.views.values()), None))
    inputs = [b["element"]["type"] for b in view["blocks"] if b["type"] == "input"]
    assert inputs == ["file_input", "plain_text_input"]
    await people.submit("UMIA", view, file=[slack.hand_in("mia-at-home.jpg", photo())])
    await slack.until(lambda: slack.pictures)
    await deliver(services, product)

    assert await kept(store) == [("idea-1-1.jpg", True)]
    [(reference, alt)] = pictures(slack, "C2")
    assert alt.startswith("Reconstruct a traffic accident")
    assert PLACE not in slack.pictures[reference]["data"]
    # the reply in the modal and the card show the same copy
    assert list(slack.pictures) == [reference]

    await people.slash("UMIA", "/idea detach 1")
    await slack.until(lambda: len(slack.ephemeral) > 1)
    await deliver(services, product)
    assert pictures(slack, "C2") == []
    await slack.until(lambda: not slack.pictures)


async def test_a_mention_and_a_saved_message_bring_their_files(
    slack: SlackServer, people: SlackPeople, store: Store
) -> None:
    files = [slack.hand_in("a.png", drawing()), slack.hand_in("b.pdf", b"%PDF", "application/pdf")]
    said = await people.mention("UMIA", f"idea: {TEXT}", files=files, subtype="file_share")
    offer = await slack.until(
        lambda: next((m for m in slack.messages["C1"] if m["ts"] != said["ts"]), None)
    )
    await people.click("UMIA", offer, "Keep it")
    await slack.until(lambda: slack.ephemeral)

    assert await kept(store) == [("idea-1-1.png", True), ("b.pdf", False)]


async def test_without_the_scope_it_says_so(
    slack: SlackServer, people: SlackPeople, store: Store
) -> None:
    slack.scopes = slack.scopes.replace("files:read,", "")
    await people.slash("UMIA", f"/idea add {TEXT}")
    await slack.until(lambda: slack.ephemeral)
    await people.slash("UMIA", "/idea attach 1")
    view = await slack.until(lambda: next(iter(slack.views.values()), None))

    ack = await people.submit("UMIA", view, file=[slack.hand_in("a.png", drawing())])

    assert "not allowed to read files" in str(ack.body) + str(slack.views)
    assert await kept(store) == [("a.png", False)]


async def test_a_typed_file_opens_the_form_and_is_not_read(
    slack: SlackServer, people: SlackPeople, store: Store
) -> None:
    await people.slash("UMIA", f"/idea add {TEXT}")
    await slack.until(lambda: slack.ephemeral)

    await people.slash("UMIA", "/idea attach 1 file:/etc/passwd")
    await slack.until(lambda: slack.views or len(slack.ephemeral) > 1)

    assert await kept(store) == []


async def test_what_is_said_below_a_card_is_kept_as_a_comment(
    slack: SlackServer,
    people: SlackPeople,
    services: Services,
    product: SlackAdapter,
    store: Store,
) -> None:
    await set_cards_channel(store)
    await people.slash("UMIA", f"/idea add {TEXT}")
    await slack.until(lambda: slack.ephemeral)
    await deliver(services, product)
    [card] = slack.messages["C2"]

    for text in ("Would the police like this?", "They would."):
        said = people.said("UADA", text, channel="C2", thread_ts=card["ts"])
        await people.event(said)
        await people.event(said, retry=1)
    row = await store.communities.get("slack:T1")
    assert row is not None
    await slack.until(lambda: [m for m in slack.messages["C2"] if "kept as comments" in m["text"]])

    async with asyncio.timeout(10):  # each event is worked on after it was acknowledged
        while len(notes := await store.notes.list(row.bank_id, 1, include_staff=False)) < 2:
            await asyncio.sleep(0.02)
    assert [note.text for note in notes] == ["Would the police like this?", "They would."]
    told = [m for m in slack.messages["C2"] if m.get("user") == BOT_USER]
    assert len(told) == 2  # the card, and one word about the thread
