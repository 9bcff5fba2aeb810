from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.fakes.command_line import Reelbank, batch, lines

CSV = """\
external_id,title,text,author,industry,status,date
a1,Crash,"Rebuild the crash
for the jury",Ana,Legal & Forensics,approved,2026-02-01
a2,,Ads for shoes in twelve cities,Zoë,advertising-marketing,,2026-03-04T10:00:00Z
"""


@pytest.fixture
def ideas(tmp_path: Path) -> Path:
    path = tmp_path / "ideas.csv"
    path.write_text(CSV, "utf-8")
    return path


def exported(reelbank: Reelbank, *arguments: str) -> list[dict[str, str]]:
    text = reelbank("export", *arguments).stdout_bytes.decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_rows_become_ideas_with_what_their_columns_say(reelbank: Reelbank, ideas: Path) -> None:
    result = reelbank("import", "--later", str(ideas))

    assert (result.exit_code, result.stdout) == (0, "2 ideas kept.\n")
    crash, ads = exported(reelbank)
    assert crash["text"] == "Rebuild the crash\nfor the jury"
    assert (crash["title"], crash["author"], crash["status"]) == ("Crash", "Ana", "accepted")
    assert crash["primary_industry"] == "legal-forensics"
    assert crash["naics"].startswith("5411 ")
    assert crash["created_at"] == "2026-02-01T00:00:00Z"
    assert (ads["title"], ads["author"]) == ("Ads for shoes in twelve cities", "Zoë")


def test_importing_again_adds_nothing(reelbank: Reelbank, ideas: Path, tmp_path: Path) -> None:
    without_ids = tmp_path / "plain.csv"
    without_ids.write_text("text\nA trailer for our band\nA trailer for our band\n", "utf-8")

    for path, count in ((ideas, 2), (without_ids, 2)):
        assert f"{count} ideas kept" in reelbank("import", "--later", str(path)).stdout
        assert (
            f"0 ideas kept; {count} known already"
            in reelbank("import", "--later", str(path)).stdout
        )
    assert len(exported(reelbank)) == 4


def test_a_dry_run_keeps_nothing(reelbank: Reelbank, ideas: Path) -> None:
    assert "2 ideas would be kept" in reelbank("import", "--dry-run", str(ideas)).stdout
    assert exported(reelbank) == []


def test_malformed_rows_are_reported_and_all_others_kept(
    reelbank: Reelbank, tmp_path: Path
) -> None:
    path = tmp_path / "broken.csv"
    rows = [
        "text,author,date",
        "Ads made from three photos,Ana,",
        ",Bob,",
        "Too,many,columns,here",
        '"A mark that never ends,Cy,',
        f"{'x' * 3001},Dee,",
        "From the future,Eve,2999-01-01",
        "A bad day,Fay,sometime",
        "Trailers for village fairs,Gus,31.12.2025",
    ]
    path.write_text("\n".join(rows), "utf-8")

    result = reelbank("import", "--later", str(path))

    assert result.exit_code == 1
    assert result.stdout == "2 ideas kept; 6 malformed.\n"
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [
        f"line {n}" for n in range(3, 9)
    ]
    for words in ("no text", "4 columns", "quotation mark", "3,001 characters", "future", "date"):
        assert words in result.stderr
    assert [row["text"] for row in exported(reelbank)] == [
        "Ads made from three photos",
        "Trailers for village fairs",
    ]


def test_doubtful_rows_are_kept_and_flagged(reelbank: Reelbank, tmp_path: Path) -> None:
    path = tmp_path / "odd.jsonl"
    path.write_text(
        batch(
            {"text": "hello everybody"},
            {"text": "Call me at +49 170 1234567 for ads made from photos"},
            {"text": "Posters that move", "status": "parked", "industry": "wizardry"},
        )
    )

    result = reelbank("import", "--later", str(path))

    assert result.stdout == "3 ideas kept; 3 flagged for a moderator.\n"
    flags = [row["flags"].split() for row in exported(reelbank)]
    assert flags == [["not_an_idea"], ["personal_data"], ["unknown_status", "unknown_industry"]]


@pytest.mark.parametrize(
    ("encoding", "delimiter", "notices"),
    [
        ("utf-8-sig", ",", []),
        ("utf-16", ";", ["UTF-16", '";"']),
        ("utf-16-le", ",", ["UTF-16"]),
        ("latin-1", ",", ["Windows-1252"]),
        ("utf-8", "\t", ["tab"]),
    ],
)
def test_files_of_other_programs_are_read_with_a_notice(
    reelbank: Reelbank, tmp_path: Path, encoding: str, delimiter: str, notices: list[str]
) -> None:
    path = tmp_path / "other.csv"
    text = "Idea|Submitted by\r\nFilm für die Küche, ganz kurz|Zoë\r\n".replace("|", delimiter)
    if delimiter == ",":
        text = text.replace("Film für die Küche, ganz kurz", '"Film für die Küche, ganz kurz"')
    path.write_bytes(text.encode(encoding))

    result = reelbank("import", "--later", str(path))

    assert result.stdout == "1 idea kept.\n"
    assert len(result.stderr.splitlines()) == len(notices)
    assert all(notice in result.stderr for notice in notices)
    row = exported(reelbank)[0]
    assert (row["text"], row["author"]) == ("Film für die Küche, ganz kurz", "Zoë")


