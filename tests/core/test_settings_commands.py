from __future__ import annotations

import pytest

from bot.core import community_settings as settings
from bot.core.errors import InvalidField
from tests.fakes.house import House


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("timezone", "europe/berlin", "Europe/Berlin"),
        ("timezone", "America/New York", "America/New_York"),
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
        ("timezone", "Berlin", "Europe/Berlin"),
        ("timezone", "Mars/Olympus", "/"),
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
