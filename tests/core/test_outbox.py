from __future__ import annotations

import pytest

from bot.core.courier import CourierError, Forbidden, Gone, TryLater
from bot.core.outbox import MAX_ATTEMPTS
from storage import Write
from tests.fakes.courier import FakeCourier, deliver
from tests.fakes.house import House, labels

CRASH = "Reconstruct a traffic accident from witness statements so that the jury sees it"
SLACK = "slack:T1"


@pytest.fixture
def courier() -> FakeCourier:
    return FakeCourier()


async def dead(house: House) -> list[str]:
    return [row.dead_reason or "" for row in await house.store.outbox.dead_rows()]


async def test_ten_votes_make_one_edit(house: House, courier: FakeCourier) -> None:
    await house.set("cards_channel", "ideas")
    await house.person("ann").says(f"idea add {CRASH}")
    await deliver(house, courier)
    assert courier.calls == ["post ideas"]

    for n in range(4):
        await house.person(f"p{n}").says("idea vote 1 up")
    await deliver(house, courier, times=3)

    assert courier.calls == ["post ideas", "edit m1"]
    card = courier.messages["m1"]
    assert "4 for" in repr(card.fields)
    assert labels(card)[:3] == ["▲ For", "▼ Against", "Take back"]
    assert {"Accept", "Decline"} <= set(labels(card))


async def test_an_unchanged_card_is_not_edited(house: House, courier: FakeCourier) -> None:
    await house.set("cards_channel", "ideas")
    await house.person("ann").says(f"idea add {CRASH}")
    await deliver(house, courier)

    for said in ("up", "none"):
        await house.person("bob").says(f"idea vote 1 {said}")
    await deliver(house, courier)

    assert courier.calls == ["post ideas"]


async def test_without_a_channel_nothing_is_posted(house: House, courier: FakeCourier) -> None:
    await house.person("ann").says(f"idea add {CRASH}")

    await deliver(house, courier, times=2)

    assert courier.calls == []
    assert await house.store.outbox.waiting() == 0


async def test_a_card_follows_decisions_and_goes_with_a_withdrawal(
    house: House, courier: FakeCourier
) -> None:
    await house.set("cards_channel", "ideas")
    await house.person("ann").says(f"idea add {CRASH}")
    await deliver(house, courier)

    await house.moderator().says("mod decline 1 off_topic")
    await deliver(house, courier)
    assert "declined" in repr(courier.messages["m1"])
    assert labels(courier.messages["m1"]) == ["Show #1"]
    await house.person("ann").says("idea withdraw 1")
    await deliver(house, courier)

    assert courier.messages == {}


async def test_before_review_a_pending_idea_has_no_card(house: House, courier: FakeCourier) -> None:
    await house.set("cards_channel", "ideas")
    await house.set("review", "before")
    await house.person("ann").says(f"idea add {CRASH}")
    await deliver(house, courier)
    assert courier.messages == {}

    await house.moderator().says("mod accept 1")
    await deliver(house, courier)

    assert len(courier.messages) == 1


async def test_both_communities_of_a_bank_show_the_card_with_the_split(
    house: House, courier: FakeCourier
) -> None:
    await house.enter(SLACK, "Work")
    code = (await house.admin().says("link code")).text.split("join ")[1].split()[0]
    joined = await house.admin(key=SLACK).says(f"link join {code}")
    assert joined.ok, joined.text
    await house.set("cards_channel", "ideas")
    await house.set("cards_channel", "C9", SLACK)
    slack = FakeCourier("slack")

    await house.person("ann").says(f"idea add {CRASH}")
    await house.person("bob", SLACK).says("idea vote 1 up")
    await house.person("cam").says("idea vote 1 down")
    await deliver(house, courier, slack)

    for one in (courier, slack):
        assert "1 for, 1 against (Discord 0 / 1, Slack 1 / 0)" in repr(one.messages["m1"])


