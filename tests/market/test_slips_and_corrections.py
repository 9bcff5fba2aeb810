"""Messages that correct themselves, count clips beside versions, or tell of harm in plain words."""

from datetime import date

import pytest

from bot.market import Answer, Market

TODAY = date(2026, 11, 22)


def ask(market: Market, question: str) -> Answer:
    return market.answer(question, today=TODAY)


@pytest.mark.parametrize(
    ("question", "meant", "dropped"),
    [
        ("parameter size allegro.. no wait, I mean helios", "Helios", "Allegro"),
        ("who makes vidu, sorry i meant pixverse", "PixVerse", "Vidu"),
        ("how long can a kling 3 clip be? scratch that, kling 4", "Kling 4.0", "Kling 3.0"),
    ],
)
def test_a_name_that_is_taken_back_is_not_answered(
    market: Market, question: str, meant: str, dropped: str
) -> None:
    text = ask(market, question).text

    assert meant in text
    assert dropped not in text


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("ten hailuo 2.3 clips (6s, 1080p) thru runware", "10 x 6 s = 60 s"),
        ("what would 4 gen-4.5 clips of 5 seconds cost", "4 x 5 s = 20 s"),
        ("gen-4.5 clips of 2.5 seconds, three of them, what do they cost", "2.5 s x 0.12 USD"),
    ],
)
def test_a_version_is_no_number_of_clips(market: Market, question: str, shown: str) -> None:
    assert shown in ask(market, question).text


@pytest.mark.parametrize(
    "message",
    [
        "an ai video of me is going round my school, everybody laughs, i feel sick",
        "they put my face into a clip and the whole school has seen it",
        "es kursiert ein video von mir, alle haben mich ausgelacht",
        "hay un video de mí y todos se ríen, tengo vergüenza",
    ],
)
def test_who_is_laughed_at_gets_help(market: Market, message: str) -> None:
    assert ask(market, message).reason == "support"


@pytest.mark.parametrize(
    "message",
    [
        "i want a video of me at school, which model keeps my face?",
        "animate a picture of me laughing with kling",
        "which model is best for a video of me on stage",
    ],
)
def test_who_wants_a_video_of_themselves_does_not(market: Market, message: str) -> None:
    assert ask(market, message).reason != "support"


def test_what_does_not_matter_is_no_condition(market: Market) -> None:
    table = ask(market, "cheapest per second, silent is ok, dont care who sells it").table

    assert table is not None
    assert "sound" not in table.columns
