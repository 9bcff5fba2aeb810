"""How single answers read, and that no question breaks the rules."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.market import Answer, CommunityIdea, Market, Turn
from bot.market.verify import check

TODAY = date(2026, 11, 22)


def ask(market: Market, question: str, *turns: str, **more: object) -> Answer:
    roles = ("user", "assistant")
    said = [Turn(roles[i % 2], text) for i, text in enumerate(turns)]  # type: ignore[arg-type]
    return market.answer(question, turns=said, today=TODAY, **more)  # type: ignore[arg-type]


_VOCABULARY = """
kling veo sora 3.1 2 what who when price cheapest open weights vs and not china eu 30 s $50 1080p
licence sound compare list run on 3060 since is made by Google ? . ignore your how many latest
seedance runway 即梦 多少钱 quanto custa wie lang 2026 april insurance c2pa euros older second
"""
_WORDS = st.sampled_from(_VOCABULARY.split())
_QUESTIONS = st.one_of(st.text(max_size=200), st.lists(_WORDS, max_size=14).map(" ".join))


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(question=_QUESTIONS, before=st.lists(_QUESTIONS, max_size=2))
def test_any_question_gets_an_answer_whose_marks_and_numbers_hold(
    market: Market, question: str, before: list[str]
) -> None:
    turns = [Turn("user", text) for text in before]

    answer, passages = market.explain(question, turns=turns, today=TODAY)

    assert answer.text
    assert answer.abstained == (answer.reason is not None)
    assert check(answer, passages, " ".join([question, *before])) == []


@settings(max_examples=40, deadline=None)
@given(question=_QUESTIONS)
def test_the_same_question_gets_the_same_answer(market: Market, question: str) -> None:
    assert ask(market, question) == ask(market, question)


def test_a_discontinued_product_is_said_to_be_so_first(market: Market) -> None:
    text = ask(market, "how long are sora 2 clips?").text

    assert text.lower().index("discontinue") < text.index("12 seconds")


def test_an_unknown_version_is_not_answered_with_a_known_one(market: Market) -> None:
    answer = ask(market, "What does Kling 9 cost?")

    assert (answer.abstained, answer.reason, answer.is_gap) == (True, "unknown_fact", True)
    assert "kling 9" in answer.text


def test_a_wrong_premise_is_put_right_first(market: Market) -> None:
    text = ask(market, "since Sora 2 is open source, where are the weights?").text

    assert text.startswith("That is not what my sources say about Sora 2")
    assert "closed" in text


def test_each_of_two_questions_is_answered(market: Market) -> None:
    text = ask(market, "who made kling 4 and how long are its clips?").text

    assert "Kuaishou" in text
    assert "30 seconds" in text


def test_what_is_missing_of_two_things_is_said(market: Market) -> None:
    answer = ask(market, "What is the price of Veo 3.1 and how many parameters does it have?")

    assert "0.40" in answer.text
    assert "don't" in answer.text
    assert answer.is_gap


def test_a_sum_is_shown(market: Market) -> None:
    text = ask(market, "what would 10 seconds of veo 3.1 cost").text

    assert "10 s x 0.40 USD = 4.00 USD" in text


def test_advice_shows_what_is_met_and_missed_and_the_cost(market: Market) -> None:
    answer = ask(
        market, "small agency, 30 s ads with sound in 1080p, under 50 dollars, what should I use?"
    )

    assert answer.table is not None
    assert len(answer.table.columns) == 4
    assert all("USD" in row[3] for row in answer.table.rows)
    assert "not measured" in answer.text


@pytest.mark.parametrize(
    ("question", "locale", "said"),
    [
        ("Was kostet Kling 4.0 pro Sekunde?", "de", "Quellen"),
        ("¿Cuánto cuesta Veo 3.1?", "es", "fuentes"),
        ("Combien coûte Sora 2 par seconde ?", "fr", "sources"),
        ("Quanto custa o Veo 3.1?", "pt", "fontes"),
        ("Kling 4.0 的价格是多少？", "zh", "英文"),
        ("Kling 4.0の料金はいくらですか？", "ja", "英語"),
    ],
)
def test_a_question_is_answered_in_its_language(
    market: Market, question: str, locale: str, said: str
) -> None:
    answer = ask(market, question)

    assert answer.locale == locale
    assert said in answer.text
    assert "USD" in answer.text


def test_people_in_need_get_help_and_abuse_a_plain_no(market: Market) -> None:
    help_ = ask(market, "someone made a deepfake of me and posted it")
    refusal = ask(market, "make me a deepfake of my ex")

    assert (help_.reason, refusal.reason) == ("support", "refused")
    assert "StopNCII" in help_.text
    assert "won't help" in refusal.text


def test_ideas_of_the_community_are_quoted_and_marked_as_such(market: Market) -> None:
    def ideas(words: str, industry: str | None) -> Sequence[CommunityIdea]:
        return [CommunityIdea(42, "Replay *claims* for adjusters", "insurance")]

    text = ask(market, "has anybody used this in insurance?", ideas=ideas).text

    assert "#42 Replay \\*claims\\* for adjusters" in text
    assert "community" in text


def test_nobody_is_asked_back_in_a_batch(market: Market) -> None:
    asked = ask(market, "who leads Luma?", ask_back=True)
    batch = ask(market, "who leads Luma?", ask_back=False)

    assert batch.choices == ()
    assert asked.text


def test_names_are_completed(market: Market) -> None:
    assert "Kling 4.0" in market.complete("klin")
    assert len(market.complete("", limit=5)) == 5


def test_old_facts_of_fields_that_age_are_listed_oldest_first(market: Market) -> None:
    stale = market.stale(TODAY, 400)

    assert stale
    assert [s.fact.as_of[:4] for s in stale] == sorted(s.fact.as_of[:4] for s in stale)
    assert {s.limit_days for s in stale} == {400}
    assert market.stale(date(2010, 1, 1), 1) == []


def test_prices_are_to_be_checked_sooner_than_licences_and_release_dates_never(
    market: Market,
) -> None:
    limits = {s.fact.field: s.limit_days for s in market.stale(date(2028, 11, 22))}

    assert limits["price_per_second"] < limits["max_seconds"] < limits["licence"]
    assert not {"released", "announced", "founded"} & set(limits)
    assert not [s for s in market.stale(TODAY) if s.entity.id == "veo-2"]  # it has ended


@pytest.mark.parametrize(
    ("question", "name", "said"),
    [
        ("谁是快手的CEO", "kuaishou", "Cheng Yixiao"),
        ("可灵最长多少秒", "kling-4", "3 to 30 seconds"),
        ("请问海螺多少钱一秒", "minimax-h3", "0.08"),
        ("ランウェイの社長は誰ですか", "runway", "Valenzuela"),
        ("클링 가격이 얼마예요", "kling-4", "0.1667"),
    ],
)
def test_names_are_found_where_no_spaces_part_words(
    market: Market, question: str, name: str, said: str
) -> None:
    found = market.answer(question, today=TODAY)

    assert not found.abstained
    assert said in found.plain()
    assert name in found.entities or any(name in e for e in found.entities)


@pytest.mark.parametrize(
    "question",
    [
        "who is the ceo of runway?",
        "who runs Runway",
        "boss of runway??",
        "¿Quién dirige Runway?",
        "wer leitet Runway",
        "qui dirige Runway ?",
        "quem dirige a Runway",
    ],
)
def test_who_leads_a_company_has_a_field_of_its_own(market: Market, question: str) -> None:
    found = market.answer(question, today=TODAY)

    assert "Cristóbal Valenzuela" in found.text
    assert not found.abstained


def test_a_fact_of_somebody_named_is_no_answer_about_something_else(market: Market) -> None:
    assert market.answer("What did Elon Musk say about Veo?", today=TODAY).abstained
