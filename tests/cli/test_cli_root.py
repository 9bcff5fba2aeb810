from __future__ import annotations

import subprocess
import sys

import pytest

from bot.cli.root import COMMANDS, explain
from bot.core.errors import NotFound, OperatorError
from tests.fakes.command_line import Reelbank

HEAVY = ("numpy", "pydantic", "jinja2", "rich", "prompt_toolkit", "sqlite3", "discord", "yaml")


def test_help_lists_every_command_and_loads_nothing_heavy() -> None:
    code = (
        "import sys; from bot.cli import _run; _run(['--help']); "
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert all(f"  {name} " in done.stdout for name in COMMANDS)
    assert done.stdout.splitlines()[-1] == "[]"


def test_asking_loads_neither_models_nor_platforms_nor_the_store(data_dir: object) -> None:
    del data_dir
    code = (
        "import sys; from bot.cli import _run; _run(['ask', 'who makes Kling?']); "
        "print([m for m in ('numpy', 'onnxruntime', 'discord', 'slack_bolt', 'sqlite_utils', "
        "'prompt_toolkit', 'structlog', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(reelbank: Reelbank, name: str) -> None:
    result = reelbank(name, "--help")

    assert result.exit_code == 0
    assert f"Usage: reelbank {name}" in result.stdout
    assert len(result.stdout.splitlines()) > 4


def test_a_mistyped_command_is_a_wrong_use_and_gets_a_hint(reelbank: Reelbank) -> None:
    result = reelbank("exprot")

    assert result.exit_code == 2
    assert 'Did you mean "export"?' in result.stderr


def test_a_wrong_setting_names_the_variable_and_never_shows_its_value(
    reelbank: Reelbank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REELBANK_SLACK_PORT", "s3cret")
    result = reelbank("doctor")

    assert result.exit_code == 1
    assert "REELBANK_SLACK_PORT: input should be a valid integer" in result.stderr
    assert "s3cret" not in result.output


def test_errors_are_words_and_never_quote_what_others_raised() -> None:
    assert explain(OperatorError("Do this.")) == "Do this."
    assert explain(NotFound("not_there")) == "That is no longer there."
    assert explain(FileNotFoundError(2, "No such file", "x.csv")) == "x.csv: No such file"
    with pytest.raises(KeyError) as strange:
        {}["what a member wrote"]
    words = explain(strange.value)
    assert words is not None
    assert "KeyError" in words
    assert "member" not in words
