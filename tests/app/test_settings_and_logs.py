from __future__ import annotations

import io
import json
import logging
import re
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot import logs
from bot.app import open_store
from bot.core.errors import OperatorError, StoreUnusable
from bot.settings import PREFIX, Settings, load_settings

DISCORD = "MTEyMjMzNDQ1NTY2Nzc4ODk5.GabcDE." + "x" * 38
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(PREFIX + name.upper(), raising=False)


def test_everything_has_a_default() -> None:
    settings = load_settings()

    assert settings.data_dir.is_absolute()
    assert settings.discord_token is None
    assert settings.secrets() == ()


def test_an_env_file_in_the_folder_is_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(
        f"REELBANK_DISCORD_TOKEN={DISCORD}\nREELBANK_SLACK_PORT=4000\n"
        "REELBANK_ADMINS=discord:1, slack:T1:U2\nREELBANK_SLACK_BOT_TOKEN=\n"
    )
    monkeypatch.setenv("REELBANK_SLACK_PORT", "5000")
    settings = load_settings()

    assert settings.slack_port == 5000
    assert settings.admins == ("discord:1", "slack:T1:U2")
    assert settings.slack_bot_token is None
    assert settings.secrets() == (DISCORD,)
    assert DISCORD not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_PORT", "70000"),
        ("LOG_LEVEL", "loud"),
        ("DISCORD_API_BASE", "s3cret-not-an-address"),
        ("LOG_JSON", "s3cret"),
    ],
)
def test_a_value_that_cannot_be_is_refused_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(OperatorError) as refused:
        load_settings()

    assert PREFIX + name in str(refused.value)
    assert value not in str(refused.value)


def test_an_env_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"REELBANK_SLACK_PORT=\xff\xfe\n")

    with pytest.raises(OperatorError, match=r"\.env"):
        load_settings()


def test_the_example_lists_every_setting() -> None:
    listed = set(re.findall(r"^#? ?REELBANK_(\w+)=", (ROOT / ".env.example").read_text(), re.M))

    assert {name.lower() for name in listed} == set(Settings.model_fields)


async def test_a_store_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = load_settings(data_dir=tmp_path / "file" / "data")

    with pytest.raises(StoreUnusable, match="file"):
        await open_store(settings)


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Send logs as JSON lines to a text."""
    out = io.StringIO()
    monkeypatch.setattr("sys.stderr", out)
    monkeypatch.setenv("REELBANK_DISCORD_TOKEN", "a-secret-of-my-own")
    before = logging.getLogger().handlers[:]
    logs.set_up(load_settings())
    yield out  # type: ignore[misc]
    logging.getLogger().handlers[:] = before
    structlog.reset_defaults()


def entries(out: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_tokens_never_reach_the_log(logged: io.StringIO) -> None:
    log = structlog.get_logger("bot.test")
    log.warning("one", token=f"it is {DISCORD}", nested={"a": ["xoxb-123456789-abcdef"]})
    log.warning("with a-secret-of-my-own inside")
    logging.getLogger("discord").warning("header %s", f"Bot {DISCORD}")

    text = logged.getvalue()
    assert "xoxb" not in text
    assert DISCORD not in text
    assert "a-secret-of-my-own" not in text
    assert len(entries(logged)) == 3


def test_words_of_members_never_reach_the_log(logged: io.StringIO) -> None:
    log = structlog.get_logger("bot.test")
    try:
        int("a member wrote this")
    except ValueError:
        log.exception("failed", text="a member wrote this", values={"x": "a member wrote this"})
    logging.getLogger("asyncio").error("Task failed\nfuture: a member wrote this")

    assert "a member wrote this" not in logged.getvalue()
    failed = entries(logged)[0]
    assert failed["exception"].endswith("ValueError")
    assert "test_settings_and_logs.py" in failed["exception"]


def test_our_own_errors_keep_their_words(logged: io.StringIO) -> None:
    error = OperatorError("Free some space.")
    structlog.get_logger("bot.test").error("failed", exc_info=error)

    assert "Free some space." in entries(logged)[0]["exception"]


def test_libraries_speak_of_warnings_only(logged: io.StringIO) -> None:
    logging.getLogger("slack_bolt").info("whole payload")
    logging.getLogger("discord.gateway").debug("whole payload")

    assert logged.getvalue() == ""


@given(st.text())
def test_cleaning_keeps_what_is_no_token(text: str) -> None:
    cleaned = logs.Redactor(("abcdef-secret",)).clean(f"{text} abcdef-secret")

    assert "abcdef-secret" not in cleaned
    assert cleaned.endswith("(token)")
