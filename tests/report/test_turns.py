"""When a weekly turn is due, whatever the clocks of its time zone do, and that it is taken once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.turns_due import last_due, take_due
from storage import Store
from tests.fakes.house import House

DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
ZONES = [
    *("UTC", "Europe/Berlin", "America/New_York", "America/Santiago"),
    *("Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"),
]
HOUR = timedelta(hours=1)


@given(
    st.integers(0, 19 * 365 * 24 * 60),
    st.sampled_from(DAYS),
    st.integers(0, 23),
    st.sampled_from(ZONES),
)
def test_a_turn_is_the_last_of_its_hours_up_to_now(
    minutes: int, day: str, hour: int, zone: str
) -> None:
    now = datetime(2011, 1, 9, tzinfo=UTC) + timedelta(minutes=minutes)
    due = last_due(now, day, hour, ZoneInfo(zone))

    assert due <= now
    assert now - due < timedelta(days=8)
    here = due.astimezone(ZoneInfo(zone))
    shift = timedelta(hours=24 if zone == "Pacific/Apia" else 1)  # Samoa left out a whole day once
    off = timedelta(hours=here.hour - hour, minutes=here.minute)
    assert abs(off) <= shift
    assert zone == "Pacific/Apia" or DAYS[here.weekday()] == day


@pytest.mark.parametrize(
    ("hour", "expected"),
    [
        (2, "2026-03-29T01:00"),  # 2:00 does not exist that night: it is 3:00 then
        (3, "2026-03-29T01:00"),
        (1, "2026-03-29T00:00"),
    ],
)
def test_an_hour_that_the_clock_skips_is_when_it_would_have_been(hour: int, expected: str) -> None:
    now = datetime(2026, 3, 29, 12, tzinfo=UTC)
    due = last_due(now, "sunday", hour, ZoneInfo("Europe/Berlin"))
    assert due.isoformat().startswith(expected)


def test_of_an_hour_that_comes_twice_the_first_counts() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    for minutes in (0, 59, 60, 119):
        assert last_due(first + timedelta(minutes=minutes), "sunday", 2, berlin) == first


def hours(start: datetime, weeks: int) -> Iterator[datetime]:
    for n in range(weeks * 7 * 24):
        yield start + n * HOUR


async def test_a_year_has_one_turn_a_week_at_the_same_hour_of_the_day(house: House) -> None:
    await house.set("cards_channel", "ideas")
    await house.set("digest_day", "sunday")
    await house.set("digest_hour", "2")
    await house.set("timezone", "Europe/Berlin")
    berlin = ZoneInfo("Europe/Berlin")
    taken = [
        now
        for now in hours(datetime(2026, 1, 1, tzinfo=UTC), 52)
        if await take_due(house.services, "digest", now)
    ]

    assert len(taken) == 52
    assert {now.astimezone(berlin).hour for now in taken} == {2, 3}
    assert [n.astimezone(berlin).date() for n in taken if n.astimezone(berlin).hour == 3] == [
        date(2026, 3, 29)
    ]


async def test_processes_that_look_at_once_take_one_turn(house: House) -> None:
    await house.set("cards_channel", "ideas")
    await house.set("digest_day", "friday")
    now = datetime(2026, 11, 27, 9, 1, tzinfo=UTC)
    await take_due(house.services, "digest", now - timedelta(days=2))
    other = Store.open(house.store.path, durable=False)
    twin = replace(house.services, store=other)
    taken = [
        await take_due(s, "digest", now + n * HOUR)
        for n in range(5)
        for s in (house.services, twin)
    ]
    other.close()

    assert taken == [1] + [0] * 9


async def test_a_missed_turn_comes_once_and_looks_back_to_the_one_before(house: House) -> None:
    await house.set("cards_channel", "ideas")
    await house.set("digest_day", "friday")
    friday = datetime(2026, 11, 6, 9, tzinfo=UTC)
    assert await take_due(house.services, "digest", friday)
    [row] = await house.store.outbox.lease(["discord"], friday, only=("digest",))
    assert row.payload["since"] == (friday - timedelta(days=7)).isoformat()
    await house.store.outbox.sent(row.id, row.generation)

    late = friday + timedelta(days=16)
    assert [await take_due(house.services, "digest", late + n * HOUR) for n in range(3)] == [
        1,
        0,
        0,
    ]
    [row] = await house.store.outbox.lease(["discord"], late, only=("digest",))
    assert row.payload == {
        "since": friday.isoformat(), "until": (friday + timedelta(days=14)).isoformat(),
    }  # fmt: skip


async def test_a_new_day_waits_for_its_turn_but_this_very_hour_is_today(house: House) -> None:
    now = datetime(2026, 11, 25, 9, 20, tzinfo=UTC)  # a wednesday
    take = house.services, "digest"
    await house.set("cards_channel", "ideas")
    await house.set("digest_day", "tuesday")
    assert await take_due(*take, now) == 0  # type: ignore[arg-type]
    await house.set("digest_day", "wednesday")
    assert await take_due(*take, now) == 1  # type: ignore[arg-type]
    await house.set("digest_day", "monday")
    assert await take_due(*take, now + HOUR) == 0  # type: ignore[arg-type]
    await house.set("digest_day", "never")
    assert await take_due(*take, now + timedelta(days=8)) == 0  # type: ignore[arg-type]
    await house.set("digest_day", "monday")
    assert await take_due(*take, now + timedelta(days=9)) == 0  # type: ignore[arg-type]
    assert await take_due(*take, now + timedelta(days=14)) == 1  # type: ignore[arg-type]


async def test_without_a_day_or_a_channel_there_are_no_turns(house: House) -> None:
    for now in hours(datetime(2026, 1, 1, tzinfo=UTC), 2):
        assert not await take_due(house.services, "digest", now)
    await house.set("digest_day", "monday")
    await house.set("export_day", "monday")
    await house.set("cards_channel", "ideas")  # an export goes to moderators, nowhere else
    for now in hours(datetime(2026, 2, 1, tzinfo=UTC), 2):
        assert not await take_due(house.services, "export", now)
