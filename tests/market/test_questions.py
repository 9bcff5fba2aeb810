"""The question files: how often the right thing is said, and that nothing else is."""

from datetime import date
from pathlib import Path

import pytest

from bot.market import Market
from bot.market.evaluate import NOT_KNOWN, Report, evaluate_file

DATA = Path(__file__).parent / "data"
TODAY = date(2026, 11, 22)


@pytest.fixture(
    scope="module", params=["questions_dev.yaml", "questions.yaml", "questions_more.yaml"]
)
def report(request: pytest.FixtureRequest, market: Market) -> Report:
    return evaluate_file(market, DATA / request.param, TODAY)


def test_at_least_95_per_cent_of_the_answerable_are_right(report: Report) -> None:
    assert report.accuracy(besides=NOT_KNOWN) >= 0.95, report.text()


def test_what_is_not_known_or_off_topic_is_not_answered(report: Report) -> None:
    assert report.accuracy(*NOT_KNOWN) == 1.0, report.text()


def test_every_mark_has_a_source_and_every_number_evidence(report: Report) -> None:
    assert [(o.case.id, o.problems) for o in report.outcomes if o.problems] == []


def test_the_report_names_kinds_and_failures(report: Report) -> None:
    text = report.text()

    assert "lookup" in text
    assert "median" in text
    assert text.count("WRONG") == len(report.failures)
