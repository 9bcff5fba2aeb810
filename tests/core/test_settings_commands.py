from __future__ import annotations

import pytest

from bot.core import community_settings as settings
from bot.core.errors import InvalidField
from prompts import render
from tests.fakes.house import House


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("timezone", "europe/berlin", "Europe/Berlin"),
        ("timezone", "America/New York", "America/New_York"),
        ("timezone", "Berlin", "Europe/Berlin"),
        ("review", "Before", "before"),
        ("review", "none", "none"),
        ("answers", "off", "off"),
        ("cards_channel", "<#C123|ideas>", "C123"),
        ("cards_channel", "#ideas", "ideas"),
        ("cards_channel", "none", None),
        ("public_answers", "no", False),
        ("public_answers", "off", False),
        ("retention_days", "30", 30),
        ("moderator_roles", "<@&77>, <!subteam^S1|mods> 99", ["77", "S1", "99"]),
        ("moderator_roles", "none", None),
        ("locale", "en-US", "en"),
        ("digest_hour", "default", None),
    ],
)
def test_reading(name: str, typed: str, kept: object) -> None:
    assert settings.read(name, typed) == kept


@pytest.mark.parametrize(
    ("name", "typed", "allowed"),
    [
        ("review", "perhaps", "before, after, none"),
        ("retention_days", "0", "1-3650"),
        ("retention_days", "-5", "1-3650"),
        ("retention_days", "1e3", "1-3650"),
        ("locale", "tlh", "en"),
        ("public_answers", "maybe", "yes, no"),
        ("digest_day", "someday", "monday"),
    ],
)
def test_a_wrong_value_says_what_is_allowed(name: str, typed: str, allowed: str) -> None:
    with pytest.raises(InvalidField) as caught:
        settings.read(name, typed)

    assert allowed in caught.value.values["allowed"]


@pytest.mark.parametrize(
    ("typed", "near"),
    [("spain", "Europe/Madrid"), ("berlim", "Europe/Berlin"), ("Mars", ""), ("Olympus", "")],
)
def test_an_unknown_time_zone_is_answered_by_a_likely_one_or_by_how_one_is_written(
    typed: str, near: str
) -> None:
    with pytest.raises(InvalidField) as caught:
        settings.read("timezone", typed)

    said = render("error.setting_zone", "en", **caught.value.values)
    assert ("Did you mean" in said) == bool(near)
    assert near in said
    assert "such as Berlin" in said


@pytest.mark.parametrize(
    ("line", "name", "kept"),
    [
        ("settings set language es", "locale", "es"),
        ("settings set zone tokyo", "timezone", "Asia/Tokyo"),
        ("settings set digest friday", "digest_day", "friday"),
    ],
)
async def test_a_setting_goes_by_its_everyday_name_too(
    house: House, line: str, name: str, kept: str
) -> None:
    assert (await house.admin().says(line)).ok
    assert (await house.community("discord:88")).settings[name] == kept


async def test_a_mistyped_setting_is_answered_by_the_nearest(house: House) -> None:
    reply = await house.admin().says("settings set retentiondays 30")

    assert "“retentiondays” is not among the choices" in reply.text
    assert "Did you mean retention" in reply.text


def test_every_default_is_shown_as_something_that_is_read_back() -> None:
    for setting in settings.SETTINGS:
        said = settings.shown({}, setting.name)
        assert settings.read(setting.name, said) in {setting.default, None} or said == "none"


def test_unknown_settings_are_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidField) as caught:
        settings.read("colour", "red")
    assert "timezone" in caught.value.values["allowed"]


async def test_a_setting_is_kept_shown_and_taken_back(house: House) -> None:
    admin = house.admin()

    assert (await admin.says("settings set timezone Europe/Berlin")).ok
    table = (await admin.says("settings show")).table
    assert table is not None
    assert ("`timezone`", "Europe/Berlin") in [row[:2] for row in table.rows]
    assert (await admin.says("settings set timezone default")).ok

    assert "timezone" not in (await house.community("discord:88")).settings


async def test_answers_may_differ_in_one_channel(house: House) -> None:
    admin = house.admin()
    await admin.says("settings set answers all channel:#questions")
    assert (await house.community("discord:88")).settings["channel_modes"] == {"questions": "all"}

    await admin.says("settings set answers default channel:#questions")
    assert "channel_modes" not in (await house.community("discord:88")).settings
    assert not (await admin.says("settings set review before channel:#questions")).ok
