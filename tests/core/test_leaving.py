"""After Reelbank was removed: everything comes back in time, and nothing is left after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import jobs
from bot.core.jobs import times
from bot.core.jobs.times import purge_due_at
from bot.settings import Settings
from storage import Write
from tests.fakes.house import House

CRASH = "Reconstruct a traffic accident from witness statements so that the jury sees it"
PLATFORMS = ["discord:88", "slack:T1"]


def at(day: int, hour: int = 12) -> datetime:
    """Give a time in November 2026, whose 23rd is a Monday."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left_at", "days", "due_at"),
    [
        (at(2), 1, at(3)),  # Monday
        (at(6), 1, at(9)),  # Friday: the weekend does not count
        (at(7), 1, at(9)),  # Saturday
        (at(8), 1, at(9)),
        (at(2), 5, at(9)),
        (at(2), 10, at(16)),
        (at(4), 14, at(24)),
    ],
)
def test_business_days(left_at: datetime, days: int, due_at: datetime) -> None:
    assert purge_due_at(left_at, days) == due_at


@given(st.integers(0, 24 * 2000), st.integers(1, 14))
def test_as_many_weekdays_pass_as_were_promised(hours: int, days: int) -> None:
    left_at = at(1) + timedelta(hours=hours)
    due_at = purge_due_at(left_at, days)
    passed = [left_at + timedelta(days=n) for n in range(1, (due_at - left_at).days + 1)]

    assert sum(day.weekday() < 5 for day in passed) == days
    assert due_at.weekday() < 5


def test_no_installation_promises_more_than_the_platforms_allow() -> None:
    assert Settings(_env_file=None).purge_business_days <= 14
    with pytest.raises(ValueError, match="14"):
        Settings(_env_file=None, purge_business_days=15)


async def run(house: House, name: str) -> None:
    job = next(j for j in jobs.ALL if j.name == name)
    await job.run(house.services, house.clock())


@pytest.fixture(params=PLATFORMS)
async def left(request: pytest.FixtureRequest, house: House) -> str:
    """A community with an idea, which has just removed Reelbank, on a Monday at noon."""
    key = str(request.param)
    house.clock.now = at(2)
    await house.enter(key)
    await house.set("cards_channel", "C1", key)
    assert (await house.person("ann", key).says(f"idea add {CRASH}")).ok
    community = await house.community(key)
    house.services = replace(
        house.services, settings=Settings(_env_file=None, purge_business_days=3)
    )
    write = Write(person_id=None, community_id=community.id, now=house.clock())
    for _ in range(2):  # Slack says it twice, in either order
        await house.store.communities.leave(write, community.id)
    return key


async def test_coming_back_in_time_brings_everything_back(house: House, left: str) -> None:
    house.clock.now = at(5, 4)
    await run(house, "purge left")
    row = await house.store.communities.ensure(left, "Reel makers", house.clock())
    assert row.left_at is None
    assert row.settings["cards_channel"] == "C1"

    house.clock.now = at(25)
    await run(house, "purge left")

    assert (await house.idea(1, left)).title.startswith("Reconstruct")


async def test_in_time_nothing_is_left_in_any_byte(house: House, left: str) -> None:
    house.clock.now = at(5, 6) + timedelta(minutes=1)  # the last look before Thursday noon
    await run(house, "purge left")
    await run(house, "scrub")

    assert await house.store.communities.get(left) is None
    assert await house.store.members.by_account("discord:ann") is None
    for file in house.store.path.parent.iterdir():
        assert b"witness statements" not in file.read_bytes()


async def test_a_second_leaving_counts_from_itself(house: House, left: str) -> None:
    house.clock.now = at(4)
    row = await house.store.communities.ensure(left, "Reel makers", house.clock())
    write = Write(person_id=None, community_id=row.id, now=house.clock())
    await house.store.communities.leave(write, row.id)
    house.clock.now = at(5, 13)
    await run(house, "purge left")

    assert await house.store.communities.get(left) is not None


async def test_who_comes_back_while_it_is_being_purged_keeps_everything(
    house: House, left: str
) -> None:
    row = await house.store.communities.ensure(left, "Reel makers", house.clock())
    write = Write(person_id=None, community_id=row.id, now=house.clock())
    await house.store.communities.purge(write, row.id)

    assert await house.store.communities.get(left) is not None


def test_the_last_look_comes_before_the_end() -> None:
    assert timedelta(0) < times.PURGE_EVERY < timedelta(days=1)
