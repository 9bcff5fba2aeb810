from __future__ import annotations

import asyncio
import base64
import csv
import hashlib
import json
import re
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.bank_facts import fact_row
from storage import Store, Write
from tests.fakes.command_line import Reelbank, batch

TOKEN = f"{base64.b64encode(b'112233445566778899').decode()}.GabcDE.{'x' * 38}"


def keep_one(reelbank: Reelbank, text: str = "Lyric videos for our songs") -> None:
    assert reelbank("import", "-", "--later", input=batch({"text": text})).exit_code == 0


def test_a_sound_installation_is_well(reelbank: Reelbank) -> None:
    keep_one(reelbank)
    result = reelbank("doctor")

    assert result.exit_code == 0
    assert "ok    store: intact" in result.stdout
    assert "ok    audit: the chain is whole" in result.stdout
    assert "set REELBANK_DISCORD_TOKEN" in result.stdout


def test_before_the_first_use_nothing_is_wrong_and_nothing_is_made(
    reelbank: Reelbank, data_dir: Path
) -> None:
    assert reelbank("doctor").exit_code == 0
    assert not (data_dir / "reelbank.db").exists()


def test_the_invite_link_comes_out_of_the_token(
    reelbank: Reelbank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REELBANK_DISCORD_TOKEN", TOKEN)
    result = reelbank("doctor")

    assert "client_id=112233445566778899&scope=bot+applications.commands" in result.stdout
    assert TOKEN not in result.output


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("REELBANK_DISCORD_TOKEN", "not-a-token", "has not the shape of a bot token"),
        ("REELBANK_SLACK_BOT_TOKEN", "xapp-1-A", "does not begin with xoxb-"),
        ("REELBANK_SLACK_APP_TOKEN", "xapp-1-A", "REELBANK_SLACK_BOT_TOKEN is missing"),
    ],
)
def test_a_wrong_token_is_told_without_showing_it(
    reelbank: Reelbank, monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    result = reelbank("doctor")

    assert result.exit_code == 1
    assert words in result.stdout
    assert value not in result.output


def test_a_changed_audit_is_noticed(reelbank: Reelbank, data_dir: Path) -> None:
    keep_one(reelbank)
    assert "The chain is whole." in reelbank("audit", "verify").stdout
    with closing(open_wide(data_dir / "reelbank.db")) as db, db:
        db.execute("UPDATE audit SET action = 'idea.other'")

    assert reelbank("audit", "verify").exit_code == 1
    assert reelbank("doctor").exit_code == 1


def test_a_file_that_is_no_store_is_told_and_left_alone(reelbank: Reelbank, data_dir: Path) -> None:
    store = data_dir / "reelbank.db"
    store.write_bytes(b"these are my notes" * 100)

    for command in (["doctor"], ["export"], ["settings", "show"], ["audit", "verify"]):
        result = reelbank(*command)
        assert result.exit_code == 1, command
        assert "reelbank.db" in result.output
        assert "Traceback" not in result.output
    assert store.read_bytes() == b"these are my notes" * 100


def test_a_backup_can_be_restored(reelbank: Reelbank, data_dir: Path, tmp_path: Path) -> None:
    keep_one(reelbank)
    before = reelbank("export").stdout
    copy = tmp_path / "copy.db"
    assert reelbank("backup", str(copy)).exit_code == 0
    keep_one(reelbank, "A trailer for the village fair")

    assert reelbank("restore", str(copy), input="n\n").exit_code != 0
    assert reelbank("export").stdout != before
    assert reelbank("restore", str(copy), "--yes").exit_code == 0
    assert reelbank("export").stdout == before
    assert (data_dir / "reelbank.db.before-restore").is_file()


def test_a_backup_never_overwrites(reelbank: Reelbank, tmp_path: Path) -> None:
    keep_one(reelbank)
    (tmp_path / "copy.db").write_text("mine")

    result = reelbank("backup", str(tmp_path / "copy.db"))

    assert result.exit_code == 1
    assert (tmp_path / "copy.db").read_text() == "mine"


def test_a_damaged_backup_is_refused(reelbank: Reelbank, tmp_path: Path) -> None:
    keep_one(reelbank)
    before = reelbank("export").stdout
    (tmp_path / "copy.db").write_bytes(b"SQLite format 3\x00" + b"x" * 5000)

    result = reelbank("restore", str(tmp_path / "copy.db"), "--yes")

    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert reelbank("export").stdout == before


def test_settings_are_typed_and_shown(reelbank: Reelbank) -> None:
    assert reelbank("settings", "set", "timezone", "europe/berlin").stdout == (
        "timezone is now Europe/Berlin.\n"
    )
    shown = json.loads(reelbank("settings", "show", "--json").stdout)
    assert shown["timezone"] == "Europe/Berlin"
    reelbank("settings", "set", "timezone", "default")
    assert json.loads(reelbank("settings", "show", "--json").stdout)["timezone"] == "UTC"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("timezone", "Mars/Olympus", "such as Berlin"),
        ("retention_days", "soon", "1"),
        ("colour", "red", "timezone"),
    ],
)
def test_a_setting_that_cannot_be_says_what_can(
    reelbank: Reelbank, name: str, value: str, words: str
) -> None:
    result = reelbank("settings", "set", name, value)

    assert result.exit_code == 1
    assert words in result.stderr


