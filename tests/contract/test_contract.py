"""Every command on every platform: the same rows, and the same words."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable

import pytest

from bot.core import commands
from tests.contract import rows
from tests.contract.conftest import PLATFORMS
from tests.contract.script import SCRIPT
from tests.contract.stage import Play, Step

Plays = Callable[[str], Play]
OTHERS = PLATFORMS[1:]
WRITES = {command.name for command in commands.ALL if command.is_write}
STEPS = [pytest.param(at, step, id=f"{at:02}-{step}") for at, step in enumerate(SCRIPT)]


def test_the_script_reaches_every_command() -> None:
    assert {step.reaches for step in SCRIPT} == {command.name for command in commands.ALL}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_step_runs_what_the_script_says(plays: Plays, platform: str) -> None:
    reached = plays(platform).reached

    assert [names[-1:] for names in reached] == [[step.reaches] for step in SCRIPT]


@pytest.mark.parametrize(("at", "step"), STEPS)
@pytest.mark.parametrize("platform", OTHERS)
def test_the_words_are_the_same(plays: Plays, platform: str, at: int, step: Step) -> None:
    expected, shown = plays("console").shown[at], plays(platform).shown[at]

    assert expected.words
    if step.has_table:
        assert set(shown.words) == set(expected.words), shown.texts
    else:
        assert shown.words == expected.words, shown.texts


@pytest.mark.parametrize("platform", OTHERS)
def test_buttons_menus_and_forms_are_the_same(plays: Plays, platform: str) -> None:
    for step, expected, shown in zip(
        SCRIPT, plays("console").shown, plays(platform).shown, strict=True
    ):
        assert (step, shown.buttons) == (step, expected.buttons)
        assert (step, shown.menus) == (step, expected.menus)
        assert (step, shown.form) == (step, expected.form)


@pytest.mark.parametrize("platform", ["slack-http", "slack-socket"])
def test_cards_and_notices_are_the_same(plays: Plays, platform: str) -> None:
    expected, sent = plays("discord").sent, plays(platform).sent

    assert sum(bool(shown.words) for shown in expected) > 15
    for step, one, other in zip(SCRIPT, expected, sent, strict=True):
        found = (step, other.words, sorted(other.buttons))
        assert found == (step, one.words, sorted(one.buttons))


def test_the_console_has_the_cards_without_the_notices(plays: Plays) -> None:
    for one, other in zip(plays("console").sent, plays("discord").sent, strict=True):
        assert one.words <= other.words
        assert bool(one.words) == bool(other.words)


@pytest.mark.parametrize("platform", OTHERS)
def test_files_say_the_same(plays: Plays, platform: str) -> None:
    for step, one, other in zip(SCRIPT, plays("console").shown, plays(platform).shown, strict=True):
        expected = [content_of(file) for file in one.files]
        assert (step, [content_of(file) for file in other.files]) == (step, expected)


@pytest.mark.parametrize("platform", OTHERS)
def test_pictures_show_the_same(plays: Plays, platform: str) -> None:
    expected = [shown.pictures for shown in plays("console").shown]

    assert any(expected)
    assert [shown.pictures for shown in plays(platform).shown] == expected


def content_of(file: bytes) -> Counter[str]:
    """Count the words of a file, whatever the platform and the community are called in it."""
    text = ADDRESS.sub("", _alike(file).decode("utf-8-sig"))
    return Counter(re.findall(r"\w+", NAMES.sub("", PERSON.sub("", text))))


def _alike(file: bytes) -> bytes:
    """Leave out of a member's data what is on its way, which is the platform's own business."""
    if not file.startswith(b"{"):
        return file
    kept = json.loads(file)
    if not isinstance(kept, dict) or "accounts" not in kept:
        return file
    own = {"requests", "notices", "buttons", "counted", "cards"}
    return json.dumps({name: rows for name, rows in kept.items() if name not in own}).encode()


ADDRESS = re.compile(r"https?(?::|\\:|&#58;)//[^\s\",)>]+")
# Ids of people are random, and hashes of the log hang on them.
PERSON = re.compile(r"\b[0-9a-f]{64}\b|(?<=,)\d{9,16}(?=,[A-Z])")
NAMES = re.compile(r"\b(?:(?:console|discord|slack)(?::[\w:.]+)?|Console|Film club|Acme)\b")


@pytest.mark.parametrize("platform", OTHERS)
@pytest.mark.parametrize("table", rows.QUERIES)
def test_the_rows_are_the_same(plays: Plays, platform: str, table: str) -> None:
    console, other = plays("console"), plays(platform)

    expected = rows.kept(console.file, "console:local")[table]
    key = {"discord": "discord:1200000000000000002"}.get(platform, "slack:T1")
    assert rows.kept(other.file, key)[table] == expected


@pytest.mark.parametrize("platform", OTHERS)
def test_whatever_was_written_down_is_done_and_wiped(plays: Plays, platform: str) -> None:
    kept = rows.deliveries(plays(platform).file)

    writes = [step for step in SCRIPT if step.reaches in WRITES]
    assert len(kept) >= len(writes) - 1  # what fails at its fields needs no delivery on Discord
    assert set(kept) == {(1, "{}", 0)}


@pytest.mark.parametrize("platform", OTHERS)
def test_the_platform_would_refuse_nothing_of_it(plays: Plays, platform: str) -> None:
    assert plays(platform).problems == []


FAMILIES = {command.name.partition(" ")[::2] for command in commands.ALL if command.is_listed}
FOR_THE_OTHER_PLATFORM = {"link code", "me link"}


def can_be_typed(platform: str, first: str, second: str) -> bool:
    """Tell whether a command of these two words is there; a lone command takes any second."""
    if platform.startswith("slack") and first not in {"ask", "idea"}:
        return first == "reelbank"
    return {(first, second), (first, "")} & FAMILIES != set()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_people_are_told_to_type_can_be_typed(plays: Plays, platform: str) -> None:
    told = {
        hint
        for step, shown in zip(SCRIPT, plays(platform).shown, strict=True)
        if step.reaches not in FOR_THE_OTHER_PLATFORM
        for hint in shown.hints
    }

    assert len(told) > 10 or platform.startswith("slack")
    assert {hint for hint in told if not can_be_typed(platform, *hint)} == set()
