"""What people wrote keeps what is seen, in every script, and loses what is not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.cleaning import clean_name, clean_text
from bot.core.markup import plain_text
from tests.fakes.house import House

HOSTILE = "a\u0301 \n\u200b\u200c\u200d\u200f\u202a\u2067\u0645\u0915\u4e00\ufe0f\u2329\u2800\x1b"
FLAG = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "text",
    [
        "מלל בעברית \u200fabc\u200e כאן",
        "نص عربي مع English",
        "می\u200cخواهم",
        "क्\u200dष",
        "ന\u0d4d\u200d here",
        "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
        "\u2764\ufe0f\u200d\U0001f525 \U0001f3f3\ufe0f\u200d\U0001f308",
        "\U0001f469\U0001f3fd\u200d\U0001f4bb 1\ufe0f\u20e3",
        f"{FLAG} \U0001f1eb\U0001f1f7",
        "葛\U000e0100飾区",
        "Việt Nam, ไทย ที่นี่, 한국어",
        "two\nlines\tand a tab",
    ],
)
def test_what_scripts_and_emoji_are_written_with_stays(text: str) -> None:
    assert clean_text(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    "hidden",
    [
        *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u206a\u200b\u2060\u2063\ufeff",
        *"\u00ad\u034f\u3164\ufffa\x9b\x1b\x07\u200c\u200d\U000e0041\U000e0100\U000e01f0",
    ],
)
def test_what_nobody_sees_goes(hidden: str) -> None:
    assert clean_text(f"tra{hidden}ffic") == "traffic"


def test_joiners_and_tags_hide_nothing_where_nothing_joins() -> None:
    assert clean_text("视\u200d频 ви\u200cдео") == "视频 видео"
    assert clean_text(f"{FLAG}\U000e0068\U000e0069") == FLAG
    assert clean_text("क\u200d\u200d\u200dष") == "क\u200dष"


@pytest.mark.parametrize(
    "text", ["\u3164", "\u2800\u2800", " \u200f\u200e", "\ufe0f\u1160", "\u061c"]
)
def test_what_shows_nothing_is_empty(text: str) -> None:
    assert clean_text(text) == ""


def test_piled_accents_end() -> None:
    assert len(clean_text("Z" + "\u0301\u0316\u0335" * 40)) < 9


@given(st.text(alphabet=HOSTILE + FLAG + "\U000e0100"))
def test_cleaning_again_changes_nothing(text: str) -> None:
    once = clean_text(text)

    assert clean_text(once) == once == unicodedata.normalize("NFC", once)


def test_a_name_is_one_line() -> None:
    assert clean_name("bob\x1b]8;;https://x.y\x07\n\u2067 admin") == "bob]8;;https://x.y admin"
    assert clean_name("x" * 300) == "x" * 100


async def test_a_hostile_name_or_text_disturbs_no_card(house: House) -> None:
    author = house.person("Al\u2067\x1b]8;;https://x.y\x07\nBo\u202e")
    text = "Dub a film\u202b into Welsh for\u2066 one village school"
    await author.submits("idea add", text=text)

    reply = await house.person("bob").says("idea show 1")
    card = plain_text("\n".join((reply.title, reply.text, *(f.value for f in reply.fields))))

    assert "Al]8;;https://x.y Bo" in card
    assert "Dub a film into Welsh for one village school" in card
    assert not set("\x1b\x07\u2067\u202e\u202b\u2066") & set(card)
