"""Linking communities and accounts, privacy, and what happens by the clock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.core import jobs
from bot.core.model import Job
from tests.fakes.house import House, labels

SLACK = "slack:T1"
CRASH = "Reconstruct a traffic accident from witness statements so that the jury sees it"
SHOES = "A TV spot for a shoe brand, made in an afternoon by two people at the agency"


def code_of(text: str, word: str) -> str:
    return text.split(word)[1].split(maxsplit=1)[0]


async def link(house: House) -> None:
    await house.enter(SLACK, "Work")
    made = await house.admin().says("link code")
    joined = await house.admin(key=SLACK).says(f"link join {code_of(made.text, 'join ')}")
    assert joined.ok, joined.text


async def test_two_communities_share_one_bank_and_part_with_copies(house: House) -> None:
    await house.enter(SLACK, "Work")
    await house.person("ann").says(f"idea add {CRASH}")
    await house.person("bob", SLACK).says(f"idea add {SHOES}")
    await link(house)

    assert (await house.person("ann").says("idea show 2")).ok
    assert "TV spot" in (await house.person("ann").says("idea show 2")).title
    asked = await house.admin(key=SLACK).says("link leave")
    assert "Do it" in labels(asked)
    await house.admin(key=SLACK).presses(asked, "Do it")

    assert not (await house.person("ann").says("idea show 9")).ok
    found = await house.person("bob", SLACK).says("idea mine")
    assert len(found.items) == 1


@pytest.mark.parametrize("code", ["", "nonsense", "AAAA-BBBB-CCCC"])
async def test_a_wrong_code_changes_nothing(house: House, code: str) -> None:
    await house.enter(SLACK, "Work")
    before = await house.community(SLACK)

    assert not (await house.admin(key=SLACK).does("link join", code=code)).ok

    assert await house.community(SLACK) == before


async def test_a_code_works_once_and_for_fifteen_minutes(house: House) -> None:
    await house.enter(SLACK, "Work")
    await house.enter("slack:T2", "Third")
    made = await house.admin().says("link code")
    code = code_of(made.text, "join ")
    house.clock.pass_by(minutes=16)
    assert not (await house.admin(key=SLACK).says(f"link join {code}")).ok

    await link(house)
    again = await house.admin().says("link code")
    code = code_of(again.text, "join ")
    assert (await house.admin(key="slack:T2").says(f"link join {code}")).ok
    assert not (await house.admin(key=SLACK).says(f"link join {code}")).ok


async def test_a_person_with_two_accounts_counts_once(house: House) -> None:
    await link(house)
    await house.person("ann").says(f"idea add {CRASH}")
    bob, at_work = house.person("bob"), house.person("robert", SLACK)
    await bob.says("idea vote 1 up")
    await at_work.says("idea vote 1 down")
    assert (await house.idea(1)).votes.up == 1

    made = await bob.says("me link")
    joined = await at_work.says(f"me link {code_of(made.text, 'link ')}")

    assert joined.ok, joined.text
    votes = (await house.idea(1)).votes
    assert (votes.up, votes.down) == (0, 1)  # the later one


async def test_privacy_export_holds_all_and_delete_forgets(house: House) -> None:
    ann = house.person("ann")
    await ann.submits("idea add", text=CRASH, anonymous="true")
    await ann.says("ask How long can a Sora clip be?")
    await house.person("bob").says(f"idea add {SHOES}")
    await ann.says("idea vote 2 up")

    reply = await ann.says("privacy export")
    assert reply.file is not None
    path = Path(reply.file.path)
    kept = json.loads(path.read_text("utf-8"))
    path.unlink()
    assert kept["ideas"][0]["text"] == CRASH
    assert kept["votes"]

    asked = await ann.says("privacy delete")
    assert (await house.idea(1)).status == "pending"
    done = await ann.presses(asked, "Yes, forget me")
    assert done.ok
    bank_id = (await house.community("discord:88")).bank_id
    assert await house.store.ideas.get(bank_id, 1) is None
    assert (await house.idea(2)).votes.up == 1
    assert await house.store.members.by_account("discord:ann") is None
    for file in house.store.path.parent.iterdir():
        assert b"witness statements" not in file.read_bytes()


async def test_accepted_ideas_may_stay_without_any_trace(house: House) -> None:
    ann = house.person("ann")
    await ann.says(f"idea add {CRASH}")
    await house.moderator().says("mod accept 1")

    await ann.presses(await ann.says("privacy delete"), "Forget me, leave")

    idea = await house.idea(1)
    assert (idea.status, idea.author_id, idea.author_name) == ("accepted", None, "")


def job(name: str) -> Job:
    return next(job for job in jobs.ALL if job.name == name)


async def test_questions_are_forgotten_when_the_community_wants(house: House) -> None:
    await house.set("retention_days", "10")
    await house.person("ann").says("ask How long can a Sora clip be?")
    community = await house.community("discord:88")
    house.clock.pass_by(days=9)
    await job("purge questions").run(house.services, house.clock())
    assert len(await house.store.questions.recent(community.id)) == 1

    house.clock.pass_by(days=2)
    await job("purge questions").run(house.services, house.clock())

    assert await house.store.questions.recent(community.id) == []


async def test_drafts_are_forgotten_after_a_month(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    bob = house.person("bob")
    asked = await bob.does("idea add", text=CRASH + " today")
    house.clock.pass_by(days=31)
    await job("purge old").run(house.services, house.clock())

    assert not (await bob.presses(asked, "Mine is different")).ok


def test_job_names_are_unique_and_their_times_sane() -> None:
    names = [job.name for job in jobs.ALL]
    assert len(names) == len(set(names))
    assert all(job.every.total_seconds() >= 5 for job in jobs.ALL)
