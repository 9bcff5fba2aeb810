"""What people typed stays as typed: it never pings, never formats, never leaves its fence."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.discord_bot import markdown
from bot.core.model import Citation
from prompts import plain

MARKS = [
    *("@everyone", "@here", "<@123>", "<@&9>", "<#5>", "</ask:1>", "<:x:1>", "```", "``", "||"),
    *("[a](https://b.c)", "[1]", "**", "\n# t", "\n> q", "https://e.f/_g_?h=[1]", "\n-# s"),
]
HOSTILE = st.text(
    st.sampled_from("`*_~|[]()<>@#&!:/\\-+1.\n \u202e\u2066aé大") | st.characters(), max_size=300
) | st.lists(st.sampled_from(MARKS), max_size=12).map(" ".join)
SOURCE = Citation(1, "Model card (v2)", "https://e.org/a_(b)?c=<d>", "E_Org", "2026-05")
PING = re.compile(r"(?<!\\)<(@[!&]?|#|/|a?:|t:)|@(everyone|here)")


def shown(drawn: str) -> str:
    """Take out what Discord hides: backslashes before punctuation, and zero-width spaces."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", drawn).replace("\u200b", "")


@given(HOSTILE)
def test_members_text_never_pings(text: str) -> None:
    for piece in markdown.pieces(plain(text), ()):
        assert not PING.search(piece)


@given(HOSTILE)
def test_escaped_text_has_no_open_mark(text: str) -> None:
    drawn = re.sub(r"<https?://[^<>]*>", "", markdown.escape(text))

    assert not re.search(r"[*_~|`\[\]<>]", re.sub(r"\\[^0-9A-Za-z\s]", "", drawn))


@given(st.text(st.characters(exclude_categories=("C", "Z")), max_size=80))
def test_escaped_words_read_as_typed(text: str) -> None:
    if "://" not in text:
        assert shown(markdown.escape(text)) == text.replace("\u200b", "")


@given(HOSTILE, st.integers(120, 400))
def test_every_piece_fits_and_closes_its_fences(text: str, limit: int) -> None:
    for marked in (text, plain(text), f"```\n{text}\n```", f"**{plain(text)}** [1]"):
        for piece in markdown.pieces(marked, (SOURCE,), limit):
            assert len(piece) <= limit
            assert len(re.findall(r"(?<![\\`\u200b])```(?!`)", piece)) % 2 == 0


def test_citations_lead_to_their_sources() -> None:
    (piece,) = markdown.pieces("It makes 8 s [1]. Nobody knows [2].", (SOURCE,))

    assert piece == (
        "It makes 8 s [[1]](<https://e.org/a_%28b%29?c=%3Cd%3E>). Nobody knows \\[2\\]."
    )


def test_sources_are_lines_with_title_publisher_and_date() -> None:
    (line,) = markdown.source_lines((SOURCE,))

    assert line == (
        "\\[1\\] [Model card (v2)](<https://e.org/a_%28b%29?c=%3Cd%3E>) · E\\_Org · 2026-05"
    )


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "discord://x", "https://", "data:text/html,x", "https:// x", "//e.f"],
)
def test_other_addresses_are_no_links(url: str) -> None:
    assert markdown.link("words", url) == "words"


@pytest.mark.parametrize("url", ["https://e.f/>) @everyone [x](<https://g.h", "https://e.f/\n# t"])
def test_an_address_cannot_leave_its_brackets(url: str) -> None:
    drawn = markdown.link("words", url)

    assert re.fullmatch(r"\[words\]\(<[^<>\s]+>\)", drawn)


def test_a_citation_is_never_cut_from_its_word() -> None:
    text = " ".join(f"fact{i} [1]." for i in range(200))
    pieces = markdown.pieces(text, (SOURCE,), 300)

    assert all(piece.count("[[1]](<") == piece.count(">)") for piece in pieces)
    assert not any(piece.startswith("[[1]]") for piece in pieces)


@pytest.mark.parametrize(
    "text", ["# big", "-# small", "1. one", "> said", "- item", "discord.gg/x"]
)
def test_line_starts_and_invitations_are_words(text: str) -> None:
    (piece,) = markdown.pieces(plain(text), ())

    assert shown(piece) == text
    assert piece != text


def test_labels_are_cut_to_what_discord_takes() -> None:
    assert markdown.words("**A** long\n label", 8) == "A long…"


def test_too_many_marks_on_one_word_keep_their_numbers() -> None:
    far = [Citation(n, "t", f"https://e.org/{'x' * 450}", "p", "") for n in range(1, 7)]
    (piece,) = markdown.pieces("Fact [1][2][3][4][5][6].", far)

    assert piece == "Fact \\[1\\]\\[2\\]\\[3\\]\\[4\\]\\[5\\]\\[6\\]."
