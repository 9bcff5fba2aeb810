"""The weekly digest and the scheduled export: what they tell, to whom, and how often."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.background import run_job
from bot.core.courier import TryLater
from bot.core.jobs import telling
from bot.core.model import Reply
from bot.core.outbox import deliver_slow
from bot.core.report import pictures
from tests.fakes.courier import FakeCourier
from tests.fakes.house import House, everything, labels

IDEAS = (
    ("Crash film", "Rebuild a traffic accident from the police report for the insurer"),
    ("Night watch", "Show new nurses in a hospital ward what a night shift looks like"),
    ("Harvest early", "Show farmers what the field looks like if the rain comes late"),
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing, which takes seconds; how pictures are drawn is tested elsewhere."""
    monkeypatch.setattr(pictures, "draw", lambda charts, **_: [b"png"] * len(charts))


@pytest.fixture
async def club(house: House) -> House:
    """A club whose digest comes on Sundays at noon; it is Sunday, some minutes past noon."""
    await house.set("cards_channel", "cards")
    await house.set("digest_day", "sunday")
    await house.set("digest_hour", "12")
    await turn(house)
    return house


async def turn(house: House) -> None:
    """Let the job look; it comes round each minute."""
    house.clock.pass_by(minutes=2)
    for job in telling.JOBS:
        await run_job(house.services, job)


async def week(house: House, *couriers: FakeCourier) -> list[Reply]:
    """Let a week pass and everything be sent; gives what was posted by the slow kinds."""
    house.clock.pass_by(days=7)
    await turn(house)
    return await sent(house, *couriers)


async def sent(house: House, *couriers: FakeCourier) -> list[Reply]:
    by_platform = {c.platform: c for c in couriers}
    seen = {id(m) for c in couriers for m in c.messages.values()}
    while await deliver_slow(house.services, by_platform, house.clock()):
        pass
    return [m for c in couriers for m in c.messages.values() if id(m) not in seen]


async def test_a_week_in_one_message(club: House) -> None:
    ann, ben, mod = club.person("ann"), club.person("ben"), club.moderator()
    courier = FakeCourier()
    old = await ann.does("idea add", title="Old one", text="Teach pottery with clips of the wheel")
    assert old.ok
    assert len(await week(club, courier)) == 1

    for title, text in IDEAS:
        assert (await ann.does("idea add", title=title, text=text)).ok
    for person in (ben, mod):
        await person.does("idea vote", number=1, vote=1)
    await ben.does("idea vote", number=3, vote=1)
    await mod.does("mod accept", number=2, seen="pending")
    await mod.does("mod decline", number=4, seen="pending", reason="no")
    await ann.says("ask what is the price of sora 2 in Antarctica for penguins?")
    (digest,) = await week(club, courier)

    assert digest.title == "What was new: 2026-11-29 to 2026-12-06"
    assert digest.text.startswith("2 new ideas · 1 accepted · 1 declined")
    assert [item.text.split("\n")[0] for item in digest.items] == [
        "**#3** Night watch",
        "**#2** Crash film",
        "**#1** Old one",
    ]
    assert "New · " in digest.items[0].text
    assert "Rising: 2 more votes" in digest.items[2].text
    assert labels(digest)[:4] == ["New idea", "See the charts", "Show #3", "▲ For"]
    fields = {field.name: field.value for field in digest.fields}
    assert fields["Accepted"] == "**#2** Crash film"
    assert "more" in fields["Nothing yet for"]
    assert [picture.name for picture in digest.pictures] == ["ideas-by-month.png"]
    assert courier.calls == ["post cards", "post cards"]
    assert (await club.person("eve").presses(digest, "Show #3")).title == "#3 Night watch"
    assert "for" in (await club.person("eve").presses(digest, "▲ For")).text


async def test_it_is_sent_once_whatever_happens_on_the_way(club: House) -> None:
    await club.person("ann").does("idea add", title=IDEAS[0][0], text=IDEAS[0][1])
    courier = FakeCourier(fails=[TryLater(1.0), TryLater(1.0), None])
    await week(club, courier)
    for _ in range(5):
        club.clock.pass_by(minutes=10)
        await turn(club)
        await sent(club, courier)

    assert courier.calls == ["post cards"] * 3
    assert len(courier.messages) == 1
    later = club.clock() + timedelta(days=1)
    assert await club.store.outbox.lease(["discord"], later, only=("digest",)) == []


async def test_nothing_is_sent_when_nothing_happened(club: House) -> None:
    courier = FakeCourier()

    assert await week(club, courier) == []
    assert courier.calls == []
    assert await club.store.outbox.waiting() == 0
    assert await club.store.outbox.dead_rows() == []


