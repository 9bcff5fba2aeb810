"""What is drawn never pings, never breaks a link or a fence, and fits into Slack's limits."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.adapters.slack_app import mrkdwn
from bot.adapters.slack_app.blocks import messages, view_blocks
from bot.adapters.slack_app.controls import Controls
from bot.adapters.slack_app.tables import table_block, table_text
from bot.core.markup import plain_text
from bot.core.model import ActionItem, Citation, NameValue, Reply, Table
from prompts import plain
from tests.fakes.slack_checks import check_blocks, check_message, links, pings

SIGNS = st.sampled_from("`*_~|[]()<>@#&!:/\\-+1.\n \u202e\u2066aé大😀")
BITS = st.sampled_from(
    [
        "<!channel>",
        "<!here|x>",
        "<@U123>",
        "<#C1>",
        "<http://a.b|c>",
        "&lt;!channel&gt;",
        "```",
        "``",
        "@here",
        "[1]",
        "**",
        ">",
        "*",
        "https://e.f/_g_?h=[1]&i=<j>",
        "[a](https://b.c)",
        "[x](javascript:alert(1))",
        "<!subteam^S1>",
        "&amp;",
        "<!date^1^{date}|x>",
    ]
) | st.sampled_from(["\n> q", "\n```\n", "\n- ", "> "])
HOSTILE = st.text(SIGNS | st.characters(codec="utf-8"), max_size=200) | st.lists(
    BITS | st.text(SIGNS, max_size=5), max_size=14
).map("".join)
URL = st.just("https://e.org/a_(b)?c=<d>|e&f g>") | HOSTILE.map(lambda t: f"https://e.org/{t}")
SOURCE = Citation(1, "Model card <!channel> | v2", "https://e.org/a?b=<c>|d", "E_Org", "2026-05")


@given(HOSTILE)
def test_members_words_never_ping_or_link(text: str) -> None:
    for drawn in [
        *mrkdwn.pieces(plain(text), 300),
        mrkdwn.fallback(plain(text)),
        mrkdwn.plain(text),
    ]:
        assert pings({"text": drawn}) == []
        assert links(drawn) == []


@given(HOSTILE)
def test_what_our_markup_lets_through_never_pings_either(text: str) -> None:
    for drawn in mrkdwn.pieces(text, 300, {1: SOURCE.url}):
        assert pings({"text": drawn}) == []
        assert all(url.startswith(("http:", "https:", "mailto:")) for url, _ in links(drawn))


@given(HOSTILE)
def test_members_words_read_as_they_were_typed(text: str) -> None:
    drawn = mrkdwn.plain(text)
    for look, sign in zip("∗ˍ∼ˋ", "*_~`", strict=True):
        drawn = drawn.replace(look, sign)
        text = text.replace(look, sign)
    shown = drawn.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert shown.replace("\u2060", "") == text.replace("\u2060", "")


@given(HOSTILE)
def test_members_words_open_no_format(text: str) -> None:
    drawn = mrkdwn.plain(text)
    assert not re.search(r"(?<![^\W_])[*_~`](?=[^\s*_~`])", drawn)
    assert not re.search(r"(?m)^\s*&gt;", drawn)


@given(URL, HOSTILE)
def test_a_hostile_source_stays_inside_its_link(url: str, title: str) -> None:
    reply = Reply(text="So [1].", citations=(Citation(1, title, url, title, "2026"),))
    [message] = messages(reply, Controls())
    check_message({"text": message.text, "blocks": list(message.blocks)})
    drawn = message.blocks[0]["text"]["text"]
    assert re.fullmatch(r"So (<https://e\.org/[^<>|\s]*\|\[1\]>|\[1\])\.", drawn)
    assert pings({"text": message.text, "blocks": list(message.blocks)}) == []


@given(HOSTILE.map(lambda t: f"x\n\n```\n{t}\n```\n\ny"))
def test_a_fence_holds_what_it_was_given(text: str) -> None:
    for drawn in mrkdwn.pieces(text, 200):
        assert drawn.count("```") % 2 == 0
        assert len(drawn) <= 200


@settings(max_examples=40, deadline=None)
@given(st.lists(HOSTILE, max_size=8), HOSTILE, st.integers(1, 60))
@example([], "\x85", 1)
@example([], "\r", 1)
@example(["\r"], "\r", 1)
def test_any_reply_is_one_that_slack_takes(texts: list[str], one: str, times: int) -> None:
    reply = Reply(
        title=plain(one),
        text="\n\n".join(plain(t) * times for t in texts),
        fields=tuple(
            NameValue(plain(t), plain(t), is_inline=n % 2 == 0) for n, t in enumerate(texts)
        ),
        items=tuple(ActionItem(plain(t)) for t in texts * min(times, 9)),
        table=Table(("A", plain(one)), tuple((plain(t), plain(t * 3)) for t in texts)),
        citations=(SOURCE,),
        footer=plain(one),
    )
    for message in messages(reply, Controls()):
        for shown in (message, message.without_table):
            payload = {"text": shown.text, "blocks": list(shown.blocks)}
            check_message(payload)
            assert pings(payload) == []
    blocks = view_blocks(reply, Controls())
    assert len(blocks) <= 100
    check_blocks(blocks)


@pytest.mark.parametrize("length", [2899, 2900, 2901, 13_500])
def test_a_long_text_is_split_and_nothing_is_lost(length: int) -> None:
    words = ("wörd 😀 " * length)[:length].strip()
    drawn = messages(Reply(text=words), Controls())

    shown = " ".join(b["text"]["text"].strip() for m in drawn for b in m.blocks)
    assert shown.split() == words.split()


def test_citations_are_never_cut() -> None:
    text = " ".join(f"Claim number {n} is true [{n % 3 + 1}]." for n in range(600))
    sources = tuple(Citation(n, f"T{n}", f"https://e.org/{n}", "P", "2026") for n in (1, 2, 3))

    drawn = messages(Reply(text=text, citations=sources), Controls())

    found = [u for m in drawn for b in m.blocks for u in links(str(b.get("text", {}).get("text")))]
    assert len(found) == 600
    assert all(re.fullmatch(r"\[[123]\]", label) for _, label in found)


def test_more_than_fifty_blocks_are_several_messages() -> None:
    reply = Reply(text="Queue", items=tuple(ActionItem(f"Idea {n}") for n in range(60)))
    drawn = messages(reply, Controls())

    assert [len(m.blocks) <= 50 for m in drawn] == [True] * len(drawn)
    assert "Idea 59" in str(drawn[-1].blocks)


def test_formats_are_drawn() -> None:
    text = "a**b**c *it* `co` [l](https://x.y/a_b?c=1&d=2)\n\n- one\n- **two**\n\n> said\n\n1. x"
    assert mrkdwn.render(mrkdwn.parse(text)) == (
        "a\u200b*b*\u200bc _it_ `co` <https://x.y/a_b?c=1&amp;d=2|l>\n\n"
        "• one\n• *two*\n\n> said\n\n1. x"
    )


def test_signs_inside_words_and_sums_stay() -> None:
    assert mrkdwn.plain("snake_case 2 * 3 ~ a`b *x*") == "snake_case 2 * 3 ~ a`b ∗x∗"


def test_a_table_has_no_empty_cell_and_keeps_its_citations() -> None:
    table = Table(("Model", "Price"), (("**Veo**", "0.40 USD [1]"), ("Sora", "")))
    block = table_block(table, {1: "https://e.org/veo"})
    assert block is not None
    check_blocks([block])
    assert "https://e.org/veo" in str(block)


def test_a_narrow_table_is_columns_and_a_wide_one_lists() -> None:
    [narrow] = table_text(Table(("Model", "s"), (("Veo 3", "8"), ("可灵", "10"))), {})
    assert narrow == "```\nModel  s\n-----  --\nVeo 3  8\n可灵   10\n```"
    [wide] = table_text(Table(("Model", "Licence", "Note"), (("Wan", "Apache-2.0", "x" * 40),)), {})
    assert wide == f"*Wan*\n• Licence: Apache-2.0\n• Note: {'x' * 40}"


def test_a_huge_table_comes_as_text() -> None:
    assert table_block(Table(("A",), tuple((str(n),) for n in range(100))), {}) is None
    assert table_block(Table(tuple("A" * 21), ()), {}) is None


def test_fallback_text_is_never_empty() -> None:
    [message] = messages(Reply(), Controls())
    assert message.text
    assert plain_text("x") == "x"
