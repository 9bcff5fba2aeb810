"""Imports go one way: adapters -> core -> market, tagging -> storage, prompts."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLATFORMS = {"discord", "slack_bolt", "slack_sdk", "prompt_toolkit", "rich", "click"}
SQL = {"sqlite3", "sqlite_utils"}
OURS = {"bot", "storage", "prompts"}
# room -> what it may not import; a name stands for itself and all below it
FORBIDDEN = {
    "bot/core": {*PLATFORMS, *SQL, "bot.adapters", "bot.cli", "bot.app", "bot.supervision"},
    "bot/market": {*PLATFORMS, *SQL, "bot.core", "bot.adapters", "bot.tagging", "bot.cli"},
    "bot/tagging": {*PLATFORMS, *SQL, "bot.core", "bot.adapters", "bot.market", "bot.cli"},
    "storage": {*PLATFORMS, "bot", "prompts"},
    "prompts": {*PLATFORMS, *SQL, "bot", "storage"},
}

# The doctor checks what the composition root puts together.
EXCEPTIONS = {("bot/core/doctor.py", "bot.app")}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("room", FORBIDDEN)
def test_rooms_import_in_one_direction(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        for name in imported(path)
        if (str(path.relative_to(ROOT)), name.rpartition(".")[0] or name) not in EXCEPTIONS
        and (str(path.relative_to(ROOT)), name) not in EXCEPTIONS
        and any(name == bad or name.startswith(bad + ".") for bad in FORBIDDEN[room])
    ]

    assert wrong == []


def test_core_reads_no_environment() -> None:
    for path in (ROOT / "bot" / "core").rglob("*.py"):
        assert "os.environ" not in path.read_text("utf-8"), path


def test_the_test_sees_what_it_looks_for(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text("def f():\n    from bot.adapters import console\n    import discord.ext\n")

    assert {"bot.adapters", "bot.adapters.console", "discord.ext"} <= imported(path)
