"""What is ranked is what was asked for: plans, extensions, rounds, tiers; never unlike things."""

from datetime import date

import pytest

from bot.market import Answer, Market

TODAY = date(2026, 11, 22)


def ask(market: Market, question: str) -> Answer:
    return market.answer(question, today=TODAY)


@pytest.mark.parametrize("question", ["cheapest plan", "which subscription is the cheapest"])
def test_the_cheapest_plan_is_a_price_a_month(market: Market, question: str) -> None:
    table = ask(market, question).table

    assert table is not None
    assert all("/month" in row[1] for row in table.rows)


def test_the_longest_extension_ranks_extensions(market: Market) -> None:
    text = ask(market, "longest extension").text

    assert "longest with extension" in text
    assert "LTX" not in text


def test_a_denied_extension_ranks_single_clips(market: Market) -> None:
    answer = ask(market, "longest clip runway can do, without extension")

    assert answer.table is not None
    assert answer.table.columns[1] == "longest clip"


def test_rounds_are_ranked_in_one_currency_and_without_valuations(market: Market) -> None:
    table = ask(market, "biggest funding").table

    assert table is not None
    assert all("USD" in row[1] for row in table.rows)
    assert "5.3 billion" not in " ".join(row[1] for row in table.rows)  # a valuation


def test_the_tiers_named_are_compared(market: Market) -> None:
    table = ask(market, "is veo 3.1 fast cheaper than grok imagine 1.5 lite").table

    assert table is not None
    assert {("Fast" in row[1], "Lite" in row[1]) for row in table.rows} == {
        (True, False),
        (False, True),
    }


def test_a_line_of_models_is_filtered(market: Market) -> None:
    table = ask(market, "which ltx models are open").table

    assert table is not None
    assert all(row[0].startswith("LTX") for row in table.rows)


@pytest.mark.parametrize("question", ["who founded Colossyan", "who owns colossyan"])
def test_words_of_other_facts_are_no_answer(market: Market, question: str) -> None:
    assert ask(market, question).reason == "unknown_fact"


def test_a_number_of_something_else_is_no_count(market: Market) -> None:
    assert ask(market, "how many people at openai worked on sora 2").reason == "unknown_fact"


def test_a_licence_that_is_wrongly_taken_for_granted_is_put_right(market: Market) -> None:
    text = ask(market, "since kling 4 is mit licensed can i run it at home").text

    assert text.startswith("That is not what my sources say about Kling 4.0")
    assert "closed" in text


@pytest.mark.parametrize("question", ["25 seconds of gen 4.5 = ?", "so 25 s of gen 4.5"])
def test_a_length_of_something_alone_asks_what_it_costs(market: Market, question: str) -> None:
    assert "25 s x 0.12 USD = 3.00 USD" in ask(market, question).text


def test_a_value_that_the_claim_lacks_is_shown(market: Market) -> None:
    assert "SynthID" in ask(market, "does veo 3.1 output carry some watermark, which").text
