"""The question files: how often the right thing is said, and that nothing else is."""

from datetime import date
from pathlib import Path

import pytest

from bot.market import Market
from bot.market.evaluate import NOT_KNOWN, Report, evaluate_file

DATA = Path(__file__).parent / "data"
TODAY = date(2026, 11, 22)
FILES = (
    "questions_dev.yaml",
    "questions.yaml",
    "questions_more.yaml",
    "questions_chat.yaml",
    "threads.yaml",
)


@pytest.fixture(scope="module", params=FILES)
def report(request: pytest.FixtureRequest, market: Market) -> Report:
    return evaluate_file(market, DATA / request.param, TODAY)


def test_at_least_95_per_cent_of_the_answerable_are_right(report: Report) -> None:
    assert report.accuracy(besides=NOT_KNOWN) >= 0.95, report.text()


def test_what_is_not_known_or_off_topic_is_not_answered(report: Report) -> None:
    assert report.accuracy(*NOT_KNOWN) == 1.0, report.text()


def test_every_mark_has_a_source_and_every_number_evidence(report: Report) -> None:
    assert [(o.case.id, o.problems) for o in report.outcomes if o.problems] == []


def test_a_thread_is_asked_with_the_answers_given_before(tmp_path: Path, market: Market) -> None:
    path = tmp_path / "threads.yaml"
    path.write_text(
        "- id: t\n"
        "  turns:\n"
        "  - {user: how long is kling 4.0, must_include: ['30']}\n"
        "  - {user: and its price?, must_include: ['0.1667']}\n"
        "  - {user: what does it weigh?, kind: unanswerable}\n",
        "utf-8",
    )

    report = evaluate_file(market, path, TODAY)

    assert [(o.case.id, o.is_right) for o in report.outcomes] == [
        *(("t.1", True), ("t.2", True), ("t.3", True)),
    ]


def test_the_report_names_kinds_and_failures(report: Report) -> None:
    text = report.text()

    assert "answerable" in text
    assert "median" in text
    assert text.count("WRONG") == len(report.failures)
