"""The queue: every kind of work, filters, claims, and deciding in place."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.core.model import Reply, Select
from storage import Write
from tests.fakes.courier import FakeCourier, deliver
from tests.fakes.house import House, labels

CRASH = "Reconstruct a traffic accident from witness statements so that the jury sees it"
ALIKE = "Reconstruct the traffic accident from witness statements so the jury sees it all"
SHOES = "A TV spot for a shoe brand, made in an afternoon by two people at the agency"
NURSES = "Training films for new nurses about hygiene, one per ward"


async def fill(house: House, count: int) -> None:
    """Keep so many ideas that are unlike each other."""
    places = ("harbour", "museum", "bakery", "school", "airport", "library", "stadium", "farm")
    for number in range(count):
        place = places[number % len(places)]
        text = f"Show visitors of the {place} how work there went in {1800 + number} in a film"
        ann = house.person(f"ann{number}")
        reply = await ann.does("idea add", text=text)
        if not reply.text.startswith("Kept"):
            await ann.presses(reply, "Mine is different")


def kinds(reply: Reply) -> dict[str, str]:
    """Give the menu of kinds: value and label."""
    menus = [s for s in reply.selects if s.name == "kind"]
    return {c.value: c.label for menu in menus for c in menu.choices}


def menu(reply: Reply, name: str) -> Select:
    return next(s for s in reply.selects if s.name == name)


async def hold_votes(house: House, number: int, count: int = 3) -> None:
    """Put a burst of votes aside, as `idea vote` does with those of many new accounts."""
    community = await house.community("discord:88")
    voters = []
    for at in range(count):
        person = await house.store.members.ensure(
            community.id, f"discord:new{number}{at}", f"New {at}", house.clock()
        )
        voters.append(person.id)
        write = Write(person_id=person.id, community_id=community.id, now=house.clock())
        await house.store.votes.set(write, community.bank_id, number, 1, "discord")
    write = Write(person_id=None, community_id=community.id, now=house.clock())
    await house.store.votes.hold_out(write, community.bank_id, number, voters)


async def test_it_opens_at_what_waits_and_counts_every_kind(house: House) -> None:
    mod = house.moderator()
    assert "Well done" in (await mod.says("queue")).text
    await house.person("ann").says(f"idea add {CRASH}")
    asked = await house.person("bob").does("idea add", text=ALIKE)
    await house.person("bob").presses(asked, "Mine is different")
    await house.person("cam").does("idea add", text=f"{SHOES}: write to me at shoes@example.org")
    await hold_votes(house, 1)
    await house.person("dan").does(
        "market add", entity="Sora", claim="Sora sings now.", source="https://example.org"
    )
    await house.person("dan").says("ask How long are the clips of Quuxreel?")

    queue = await mod.says("queue")

    assert kinds(queue) == {
        "pending": "Pending 3",
        "duplicates": "Duplicates 1",
        "flagged": "Flagged 1",
        "votes": "Votes 1",
        "facts": "Facts 1",
        "gaps": "Gaps 1",
    }
    assert "3 ideas wait" in queue.text
    for kind in kinds(queue):
        shown = await mod.does("queue", kind=kind)
        assert len(shown.items) == (3 if kind == "pending" else 1), kind
        assert all(1 <= len(item.buttons) <= 5 for item in shown.items)


async def test_what_was_decided_makes_room_for_the_next_in_place(house: House) -> None:
    await fill(house, 7)
    mod = house.moderator()
    queue = await mod.says("queue")
    assert [i.text.split()[0] for i in queue.items] == ["**#1**", "**#2**", "**#3**"]

    after = await mod.presses(queue, "Accept")

    assert after.replace
    assert after.text.startswith("**#1**")
    assert [i.text.split()[0] for i in after.items] == ["**#2**", "**#3**", "**#4**"]
    undone = await mod.presses(after, "Undo")
    assert undone.replace
    assert undone.items[0].text.startswith("**#1**")
    assert (await house.idea(1)).status == "pending"


async def test_pages_and_the_last_one_that_was_decided_away(house: House) -> None:
    await fill(house, 4)
    mod = house.moderator()
    second = await mod.presses(await mod.says("queue"), "Next")
    assert [i.text.split()[0] for i in second.items] == ["**#4**"]
    assert "◀ Back" in labels(second)

    after = await mod.presses(second, "Accept")

    assert [i.text.split()[0] for i in after.items] == ["**#1**", "**#2**", "**#3**"]


async def test_every_kind_is_narrowed_down_by_what_it_has_and_says_what_it_has_not(
    house: House,
) -> None:
    mod, ann = house.moderator(), house.person("ann")
    await ann.does("idea add", text=CRASH, industry="legal")
    again = await house.person("bob").does("idea add", text=ALIKE)
    await house.person("bob").presses(again, "Mine is different")
    await house.person("cam").does(
        "idea add", text=f"{SHOES}: write to me at shoes@example.org", industry="advertising"
    )
    await hold_votes(house, 1)
    await house.person("eve").does("idea add", text=NURSES, industry="healthcare")
    await mod.says("mod decline 4 off_topic")
    await house.person("eve").does("idea appeal", number=4, text="It is about film.")
    await house.person("dan").does(
        "market add", entity="Sora", claim="Sora sings now.", source="https://example.org"
    )
    await house.person("dan").says("ask How long are the clips of Quuxreel?")
    house.clock.pass_by(days=2)
    await mod.says("mod claim 3")

    async def count(kind: str, **filters: Any) -> tuple[int, bool]:
        reply = await mod.does("queue", kind=kind, **filters)
        assert reply.ok
        assert ("Nothing fits" in reply.text) == (not reply.items)
        return len(reply.items), "left aside" in reply.text

    found = {
        kind: (
            await count(kind, industry="legal"),
            await count(kind, industry="games"),
            await count(kind, age="day"),
            await count(kind, age="week"),
            await count(kind, whose="mine"),
        )
        for kind in kinds(await mod.says("queue"))
    }

    both, none, one = (1, True), (0, False), (1, False)
    assert found == {
        "pending": ((2, False), none, (3, False), none, one),
        "appeals": (none, none, one, none, none),
        "duplicates": (one, none, one, none, both),
        "flagged": (none, none, one, none, one),
        "votes": (one, none, one, none, both),
        "facts": (both, both, one, none, both),
        "gaps": (both, both, one, none, both),
    }


async def test_filters_by_industry_age_and_claim(house: House) -> None:
    mod = house.moderator()
    await house.person("ann").does("idea add", text=CRASH, industry="legal")
    house.clock.pass_by(days=8)
    await house.person("bob").does("idea add", text=SHOES, industry="advertising")
    await mod.says("mod claim 2")

    async def numbers(**filters: Any) -> list[str]:
        reply = await mod.does("queue", kind="pending", **filters)
        return [item.text.split()[0].strip("*#") for item in reply.items]

    assert await numbers() == ["1", "2"]
    assert await numbers(industry="legal") == ["1"]
    assert await numbers(age="week") == ["1"]
    assert await numbers(age="month") == []
    assert await numbers(whose="mine") == ["2"]
    assert await numbers(whose="unclaimed") == ["1"]
    assert await numbers(whose="mine", age="week") == []
    wrong = await mod.does("queue", industry="no such thing")
    assert not wrong.ok
    shown = await mod.does("queue", kind="pending", whose="unclaimed")
    assert "claimed by nobody" in shown.text
    kept = next(b for b in shown.items[0].buttons if b.label == "Accept").values["back"]
    assert kept == "pending.0...unclaimed"


async def test_a_claim_is_seen_ends_and_warns_others(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    moe, ada = house.moderator("moe"), house.moderator("ada")
    assert (await moe.says("mod claim 1")).ok

    assert "moe looks at it" in (await ada.says("queue")).items[0].text
    assert "You look at it" in (await moe.says("queue")).items[0].text
    refused = await ada.says("mod accept 1")
    assert not refused.ok
    assert "moe looks at #1" in refused.text
    assert not (await ada.says("mod claim 1")).ok
    house.clock.pass_by(minutes=31)
    assert "looks at it" not in (await ada.says("queue")).items[0].text

    assert (await ada.says("mod accept 1")).ok


async def test_deciding_over_a_claim_keeps_what_was_typed(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    await house.moderator("moe").says("mod claim 1")
    ada = house.moderator("ada")

    refused = await ada.says("mod decline 1 We had this last week.")
    done = await ada.presses(refused, "Decline all the same")

    assert done.ok, done.text
    assert (await house.idea(1)).reason == "We had this last week."
    # The decision released the claim.
    community = await house.community("discord:88")
    assert await house.store.claims.of(community.bank_id, [1], house.clock()) == {}


async def test_of_fifty_who_claim_at_once_one_has_it(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")

    replies = await asyncio.gather(
        *(house.moderator(f"mod{n}").says("mod claim 1") for n in range(50))
    )

    assert sum(reply.ok for reply in replies) == 1
    winner = next(n for n, reply in enumerate(replies) if reply.ok)
    assert all(f"mod{winner} " in reply.text for reply in replies if not reply.ok)


async def test_declining_in_silence_tells_nobody(house: House) -> None:
    courier = FakeCourier()
    await house.person("ann").says(f"idea add {CRASH}")
    await house.person("bob").says("idea follow 1")
    mod = house.moderator()

    reply = await mod.says("mod decline 1 silent:yes")
    await deliver(house, courier, times=2)

    assert "not told" in reply.text
    assert (await house.idea(1)).status == "declined"
    assert courier.told == []
    log = await mod.says("mod log 1")
    assert "silently" in log.text


async def test_a_decline_needs_words_a_template_or_silence(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    mod = house.moderator()

    without = await mod.submits("mod decline", number="1")
    assert not without.ok
    assert without.form is not None
    assert without.form.values["number"] == "1"
    review = await mod.says("mod review 1")
    templates = menu(review, "template")
    assert len(templates.choices) == 5
    chosen = {**templates.values, "template": "too_vague", "reason": "Ask a court."}
    done = await mod.does(templates.command, **chosen)

    assert done.ok
    reason = (await house.idea(1)).reason
    assert reason.startswith("Please say who")
    assert reason.endswith("Ask a court.")


async def test_pairs_wait_until_merged_or_told_apart(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    asked = await house.person("bob").does("idea add", text=ALIKE)
    await house.person("bob").presses(asked, "Mine is different")
    mod = house.moderator()

    pairs = await mod.says("queue duplicates")
    assert "accident" in pairs.items[0].text  # the words that they share
    assert "%" in pairs.items[0].text
    apart = await mod.presses(pairs, "Not the same")

    assert apart.ok
    assert not (await mod.says("queue duplicates")).items
    assert not (await mod.says("mod apart 2 1")).ok
    await mod.says("mod undo")
    again = await mod.says("queue duplicates")
    assert len(again.items) == 1
    await mod.presses(again, "Merge #2 into #1")
    assert (await house.idea(2)).merged_into == 1


async def test_an_edited_text_is_compared_anew(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    await house.person("bob").says(f"idea add {SHOES}")
    mod = house.moderator()
    assert "duplicates" not in kinds(await mod.says("queue"))

    await house.person("bob").does("idea edit", number=2, text=ALIKE)

    assert len((await mod.says("queue duplicates")).items) == 1


async def test_an_edit_of_an_accepted_idea_is_shown_old_and_new(house: House) -> None:
    await house.set("review", "before")
    ann, mod = house.person("ann"), house.moderator()
    await ann.says(f"idea add {CRASH}")
    await mod.says("mod accept 1")
    edited = await ann.does("idea edit", number=1, text=CRASH.replace("witness", "police"))
    assert "A moderator looks at it" in edited.text
    assert (await house.idea(1)).status == "pending"

    queue = await mod.does("queue", kind="edits")
    text = queue.items[0].text
    assert "**witness**" in text
    assert "**police**" in text
    assert "pending" not in kinds(queue)
    assert [b.label for b in queue.items[0].buttons][:2] == ["Accept", "Put back the old words"]
    back = await mod.presses(queue, "Put back")

    assert back.ok, back.text
    idea = await house.idea(1)
    assert (idea.status, idea.text) == ("accepted", CRASH)
    undone = await mod.says("mod undo 1")
    assert undone.ok
    idea = await house.idea(1)
    assert (idea.status, idea.text) == ("pending", CRASH.replace("witness", "police"))
    assert (await mod.says("mod accept 1")).ok
    assert (await house.idea(1)).accepted_version is None


async def test_two_edits_in_a_row_go_back_to_what_was_accepted(house: House) -> None:
    await house.set("review", "before")
    ann, mod = house.person("ann"), house.moderator()
    await ann.says(f"idea add {CRASH}")
    await mod.says("mod accept 1")
    await ann.does("idea edit", number=1, text=SHOES)
    await ann.does("idea edit", number=1, text=NURSES, title="Nurses")
    await ann.does("idea edit", number=1, anonymous=True)

    await mod.says("mod restore 1 The first one was better.")

    idea = await house.idea(1)
    assert (idea.text, idea.status, idea.is_anonymous) == (CRASH, "accepted", True)


async def test_where_ideas_show_at_once_an_edit_does_so_too(house: House) -> None:
    ann, mod = house.person("ann"), house.moderator()
    await ann.says(f"idea add {CRASH}")
    await mod.says("mod accept 1")

    await ann.does("idea edit", number=1, text=SHOES)

    assert (await house.idea(1)).status == "accepted"
    assert not (await mod.does("queue", kind="edits")).items


async def test_notes_of_the_staff_stand_in_the_queue(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    await house.moderator("moe").says("mod note 1 Ask the author for the report.")

    assert (
        "Note (moe): Ask the author" in (await house.moderator("ada").says("queue")).items[0].text
    )


async def test_bulk_merge_and_claim_say_first_what_would_fail(house: House) -> None:
    await fill(house, 4)
    mod = house.moderator()
    await house.moderator("quick").says("mod claim 2")

    plan = await mod.says("mod merge 1,2,3,4 into:3")
    assert "Would merge 2: #1, #4" in plan.text
    assert "quick looks at #2" in plan.text
    assert "can't be merged into itself" in plan.text
    done = await mod.presses(plan, "Merge 2")
    assert [(await house.idea(n)).merged_into for n in (1, 2, 4)] == [3, None, 3]
    undone = await mod.presses(done, "Undo")
    assert "#1, #4" in undone.text
    assert [(await house.idea(n)).status for n in (1, 4)] == ["pending", "pending"]

    claimed = await mod.presses(await mod.says("mod claim 1-4"), "Claim 3")
    assert "#1, #3, #4" in claimed.text
    mine = await mod.does("queue", kind="pending", whose="mine")
    assert len(mine.items) == 3


async def test_what_another_decided_meanwhile_is_said_with_the_name(house: House) -> None:
    await hold_votes_of_a_settled_bank(house)
    queue = await house.moderator("moe").says("queue votes")
    await house.moderator("ada").presses(queue, "Drop them")

    late = await house.moderator("moe").presses(queue, "Count them")

    assert not late.ok
    assert (await house.idea(1)).votes.up == 0


async def hold_votes_of_a_settled_bank(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    await hold_votes(house, 1)


@pytest.mark.parametrize("state", ["nonsense", "pending.x", "pending.0.nowhere", "a.b.c.d.e.f"])
async def test_a_forged_way_back_does_no_harm(house: House, state: str) -> None:
    await house.person("ann").says(f"idea add {CRASH}")

    reply = await house.moderator().does("mod accept", number="1", back=state)

    assert (await house.idea(1)).status == "accepted"
    assert "Something went wrong" not in reply.text
