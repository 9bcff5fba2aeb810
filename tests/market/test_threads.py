"""Threads: what a message takes over, narrows down, leaves out and asks besides."""

from datetime import date

import pytest

from bot.market import Answer, Market, Turn

TODAY = date(2026, 11, 22)


def thread(market: Market, *questions: str) -> Answer:
    """Ask one question after another; give the answer to the last."""
    turns: list[Turn] = []
    for question in questions:
        answer = market.answer(question, turns=turns, today=TODAY)
        turns += [Turn("user", question), Turn("assistant", answer.plain())]
    return answer


def test_each_message_narrows_a_list_down_further(market: Market) -> None:
    steps = ("list models with audio", "not Chinese", "nothing from xAI", "and with 4k")

    rows = thread(market, *steps).table.rows  # type: ignore[union-attr]

    names = " ".join(r[0] for r in rows)
    assert "Veo 3.1" in names
    assert "LTX-2.5" in names
    assert not any(n in names for n in ("Kling", "Grok", "Seedance", "Runway Gen-4.5"))


def test_a_list_that_was_narrowed_down_is_ranked(market: Market) -> None:
    steps = ("list models with audio", "not Chinese", "with 4k", "which of those is cheapest?")

    answer = thread(market, *steps)

    assert "LTX-2" in answer.table.rows[0][0]  # type: ignore[union-attr]
    assert "0.16" in answer.table.rows[0][1]  # type: ignore[union-attr]


def test_a_condition_said_otherwise_replaces_the_one_before(market: Market) -> None:
    plain = thread(market, "open weights models", "in 1080p", "no, 4k").plain()

    assert "1080p" not in plain.split("\n")[0]
    assert "LTX-2" in plain


@pytest.mark.parametrize(
    ("question", "absent"),
    [
        ("chinese models with sound, anything but kling", "Kling"),
        ("cheapest model except seedance and luma", "Seedance"),
        ("cheapest model except seedance and luma", "Luma"),
        ("open source models but nothing from Alibaba", "Wan"),
    ],
)
def test_what_is_not_wanted_is_left_out(market: Market, question: str, absent: str) -> None:
    table = market.answer(question, today=TODAY).table

    assert table is not None
    assert not any(absent in row[0] for row in table.rows)


def test_the_version_before_is_meant_and_stays_meant(market: Market) -> None:
    price = thread(market, "how long can veo 3.1 clips be", "and its price?", "and the older one?")
    euros = thread(
        market, "how long can veo 3.1 clips be", "and its price?", "and the older one?", "in euros?"
    )

    assert "Veo 3 was listed at 0.40" in price.text
    assert "exchange rates" in euros.text
    assert "Veo 3 was listed at 0.40" in euros.text


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("veo 3.1 price and max length and does it have sound", ("0.40", "8 seconds", "sound")),
        ("Who makes Vidu, how long are q3 clips?", ("Shengshu", "16 seconds")),
        ("when did sora 2 launch and who bought pika", ("30 September 2025", "purchase of pika")),
        ("price, resolution and licence of ltx-2.5", ("0.129", "4K", "Community License")),
        ("hey! quick one, does kling 4 have audio? thx", ("stereo sound",)),
        (
            "sora 2 vs veo 3 for an ad. which is longer per clip and are they still around?",
            ("12 s", "8 s", "discontinue", "retired"),
        ),
        ("Was kostet Veo 3.1 und wie lang sind die Clips?", ("0.40 USD/s", "8 s")),
    ],
)
def test_every_intent_of_a_message_is_answered(
    market: Market, question: str, said: tuple[str, ...]
) -> None:
    plain = market.answer(question, today=TODAY).plain()

    assert all(text in plain for text in said), plain


def test_a_follow_up_in_another_language_is_about_the_same(market: Market) -> None:
    german = thread(market, "how long is kling 4.0", "und was kostet das?")
    chinese = thread(market, "price of seedance 2.0", "¿y la duración máxima?", "它支持声音吗")

    assert (german.locale, chinese.locale) == ("de", "zh")
    assert "Preis" in german.text
    assert "Seedance 2.0" in chinese.text
    assert "声音" in chinese.text
