"""The walk through the settings: every step shows what is, and can be skipped, redone, finished."""

from __future__ import annotations

import pytest

from bot.core import setup_steps
from bot.core.courier import Forbidden, Lack
from bot.core.model import Choice, SelectKind
from tests.fakes.courier import FakeCourier, deliver
from tests.fakes.house import House, labels, select_of

CRASH = "Reconstruct a traffic accident from witness statements so that the jury sees it"


@pytest.fixture
def courier(house: House) -> FakeCourier:
    courier = FakeCourier(called={"7": "#ideas", "8": "#staff", "9": "@Mods", "discord:5": "Mia"})
    house.services.couriers["discord"] = courier
    return courier


async def setting(house: House, name: str) -> object:
    return (await house.community("discord:88")).settings.get(name)


async def test_every_step_can_be_skipped_to_the_end_and_gone_back(
    house: House, courier: FakeCourier
) -> None:
    admin = house.admin()
    reply = await admin.says("setup")
    assert not reply.replace
    titles = [reply.title]
    while "Skip ▶" in labels(reply):
        assert "Finish" in labels(reply)
        reply = await admin.presses(reply, "Skip")
        assert reply.replace
        titles.append(reply.title)
    titles.append((await admin.presses(reply, "Finish")).title)

    assert titles[:2] == ["Set up Reelbank · 1 of 9", "Set up Reelbank · 2 of 9"]
    assert titles[-1] == "Reelbank as it is set up here"
    assert len(titles) == 10
    assert await setting(house, "cards_channel") is None
    back = await admin.presses(await admin.says("setup step:staff"), "◀ Back")
    assert back.title == titles[0]
    assert "◀ Back" not in labels(back)
    done = await admin.presses(back, "Finish")
    assert done.title == titles[-1]
    again = await admin.presses(done, "Change something")
    assert again.title == titles[0]


async def test_what_is_chosen_holds_at_once_and_is_shown_by_its_name(
    house: House, courier: FakeCourier
) -> None:
    admin = house.admin()
    reply = await admin.says("setup")
    assert select_of(reply, "Channel for cards").kind is SelectKind.CHANNEL
    assert reply.fields[0].value == "nowhere yet"

    reply = await admin.picks(reply, "Channel for cards", "7")

    assert await setting(house, "cards_channel") == "7"
    assert reply.fields[0].value == "#ideas"
    assert select_of(reply, "Channel").chosen == ("7",)
    assert "Next ▶" in labels(reply)
    cleared = await admin.presses(reply, "No cards")
    assert await setting(house, "cards_channel") is None
    assert cleared.fields[0].value == "nowhere yet"


async def test_what_is_missing_in_the_chosen_channel_is_said_with_the_way_to_grant_it(
    house: House, courier: FakeCourier
) -> None:
    courier.lacks = [
        Lack("**Send Messages** in #ideas: grant it", "cards_channel", "https://grant.example"),
        Lack("**Embed Links** in #staff: grant it", "staff_channel"),
    ]
    admin = house.admin()
    reply = await admin.picks(await admin.says("setup"), "Channel for cards", "7")
    assert "Send Messages" in reply.text
    assert "Embed Links" not in reply.text
    assert "https://grant.example" in [b.url for b in reply.buttons]

    done = await admin.presses(reply, "Finish")
    assert "Embed Links" in done.text
    courier.lacks = []
    done = await admin.presses(done, "Check again")
    assert done.text.startswith("All is well")


async def test_roles_and_people_moderate_side_by_side(house: House, courier: FakeCourier) -> None:
    admin = house.admin()
    reply = await admin.says("setup step:moderators")
    reply = await admin.picks(reply, "Roles", "9")
    reply = await admin.picks(reply, "People", "discord:5")

    assert await setting(house, "moderator_roles") == ["9", "discord:5"]
    assert reply.fields[0].value == "@Mods, Mia"
    assert select_of(reply, "Roles").chosen == ("9",)
    assert select_of(reply, "People").chosen == ("discord:5",)

    reply = await admin.picks(reply, "Roles")
    assert await setting(house, "moderator_roles") == ["discord:5"]
    await admin.picks(reply, "People")
    assert await setting(house, "moderator_roles") is None


