from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.adapters.console.screen import Screen
from bot.adapters.console.session import Chat, Seat
from bot.core import commands, dispatch
from bot.core.model import Actor, Command, Place, Reply, Request, Role
from bot.core.services import Services
from tests.fakes.house import House

IDEA = "Rebuild a traffic accident for the jury from the police report"


class Typist:
    """Types the lines given; "^C" and "^D" are the keys."""

    is_interactive = False

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = list(lines)
        self.prompts: list[str] = []

    async def line(
        self, prompt: str, *, default: str = "", choices: Sequence[str] = ()
    ) -> str | None:
        del choices
        if prompt:
            self.prompts.append(prompt)
        typed = self.lines.pop(0) if self.lines else "^D"
        if typed == "^C":
            raise KeyboardInterrupt
        return None if typed == "^D" else typed or default


@dataclass
class Console:
    """Runs lines through a chat and gives what the screen shows."""

    house: House
    seat: Seat
    typist: Typist = field(default_factory=lambda: Typist([]))

    async def types(self, *lines: str) -> str:
        out = io.StringIO()
        self.typist = Typist(lines)
        await Chat(self.house.services, self.seat, reader=self.typist, screen=Screen(out)).run()
        return out.getvalue()

    def as_(self, role: Role, name: str = "mo") -> Console:
        actor = Actor(f"console:local:{name}", name, role)
        return Console(self.house, replace(self.seat, actor=actor))


@pytest.fixture
async def console(house: House) -> Console:
    await house.enter("console:local", "Console")
    community = await house.community("console:local")
    actor = Actor("console:local:kim", "kim", Role.ADMIN)
    place = Place(channel_id="console", thread_id="console", is_direct=True)
    return Console(house, Seat(actor, community, place))


async def test_a_question_is_answered_with_numbered_sources(console: Console) -> None:
    shown = await console.types("who makes seedance?")

    assert "ByteDance" in shown
    assert "[1] " in shown
    assert "https://" in shown


async def test_an_idea_is_kept_after_a_yes(console: Console) -> None:
    shown = await console.types(f"Idea: {IDEA}", "y", "#1")

    assert "Keep this as a use case?" in shown
    assert "1 Keep it  2 No" in shown
    assert "Kept as #1" in shown
    assert "Status: pending" in shown


async def test_a_no_asks_the_question_instead(console: Console) -> None:
    shown = await console.types(f"Idea: {IDEA}", "n", "/idea mine")

    assert "Kept" not in shown


async def test_buttons_are_taken_by_their_number(console: Console) -> None:
    shown = await console.types(
        f"/idea add {IDEA}",
        "/idea add Rebuild the traffic accident for a jury, from the police report",
        "2",
        "#1",
        "1",
    )

    assert "Kept as #1" in shown
    assert "Kept as #2" not in shown or "#2" in shown
    assert "1 for, 0 against" in shown


async def test_a_number_that_is_not_offered_says_so(console: Console) -> None:
    shown = await console.types(f"Idea: {IDEA}", "9")

    assert "no such number here: choose 1 to 2" in shown


async def test_a_form_asks_field_by_field_and_again_where_it_is_wrong(console: Console) -> None:
    shown = await console.types("/idea add", "x" * 101, "The crash", "", IDEA, "", "", "", "#1")

    assert "at most 100" in shown
    assert console.typist.prompts[0] == console.typist.prompts[1]
    assert "(optional, at most 100 characters):" in console.typist.prompts[0]
    assert "#1 The crash" in shown


@pytest.mark.parametrize("key", [":cancel", "^C", "^D"])
async def test_a_form_can_be_left(console: Console, key: str) -> None:
    shown = await console.types("/idea add", "A title", key, "/idea mine")

    assert "Left; nothing was kept." in shown
    assert "Kept" not in shown


async def test_the_next_form_is_prefilled(console: Console) -> None:
    await console.types(f"/idea add {IDEA}")
    shown = await console.types("/idea edit 1", "A better title", "", "", "", "n", "#1")

    assert "#1 A better title" in shown
    assert any(f"[{IDEA}]" in prompt for prompt in console.typist.prompts)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Ask a question"),
        ("   \t ", "Ask a question"),
        ("\x1b[31m\x00\x07", "Ask a question"),
        ("/hlep", "Did you mean /help?"),
        ("/idea serach crash", "/idea search"),
        ("/xyzzyplugh", "no command /xyzzyplugh"),
        ("/", "There is no command"),
        ("#99", "99"),
        ("/idea vote", ""),
        ("مرحبا، ما هو سورا؟", ""),
        ("שלום", ""),
        ("a" * 10_000, "10,000 characters"),
        ("word " * 2_000, "10,000 characters"),
        ("\ud800 lone", ""),
        ("**[x](javascript:1)** `", ""),
    ],
)
async def test_every_line_gets_a_helpful_reply(console: Console, typed: str, words: str) -> None:
    shown = await console.types(typed, "^D")

    assert words in shown
    assert shown.strip()
    assert "\x1b" not in shown
    assert "went wrong" not in shown


async def test_what_goes_wrong_is_told_with_a_reference_and_the_chat_goes_on(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_services: Services, _request: Request) -> Reply:
        raise RuntimeError("words of a member")

    command = Command(name="break", summary="Break.", handle=broken)
    monkeypatch.setattr(commands, "ALL", (*commands.ALL, command))
    dispatch._by_name.cache_clear()

    shown = await console.types("/break", "who makes kling?")
    dispatch._by_name.cache_clear()

    assert "Reference " in shown
    assert "words of a member" not in shown
    assert "Kuaishou" in shown


async def test_a_member_may_not_moderate_and_is_not_asked_for_a_form(console: Console) -> None:
    await console.types(f"/idea add {IDEA}")
    member = console.as_(Role.MEMBER)
    shown = await member.types("/mod decline 1", "/queue")

    assert shown.count("Only moderators") == 2
    assert member.typist.prompts == []


async def test_a_moderator_decides(console: Console) -> None:
    await console.types(f"/idea add {IDEA}")
    shown = await console.as_(Role.MODERATOR).types("/mod accept 1", "#1")

    assert "Status: accepted" in shown


async def test_an_export_lands_in_the_folder_and_overwrites_nothing(
    console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await console.types(f"/idea add {IDEA}")
    shown = await console.types("/export", "/export")

    first, second = tmp_path / "ideas.csv", tmp_path / "ideas-2.csv"
    assert str(first) in shown
    assert first.read_bytes() == second.read_bytes()
    assert IDEA.encode() in first.read_bytes()


async def test_follow_ups_know_what_was_said(console: Console) -> None:
    shown = await console.types("who makes seedance 2.0?", "and kling 3.0?")

    assert "Kuaishou" in shown


@pytest.mark.parametrize("word", ["/quit", "/exit", ":q", "^D"])
async def test_the_chat_can_be_left(console: Console, word: str) -> None:
    shown = await console.types(word, "who makes kling?")

    assert "Kuaishou" not in shown


async def test_ctrl_c_drops_what_was_asked(console: Console) -> None:
    shown = await console.types(f"Idea: {IDEA}", "^C", "y")

    assert "Kept as" not in shown


async def test_another_language_is_spoken_once_it_is_set(console: Console) -> None:
    await console.types("/settings set timezone Europe/Berlin")

    assert console.seat.community.settings["timezone"] == "Europe/Berlin"