async def test_a_lost_message_is_not_posted_again(house: House, courier: FakeCourier) -> None:
    await house.set("cards_channel", "ideas")
    await house.person("ann").says(f"idea add {CRASH}")
    await deliver(house, courier)
    await house.person("bob").says("idea vote 1 up")
    courier.fails = [Gone()]

    await deliver(house, courier, times=2)
    await house.person("cam").says("idea vote 1 up")
    await deliver(house, courier)

    assert courier.calls == ["post ideas", "edit m1"]


async def test_a_missing_permission_is_given_up_with_its_name(
    house: House, courier: FakeCourier
) -> None:
    await house.set("cards_channel", "ideas")
    await house.person("ann").says(f"idea add {CRASH}")
    courier.fails = [Forbidden("Send Messages")]

    await deliver(house, courier, times=2)

    assert await dead(house) == ["permission missing: Send Messages"]
    assert courier.calls == ["post ideas"]
    await house.person("bob").says("idea vote 1 up")  # a change tries again
    await deliver(house, courier)
    assert courier.calls == ["post ideas", "post ideas"]


async def test_a_limit_is_waited_for(house: House, courier: FakeCourier) -> None:
    await house.set("cards_channel", "ideas")
    await house.person("ann").says(f"idea add {CRASH}")
    courier.fails = [TryLater(60)]

    await deliver(house, courier, times=3)
    assert courier.calls == ["post ideas"]
    house.clock.pass_by(seconds=60)
    await deliver(house, courier)

    assert courier.calls == ["post ideas", "post ideas"]
    assert len(set(courier.keys)) == 1


async def test_what_always_fails_is_given_up_and_holds_up_nothing(
    house: House, courier: FakeCourier
) -> None:
    await house.set("cards_channel", "ideas")
    await house.person("ann").says(f"idea add {CRASH}")
    for _ in range(MAX_ATTEMPTS + 2):
        courier.fails = [RuntimeError("secret words of a member")]
        house.clock.pass_by(hours=2)
        await deliver(house, courier)

    reasons = await dead(house)
    assert len(courier.calls) == MAX_ATTEMPTS
    assert len(reasons) == 1
    assert "secret" not in reasons[0]


async def test_authors_hear_of_the_decision_once_and_moderators_reasons(
    house: House, courier: FakeCourier
) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    await house.moderator().says("mod decline 1 too_vague")

    await deliver(house, courier, times=3)

    assert [account for account, _ in courier.told] == ["discord:ann"]
    told = courier.told[0][1]
    assert "Your idea **#1**" in told.text
    assert "who would make which video" in told.text
    assert "Revise it" in labels(told)


async def test_who_does_not_want_to_hear_does_not(house: House, courier: FakeCourier) -> None:
    ann = house.person("ann")
    kept = await ann.says(f"idea add {CRASH}")
    await ann.presses(kept, "Don't tell me")
    await house.person("bob").says("idea follow 1")

    await house.moderator().says("mod accept 1")
    await deliver(house, courier)

    assert [account for account, _ in courier.told] == ["discord:bob"]


async def test_closed_direct_messages_lead_below_the_card(
    house: House, courier: FakeCourier
) -> None:
    await house.set("cards_channel", "ideas")
    await house.person("ann").says(f"idea add {CRASH}")
    await deliver(house, courier)
    community = await house.community("discord:88")
    idea = await house.idea(1)
    await house.moderator().says("mod accept 1")
    courier.fails = [None, Forbidden("closed")]

    await deliver(house, courier)

    assert courier.calls[-3:] == ["tell discord:ann", "thread m1", "post t-m1"]
    assert await dead(house) == []
    assert community.bank_id == idea.bank_id


async def test_the_staff_channel_hears_at_most_every_quarter_of_an_hour(
    house: House, courier: FakeCourier
) -> None:
    await house.set("staff_channel", "staff")
    ann = house.person("ann")
    texts = [CRASH, "A TV spot for a shoe brand, made in a day", "Training films for new nurses"]
    for text in texts:
        await ann.does("idea add", text=text)
        house.clock.pass_by(seconds=20)
        await deliver(house, courier)
    assert courier.calls == ["post staff"]

    house.clock.pass_by(minutes=15)
    await deliver(house, courier)

    assert courier.calls == ["post staff", "post staff"]
    assert "moderator: 3 ideas." in list(courier.messages.values())[-1].text


