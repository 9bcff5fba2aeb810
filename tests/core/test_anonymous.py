"""Nothing that anybody else gets to see says who had an anonymous idea."""

from __future__ import annotations

import logging
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from bot.core import commands
from bot.core.dispatch import dispatch
from bot.core.exports import FORMATS
from bot.core.model import Attached, Visibility
from tests.fakes.courier import FakeCourier, deliver
from tests.fakes.house import House, everything, labels
from tests.fakes.pictures import PLACE, photo

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
        "idea files 1", "idea notes 1", "idea top",
        "idea mine", "idea detach 1", "stats since:30d", f"idea search {NAME}",
        f"ask who is {NAME}?",
        f"idea search by:{NAME[:4]}", "help", "idea follow 1", "privacy export",
    ],
)  # fmt: skip
async def test_no_reply_to_others_names_the_author(house: House, line: str) -> None:
    await hide(house)
    await house.person("bob").says(f"idea add {SHOES}")

    reply = await house.admin().says(line)
    log = await house.admin().says("mod log")

    # what was asked for may be quoted back, nothing else
    assert NAME not in everything(reply).replace(line.partition(" ")[2], "")
    assert NAME not in everything(log)


async def test_a_search_by_name_does_not_find_it(house: House) -> None:
    await hide(house)

    assert "Nothing found" in (await house.admin().says(f"idea search by:{NAME}")).text
    assert (await house.person(NAME).says("idea search by:me")).items


def unpacked(path: Path) -> bytes:
    """Give the bytes of a file; of a workbook, those of all files within."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize("name", FORMATS)
async def test_no_export_names_the_author(house: House, name: str) -> None:
    await hide(house)

    reply = await house.admin().says(f"export {name}")

    assert reply.file is not None
    written = Path(reply.file.path)
    assert NAME.encode() not in unpacked(written)
    written.unlink()


async def captured_and_hidden(house: House) -> None:
    author = house.person(NAME)
    assert (await author.saves(CRASH, author, message="m-4711")).ok
    assert (await author.does("idea edit", number=1, anonymous=True)).ok


@pytest.mark.parametrize("name", FORMATS)
async def test_no_export_says_which_message_an_anonymous_idea_was(house: House, name: str) -> None:
    await captured_and_hidden(house)
    quoted = await house.person("bob").saves(SHOES, house.person("ann"), message="m-4712")
    assert quoted.announce is not None  # she was not asked yet

    reply = await house.admin().says(f"export {name}")

    assert reply.file is not None
    written = Path(reply.file.path)
    assert b"m-471" not in unpacked(written)
    written.unlink()


async def test_going_anonymous_cuts_an_idea_off_from_the_message_that_it_was(house: House) -> None:
    await captured_and_hidden(house)

    with closing(sqlite3.connect(house.store.path)) as cx:
        rows = cx.execute("SELECT permalink, external_id FROM ideas").fetchall()
    again = await house.person("bob").saves(CRASH, house.person(NAME), message="m-4711")

    assert rows == [(None, None)]
    # "You have it as #1" would say whose #1 is; what is like it is shown as to anybody.
    assert "Mine is different" in " ".join(labels(again))
    named = await house.person("ann").saves(SHOES, house.person("ann"), message="m-9")
    assert named.ok
    assert not (await house.person("bob").saves(SHOES, house.person("ann"), message="m-9")).ok


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


class Shelf:
    """A platform whose files are called after whoever made them."""

    async def fetch(self, file: Attached, limit_bytes: int) -> bytes:
        return photo()


async def hide_with_files(house: House) -> None:
    house.services.fetchers["discord"] = Shelf()
    author = house.person(NAME)
    files = (
        Attached(name=f"{NAME}-on-the-set.jpg", url="1", media_type="image/jpeg"),
        Attached(name=f"cv-{NAME}.pdf", url="2", media_type="application/pdf", size_bytes=9),
    )
    values = {"text": CRASH, "anonymous": "true"}
    request = await author.request("idea add", values, attached=files, is_form=True)
    assert "Your name stays with me" in (await dispatch(house.services, request)).text


@pytest.mark.parametrize("line", ["idea show 1", "idea files 1", "idea search crash", "queue"])
async def test_no_file_name_tells_whose_it_is(house: House, line: str) -> None:
    await hide_with_files(house)

    reply = await house.admin().says(line)

    assert NAME not in everything(reply)
    assert reply.image is None or PLACE not in reply.image.content


async def test_no_export_card_or_notice_tells_by_a_file(house: House) -> None:
    await house.set("cards_channel", "ideas")
    await hide_with_files(house)
    await house.person("bob").says("me notices all")
    await house.person("bob").says("idea follow 1")
    await house.person(NAME).says("idea note 1 I have another picture.")
    await house.person(NAME).says("idea attach 1 link:https://example.org/study")
    courier = FakeCourier()
    house.clock.pass_by(minutes=5)
    await deliver(house, courier, times=2)

    assert courier.told
    assert NAME not in repr(courier.messages) + repr(courier.told)
    reply = await house.admin().says("export json")
    assert reply.file is not None
    written = Path(reply.file.path)
    assert NAME not in written.read_text("utf-8-sig")
    assert "idea-1-2.pdf" in written.read_text("utf-8-sig")
    written.unlink()
    bank_id = (await house.community("discord:88")).bank_id
    author = await house.store.members.by_account(f"discord:{NAME}")
    assert author is not None
    rows = await house.store.audit.list(bank_id, 100, None)
    assert author.id not in {row.actor_id for row in rows if row.subject == "idea:1"}


async def test_changing_and_removing_a_comment_leaves_no_name_in_the_log(house: House) -> None:
    await hide(house)
    author = house.person(NAME)
    listed = await author.says("idea notes 1")
    await author.presses(listed, "Change", text="I can show two.")
    await author.presses(listed, "Remove")

    rows = await house.store.audit.list((await house.community("discord:88")).bank_id, 100, None)
    known = await house.store.members.by_account(f"discord:{NAME}")
    assert known is not None
    assert known.id not in {row.actor_id for row in rows if row.subject == "idea:1"}
    assert NAME not in everything(await house.admin().says("mod log"))


async def test_no_leader_leads_to_anonymous_ideas(house: House) -> None:
    author = house.person(NAME)
    for text in (CRASH, SHOES):
        await author.submits("idea add", text=text, anonymous="true")
    await house.moderator().says("mod accept 1")
    await house.moderator().says("mod accept 2")

    assert NAME not in everything(await house.admin().says("stats"))


async def test_whatever_an_author_does_is_answered_to_them_alone(house: House) -> None:
    """A public reply would say "zorblax used /idea edit" above it."""
    await hide(house)
    for command in commands.ALL:
        if command.name.startswith("idea ") and command.name != "idea noted":
            request = await house.person(NAME).request(command.name, {"number": 1})
            assert command.visibility(request) is Visibility.ASKER, command.name


async def test_nobody_reads_or_changes_what_an_anonymous_author_alone_may(house: House) -> None:
    await hide(house)
    bob = house.person("bob")

    for line in ("idea edit 1 title:Mine", "idea withdraw 1", "idea detach 1", "idea retag 1"):
        reply = await bob.says(line)
        assert not reply.ok
        assert NAME not in everything(reply)
    assert not (await bob.says("idea mine")).items
    assert not (await house.admin().says(f"idea search by:{NAME} status:all")).items
