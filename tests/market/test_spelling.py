"""Slips are put right in all words that questions are made of, and other words stay as they are."""

from datetime import date

import pytest

from bot.market import Market
from bot.market.spelling import Spelling


@pytest.fixture(scope="module")
def spelling(market: Market) -> Spelling:
    return Spelling(market.knowledge, market.lexicon)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("who maks seedance", "who makes seedance"),
        ("how mch is kling", "how much is kling"),
        ("modls with audoi", "models with audio"),
        ("whst is the lngth of a veo clp", "what is the length of a veo clip"),
        ("wht resoluton does runwya have", "what resolution does runway have"),
        ("howmuch per secnd", "how much per second"),
        ("opne wieghts mdls", "open weights models"),
        ("lisence of hunyaun", "licence of hunyuan"),
        ("avalaible in singapoer", "available in singapore"),
        ("comercial use alowed", "commercial use allowed"),
    ],
)
def test_slips_in_verbs_fields_conditions_and_units_are_put_right(
    spelling: Spelling, typed: str, meant: str
) -> None:
    assert spelling.correct(typed, "en") == meant


@pytest.mark.parametrize(
    "said",
    [
        "spare bread for the prize of a pride of lions",
        "a wan smile, a noise, the sand and the mouth of the river",
        "does kaiber or zebracat or fliki have a mode",
        "apply the paint with a cast of actors",
    ],
)
def test_words_that_there_are_and_unknown_names_stay(spelling: Spelling, said: str) -> None:
    assert spelling.correct(said, "en") == said


def test_a_word_with_a_capital_is_read_as_a_name_only(spelling: Spelling) -> None:
    assert spelling.correct("ask opin about klng", "en", {"opin", "klng"}) == "ask opin about kling"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("wie lagn ist ein kling clip", "wie lang ist ein kling clip"),
        ("cuanto cuestta kling", "cuanto cuesta kling"),
    ],
)
def test_slips_in_other_languages_are_put_right(spelling: Spelling, typed: str, meant: str) -> None:
    assert spelling.correct(typed, "de" if "wie" in typed else "es") == meant


def test_what_may_be_an_unknown_product_is_not_read_as_another_word(market: Market) -> None:
    for question in ("what does movio cost", "krea price per sec", "how long is a synthesys clip"):
        answer = market.answer(question, today=date(2026, 11, 22))

        assert answer.reason == "unknown_fact", question
        assert not answer.citations or "I don't know" in answer.text
