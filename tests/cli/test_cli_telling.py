from __future__ import annotations

from pathlib import Path

from tests.fakes.command_line import Reelbank

ROWS = "text,title\nRebuild a traffic accident for the insurer,Crash film\n"


def test_the_digest_is_shown_and_sent_nowhere(reelbank: Reelbank, data_dir: Path) -> None:
    nothing = reelbank("digest")
    assert nothing.exit_code == 0
    assert "Nothing happened in the last 7 days" in nothing.stderr

    Path("ideas.csv").write_text(ROWS, encoding="utf-8")
    reelbank("import", "ideas.csv")
    shown = reelbank("digest", "--days", "2", "--picture", "week.png")
    assert shown.exit_code == 0, shown.stderr
    assert "One new idea" in shown.stdout
    assert "#1 Crash film" in shown.stdout
    assert "Stacked bar chart" in shown.stderr
    assert Path("week.png").read_bytes().startswith(b"\x89PNG")


def test_an_unknown_community_is_named_with_those_there_are(reelbank: Reelbank) -> None:
    result = reelbank("digest", "--community", "discord:1")

    assert result.exit_code == 2
    assert "There is no community discord:1" in result.stderr


def test_the_report_is_written_as_a_page(reelbank: Reelbank) -> None:
    Path("ideas.csv").write_text(ROWS, encoding="utf-8")
    reelbank("import", "ideas.csv")
    result = reelbank("export", "--output", "report.html")

    assert result.exit_code == 0, result.stderr
    html = Path("report.html").read_text("utf-8")
    assert html.startswith("<!doctype html>")
    assert "Crash film" in html
    assert html.count("<svg") == 3  # nobody voted yet
