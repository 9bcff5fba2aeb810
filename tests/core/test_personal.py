"""Personal data is found by rule, and its author told which part, kindly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import personal
from bot.core.commands.idea_reading import flags_of
from bot.tagging.model import Tagging
from tests.fakes.house import House

PLAIN = Tagging(tags=(), is_idea=True)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("write to mia.b+x@example.co.uk", ["email"]),
        ("call +49 (0)30 123456-78 today", ["phone"]),
        ("call 0044 20 7946 0958", ["phone"]),
        ("my card 4111 1111 1111 1111 works", ["card"]),
        ("5500-0055-5555-5559", ["card"]),
        ("DE89 3704 0044 0532 0130 00", ["iban"]),
        ("GB29NWBK60161331926819", ["iban"]),
        ("pay DE89 3704 0044 0532 0130 00 OR BY CARD", ["iban"]),
        ("mia@example.org or +49 30 1234567", ["email", "phone"]),
        ("4111 1111 1111 1112", []),
        ("DE88 3704 0044 0532 0130 00", []),
        ("1000000000000000 views", []),
        ("a 4K film of 1920x1080 at 24.000 fps for 12,000 dollars", []),
        ("ISO 9001:2015, EN 60204-1, part 12345-6789-0123", []),
        ("between 2024-01-01 and 2026-12-31", []),
        ("mention @mia and @everyone", []),
        ("version 1.2.3.4.5.6.7.8.9", []),
    ],
)
def test_what_is_personal(text: str, kinds: list[str]) -> None:
    assert [one.kind for one in personal.find(text)] == kinds


def luhn(body: str) -> str:
    """Give a number with its check digit."""
    total = 0
    for at, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if at % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return body + str(-total % 10)


@given(st.from_regex(r"[3-6][0-9]{14}", fullmatch=True))
def test_every_card_is_found_and_no_other_last_digit(body: str) -> None:
    card = luhn(body)
    assert [one.kind for one in personal.find(f"it is {card}.")] == ["card"]
    other = card[:-1] + str((int(card[-1]) + 1) % 10)
    assert personal.find(f"it is {other}") == ()


@given(st.text(max_size=400))
def test_no_text_breaks_it(text: str) -> None:
    for one in personal.find(text):
        assert len(one.hint) == 3


def test_it_takes_no_time_over_long_digits() -> None:
    assert personal.find("1 " * 1500) == ()
    assert personal.find("A1" * 1500) == ()


@pytest.mark.parametrize("invite", ["discord.gg/abc", "https://t.me/club", "join.slack.com/t/x"])
def test_invites_are_flagged_wherever_they_hide(invite: str) -> None:
    text = "Films that teach nurses how to use the new pump on the night shift"
    assert "links_only" in flags_of(f"{text}, come to {invite}", PLAIN)
    assert "links_only" in flags_of(text, PLAIN, beside=invite)
    assert flags_of(text, PLAIN, beside="https://example.org/pump") == ()


async def test_the_author_is_told_which_part_and_others_see_nothing_yet(house: House) -> None:
    await house.set("review", "none")
    ann = house.person("ann")
    kept = await ann.does(
        "idea add",
        text="Films for our shop customers that show how a bike is mended, made by mia@example.org",
    )
    assert "an email address (`mi…`)" in kept.text
    assert "mia@example.org" not in kept.text.replace(kept.text.split("\n")[0], "")
    assert (await house.idea(1)).status == "pending"
    assert "example" not in (await house.person("ben").says("idea show 1")).text

    hidden = await house.person("cam").does(
        "idea add",
        text="Safety films for the steel works at night",
        beneficiaries="call +49 30 1234567",
    )
    assert "a telephone number" in hidden.text
    assert "personal_data" in (await house.idea(2)).flags