def test_a_file_that_is_no_text_is_refused(reelbank: Reelbank, tmp_path: Path) -> None:
    for name, content in (("zip", b"PK\x03\x04" + bytes(200)), ("empty", b" \n")):
        path = tmp_path / name
        path.write_bytes(content)
        result = reelbank("import", "--later", str(path))
        assert result.exit_code == 1
        assert name in result.stderr
        assert "Traceback" not in result.stderr


def test_a_missing_file_is_a_wrong_use(reelbank: Reelbank) -> None:
    result = reelbank("import", "nowhere.csv")

    assert result.exit_code == 2
    assert "nowhere.csv: no such file" in result.stderr


def test_what_is_imported_is_tagged_unless_that_is_left_for_later(reelbank: Reelbank) -> None:
    reelbank("import", "-", "--later", input=batch({"text": "Lyric videos for our songs"}))
    assert exported(reelbank)[0]["industries"] == ""

    reelbank("import", "-", input=batch({"text": "Recipe clips for our restaurant"}))
    assert [row["primary_industry"] for row in exported(reelbank)] == [
        "music-performing-arts",
        "food-restaurants",
    ]


def test_what_comes_by_stdin_is_imported(reelbank: Reelbank) -> None:
    result = reelbank("import", "-", input=batch({"text": "Lyric videos for our songs"}))

    assert result.stdout == "1 idea kept.\n"


def test_exports_are_filtered(reelbank: Reelbank, ideas: Path) -> None:
    reelbank("import", "--later", str(ideas))

    def numbers(*arguments: str) -> list[str]:
        return [row["number"] for row in exported(reelbank, *arguments)]

    assert numbers() == ["1", "2"]
    assert numbers("--status", "accepted") == ["1"]
    assert numbers("--status", "accepted", "--status", "pending") == ["1", "2"]
    assert numbers("--industry", "advertising-marketing") == ["2"]
    assert numbers("--since", "2026-02-02") == ["2"]
    assert numbers("--until", "2026-02-01") == ["1"]
    assert numbers("--author", "Zoë") == ["2"]
    assert numbers("--text", "jury") == ["1"]
    assert numbers("--min-votes", "1") == []


def test_a_filter_that_cannot_be_is_a_wrong_use(reelbank: Reelbank) -> None:
    assert reelbank("export", "--industry", "wizardry").exit_code == 2
    assert reelbank("export", "--since", "yesterday").exit_code == 2
    assert reelbank("export", "--community", "discord:1").exit_code == 2


def test_days_are_those_of_the_community(reelbank: Reelbank, tmp_path: Path) -> None:
    path = tmp_path / "late.jsonl"
    path.write_text(batch({"text": "Film the night shift", "date": "2026-05-01T23:30:00Z"}))
    reelbank("import", "--later", str(path))
    reelbank("settings", "set", "timezone", "Asia/Tokyo")

    assert exported(reelbank, "--until", "2026-05-01") == []
    assert len(exported(reelbank, "--since", "2026-05-02")) == 1


def test_the_format_follows_the_file_name(reelbank: Reelbank, ideas: Path, tmp_path: Path) -> None:
    reelbank("import", "--later", str(ideas))
    for name, begin in (("x.csv", "number,"), ("x.md", "# "), ("x.jsonl", '{"number":1')):
        result = reelbank("export", "-o", str(tmp_path / name))
        assert (result.exit_code, result.stdout) == (0, "")
        assert "2 ideas written" in result.stderr
        assert (tmp_path / name).read_text("utf-8").startswith(begin)


def test_a_file_that_cannot_be_written_is_a_failure(
    reelbank: Reelbank, ideas: Path, tmp_path: Path
) -> None:
    reelbank("import", "--later", str(ideas))
    result = reelbank("export", "-o", str(tmp_path / "missing" / "x.csv"))

    assert result.exit_code == 1
    assert "No such file" in result.stderr
    assert result.stdout == ""


def test_an_export_goes_back_into_an_empty_bank(
    reelbank: Reelbank, ideas: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reelbank("import", "--later", str(ideas))
    first = tmp_path / "first.json"
    reelbank("export", "-o", str(first))
    monkeypatch.setenv("REELBANK_DATA_DIR", str(tmp_path / "other"))

    assert reelbank("import", "--later", str(first)).stdout == "2 ideas kept.\n"
    assert "2 known already" in reelbank("import", "--later", str(first)).stdout
    assert reelbank("export", "--format", "json").stdout_bytes == first.read_bytes()


def test_the_schema_describes_what_is_exported(reelbank: Reelbank, ideas: Path) -> None:
    import jsonschema

    reelbank("import", "--later", str(ideas))
    schema = json.loads(reelbank("export", "--schema").stdout)

    for record in lines(reelbank("export", "--format", "jsonl")):
        jsonschema.validate(record, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"number": 0}, schema)
