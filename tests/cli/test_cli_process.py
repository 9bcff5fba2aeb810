"""The real program in processes of its own: pipes, signals, a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.fakes.command_line import batch

COMMAND = (sys.executable, "-m", "bot")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(data_dir: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("REELBANK_")}
    return {**kept, "REELBANK_DATA_DIR": str(data_dir), "PYTHONPATH": str(ROOT), "TERM": "xterm"}


def finished(
    arguments: Sequence[str], environment: dict[str, str], text: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], input=text, env=environment, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip


def test_a_script_drives_the_chat(environment: dict[str, str]) -> None:
    script = "who makes seedance?\nIdea: Rebuild a crash for the jury from the report\ny\n#1\n"

    first = finished(["chat"], environment, script)

    assert first.returncode == 0
    assert first.stderr == ""
    assert "ByteDance" in first.stdout
    assert "Kept as #1" in first.stdout
    assert "By: " in first.stdout
    assert "\x1b" not in first.stdout
    assert "who makes" not in first.stdout


def test_a_chat_whose_reader_has_gone_ends_without_a_word(environment: dict[str, str]) -> None:
    chat = subprocess.Popen(
        [*COMMAND, "chat"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert chat.stdin is not None
    assert chat.stdout is not None
    chat.stdin.write("/help\n")
    chat.stdin.flush()
    assert chat.stdout.readline().startswith("Reelbank")
    chat.stdout.close()

    _, complaints = chat.communicate("/help\n" * 30, timeout=60)

    assert complaints == ""
    assert chat.returncode == 128 + signal.SIGPIPE


def test_two_chats_with_the_same_lines_say_the_same(
    environment: dict[str, str], tmp_path: Path
) -> None:
    script = (
        "/idea add Rebuild a crash for the jury from the report\n/idea search crash\n#1\n/help\n"
    )
    outputs = []
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "cache").symlink_to(Path(environment["REELBANK_DATA_DIR"]) / "cache")
        outputs.append(
            finished(["chat"], {**environment, "REELBANK_DATA_DIR": str(folder)}, script).stdout
        )

    assert outputs[0] == outputs[1] != ""


def test_a_batch_answers_while_it_is_fed(environment: dict[str, str]) -> None:
    process = subprocess.Popen(
        [*COMMAND, "ask", "--batch", "-"], env=environment, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        for n in range(2):
            process.stdin.write(batch({"id": n, "question": "who makes kling?"}))
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == n
        process.stdin.close()
        assert process.wait(10) == 0


def test_ctrl_c_ends_with_130_and_no_traceback(environment: dict[str, str]) -> None:
    process = subprocess.Popen(
        [*COMMAND, "tag", "--batch", "-"], env=environment, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(batch({"id": 1, "text": "Lyric videos for our band"}))
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "Traceback" not in errors


def test_a_reader_that_leaves_early_is_no_error(environment: dict[str, str]) -> None:
    rows = batch(*({"id": n, "text": "hello"} for n in range(3000)))
    process = subprocess.Popen(
        [*COMMAND, "tag", "--batch", "-"], env=environment, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdin.write(rows[:2000])
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdout = None
        _, errors = process.communicate(rows[2000:], timeout=30)

    assert process.returncode == 141
    assert errors == ""


def test_output_that_cannot_be_written_is_a_failure(environment: dict[str, str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "market", "stale"], env=environment, stdout=full, stderr=subprocess.PIPE,
            text=True, timeout=60, check=False,
        )  # fmt: skip

    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_token_run_says_how_to_add_one_and_opens_the_chat(
    environment: dict[str, str],
) -> None:
    done = finished(["run"], environment, "who makes kling?\n")

    assert done.returncode == 0
    assert "REELBANK_DISCORD_TOKEN" in done.stdout
    assert "Kuaishou" in done.stdout


def test_the_demo_has_200_ideas_and_leaves_nothing_behind(environment: dict[str, str]) -> None:
    lines = "/idea search training\n/idea show 200\n/idea show 201\n"
    done = finished(["demo"], environment, lines)

    assert done.returncode == 0
    assert "1 to 5 of" in done.stdout
    assert "#200 " in done.stdout
    assert "201" in done.stdout.splitlines()[-2]
    assert not (Path(environment["REELBANK_DATA_DIR"]) / "reelbank.db").exists()


def test_a_folder_that_cannot_be_used_is_told(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    broken = {**environment, "REELBANK_DATA_DIR": str(tmp_path / "file" / "data")}

    for command in ("chat", "export", "doctor"):
        done = finished([command], broken, "hello\n")
        assert done.returncode == 1, command
        assert "Traceback" not in done.stderr + done.stdout
        assert "file" in done.stderr + done.stdout
    assert finished(["ask", "who makes kling?"], broken).returncode == 0


class Pty:
    """A terminal with the chat in it."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        self.shown = ""
        self.pid, self.file = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, [*COMMAND, *arguments], environment)

    def types(self, text: str) -> None:
        os.write(self.file, text.encode())

    def waits_for(self, words: str, seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while words not in self.plain():
            assert time.monotonic() < deadline, self.plain()
            self._read()

    def waits_for_prompt(self) -> None:
        deadline = time.monotonic() + 20
        # prompt_toolkit switches bracketed paste on while it reads a line
        while not (
            self.shown.endswith("> ")
            or self.shown.rfind("\x1b[?2004h") > self.shown.rfind("\x1b[?2004l")
        ):
            assert time.monotonic() < deadline, self.plain()
            self._read()

    def plain(self) -> str:
        return re.sub(r"\x1b\]8;[^\x1b]*\x1b\\|\x1b\[[0-9;?]*[A-Za-z]", "", self.shown)

    def _read(self) -> bool:
        ready, _, _ = select.select([self.file], [], [], 0.2)
        if not ready:
            return True
        try:
            data = os.read(self.file, 65536)
        except OSError:  # Linux says EIO once the other side is closed
            return False
        self.shown += data.decode("utf-8", "replace")
        # prompt_toolkit asks where the cursor is, and waits for a terminal to answer
        if b"\x1b[6n" in data:
            os.write(self.file, b"\x1b[1;1R")
        return bool(data)

    def ends(self) -> int:
        deadline = time.monotonic() + 20
        while self._read():
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def test_a_terminal_gets_a_greeting_history_and_completion(environment: dict[str, str]) -> None:
    terminal = Pty(environment, "chat")
    terminal.waits_for("Ctrl-D leaves")
    greeting = terminal.plain().partition("> ")[0]
    assert len(greeting.strip().splitlines()) <= 4

    terminal.types("/idea ra\t")
    terminal.waits_for("ndom")  # it draws only what is new
    terminal.types("\r")
    terminal.waits_for("no idea")
    terminal.waits_for_prompt()
    terminal.types("half a line\x03who makes kling?\r")
    terminal.waits_for("Kuaishou")
    assert "\x1b]8;" in terminal.shown
    terminal.waits_for_prompt()
    terminal.types("\x04")

    assert terminal.ends() == 0
    assert "Bye." in terminal.plain()
    history = Path(environment["REELBANK_DATA_DIR"]) / "history"
    assert "+who makes kling?" in history.read_text()
    assert history.stat().st_mode & 0o777 == 0o600


def test_a_dumb_terminal_gets_plain_prompts(environment: dict[str, str]) -> None:
    terminal = Pty({**environment, "TERM": "dumb", "NO_COLOR": "1"}, "chat")
    terminal.waits_for_prompt()
    terminal.types("who makes kling?\n")
    terminal.waits_for("Kuaishou")
    terminal.waits_for_prompt()
    terminal.types("\x04")

    assert terminal.ends() == 0
    assert "\x1b[3" not in terminal.shown
