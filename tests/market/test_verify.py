"""The rule of numbers, on answers made by hand."""

import pytest

from bot.market import Answer, Citation, Table
from bot.market.verify import check, numbers

SOURCE = Citation(1, "Prices", "https://example.org/2026/11", "Example", "2026-11")
PASSAGE = "Veo 3.1: Veo 3.1 lists at 0.40 US dollars per second (as of 2026-11-03; 2.1 billion)"


def problems(text: str, question: str = "", table: Table | None = None) -> list[str]:
    answer = Answer(text=text, citations=(SOURCE,), table=table)
    return check(answer, {1: PASSAGE}, question)


@pytest.mark.parametrize(
    "text",
    [
        "Veo 3.1 costs 0.40 USD [1].",
        "It costs 0.4 [1].",
        "As of 3 November 2026 [1].",
        "2,100,000,000 [1].",
        "30 s x 0.40 USD = 12.00 USD [1]",
        "- one [1]\n- two\n- three: 3 in all",
        "1. first [1]\n2. second",
        "See [the list](https://example.org/999) [1].",
    ],
)
def test_what_stands_in_the_passage_or_is_reckoned_passes(text: str) -> None:
    assert problems(text, "what do 30 seconds cost?") == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Veo 3.1 costs 0.50 USD [1].", "0.5"),
        ("30 s x 0.40 USD = 13.00 USD [1]", "13"),
        ("77 s x 0.40 USD = 30.80 USD [1]", "77"),
        ("It came in 2025 [1].", "2025"),
    ],
)
def test_a_number_from_nowhere_is_found(text: str, wrong: str) -> None:
    assert f"{wrong} stands in no source" in problems(text, "what do 30 seconds cost?")


def test_rows_of_a_table_may_be_counted() -> None:
    table = Table(("", "price"), (("a", "0.40 [1]"), ("b", "-"), ("c", "-"), ("d", "-")))

    assert problems("These 4 fit:", table=table) == []
    assert problems("These 5 fit:", table=table) == ["5 stands in no source"]


def test_marks_and_sources_belong_together() -> None:
    assert problems("No mark at all.") == ["source 1 is not cited"]
    assert problems("Known [1], made up [2].") == ["[2] has no source"]


def test_numbers_are_read_in_one_spelling() -> None:
    assert numbers("1,247 and 3.0, four, 2026-08-14, 1.5 million") >= {
        *("1247", "3", "4", "2026", "8", "14", "1500000"),
    }
