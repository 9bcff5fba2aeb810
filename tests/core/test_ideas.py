from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.core.dispatch import dispatch
from bot.core.model import Role
from tests.fakes.house import House, button_of, labels

CRASH = "Reconstruct a traffic accident from witness statements so that the jury sees it"
ALIKE = "Reconstruct the traffic accident out of the witness statements for the jury"
SHOES = "A TV spot for a shoe brand, made in an afternoon by two people at the agency"


async def test_an_idea_is_kept_with_number_industry_and_the_words_that_decided(
    house: House,
) -> None:
    reply = await house.person("ann").says(f"idea add {CRASH}")

    assert reply.ok
    assert "Kept as **#1**" in reply.text
    assert "Legal" in reply.text
    assert "because of" in reply.text
    idea = await house.idea(1)
    assert (idea.text, idea.title, idea.status) == (CRASH, CRASH, "pending")
    assert idea.author_name == "ann"


async def test_without_review_an_idea_is_accepted_at_once(house: House) -> None:
    await house.set("review", "none")

    await house.person("ann").says(f"idea add {CRASH}")

    assert (await house.idea(1)).status == "accepted"


async def test_where_review_comes_first_others_neither_find_nor_see_it(house: House) -> None:
    await house.set("review", "before")
    await house.person("ann").says(f"idea add {CRASH}")

    bob = house.person("bob")
    assert not (await bob.says("idea show 1")).ok
    assert "Nothing found" in (await bob.says("idea search accident")).text
    assert not (await bob.says("idea vote 1 up")).ok
    assert (await house.person("ann").says("idea show 1")).ok
    assert (await house.moderator().says("idea show 1")).ok


