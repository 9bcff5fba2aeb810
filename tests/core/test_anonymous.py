"""Nothing that anybody else gets to see says who had an anonymous idea."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.core.exports import FORMATS
from tests.fakes.courier import FakeCourier, deliver
from tests.fakes.house import House, everything

NAME = "zorblax"
CRASH = "Reconstruct a traffic accident from witness statements so that the jury sees it"
SHOES = "A TV spot for a shoe brand, made in an afternoon by two people at the agency"


async def hide(house: House) -> None:
    author = house.person(NAME)
    reply = await author.submits("idea add", text=CRASH, anonymous="true")
    assert "Your name stays with me" in reply.text
    await author.does("idea note", number=1, text="I could show an example.")
    await author.does("idea edit", number=1, title="Crash clips")
    await author.does("idea retag", number=1, industry="insurance")


@pytest.mark.parametrize(
    "line",
    [
        "idea show 1", "idea search crash", f"idea search by:{NAME}", "idea similar 1",
        "idea why 1", "idea random", "stats", "queue", "queue flagged", "queue duplicates",
        "mod log", "mod accept 1", "mod decline 1 off_topic", "mod block 1 days:3",
        "mod note 1 hm", "mod merge 1 2", "mod undo 1", "mod undo", "mod review 1", "mod claim 1",
        "mod restore 1", "mod uphold 1", "mod log 1", "queue edits", "queue appeals",
    ],
)  # fmt: skip
async def test_no_reply_to_others_names_the_author(house: House, line: str) -> None:
    await hide(house)
    await house.person("bob").says(f"idea add {SHOES}")

    reply = await house.admin().says(line)
    log = await house.admin().says("mod log")

    # what was asked for may be quoted back, nothing else
    assert NAME not in everything(reply).replace(f"by:{NAME}", "")
    assert NAME not in everything(log)


async def test_a_search_by_name_does_not_find_it(house: House) -> None:
    await hide(house)

    assert "Nothing found" in (await house.admin().says(f"idea search by:{NAME}")).text
    assert (await house.person(NAME).says("idea search by:me")).items


@pytest.mark.parametrize("name", FORMATS)
async def test_no_export_names_the_author(house: House, name: str) -> None:
    await hide(house)

    reply = await house.admin().says(f"export {name}")

    assert reply.file is not None
    written = Path(reply.file.path)
    assert NAME not in written.read_text("utf-8-sig")
    written.unlink()


async def test_no_card_notice_or_log_names_the_author(
    house: House, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    await house.set("cards_channel", "ideas")
    await house.set("staff_channel", "staff")
    await hide(house)
    await house.person("bob").says("idea follow 1")
    courier = FakeCourier()

    await deliver(house, courier)
    await house.moderator().says("mod accept 1")
    house.clock.pass_by(minutes=20)
    await deliver(house, courier)

    assert NAME not in repr(courier.messages)
    assert NAME not in repr([reply for _, reply in courier.told])
    assert NAME not in caplog.text
    assert NAME not in capsys.readouterr().out
    bank_id = (await house.community("discord:88")).bank_id
    rows = await house.store.audit.list(bank_id, 100, None)
    author = await house.store.members.by_account(f"discord:{NAME}")
    assert author is not None
    assert {row.actor_id for row in rows if row.subject == "idea:1"} <= {
        None,
        (await house.store.members.by_account("discord:mod")).id,  # type: ignore[union-attr]
    }


async def test_the_author_still_edits_and_withdraws(house: House) -> None:
    await hide(house)
    author = house.person(NAME)

    assert (await author.does("idea edit", number=1, text=SHOES)).ok
    assert (await author.says("idea mine")).items
    assert (await author.says("idea withdraw 1")).ok


async def test_blocking_by_idea_works_without_unmasking(house: House) -> None:
    await hide(house)

    blocked = await house.moderator().says("mod block 1")

    assert NAME not in everything(blocked)
    assert not (await house.person(NAME).does("idea add", text=SHOES)).ok
    assert (await house.person("bob").does("idea add", text=SHOES)).ok


async def test_an_appeal_of_an_anonymous_author_names_nobody(house: House) -> None:
    await hide(house)
    await house.moderator("moe").says("mod decline 1 off_topic")
    await house.person(NAME).says("idea appeal 1 It is for a jury.")

    queue = await house.moderator("ada").says("queue appeals")
    log = await house.admin().says("mod log")
    file = await house.admin().says("mod log export:csv")

    assert "It is for a jury" in queue.items[0].text
    assert file.file is not None
    written = Path(file.file.path).read_text("utf-8")
    assert "idea.appeal" in written
    assert NAME not in f"{everything(queue)} {everything(log)} {written}"
