"""The manifest and docs say what the program does."""

from pathlib import Path

import pytest
import yaml

from bot.adapters.slack_app.manifest import manifest, manifest_yaml
from bot.adapters.slack_app.shelf import shelf_of, slashes
from bot.core import commands
from bot.core.lines import split_command
from tests.slack.features import Seen, make

ROOT = Path(__file__).parents[2]


def test_every_listed_command_is_behind_a_slash() -> None:
    all_ = make(Seen())
    offered = {s.name for s in slashes(all_)}
    for command in all_:
        if not command.is_listed:
            continue
        first, _, rest = command.name.partition(" ")
        slash, text = (first, rest) if first in offered else ("reelbank", command.name)
        found = split_command(shelf_of(f"/{slash}", text), all_)
        assert found.command is command


def test_the_manifest_fits_slacks_limits() -> None:
    written = manifest(commands.ALL)
    assert len(written["display_information"]["description"]) <= 140
    for slash in written["features"]["slash_commands"]:
        assert len(slash["command"]) <= 32
        assert len(slash["description"]) <= 2000
        assert len(slash["usage_hint"]) <= 1000
    shortcuts = written["features"]["shortcuts"]
    assert len([s for s in shortcuts if s["type"] == "message"]) <= 5
    assert len([s for s in shortcuts if s["type"] == "global"]) <= 5
    for shortcut in shortcuts:
        assert 1 <= len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150


def test_the_manifest_in_the_repository_is_the_generated_one() -> None:
    kept = (ROOT / "slack-manifest.yaml").read_text(encoding="utf-8")
    assert kept == manifest_yaml(commands.ALL), "run `reelbank docs` to write it again"


def test_http_needs_addresses_and_socket_mode_none() -> None:
    url = "https://bot.example.org/slack/events"
    over_http = manifest(commands.ALL, url)
    assert over_http["settings"]["socket_mode_enabled"] is False
    assert over_http["settings"]["interactivity"]["message_menu_options_url"] == url
    assert {s["url"] for s in over_http["features"]["slash_commands"]} == {url}
    assert "url" not in str(manifest(commands.ALL)["features"])


@pytest.mark.parametrize("scope", manifest(())["oauth_config"]["scopes"]["bot"])
def test_the_docs_explain_every_scope(scope: str) -> None:
    assert f"`{scope}`" in (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")


def test_yaml_reads_back() -> None:
    assert yaml.safe_load(manifest_yaml(commands.ALL)) == manifest(commands.ALL)