async def test_a_look_alike_is_shown_first_and_nothing_typed_is_lost(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    bob = house.person("bob")

    asked = await bob.does("idea add", text=ALIKE, beneficiaries="Courts", title="For juries")

    assert "Vote for #1 instead" in labels(asked)
    kept = await bob.presses(asked, "Mine is different")
    assert "Kept as **#2**" in kept.text
    idea = await house.idea(2)
    assert (idea.text, idea.title, idea.beneficiaries) == (ALIKE, "For juries", "Courts")


async def test_voting_instead_keeps_no_second_idea(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    bob = house.person("bob")
    asked = await bob.does("idea add", text=ALIKE)

    voted = await bob.presses(asked, "Vote for #1")

    assert voted.ok
    assert (await house.idea(1)).votes.up == 1
    assert not (await bob.presses(asked, "Mine is different")).ok  # the draft is gone


async def test_a_draft_is_nobody_elses(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    asked = await house.person("bob").does("idea add", text=ALIKE)

    stolen = await house.person("eve").presses(asked, "Mine is different")

    assert not stolen.ok


async def test_the_same_words_twice_are_refused_kindly(house: House) -> None:
    ann = house.person("ann")
    await ann.says(f"idea add {CRASH}")

    again = await ann.does("idea add", text=f"  {CRASH.upper()}!! ")

    assert not again.ok
    assert "#1" in again.text


@pytest.mark.parametrize("text", ["hello there", "join us discord.gg/xyz free nitro!", "lol"])
async def test_what_is_no_idea_is_asked_back_and_then_kept_flagged(house: House, text: str) -> None:
    ann = house.person("ann")

    asked = await ann.does("idea add", text=text)
    assert asked.ok
    community = await house.community("discord:88")
    assert await house.store.ideas.get(community.bank_id, 1) is None
    kept = await ann.presses(asked, "Keep it anyway")

    assert "Kept as **#1**" in kept.text
    idea = await house.idea(1)
    assert "not_an_idea" in idea.flags
    assert idea.status == "pending"
    assert not (await house.person("bob").says("idea show 1")).ok


async def test_a_question_is_offered_an_answer(house: House) -> None:
    asked = await house.person("ann").does("idea add", text="How much does Sora cost?")

    assert button_of(asked, "Answer it").command == "ask"


async def test_a_flagged_idea_is_not_accepted_by_itself(house: House) -> None:
    await house.set("review", "none")
    ann = house.person("ann")

    await ann.presses(await ann.does("idea add", text="hello there"), "Keep it anyway")

    assert (await house.idea(1)).status == "pending"


async def test_an_unknown_industry_hands_the_form_back_with_everything(house: House) -> None:
    reply = await house.person("ann").submits(
        "idea add", text=CRASH, title="Crash", industry="basket weaving"
    )

    assert not reply.ok
    assert "industry" in reply.errors
    assert reply.form is not None
    assert reply.form.values["text"] == CRASH


async def test_a_link_among_those_who_benefit_becomes_the_link(house: House) -> None:
    await house.person("ann").submits(
        "idea add", text=CRASH, beneficiaries="Courts, https://example.org/a(b)"
    )

    idea = await house.idea(1)
    assert (idea.beneficiaries, idea.link) == ("Courts", "https://example.org/a(b)")


async def test_an_own_choice_of_industry_comes_first(house: House) -> None:
    await house.person("ann").does("idea add", text=CRASH, industry="Insurance")

    idea = await house.idea(1)
    assert (idea.primary, idea.tags[0].set_by) == ("insurance", "author")
    assert idea.tags[1].industry == "legal-forensics"


async def test_titles_are_cut_at_a_word(house: House) -> None:
    text = "A film of the " + "very long corridor " * 12 + "for new nurses. Second sentence."

    await house.person("ann").does("idea add", text=text)

    title = (await house.idea(1)).title
    assert len(title) <= 100
    assert title.endswith("…")
    assert title[:-1].split()[-1] in {"very", "long", "corridor"}


async def test_only_the_author_edits(house: House) -> None:
    ann = house.person("ann")
    await ann.says(f"idea add {CRASH}")

    assert not (await house.person("bob").does("idea edit", number=1, text=SHOES)).ok
    edited = await ann.does("idea edit", number=1, text=SHOES)

    assert edited.ok
    idea = await house.idea(1)
    assert idea.text == SHOES
    assert idea.title.startswith("A TV spot")  # the title had been made from the text
    assert idea.primary == "advertising-marketing"


async def test_an_edit_from_an_old_form_is_refused(house: House) -> None:
    ann = house.person("ann")
    await ann.says(f"idea add {CRASH}")
    await ann.does("idea edit", number=1, text=SHOES, version=1)

    late = await ann.does("idea edit", number=1, text="An older version of it", version=1)

    assert not late.ok
    assert (await house.idea(1)).text == SHOES


async def test_an_accepted_idea_is_reviewed_again_after_an_edit_where_review_comes_first(
    house: House,
) -> None:
    await house.set("review", "before")
    ann, mod = house.person("ann"), house.moderator()
    await ann.says(f"idea add {CRASH}")
    await mod.says("mod accept 1")

    await ann.does("idea edit", number=1, text=SHOES)
    assert (await house.idea(1)).status == "pending"

    await mod.says("mod accept 1")
    await mod.does("idea edit", number=1, title="A spot")
    assert (await house.idea(1)).status == "accepted"


async def test_a_declined_author_may_revise_once(house: House) -> None:
    ann, mod = house.person("ann"), house.moderator()
    await ann.says(f"idea add {CRASH}")
    await mod.says("mod decline 1 too_vague")

    await ann.does("idea edit", number=1, text=SHOES)
    assert (await house.idea(1)).status == "pending"
    await mod.says("mod decline 1 off_topic")
    await ann.does("idea edit", number=1, text=CRASH)

    assert (await house.idea(1)).status == "declined"


async def test_withdrawing(house: House) -> None:
    ann = house.person("ann")
    await ann.says(f"idea add {CRASH}")

    assert not (await house.person("bob").says("idea withdraw 1")).ok
    asked = await ann.does("idea withdraw", number=1, ask=True)
    assert (await house.idea(1)).status == "pending"
    await ann.presses(asked, "Yes, withdraw")

    assert (await house.idea(1)).status == "withdrawn"
    assert not (await house.person("bob").says("idea show 1")).ok
    assert "Nothing found" in (await ann.says("idea search accident")).text


async def test_a_vote_is_set_never_toggled(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    bob = house.person("bob")

    for expected, said in ((1, "up"), (1, "up"), (-1, "down"), (0, "none"), (0, "none")):
        assert (await bob.says(f"idea vote 1 {said}")).ok
        votes = (await house.idea(1)).votes
        assert votes.up - votes.down == expected


async def test_a_vote_without_a_direction_is_asked_for_with_buttons(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    bob = house.person("bob")

    reply = await bob.says("idea vote 1")
    values = [(b.command, b.values["number"], b.values["vote"]) for b in reply.buttons]

    assert reply.ok
    assert values == [("idea vote", 1, 1), ("idea vote", 1, -1), ("idea vote", 1, 0)]
    assert (await house.idea(1)).votes.up == 0
    assert not (await bob.says("idea vote 1 sideways")).ok


async def test_a_vote_for_a_merged_idea_counts_for_its_target(house: House) -> None:
    ann, mod = house.person("ann"), house.moderator()
    await ann.says(f"idea add {CRASH}")
    await ann.says(f"idea add {SHOES}")
    await mod.says("mod merge 2 1")

    reply = await house.person("bob").says("idea vote 2 up")

    assert "#2 was merged into #1" in reply.text
    assert (await house.idea(1)).votes.up == 1


async def test_a_burst_of_votes_from_newcomers_is_held_out(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    house.clock.pass_by(days=3)

    for n in range(6):
        await house.person(f"new{n}").says("idea vote 1 up")

    assert (await house.idea(1)).votes.up == 0
    queue = await house.moderator().says("queue votes")
    assert "#1" in queue.items[0].text
    await house.moderator().presses(queue, "Count them")
    assert (await house.idea(1)).votes.up == 6


async def test_a_burst_against_an_idea_is_held_out_too_and_looked_at_once(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    house.clock.pass_by(days=3)
    for n in range(5):
        await house.person(f"new{n}").says("idea vote 1 down")
    assert (await house.idea(1)).votes.down == 0

    queue = await house.moderator().says("queue votes")
    await house.moderator().presses(queue, "Count them")
    await house.person("new9").says("idea vote 1 down")

    assert (await house.idea(1)).votes.down == 6


async def test_a_burst_drop_by_drop_is_held_out(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    house.clock.pass_by(days=3)

    for n in range(10):
        await house.person(f"new{n}").says("idea vote 1 up")
        house.clock.pass_by(minutes=20)
    assert (await house.idea(1)).votes.up == 0


async def test_an_idea_that_regulars_like_too_may_have_many_newcomers(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    for n in range(6):
        await house.person(f"old{n}").says("help")
    house.clock.pass_by(days=3)

    for n in range(10):
        await house.person(f"new{n}").says("idea vote 1 up")
        if n < 6:
            await house.person(f"old{n}").says("idea vote 1 up")
        house.clock.pass_by(minutes=20)
    assert (await house.idea(1)).votes.up == 16


async def test_accounts_that_the_platform_calls_new_make_a_burst(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    for n in range(5):
        await house.person(f"sleeper{n}").says("help")
    house.clock.pass_by(days=3)

    for n in range(5):
        request = await house.person(f"sleeper{n}").request("idea vote", {"number": 1, "vote": "1"})
        new = replace(request, actor=replace(request.actor, is_new=True))
        assert (await dispatch(house.services, new)).ok
    assert (await house.idea(1)).votes.up == 0


async def test_few_votes_do_not_beat_many_and_why_says_the_terms(house: House) -> None:
    ann = house.person("ann")
    await ann.says("idea add Turn crash reports into clips for insurers")
    await ann.says("idea add Localise one shoe advert for twelve cities")
    for number, up, down in ((1, 3, 0), (2, 95, 5)):
        for n in range(up + down):
            vote = "1" if n < up else "-1"
            await house.person(f"v{number}-{n}").does("idea vote", number=number, vote=vote)

    few, many = [await ann.says(f"idea why {n}") for n in (1, 2)]

    assert "Place **2**" in few.text
    assert "Place **1**" in many.text
    assert "95 for, 5 against" in many.text
    assert "100 % for counts as 44 %" in few.text
    best = await ann.says("idea search sort:best")
    assert [item.text[:6] for item in best.items] == ["**#2**", "**#1**"]


async def test_a_text_that_its_title_says_already_is_not_said_twice(house: House) -> None:
    ann = house.person("ann")
    await ann.says("idea add Turn crash reports into clips for insurers.")
    shown = await ann.says("idea show 1")
    assert shown.title == "#1 Turn crash reports into clips for insurers"
    assert shown.text == ""
    await ann.does("idea edit", number=1, text="Turn crash reports into clips. For insurers.")
    assert "For insurers" in (await ann.says("idea show 1")).text


async def test_search_pages_and_facets(house: House) -> None:
    ann = house.person("ann")
    for n in range(7):
        draft = await ann.does(
            "idea add", text=f"Training film number {n} for new nurses, ward {n}"
        )
        if not draft.text.startswith("Kept"):
            await ann.presses(draft, "Mine is different")

    first = await house.person("bob").says("idea search nurses sort:old")
    second = await house.person("bob").presses(first, "Next")

    assert len(first.items) == 5
    assert len(second.items) == 2
    assert second.replace
    assert "Healthcare" in first.footer
    assert labels(second)[0] == "◀ Back"


async def test_a_wrong_filter_says_what_is_possible(house: House) -> None:
    reply = await house.person("ann").says("idea search status:open")

    assert not reply.ok
    assert "accepted" in reply.text


async def test_blocked_members_read_but_do_not_write(house: House) -> None:
    ann, mod = house.person("ann"), house.moderator()
    await ann.says(f"idea add {CRASH}")
    await mod.says("mod block 1")

    assert not (await ann.says(f"idea add {SHOES}")).ok
    assert not (await ann.says("idea vote 1 up")).ok
    assert not (await ann.says("idea note 1 hello")).ok
    assert (await ann.says("idea show 1")).ok
    await mod.says("mod block 1 lift:yes")
    assert (await ann.says(f"idea add {SHOES}")).ok


async def test_retagging_learns_and_keeps_a_moderators_choice(house: House) -> None:
    ann = house.person("ann")
    await ann.says(f"idea add {CRASH}")

    menu = await ann.says("idea retag 1")
    assert len(menu.selects[0].choices) <= 25
    assert menu.selects[0].chosen == ("legal-forensics",)
    more = await ann.presses(menu, "More")
    assert not {c.value for c in more.selects[0].choices} & {
        c.value for c in menu.selects[0].choices
    }
    await house.moderator().says("idea retag 1 insurance,legal-forensics")
    await ann.does("idea edit", number=1, text=SHOES)

    idea = await house.idea(1)
    assert [t.industry for t in idea.tags] == ["insurance", "legal-forensics"]
    assert idea.tags[0].set_by == "moderator"


async def test_an_idea_over_the_limit_is_refused_with_the_form(house: House) -> None:
    reply = await house.person("ann").submits("idea add", text="x" * 3001)

    assert not reply.ok
    assert "3,000" in reply.text
    assert reply.form is not None


async def test_a_redelivery_has_no_second_effect(house: House) -> None:
    ann = house.person("ann")
    for _ in range(4):
        await ann.says(f"idea add {CRASH}", delivery_id="same")

    page = await house.store.ideas.counts((await house.community("discord:88")).bank_id)
    assert dict(page) == {"pending": 1}


async def test_roles_are_those_of_the_community(house: House) -> None:
    await house.enter("slack:T1", "Work")
    await house.person("ann").says(f"idea add {CRASH}")

    elsewhere = house.person("eve", "slack:T1", Role.ADMIN)

    assert not (await elsewhere.says("idea show 1")).ok
    assert not (await elsewhere.says("mod accept 1")).ok
    assert (await house.idea(1)).status == "pending"


async def test_a_double_click_keeps_one_idea(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    bob = house.person("bob")
    asked = await bob.does("idea add", text=ALIKE)

    replies = await asyncio.gather(*(bob.presses(asked, "Mine is different") for _ in range(5)))
    await asyncio.gather(*(house.person("cam").does("idea add", text=SHOES) for _ in range(5)))

    assert [r.ok for r in replies].count(True) == 1
    counts = await house.store.ideas.counts((await house.community("discord:88")).bank_id)
    assert dict(counts) == {"pending": 3}


async def test_several_industries_chosen_in_the_menu(house: House) -> None:
    await house.person("ann").says(f"idea add {CRASH}")

    await house.person("ann").does("idea retag", number=1, industry=("games", "film-tv"))

    assert [t.industry for t in (await house.idea(1)).tags] == ["games", "film-tv"]
