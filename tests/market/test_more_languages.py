"""Languages that no text is written in: understood, and answered in English saying so."""

from datetime import date

import pytest

from bot.market import Answer, Market

TODAY = date(2026, 11, 22)


def ask(market: Market, question: str, today: date = TODAY) -> Answer:
    return market.answer(question, today=today)


@pytest.mark.parametrize(
    ("question", "locale", "notice", "said"),
    [
        ("كم سعر Gen-4.5 للثانية؟", "ar", "بالإنجليزية", "0.12"),
        ("сколько стоит секунда Gen-4.5?", "ru", "по-английски", "0.12"),
        ("Gen-4.5 की कीमत क्या है?", "hi", "अंग्रेज़ी", "0.12"),
        ("Gen-4.5 fiyatı ne kadar?", "tr", "İngilizce", "0.12"),
        ("quanto costa Gen-4.5 al secondo?", "it", "inglese", "0.12"),
        ("Gen-4.5 가격이 얼마예요?", "ko", "영어로", "0.12"),
        ("кто создал LongCat-Video?", "ru", "по-английски", "Meituan"),
        ("chi ha creato LongCat-Video?", "it", "inglese", "Meituan"),
        ("كم مدة مقطع Kling 4.0؟", "ar", "بالإنجليزية", "30 seconds"),
    ],
)
def test_a_question_is_understood_and_answered_in_english(
    market: Market, question: str, locale: str, notice: str, said: str
) -> None:
    answer = ask(market, question)

    assert answer.locale == locale
    assert not answer.abstained
    assert notice in answer.text.split(":")[0]
    assert said in answer.plain()


@pytest.mark.parametrize(
    "question",
    ["qual modelo tem o maior fps?", "¿qué modelo tiene la mayor tasa de fotogramas?"],
)
def test_the_highest_of_any_counted_field_is_ranked(market: Market, question: str) -> None:
    table = ask(market, question).table

    assert table is not None
    assert table.rows[0][0] == "Kling 3.0"


@pytest.mark.parametrize(
    "question",
    ["seedance price per second", "runway pro plan", "veo 3.1 model", "sound plus 1080p"],
)
def test_a_word_that_another_language_has_too_leaves_a_question_english(
    market: Market, question: str
) -> None:
    assert ask(market, question).locale == "en"


@pytest.mark.parametrize("question", ["is sora 2 shut down", "is nova reel dead"])
def test_an_end_that_has_passed_is_told_as_past(market: Market, question: str) -> None:
    assert "has passed" in ask(market, question).text
    assert "has passed" not in ask(market, question, date(2026, 8, 20)).text


@pytest.mark.parametrize(
    "question",
    ["is it legal to use veo 3.1 videos commercially?", "may i sell what veo 3.1 makes"],
)
def test_where_rights_are_not_recorded_those_of_its_kin_are_given(
    market: Market, question: str
) -> None:
    answer = ask(market, question)

    assert answer.reason == "unknown_fact"
    assert "Omni Flash" in answer.text


def test_sentences_that_describe_one_budget_are_one_question(market: Market) -> None:
    text = ask(market, "i have 60 dollars. gen-4.5 please. how many seconds do i get?").text

    assert "60 USD / 0.12 USD = 500 s" in text


def test_several_clips_of_a_thing_are_a_sum(market: Market) -> None:
    assert "200 s x 0.28 USD = 56.00 USD" in ask(market, "aleph 2 on 40 clips of 5 seconds").text
