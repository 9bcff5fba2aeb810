"""Chatter around a question, left-out apostrophes, short years, several questions at once."""

from datetime import date

import pytest

from bot.market import Answer, Market

TODAY = date(2026, 11, 22)


def ask(market: Market, question: str) -> Answer:
    return market.answer(question, today=TODAY)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("how long is a kling 4 clip, my boss keeps bugging me about nonsense", "30 seconds"),
        ("cheapest one with sound, whatever quality, idc", "Grok Imagine"),
        ("who makes seedance, everybody talks about those clips lol", "ByteDance"),
        ("who is behind seedance? i am writing a school essay", "ByteDance"),
        ("whats no1 on the arena rn", "1512"),
        ("what are lumas plans a month", "Luma"),
    ],
)
def test_what_is_said_around_a_question_does_not_stand_in_its_way(
    market: Market, question: str, said: str
) -> None:
    answer = ask(market, question)

    assert not answer.abstained
    assert said in answer.plain()


@pytest.mark.parametrize(
    "question", ["ai video funding 2025 vs 24", "ai video funding 2024 and 25"]
)
def test_two_years_are_both_answered(market: Market, question: str) -> None:
    text = ask(market, question).text

    assert "3.08 billion" in text
    assert "1.58 billion" in text


def test_a_day_is_no_pair_of_years(market: Market) -> None:
    assert "2012" not in ask(market, "what ended on 2026-12").plain()


def test_where_somebody_is_holds_for_all_questions_of_a_message(market: Market) -> None:
    text = ask(
        market, "i live in seoul. since when is the ai law in force & what are the fines"
    ).text

    assert "22 January 2026" in text
    assert "30 million won" in text


def test_per_second_alone_asks_for_the_price(market: Market) -> None:
    assert "0.12 US dollars" in ask(market, "gen-4.5 per second?").text
    assert "frames per second" in ask(market, "how many frames per second does veo 3.1 do").text


def test_a_market_is_no_list_of_models(market: Market) -> None:
    assert "430 million" in ask(market, "how big is the ai video generator market in 2024").text


def test_a_relative_in_need_gets_help(market: Market) -> None:
    assert ask(market, "someone put my brothers face in a nude video").reason == "support"
    assert ask(market, "someone made a deepfkae of me and postd it").reason == "support"