def test_the_built_in_knowledge_is_sound(reelbank: Reelbank) -> None:
    result = reelbank("market", "check")

    assert (result.exit_code, result.stdout) == (0, "")
    assert "0 problems" in result.stderr


def test_a_broken_folder_of_facts_is_told(reelbank: Reelbank, tmp_path: Path) -> None:
    folder = tmp_path / "facts"
    folder.mkdir()
    (folder / "a.yaml").write_text(
        "- {id: a, name: A, kind: model}\n- {id: a, name: B, kind: model}\n"
    )

    result = reelbank("market", "check", str(folder))

    assert result.exit_code == 1
    assert "a.yaml:2" in result.stdout


def test_what_should_be_checked_again_is_listed_by_the_limit_of_its_field(
    reelbank: Reelbank,
) -> None:
    found = json.loads(reelbank("market", "stale", "--json").stdout)
    prices = json.loads(reelbank("market", "stale", "--field", "plan_price", "--json").stdout)

    assert len({fact["limit_days"] for fact in found}) > 2
    assert {fact["field"] for fact in prices} == {"plan_price"}
    mistyped = reelbank("market", "stale", "--field", "plan_prise")
    assert mistyped.exit_code == 2
    assert "plan_price" in mistyped.stderr
    assert "plan_price" in reelbank("market", "stale").stderr
    assert json.loads(reelbank("market", "stale", "--days", "36500", "--json").stdout) == []


def with_bank(data_dir: Path, act: Callable[[Store, Write, int], Awaitable[object]]) -> None:
    async def run() -> None:
        store = Store.open(data_dir / "reelbank.db")
        now = datetime.now(UTC)
        row = await store.communities.ensure("console:local", "Console", now)
        person = await store.members.ensure(row.id, "console:kim", "kim", now)
        write = Write(person_id=person.id, community_id=row.id, now=now)
        await act(store, write, row.bank_id)
        store.close()

    asyncio.run(run())


def test_a_banks_own_facts_go_out_as_yaml_and_pass_the_check(
    reelbank: Reelbank, data_dir: Path, tmp_path: Path
) -> None:
    fact = fact_row(
        name="Zorblax", kind="model", claim="Zorblax makes clips of 9 seconds.",
        field="max_seconds",
        value="9 s", url="https://example.org/z", as_of=datetime.now(UTC).date().isoformat(),
    )  # fmt: skip
    with_bank(data_dir, lambda s, w, bank: s.knowledge.put(w, bank, "zorblax", fact, "live"))
    folder = tmp_path / "own"
    folder.mkdir()

    result = reelbank("market", "export", "--output", str(folder / "own.yaml"))

    assert "1 facts" in result.stderr
    text = (folder / "own.yaml").read_text("utf-8")
    assert reelbank("market", "export").stdout == text
    assert "value: 9 s" in text
    assert reelbank("market", "check", str(folder)).exit_code == 0


def test_gaps_are_listed_by_what_they_are_about(reelbank: Reelbank, data_dir: Path) -> None:
    async def ask(store: Store, write: Write, bank_id: int) -> None:
        for text in (
            "How long are Quuxreel clips?",
            "quuxreel clip length",
            "quuxreel clip length",
        ):
            await store.gaps.add(write, bank_id, text, (), "")

    with_bank(data_dir, ask)

    found = json.loads(reelbank("market", "gaps", "--json").stdout)

    assert [(topic["count"], len(topic["gaps"])) for topic in found] == [(3, 2)]
    assert "3x" in reelbank("market", "gaps").stdout
    assert reelbank("market", "gaps", "--state", "answered").stdout == ""


def test_the_commands_page_is_made_and_checked(reelbank: Reelbank, tmp_path: Path) -> None:
    page = str(tmp_path / "docs" / "commands.md")

    assert reelbank("docs", "--output", page, "--check").exit_code == 1
    assert reelbank("docs", "--output", page).exit_code == 0
    assert reelbank("docs", "--output", page, "--check").exit_code == 0
    text = Path(page).read_text("utf-8")
    assert "### /idea search" in text
    assert "`reelbank doctor`" in text


