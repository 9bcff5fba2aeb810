"""/stats: numbers and charts of what everybody may see, whichever way they are shown."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.core.commands import stats
from bot.core.model import Reply
from bot.core.report import drawing, pictures
from tests.fakes.house import House, everything

IDEAS = (
    ("Crash film", "Rebuild a traffic accident from the police report for the insurer"),
    ("Night watch", "Show new nurses in a hospital ward what a night shift looks like"),
    ("One ad, twelve cities", "Localise our advert for twelve cities with their landmarks"),
    ("Harvest early", "Show farmers what the field looks like if the rain comes late"),
)
NAMES = ["ideas-by-month.png", "industries-by-status.png", "top-ideas.png", "coverage-holes.png"]


@pytest.fixture
async def filled(house: House) -> House:
    ann, ben = house.person("ann"), house.person("ben")
    for title, text in IDEAS:
        assert (await ann.does("idea add", title=title, text=text)).ok
    await ben.does("idea vote", number=2, vote=1)
    return house


async def test_the_charts_come_as_pictures_that_say_what_they_show(filled: House) -> None:
    reply = await filled.person("eve").says("stats")

    assert [picture.name for picture in reply.pictures] == NAMES
    assert "2026-11 4" in reply.pictures[0].alt_text
    assert "#2 Night watch: 1 (1 for, 0 against)" in reply.pictures[2].alt_text
    assert reply.table is None
    for picture in reply.pictures:
        assert picture.content.startswith(b"\x89PNG")


async def test_drawing_keeps_nobody_waiting(filled: House) -> None:
    longest = 0.0

    async def tick() -> None:
        nonlocal longest
        while True:
            at = time.perf_counter()
            await asyncio.sleep(0.01)
            longest = max(longest, time.perf_counter() - at)

    ticking = asyncio.create_task(tick())
    at = time.perf_counter()
    reply = await filled.person("eve").says("stats")
    took = time.perf_counter() - at
    ticking.cancel()

    assert reply.pictures
    assert longest < took / 3  # drawn in this process, it would be nearly all of it


async def test_what_was_drawn_is_drawn_again_only_after_a_change(
    filled: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []

    def draw(charts: list[object], **_: object) -> list[bytes]:
        drawn.append(len(charts))
        return [b"png"] * len(charts)

    monkeypatch.setattr(pictures, "draw", draw)
    eve = filled.person("eve")
    for _ in range(3):
        assert len((await eve.says("stats")).pictures) == 4
    assert len(drawn) == 1

    await filled.person("cem").does("idea vote", number=1, vote=1)
    reply = await eve.says("stats")
    assert len(drawn) == 2
    assert "#1 Crash film: 1" in reply.pictures[2].alt_text


async def test_filters_narrow_the_charts(filled: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "draw", lambda charts, **_: [b"png"] * len(charts))
    eve = filled.person("eve")

    reply = await eve.says("stats industry:healthcare")
    assert [picture.name for picture in reply.pictures] == ["ideas-by-month.png", "top-ideas.png"]
    reply = await eve.says("stats since:2027-01-01")
    assert reply.pictures == ()
    reply = await eve.says("stats industry:nonsense-xyz")
    assert not reply.ok
    assert "nonsense-xyz" in reply.text


async def test_what_members_may_not_see_is_not_counted(
    filled: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "draw", lambda charts, **_: [b"png"] * len(charts))
    ann, mod = filled.person("ann"), filled.moderator()
    kept = await ann.does("idea add", title="Spam", text="https://spam.example")
    await ann.presses(kept, "Keep")
    await mod.does("mod decline", number=3, seen="pending", reason="no")
    await ann.does("idea withdraw", number=4, sure=True)
    await filled.moderator().saves("Somebody's secret plan for a film about the mayor", ann)

    for visitor in (filled.person("eve"), mod):
        reply = await visitor.says("stats")
        assert "2026-11 2." in reply.pictures[0].alt_text
        assert "Spam" not in everything(reply)
        assert "secret plan" not in everything(reply)


async def test_without_the_extra_there_is_a_table_and_moderators_are_told_the_remedy(
    filled: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (drawing, stats):
        monkeypatch.setattr(module, "is_available", lambda: False)
    reply: Reply = await filled.moderator().says("stats")

    assert reply.pictures == ()
    assert reply.table is not None
    assert reply.table.columns[0] == "Industry"
    assert reply.table.rows[0][-1] == "1"
    assert len(reply.table.rows) == 4
    assert "pip install 'reelbank[charts]'" in reply.footer
    assert (await filled.person("eve").says("stats")).footer == ""


async def test_a_drawing_that_fails_leaves_the_numbers(
    filled: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "_PROGRAM", "raise SystemExit(3)")
    reply = await filled.moderator().says("stats")

    assert reply.ok
    assert reply.pictures == ()
    assert reply.table is not None
    assert reply.footer == ""  # it is installed, so installing it is no remedy


async def test_an_empty_bank_has_no_charts(house: House) -> None:
    reply = await house.person("eve").says("stats")

    assert reply.pictures == ()
    assert reply.table is None
    assert "no ideas" in reply.text


async def test_what_waits_flagged_is_counted_nowhere_until_it_is_let_through(
    filled: House,
) -> None:
    hidden = "Film our street festival for the town's archive; write to me at me@example.org"
    await filled.person("fay").does("idea add", text=hidden)

    reply = await filled.person("eve").says("stats")
    assert reply.text.startswith("4 ideas, 4 of the last seven days")
    assert "2026-11 4" in reply.pictures[0].alt_text

    await filled.moderator().says("mod accept 5")
    reply = await filled.person("eve").says("stats")
    assert reply.text.startswith("5 ideas, 5 of")
    assert "2026-11 5" in reply.pictures[0].alt_text