async def test_what_is_for_a_community_that_left_is_given_up(
    house: House, courier: FakeCourier
) -> None:
    await house.set("cards_channel", "ideas")
    await house.person("ann").says(f"idea add {CRASH}")
    community = await house.community("discord:88")
    write = Write(person_id=None, community_id=community.id, now=house.clock())
    await house.store.communities.leave(write, community.id)

    await deliver(house, courier)

    assert courier.calls == []


TEXTS = [CRASH, "A TV spot for a shoe brand, made in a day", "Training films for new nurses"]


async def three_ideas(house: House) -> None:
    await house.set("cards_channel", "ideas")
    for text in TEXTS:
        assert (await house.person("ann").does("idea add", text=text)).ok


async def test_a_limit_holds_up_what_follows_so_that_the_order_stays(
    house: House, courier: FakeCourier
) -> None:
    await three_ideas(house)
    courier.fails = [None, TryLater(30)]

    await deliver(house, courier, times=3)
    assert len(courier.messages) == 1
    assert len(courier.calls) == 2  # nobody else tries while the platform asks to wait
    house.clock.pass_by(seconds=30)
    await deliver(house, courier)

    titles = [str(message.title) for message in courier.messages.values()]
    assert ["#1" in titles[0], "#2" in titles[1], "#3" in titles[2]] == [True] * 3


async def test_one_platforms_limit_is_not_the_others(house: House, courier: FakeCourier) -> None:
    await house.enter(SLACK, "Work")
    await house.set("cards_channel", "C9", SLACK)
    await three_ideas(house)
    await house.person("bob", SLACK).does("idea add", text=CRASH)
    courier.fails = [TryLater(30)]
    slack = FakeCourier("slack")

    await deliver(house, courier, slack)

    assert courier.messages == {}
    assert len(slack.messages) == 1


async def test_an_outage_of_a_day_loses_nothing(house: House, courier: FakeCourier) -> None:
    await three_ideas(house)
    for _ in range(40):
        courier.fails = [TryLater(30)]
        house.clock.pass_by(minutes=40)
        await deliver(house, courier)
    assert await dead(house) == []

    courier.fails = []
    house.clock.pass_by(minutes=10)
    await deliver(house, courier, times=3)

    assert len(courier.messages) == 3


async def test_after_days_out_of_reach_a_row_is_given_up_with_its_reason(
    house: House, courier: FakeCourier
) -> None:
    await three_ideas(house)
    house.clock.pass_by(days=4)
    courier.fails = [TryLater(30)]
    await deliver(house, courier)

    assert await dead(house) == ["the platform was out of reach for days"]


async def test_what_a_deleted_channel_held_up_goes_to_the_next_one(
    house: House, courier: FakeCourier
) -> None:
    house.services.couriers["discord"] = courier
    await three_ideas(house)
    courier.fails = [Gone("unknown channel")] * 3
    await deliver(house, courier)
    assert set(await dead(house)) == {"the channel or user is no longer there (unknown channel)"}

    admin = house.admin()
    done = await admin.says("setup step:done")
    assert "3 messages: the channel or user is no longer there" in done.text
    await admin.picks(await admin.says("setup"), "Channel for cards", "12")
    house.clock.pass_by(seconds=5)
    await deliver(house, courier)

    assert courier.calls.count("post 12") == 3
    assert await dead(house) == []


@pytest.mark.parametrize(
    ("failure", "why"),
    [
        (Forbidden("direct messages"), "direct messages are closed"),
        (Gone("the user is deactivated"), "the user is deactivated"),
        (Gone(), "the user is gone"),
    ],
)
async def test_without_a_card_a_closed_door_is_noted(
    house: House, courier: FakeCourier, failure: CourierError, why: str
) -> None:
    await house.person("ann").says(f"idea add {CRASH}")
    await house.moderator().says("mod accept 1")
    courier.fails = [failure]

    await deliver(house, courier)

    assert await dead(house) == [f"{why}, and there is no card to say it below"]