def test_tags_and_look_alikes_are_measured(reelbank: Reelbank, tmp_path: Path) -> None:
    path = tmp_path / "labelled.yaml"
    path.write_text(
        "- {id: a, text: Rebuild the car crash for the jury, primary: legal-forensics}\n"
        "- {id: b, text: Show a jury how the car crash happened, primary: legal-forensics,"
        " duplicates_of: a}\n"
    )

    assert json.loads(reelbank("evaluate", "tags", "--json", str(path)).stdout)["ideas"] == 2
    assert json.loads(reelbank("evaluate", "duplicates", "--json", str(path)).stdout)["pairs"] == 1


def test_answers_are_measured(reelbank: Reelbank, tmp_path: Path) -> None:
    path = tmp_path / "questions.yaml"
    path.write_text(
        "- {id: a, question: Who makes Seedance?, kind: lookup, must_include: [ByteDance],"
        " must_not_include: []}\n"
        "- {id: b, question: Who makes Seedance?, kind: lookup, must_include: [Nobody],"
        " must_not_include: []}\n"
    )

    report = json.loads(reelbank("evaluate", "answers", "--json", str(path)).stdout)

    assert (report["questions"], report["answerable"]) == (2, 0.5)
    assert [failure["id"] for failure in report["failures"]] == ["b"]
    assert "WRONG b" in reelbank("evaluate", "answers", str(path)).stdout


@pytest.mark.parametrize("kind", ["answers", "tags", "duplicates"])
@pytest.mark.parametrize("content", ["x: 1", "- {id: a}", "- [", "\xff"])
def test_a_file_that_is_not_labelled_is_told(
    reelbank: Reelbank, tmp_path: Path, kind: str, content: str
) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(content.encode("latin-1"))

    result = reelbank("evaluate", kind, str(path))

    assert result.exit_code == 1
    assert "went wrong" not in result.stderr


def open_wide(store: Path) -> sqlite3.Connection:
    """Open the file past the guards of the log, as whoever can write it may."""
    db = sqlite3.connect(store)
    for (name,) in db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
    ).fetchall():
        db.execute(f"DROP TRIGGER {name}")
    return db


def test_a_head_that_was_noted_shows_what_the_file_alone_cannot(
    reelbank: Reelbank, data_dir: Path
) -> None:
    keep_one(reelbank)
    whole = reelbank("audit", "verify").stdout
    noted = re.search(r"\d+:\d+:[0-9a-f]{64}", whole)[0]  # type: ignore[index]
    assert reelbank("audit", "verify", "--head", noted).exit_code == 0
    with closing(open_wide(data_dir / "reelbank.db")) as db, db:
        # The last row goes, and the head is set back with it: the chain is whole, and too short.
        db.execute("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
        db.execute(
            "UPDATE banks SET audit_count = audit_count - 1, audit_head = "
            "(SELECT hash FROM audit WHERE bank_id = banks.id ORDER BY seq DESC LIMIT 1)"
        )

    assert reelbank("audit", "verify").exit_code == 0
    known = reelbank("audit", "verify", "--head", noted)
    assert known.exit_code == 1
    assert "not there any more" in known.stdout


def test_a_row_cut_off_without_more_is_noticed(reelbank: Reelbank, data_dir: Path) -> None:
    keep_one(reelbank)
    with closing(open_wide(data_dir / "reelbank.db")) as db, db:
        db.execute("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")

    result = reelbank("audit", "verify")

    assert result.exit_code == 1
    assert "was the last written" in result.stdout


@pytest.mark.parametrize("head", ["1:2", "x", "1:2:zz"])
def test_what_is_no_head_is_refused(reelbank: Reelbank, head: str) -> None:
    assert reelbank("audit", "verify", "--head", head).exit_code == 2


def test_the_log_as_a_file_can_be_worked_out_again(reelbank: Reelbank, tmp_path: Path) -> None:
    keep_one(reelbank)
    rows = [json.loads(line) for line in reelbank("audit", "export").stdout.splitlines()]
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    before = ""
    for row in rows:
        names = ("bank", "seq", "at_us", "actor", "action", "subject", "details")
        link = json.dumps([row[n] for n in names], separators=(",", ":"))
        before = hashlib.sha256((before + link).encode()).hexdigest()
        assert row["hash"] == before
    assert f":{before}" in reelbank("audit", "verify").stdout

    file = tmp_path / "log.csv"
    assert "rows written" in reelbank("audit", "export", "-o", str(file)).stderr
    with file.open(encoding="utf-8", newline="") as opened:
        listed = list(csv.DictReader(opened))
    assert [row["hash"] for row in listed] == [row["hash"] for row in rows]