async def test_a_platform_without_a_picker_of_groups_lists_them(
    house: House, courier: FakeCourier
) -> None:
    courier.pickers = frozenset({SelectKind.CHANNEL, SelectKind.MEMBER})
    reply = await house.admin().says("setup step:moderators")
    assert [s.placeholder for s in reply.selects] == ["People who moderate"]

    courier.listed = [Choice("S1", "@mods")]
    reply = await house.admin().says("setup step:moderators")
    assert select_of(reply, "Roles").choices == (Choice("S1", "@mods"),)

    courier.pickers = frozenset()
    courier.listed = []
    reply = await house.admin().says("setup")
    assert reply.title.endswith("1 of 8")  # there is nothing to choose for moderators


async def test_one_channel_may_differ(house: House, courier: FakeCourier) -> None:
    admin = house.admin()
    reply = await admin.picks(await admin.says("setup step:answers"), "In all", "off")
    reply = await admin.picks(reply, "A channel", "7")
    reply = await admin.picks(reply, "#ideas", "all")

    assert await setting(house, "answers") == "off"
    assert await setting(house, "channel_modes") == {"7": "all"}
    assert reply.fields[0].value == "never; #ideas: to every question"
    await admin.picks(reply, "#ideas", "default")
    assert await setting(house, "channel_modes") is None


async def test_a_time_zone_is_found_by_what_people_type(house: House, courier: FakeCourier) -> None:
    admin = house.admin()
    await admin.picks(await admin.says("setup step:digest"), "Day", "friday")
    reply = await admin.submits("settings zone", zone="berlin")
    assert await setting(house, "timezone") == "Europe/Berlin"
    assert "Friday, 9:00 (Europe/Berlin)" in reply.fields[0].value

    unsure = await admin.submits("settings zone", zone="spain")
    assert unsure.selects[0].choices[0].value == "Europe/Madrid"
    reply = await admin.picks(unsure, "Time zone", "Europe/Madrid")
    assert await setting(house, "timezone") == "Europe/Madrid"
    assert "9" in reply.title

    wrong = await admin.submits("settings zone", zone="Olympus Mons")
    assert not wrong.ok


async def test_menus_keep_to_the_limits_and_every_choice_can_be_made(house: House) -> None:
    admin = house.admin()
    for step in setup_steps.STEPS:
        reply = await admin.says(f"setup step:{step.name}")
        assert len(reply.selects) + 1 <= 5  # rows of a message on Discord
        assert len(reply.buttons) <= 5
        for select in reply.selects:
            assert len(select.choices) <= 25
            for choice in select.choices:
                values = {**select.values, select.name: choice.value}
                if select.max_values == 1:
                    chosen = await admin.does(select.command, **values)
                    assert chosen.ok, (step.name, choice, chosen.text)


async def test_without_an_answer_of_the_platform_the_walk_goes_on(
    house: House, courier: FakeCourier
) -> None:
    admin = house.admin()
    await admin.picks(await admin.says("setup"), "Channel for cards", "7")
    courier.is_down = True

    reply = await admin.says("setup")
    assert reply.fields[0].value == "7"
    assert select_of(reply, "Channel").chosen == ()
    done = await admin.says("setup step:done")
    assert "could not check" in done.text


async def test_a_channel_that_is_gone_is_said_and_not_preselected(
    house: House, courier: FakeCourier
) -> None:
    await house.set("cards_channel", "404")
    reply = await house.admin().says("setup")
    assert reply.fields[0].value.startswith("gone (404)")
    assert select_of(reply, "Channel").chosen == ()


async def test_what_was_given_up_is_shown_and_sent_again(
    house: House, courier: FakeCourier
) -> None:
    await house.set("cards_channel", "7")
    await house.person("ann").says(f"idea add {CRASH}")
    courier.fails = [Forbidden("Send Messages")]
    await deliver(house, courier)
    done = await house.admin().says("setup step:done")
    assert "1 message: permission missing: Send Messages" in done.text.replace("\\", "")

    done = await house.admin().presses(done, "Send them now")
    house.clock.pass_by(seconds=5)
    await deliver(house, courier)

    assert "could not send" not in done.text
    assert courier.calls.count("post 7") == 2
    assert await house.store.outbox.dead_rows() == []


async def test_only_administrators_walk(house: House) -> None:
    for visitor in (house.person("ann"), house.moderator()):
        for command in ("setup", "settings choose", "settings zone", "settings resend"):
            reply = await visitor.does(command, name="review", value="none", zone="Berlin")
            assert not reply.ok
    assert await setting(house, "review") is None
