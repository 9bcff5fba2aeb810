from __future__ import annotations

import asyncio
import re

import pytest

from bot.core.model import Reply
from tests.fakes.house import House, labels

CRASH = "Reconstruct a traffic accident from witness statements so that the jury sees it"
SHOES = "A TV spot for a shoe brand, made in an afternoon by two people at the agency"
NURSES = "Training films for new nurses about hygiene, one per ward"


async def three(house: House) -> None:
    for name, text in (("ann", CRASH), ("bob", SHOES), ("cam", NURSES)):
        await house.person(name).says(f"idea add {text}")


async def test_fifty_simultaneous_decisions_have_one_winner(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")

    async def decide(n: int) -> Reply:
        line = "mod accept 1" if n % 2 else "mod decline 1 off_topic"
        return await house.moderator(f"mod{n}").says(line)

    replies = await asyncio.gather(*(decide(n) for n in range(50)))

    winners = [n for n, reply in enumerate(replies) if reply.ok]
    assert len(winners) == 1
    expected = "accepted" if winners[0] % 2 else "declined"
    assert (await house.idea(1)).status == expected
    losers = [reply for reply in replies if not reply.ok]
    assert all(expected in reply.text for reply in losers)
    # Everybody is told who won; those who wanted otherwise may decide so, knowing it.
    assert all(re.search(rf"\bmod{winners[0]}\b", reply.text) for reply in losers)
    assert sum(bool(reply.buttons) for reply in losers) >= 20


async def test_the_slower_one_may_decide_otherwise_knowing_it(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    await house.moderator("quick").says("mod accept 1")

    late = await house.moderator("slow").says("mod decline 1 off_topic")
    assert not late.ok
    assert "decided before you" in late.text
    done = await house.moderator("slow").presses(late, "Decline all the same", reason="too_vague")

    assert done.ok
    assert (await house.idea(1)).status == "declined"


async def test_declining_needs_a_reason_and_templates_become_words(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    mod = house.moderator()

    without = await mod.does("mod decline", number="1")
    assert "reason" in without.errors
    await mod.says("mod decline 1 off_topic")

    assert "text-to-video" in (await house.idea(1)).reason


async def test_bulk_is_a_dry_run_first_and_lists_what_failed(house: House) -> None:
    await three(house)
    mod = house.moderator()
    await mod.says("mod accept 2")

    plan = await mod.says("mod decline 1-4 off_topic")
    assert "Nothing is done yet" in plan.text
    assert [(await house.idea(n)).status for n in (1, 2, 3)] == ["pending", "accepted", "pending"]
    done = await mod.presses(plan, "Decline 2")

    assert done.ok
    assert [(await house.idea(n)).status for n in (1, 2, 3)] == ["declined", "accepted", "declined"]
    assert "#4" in plan.text


async def test_a_bulk_decision_reports_what_was_decided_in_between(house: House) -> None:
    await three(house)
    mod = house.moderator()
    plan = await mod.says("mod accept 1,2,3")
    await house.moderator("quick").says("mod decline 2 off_topic")

    done = await mod.presses(plan, "Accept 3")

    assert [(await house.idea(n)).status for n in (1, 2, 3)] == ["accepted", "declined", "accepted"]
    assert "#2" in done.text.partition("Not these")[2]


@pytest.mark.parametrize("text", ["", "x", "1-999", "0.5", ",", "1 2 drop"])
async def test_what_is_no_list_of_numbers_is_refused(house: House, text: str) -> None:
    assert not (await house.moderator().does("mod accept", number=text)).ok


async def test_merge_carries_votes_and_unmerge_restores(house: House) -> None:
    await three(house)
    for name in ("v1", "v2"):
        await house.person(name).says("idea vote 1 up")
    await house.person("v2").says("idea vote 2 up")
    await house.person("v3").says("idea vote 2 up")
    before = [await house.idea(n) for n in (1, 2)]
    mod = house.moderator()

    merged = await mod.says("mod merge 2 1")
    assert (await house.idea(1)).votes.up == 3  # v2 counts once
    assert (await house.idea(2)).merged_into == 1
    await mod.presses(merged, "Part them again")

    after = [await house.idea(n) for n in (1, 2)]
    assert [(i.status, i.votes, i.merged_into) for i in after] == [
        (i.status, i.votes, i.merged_into) for i in before
    ]


@pytest.mark.parametrize("line", ["mod merge 1 1", "mod unmerge 1", "mod undo 1", "mod merge 1 9"])
async def test_what_makes_no_sense_changes_nothing(house: House, line: str) -> None:
    await three(house)
    before = await house.idea(1)

    reply = await house.moderator().says(line)

    assert not reply.ok
    assert await house.idea(1) == before


@pytest.mark.parametrize(
    "line",
    [
        "mod accept 1",
        "mod decline 1 off_topic",
        "mod merge 1 2",
        "idea retag 1 games",
        "idea edit 1 text:Something else that a moderator wrote",
    ],
)
async def test_every_action_of_a_moderator_can_be_undone(house: House, line: str) -> None:
    await three(house)
    before = await house.idea(1)
    mod = house.moderator()

    assert (await mod.says(line)).ok
    undone = await mod.says("mod undo 1")

    assert undone.ok, undone.text
    after = await house.idea(1)
    for name in ("status", "title", "text", "reason", "merged_into", "votes"):
        assert getattr(after, name) == getattr(before, name), name
    assert [t.industry for t in after.tags] == [t.industry for t in before.tags]


async def test_an_authors_edit_leaves_nothing_to_undo(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    await house.person("ann").does("idea edit", number=1, text=SHOES)

    reply = await house.moderator().says("mod undo 1")

    assert not reply.ok
    assert (await house.idea(1)).text == SHOES


async def test_the_queue_decides_in_place(house: House) -> None:
    await three(house)
    mod = house.moderator()

    queue = await mod.says("queue")
    assert len(queue.items) == 3
    await mod.presses(queue, "Accept")

    assert (await house.idea(1)).status == "accepted"
    assert len((await mod.says("queue")).items) == 2
    assert "Flagged" not in " ".join(labels(queue))


async def test_probable_duplicates_are_pairs_with_a_merge_button(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    alike = "Reconstruct the traffic accident from witness statements so the jury sees it all"
    asked = await house.person("bob").does("idea add", text=alike)
    await house.person("bob").presses(asked, "Mine is different")
    mod = house.moderator()

    pairs = await mod.says("queue duplicates")
    await mod.presses(pairs, "Merge #2 into #1")

    assert (await house.idea(2)).merged_into == 1
    assert not (await mod.says("queue duplicates")).items


async def test_a_gap_becomes_work_and_an_answer(house: House) -> None:
    member, mod = house.person("ann"), house.moderator()
    await member.says("ask How long are the clips of Quuxreel?")

    gaps = await mod.says("market gaps")
    assert "Quuxreel" in gaps.items[0].text
    added = await mod.does(
        "market add",
        entity="Quuxreel",
        kind="model",
        claim="Quuxreel makes clips of 77 seconds at most.",
        source="https://example.org/q",
        as_of="2026-10",
    )
    assert added.ok, added.text

    assert "77 seconds" in (await member.says("ask How long are Quuxreel clips?")).text
    await mod.says("market retire Quuxreel 77 seconds")
    assert "77 seconds" not in (await member.says("ask How long are Quuxreel clips?")).text


async def test_a_members_fact_waits_for_a_moderator(house: House) -> None:
    member, mod = house.person("ann"), house.moderator()
    await member.does(
        "market add",
        entity="Quuxreel",
        kind="model",
        claim="Quuxreel makes clips of 77 seconds at most.",
        source="https://example.org/q",
    )
    question = "ask How long are Quuxreel clips?"
    assert "77 seconds" not in (await member.says(question)).text

    facts = await mod.says("queue facts")
    await mod.presses(facts, "Accept")

    assert "77 seconds" in (await member.says(question)).text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"source": "javascript:alert(1)"}, "http"),
        ({"as_of": "2031-01-01"}, "2031"),
        ({"as_of": "yesterday"}, "yesterday"),
    ],
)
async def test_a_fact_needs_a_source_and_a_day(
    house: House, values: dict[str, str], field: str
) -> None:
    whole = {
        "entity": "Sora",
        "claim": "Sora can whistle tunes.",
        "source": "https://example.org",
        "as_of": "2026-10-01",
        **values,
    }

    reply = await house.moderator().does("market add", **whole)

    assert not reply.ok
    assert field in reply.text


WAYS = {
    "accepting and declining": ("mod accept 1", "mod decline 1 off_topic"),
    "deciding an edit": ("mod accept 2", "mod restore 2"),
    "deciding an appeal": ("mod uphold 3", "mod uphold 3 We had it."),
    "merging and declining": ("mod merge 1 4", "mod decline 1 off_topic"),
    "telling apart": ("mod apart 5 1", "mod apart 5 1"),
}


@pytest.mark.parametrize("way", WAYS)
async def test_of_fifty_who_decide_at_once_one_wins(house: House, way: str) -> None:
    await house.set("review", "before")
    await three(house)
    dan = house.person("dan")
    await dan.says("idea add Moving menus: every dish of the restaurant as a short clip")
    await dan.says(f"idea add {CRASH} again")
    first = house.moderator("first")
    await first.says("mod accept 2")
    await house.person("bob").does("idea edit", number=2, text=f"{SHOES}, in colour")
    await first.says("mod decline 3 off_topic")
    await house.person("cam").says("idea appeal 3 It is for nurses.")
    await first.says("queue duplicates")
    lines = WAYS[way]

    replies = await asyncio.gather(
        *(house.moderator(f"mod{n}").says(lines[n % 2]) for n in range(50))
    )

    winners = [n for n, reply in enumerate(replies) if reply.ok]
    assert len(winners) == 1
    losers = [reply.text for n, reply in enumerate(replies) if n != winners[0]]
    assert not any("went wrong" in text for text in losers)
    if way != "telling apart":  # there, the pair is gone for all alike
        named = [text for text in losers if re.search(rf"\bmod{winners[0]}\b", text)]
        assert len(named) == len(losers), losers[:3]


async def test_a_member_is_blocked_by_the_name_that_is_shown(house: House) -> None:
    await house.person("bob").says("ask how long is a clip")
    mod = house.moderator()

    reply = await mod.says("mod block @Bob 7")

    assert reply.ok, reply.text
    assert not (await house.person("bob").says(f"idea add {CRASH}")).ok
    assert (await mod.says("mod block bob lift")).ok
    assert (await house.person("bob").says(f"idea add {CRASH}")).ok


async def test_a_name_of_several_or_of_nobody_blocks_nobody(house: House) -> None:
    await house.enter("discord:99")
    await house.person("zoe", key="discord:99").says("idea mine")
    for name in ("robin a", "robin b"):
        await house.person(name).says("idea mine")
    mod = house.moderator()

    several, none = await mod.says("mod block robin"), await mod.says("mod block zoe")

    assert "robin a, robin b" in several.text
    assert "I haven't met a member “zoe” here" in none.text  # a member of another community
    assert not several.ok
    assert not none.ok


async def test_half_a_line_is_not_done(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    reply = await house.moderator().says("mod accept 1 if ann agrees")

    assert not reply.ok
    assert "if ann agrees" in reply.text
    assert "/mod accept 42" in reply.text
    assert (await house.idea(1)).status == "pending"