async def test_what_is_not_for_everybody_is_not_in_it(club: House) -> None:
    ann, mod = club.person("Annegret"), club.moderator()
    await ann.does("idea add", title=IDEAS[0][0], text=IDEAS[0][1], anonymous=True)
    spam = await ann.does("idea add", title="Spam", text="https://spam.example")
    await ann.presses(spam, "Keep")
    await mod.saves("Somebody's secret plan for a film about the mayor", ann)
    await ann.does("idea add", title="Gone", text=IDEAS[1][1])
    await ann.does("idea withdraw", number=4)
    await ann.does("ask", question="When does my secret lover visit?", private=True)
    (digest,) = await week(club, FakeCourier())

    assert digest.text.startswith("One new idea")
    for hidden in ("Annegret", "Spam", "secret", "lover", "Gone", "mayor"):
        assert hidden not in everything(digest), hidden


async def test_ideas_that_wait_for_review_are_not_told(club: House) -> None:
    await club.set("review", "before")
    await club.person("ann").does("idea add", title=IDEAS[0][0], text=IDEAS[0][1])

    assert await week(club, FakeCourier()) == []


async def test_what_people_wrote_is_no_markup_and_pings_nobody(club: House) -> None:
    await club.person("ann").does(
        "idea add", title="**@everyone** [x](http://evil.example)", text=IDEAS[0][1]
    )
    (digest,) = await week(club, FakeCourier())

    assert "[x](" not in digest.items[0].text
    assert "\\*\\*@everyone" in digest.items[0].text


async def test_a_channel_of_its_own_comes_first(club: House) -> None:
    await club.set("digest_channel", "news")
    await turn(club)
    await club.person("ann").does("idea add", title=IDEAS[0][0], text=IDEAS[0][1])
    courier = FakeCourier()
    await week(club, courier)

    assert courier.calls == ["post news"]


async def test_moderators_see_it_before_and_nobody_else(club: House) -> None:
    await club.person("ann").does("idea add", title=IDEAS[0][0], text=IDEAS[0][1])
    preview = await club.moderator().says("digest")

    assert "Crash film" in everything(preview)
    assert "each sunday at 12:00 (UTC)" in preview.footer
    assert not (await club.person("ann").says("digest")).ok
    await club.set("digest_day", "never")
    assert "digest_day friday" in (await club.moderator().says("digest")).footer


async def test_a_preview_of_a_quiet_week_says_so(house: House) -> None:
    reply = await house.moderator().says("digest")

    assert "no digest would be sent" in reply.text
    assert "digest_channel" in reply.footer


@pytest.mark.parametrize("locale", ["es", "zh"])
async def test_it_speaks_the_language_of_the_community(club: House, locale: str) -> None:
    await club.set("locale", locale)
    await club.person("ann").does("idea add", title=IDEAS[0][0], text=IDEAS[0][1])
    (digest,) = await week(club, FakeCourier())

    assert {"es": "Novedades", "zh": "新动态"}[locale] in digest.title
    assert "New" not in digest.items[0].text


# --- the scheduled export ---------------------------------------------------------------------


async def test_the_export_goes_to_moderators_without_names_unless_they_want_them(
    club: House,
) -> None:
    await club.set("digest_day", "never")
    await club.person("ann").does("idea add", title=IDEAS[0][0], text=IDEAS[0][1])
    await club.set("staff_channel", "staff")
    await club.set("export_day", "sunday")
    await club.set("export_format", "jsonl")
    await turn(club)
    courier = FakeCourier()
    await sent(club, courier)  # chosen within its hour, the first one comes at once
    courier.messages.clear()
    courier.calls.clear()
    contents = []
    for names in ("no", "yes"):
        await club.set("export_names", names)
        (reply,) = await week(club, courier)
        assert reply.file is not None
        assert reply.file.name == "ideas.jsonl"
        contents.append(Path(reply.file.path).read_text("utf-8"))
        Path(reply.file.path).unlink()
        assert ("Names are replaced" in reply.text) == (names == "no")

    assert courier.calls == ["post staff", "post staff"]
    assert "Crash film" in contents[0]
    assert '"author":"author-1"' in contents[0]
    assert '"author":"ann"' in contents[1]


async def test_an_empty_collection_is_not_sent(club: House) -> None:
    await club.set("staff_channel", "staff")
    await club.set("export_day", "sunday")
    await turn(club)

    assert await week(club, FakeCourier()) == []
