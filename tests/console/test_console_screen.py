from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.console.choices import Numbered, chosen, number_choices
from bot.adapters.console.screen import RichScreen, Screen, harmless
from bot.core.model import (
    ActionItem,
    Button,
    Choice,
    Citation,
    NameValue,
    Reply,
    Select,
    Style,
    Table,
)

REPLY = Reply(
    title="Kling",
    text="**Kling 3.0** makes *15 seconds* [1].\n\n- one\n- two `code`\n\n> said",
    fields=(NameValue("Status", "pending"),),
    table=Table(("Model", "Seconds"), (("Kling 3.0 [1]", "15"), ("Veo", "8"))),
    items=(ActionItem("#4 A crash", (Button(label="Show", command="idea show"),)),),
    citations=(Citation(1, "Guide", "https://a.b/c?d=1", "Comfy", "2026-08"),),
    footer="As of today",
    buttons=(
        Button(label="Keep", command="idea add", style=Style.PRIMARY),
        Button(label="Page", url="https://x.y"),
    ),
    selects=(
        Select(
            command="idea retag",
            name="industries",
            placeholder="Choose",
            choices=(Choice("film-tv", "Film"), Choice("games", "Games")),
            chosen=("games",),
            max_values=2,
        ),
    ),
)


def plain(reply: Reply) -> str:
    out = io.StringIO()
    Screen(out).show(reply)
    return out.getvalue()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A terminal of 60 columns with colours."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return io.StringIO()


def test_a_pipe_gets_plain_lines() -> None:
    assert plain(REPLY).splitlines() == [
        "Kling",
        "Kling 3.0 makes 15 seconds [1].",
        "",
        "- one",
        "- two code",
        "",
        "said",
        "Status: pending",
        "Model | Seconds",
        "Kling 3.0 [1] | 15",
        "Veo | 8",
        "- #4 A crash",
        "1 Show",
        "[1] Guide, Comfy, 2026-08. https://a.b/c?d=1",
        "As of today",
        "Choose: 2 Film  3 Games *",
        "4 Keep",
        "Page: https://x.y",
    ]


def test_a_terminal_gets_faces_and_links(terminal: io.StringIO) -> None:
    RichScreen(terminal).show(REPLY)
    shown = terminal.getvalue()

    assert re.search(r"\x1b\]8;[^;]*;https://a\.b/c\?d=1\x1b\\\x1b\[36m\[1\]", shown)
    assert "\x1b[1mKling 3.0" in shown
    assert "**" not in shown
    assert "[1] " in re.sub(r"\x1b\]8;[^\x1b]*\x1b\\|\x1b\[[\d;]*m", "", shown)


def test_no_color_is_heeded_and_links_stay(
    terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    RichScreen(terminal).show(REPLY)

    assert not re.search(r"\x1b\[[\d;]*3\dm", terminal.getvalue())


def test_lines_fit_the_width_but_addresses_stay_whole(terminal: io.StringIO) -> None:
    url = "https://example.org/" + "path/" * 20
    reply = Reply(
        text="word " * 60, citations=(Citation(1, "T", url, "P", "2026"),),
        table=Table(("A", "B"), (("long " * 30, "x" * 200),)),
    )  # fmt: skip
    RichScreen(terminal).show(reply)
    lines = re.sub(r"\x1b\]8;[^\x1b]*\x1b\\|\x1b\[[\d;]*m", "", terminal.getvalue()).splitlines()

    assert max(len(line) for line in lines if "https" not in line) <= 60
    assert any(url in line for line in lines)


def test_what_people_write_never_drives_the_terminal(terminal: io.StringIO) -> None:
    hostile = "a\x1b[2Jb\x1b]0;title\x07c\x9b31md\x08e\u202ef"
    for text in (plain(Reply(text=hostile, title=hostile)), _on(terminal, Reply(text=hostile))):
        assert "\x1b[2J" not in text
        assert "\x1b]0;" not in text
        assert not set(text) & {"\x07", "\x08", "\x9b", "\u202e"}


def _on(terminal: io.StringIO, reply: Reply) -> str:
    RichScreen(terminal).show(reply)
    return terminal.getvalue()


@given(st.text())
def test_harmless_text_holds_no_control_characters(text: str) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202d\u202e]", harmless(text))


def test_everything_that_can_be_chosen_has_a_number() -> None:
    numbered = number_choices(REPLY)

    assert [(n.number, n.label, n.item) for n in numbered] == [
        (1, "Show", 0),
        (2, "Film", None),
        (3, "Games *", None),
        (4, "Keep", None),
    ]


def test_several_of_a_menu_are_chosen_with_commas() -> None:
    numbered = number_choices(REPLY)
    both, one = chosen("2,3", numbered), chosen("3", numbered)

    assert both is not None
    assert both.values == {"industries": ("film-tv", "games")}
    assert one is not None
    assert one.values == {"industries": ("games",)}
    assert chosen("3,4", numbered) is None
    assert chosen("2,2,3", numbered) is None


def test_yes_and_no_are_read_where_there_are_two_ways() -> None:
    pair = [Numbered(1, "Keep", "idea add", is_primary=True), Numbered(2, "No", "ask")]

    assert chosen("Y", pair) is pair[0]
    assert chosen("no", pair) is pair[1]
    assert chosen("yes", [pair[0]]) is None
    assert chosen("yes", [pair[1], pair[0]]) is None


@given(st.text(max_size=12))
def test_no_line_breaks_choosing(text: str) -> None:
    found = chosen(text, number_choices(REPLY))

    assert found is None or found.number in {1, 2, 3, 4}
