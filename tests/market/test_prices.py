"""Sums, budgets and prices: at the size and with the sound that were asked for."""

from datetime import date

import pytest

from bot.market import Market

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("question", "sums"),
    [
        ("what would 10 clips of 8 seconds on veo 3.1 fast cost", ("10 x 8 s = 80 s", "= 8.00")),
        ("five 5-second clips on wan 3.0 price", ("5 x 5 s = 25 s", "25 s x 0.05 USD = 1.25 USD")),
        ("how much is a 2 minute video with kling 4.0", ("120 s x 0.25 USD = 30.00 USD",)),
        ("Combien coûterait une vidéo de 30 secondes avec Veo 3.1 ?", ("30 s x 0.40 USD = 12.00",)),
        ("50 bucks, how many seconds of grok imagine 1.5 at 1080p (not lite)", ("= 200 s",)),
    ],
)
def test_the_sum_is_shown(market: Market, question: str, sums: tuple[str, ...]) -> None:
    text = market.answer(question, today=TODAY).text

    assert all(s in text for s in sums), text


def test_a_sum_at_one_size_uses_no_price_of_another(market: Market) -> None:
    text = market.answer("60s of seedance 2.0 at 1080p cost?", today=TODAY).text

    assert "0.354" in text
    assert "720p" not in text


def test_a_low_price_at_a_small_size_wins_no_ranking_of_4k(market: Market) -> None:
    table = market.answer("cheapest 4k model with sound", today=TODAY).table

    assert table is not None
    assert all("360p" not in row[1] and "without sound" not in row[1] for row in table.rows)


def test_where_nothing_meets_a_limit_the_nearest_is_shown_as_such(market: Market) -> None:
    answer = market.answer("models under 1 cent a second in 4k", today=TODAY)

    assert "don't have anything" in answer.text


def test_advice_says_what_it_did_not_weigh_and_which_needs_several_clips(market: Market) -> None:
    answer = market.answer(
        "small agency, 30 s vertical ads with sound in 1080p, under 50 dollars, what should I use?",
        today=TODAY,
    )

    assert answer.table is not None
    assert "vertical" in answer.text
    assert answer.table.rows[0][2] == "-"
    assert any("30 s in one clip" in row[2] for row in answer.table.rows)


def test_two_things_are_ranked_by_what_holds_in_general(market: Market) -> None:
    answer = market.answer("is veo 3.1 cheaper than kling 4.0?", today=TODAY)

    assert answer.text.startswith("**Kling 4.0** comes first")
    assert "0.40" in answer.plain()


def test_what_nobody_recorded_is_named_where_two_things_are_ranked(market: Market) -> None:
    answer = market.answer("runway gen-4.5 or pika, which is cheaper?", today=TODAY)

    assert "don't have price for Pika" in answer.text
    assert answer.is_gap


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("will wan 2.2 run on my 3060? the 12 gig one", "12 GB", "has 8 GB of graphics"),
        ("macbook M4 with 24GB, wan 2.1 14B possible?", "24 GB", "1.3B"),
        ("open source models with image to video that fit in 12gb", "image to video", "24 GB"),
        ("Läuft Wan 2.2 auf einer RTX 3060?", "passt es in 12 GB", "weiß ich"),
        ("kling 4.0 1080p on PiAPI", "0.25", "GeForce"),
    ],
)
def test_cards_and_memory(market: Market, question: str, said: str, unsaid: str) -> None:
    plain = market.answer(question, today=TODAY).plain()

    assert said in plain
    assert unsaid not in plain


def test_a_version_before_per_second_is_no_price(market: Market) -> None:
    text = market.answer("Was kostet Kling 4.0 pro Sekunde?", today=TODAY).text

    assert "0.1667" in text or "0.1963" in text
    assert " / " not in text


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("Wie teuer ist Seedance 2.5 in 1080p?", "Preis: 0.535 USD/s (1080p)", "Preis: 0.216"),
        ("Was kostet Wan 3.0 pro Sekunde in 720p (Singapur)?", "0.10 USD/s (720p", "Preis: 0.05"),
        ("Was kostet Veo 3.1 Fast in 4K?", "Preis: 0.30 USD/s (Fast, 4K)", "Preis: 0.40"),
        ("50ドルでKling 4.0は何秒作れますか？", "50 USD / 0.25 USD = 200 s", "出典"),
    ],
)
def test_another_language_gets_the_value_that_was_asked_for(
    market: Market, question: str, said: str, unsaid: str
) -> None:
    text = market.answer(question, today=TODAY).text

    assert said in text
    assert unsaid not in text


def test_two_things_are_ranked_at_the_size_asked_for(market: Market) -> None:
    answer = market.answer("Is Kling 4.0 cheaper than Seedance 2.5 at 1080p?", today=TODAY)

    assert answer.text.startswith("**Kling 4.0** comes first")
    assert "720p" not in answer.plain()
