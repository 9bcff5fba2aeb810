from __future__ import annotations

import asyncio
import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.core import imports
from bot.core.cleaning import clean_text
from bot.core.export_columns import NAMES as COLUMNS
from bot.core.export_guard import guarded, harmless, unguarded
from bot.core.export_markdown import literal
from bot.core.export_schema import SCHEMA
from storage import IdeaTag, NewIdea, VoteCount
from tests.fakes.collection import NOW, collection, new, texts

FORMATS = ("csv", "jsonl", "json", "md")
HOSTILE = (
    "=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", " =1",
    "|cmd", "\n=1", "\u200b=1", "−1",
)  # fmt: skip

people_write = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"))


def tag(industry: str, rank: int = 0, **values: object) -> IdeaTag:
    return IdeaTag(industry=industry, rank=rank, confidence=0.5, **values)  # type: ignore[arg-type]


def rich() -> list[NewIdea]:
    """Ideas that use every column."""
    day = NOW - timedelta(days=9)
    later = datetime(2026, 11, 20, 8, 0, 0, 123456, tzinfo=UTC)
    votes = VoteCount(up=4, down=1, by_platform={"discord": (3, 0), "slack": (1, 1)})
    return [
        new("Rebuild a crash", number=2, status="accepted", created_at=day, decided_at=later,
            updated_at=later, tallies=votes, platform="discord", language="en", link="https://a.b/c",
            beneficiaries="juries", permalink="https://discord.com/channels/1/2/3",
            tags=(tag("legal-forensics", because=("crash",), set_by="moderator"),
                  tag("insurance", 1))),
        new("Same crash", number=5, status="merged", merged_into=2, created_at=day,
            tallies=VoteCount(up=1, by_platform={"discord": (1, 0)}), platform="discord"),
        new("=bad", number=6, status="declined", reason="No.", created_at=day, flags=("odd",)),
        new("Hidden", number=9, is_anonymous=True, author_name="", created_at=day,
            permalink="https://discord.com/channels/1/2/4", external_id="x-1"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_taken_for_a_formula_and_nothing_is_lost(text: str) -> None:
    assert guarded(text).startswith("'")
    assert unguarded(guarded(text)) == text


@given(people_write)
def test_the_guard_comes_off_again(text: str) -> None:
    cell = guarded(text)

    assert not cell.lstrip(" ").startswith(tuple("=+-@＝＋－＠\t\r"))
    assert unguarded(cell) == harmless(text)
    assert "".join(c for c in text if c.isprintable()) in {
        "".join(c for c in harmless(text) if c.isprintable())
    }


def test_the_columns_of_version_1_stay_as_they_are() -> None:
    assert ",".join(COLUMNS) == (
        "number,title,text,status,primary_industry,primary_industry_name,industries,tags,naics,"
        "isic,author,anonymous,platform,language,beneficiaries,link,permalink,votes_up,votes_down,"
        "score,votes_console_up,votes_console_down,votes_discord_up,votes_discord_down,"
        "votes_slack_up,votes_slack_down,created_at,updated_at,decided_at,reason,merged_into,"
        "flags,external_id,consent,notes,votes_other_up,votes_other_down,aliases"
    )


def test_a_row_holds_votes_tags_codes_and_who_set_them() -> None:
    with collection() as bank:
        bank.add(*rich())
        content = bank.exported("csv")

    assert content.count(b"\r\n") == 5
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    first = rows[0]
    assert (first["votes_up"], first["votes_down"], first["score"]) == ("5", "1", "4")
    assert (first["votes_discord_up"], first["votes_slack_down"]) == ("4", "1")
    assert first["tags"] == "legal-forensics 0.50 moderator; insurance 0.50 tagger"
    assert (first["naics"], first["isic"]) == ("5411 92211 92213", "691")
    assert first["permalink"] == "https://discord.com/channels/1/2/3"
    assert (rows[1]["status"], rows[1]["merged_into"]) == ("merged", "2")
    assert rows[2]["title"] == "'=bad"


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_ideas_give_the_same_bytes(form: str) -> None:
    with collection() as one, collection() as other:
        one.add(*rich())
        other.add(*rich())
        assert one.exported(form) == other.exported(form) == one.exported(form)


@pytest.mark.parametrize("form", FORMATS)
def test_anonymous_authors_stay_anonymous(form: str) -> None:
    with collection() as bank:
        author = bank.person("Secretia")
        write = bank.write(author)
        hidden = replace(rich()[3], author_id=author, external_id=None, number=None)
        asyncio.run(bank.store.ideas.add(write, bank.community.bank_id, hidden))
        content = bank.exported(form).decode()

    assert "Hidden" in content
    assert "Secretia" not in content
    assert "channels/1/2/4" not in content


@pytest.mark.parametrize("form", FORMATS)
def test_names_can_be_replaced_and_links_to_messages_go_with_them(form: str) -> None:
    with collection() as bank:
        bank.add(new("One"), new("Two", author_name="Bo"), new("Three"), *rich()[3:])
        bank.add(new("Four", permalink="https://discord.com/channels/7"))
        content = bank.exported(form, is_pseudonymised=True).decode()

    assert "Ana" not in content
    assert "Bo" not in content
    assert "channels" not in content
    assert content.count("author") >= 4
    assert ("author-1" in content) or ("author\\-1" in content)


def test_a_byte_order_mark_comes_on_request_and_only_once() -> None:
    with collection() as bank:
        bank.add(*(new(f"Idea {n}") for n in range(1100)))
        content = bank.exported("csv", with_bom=True)

    assert content.startswith(b"\xef\xbb\xbfnumber,")
    assert content.count(b"\xef\xbb\xbf") == 1


def test_every_record_follows_the_schema() -> None:
    with collection() as bank:
        bank.add(*rich())
        records = [json.loads(line) for line in bank.exported("jsonl").splitlines()]
        document = json.loads(bank.exported("json"))

    assert document["ideas"] == records
    for record in records:
        jsonschema.validate(record, SCHEMA)
        assert set(record) == set(SCHEMA["required"])


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_restores_everything_in_an_empty_bank(form: str) -> None:
    with collection() as bank, collection() as empty:
        bank.add(*rich())
        content = bank.exported(form)
        report = empty.imported(content, f"ideas.{form}")

        assert (report.added, report.bad, report.is_restored) == (4, 0, True)
        assert [idea.number for idea in empty.ideas()] == [2, 5, 6, 9]
        assert empty.exported(form) == content
        assert empty.imported(content, f"ideas.{form}").known == 4


def test_merged_votes_are_not_counted_twice() -> None:
    with collection() as bank, collection() as empty:
        bank.add(*rich())
        assert bank.ideas()[0].votes.up == 5
        empty.imported(bank.exported("json"))

        assert empty.ideas()[0].votes == bank.ideas()[0].votes
        asyncio.run(empty.store.ideas.unmerge(empty.write(), empty.community.bank_id, 5))
        assert empty.ideas()[0].votes.by_platform == {"discord": (3, 0), "slack": (1, 1)}


def test_into_a_bank_with_ideas_an_export_comes_as_new_ideas_once() -> None:
    with collection() as bank, collection() as other:
        bank.add(*rich())
        other.add(new("I was here first", number=2))
        report = other.imported(bank.exported("json"))
        again = other.imported(bank.exported("json"))

        assert (report.added, report.is_restored, again.added) == (4, False, 0)
        assert "not empty" in report.notices[0]
        assert texts(other.ideas())[0] == "I was here first"
        assert [idea.number for idea in other.ideas()] == [2, 3, 4, 5, 6]


def test_a_restoring_import_that_was_cut_off_can_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK", 1)
    seen = []

    def cut_off(count: int) -> None:
        seen.append(count)
        if count == 3:
            raise InterruptedError

    with collection() as bank, collection() as empty:
        bank.add(*rich())
        content = bank.exported("jsonl")
        with pytest.raises(InterruptedError):
            empty.imported(content, "ideas.jsonl", progress=cut_off)
        assert 0 < len(empty.ideas()) < 4

        report = empty.imported(content, "ideas.jsonl")

        assert report.added + len(seen) - 1 == 4
        assert empty.exported("jsonl") == content


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(people_write, people_write), min_size=1, max_size=6))
def test_whatever_people_write_survives_csv_and_json(rows: list[tuple[str, str]]) -> None:
    with collection() as bank, collection() as by_json, collection() as by_csv:
        for n, (text, author) in enumerate(rows):
            kept = clean_text(f"{n} {text[:900]}")  # as every command does
            bank.add(new(kept, title=clean_text(kept[:60]), author_name=clean_text(author[:50])))
        content = bank.exported("json")
        by_json.imported(content)
        by_csv.imported(bank.exported("csv"), "ideas.csv")

        assert by_json.exported("json") == content
        assert texts(by_csv.ideas()) == texts(bank.ideas())


MARKDOWN = (
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](http://a.b/c.png)", "**b** _i_",
    "# heading", "- item", "1. item", "> quote", "`code`", "| a | b |", "<!-- x -->", "&lt;b&gt;",
    "a\n\n# b", "```\ncode\n```", "\\*not\\*", "<https://a.b>", "[a]: http://x.y", "---",
)  # fmt: skip


@pytest.mark.parametrize("text", MARKDOWN)
def test_no_member_writes_markup_or_html(text: str) -> None:
    html = MarkdownIt("gfm-like", {"linkify": False}).render(literal(text))

    assert html.startswith("<p>")
    inner = html.strip().removeprefix("<p>").removesuffix("</p>")
    assert "<" not in inner


@given(people_write)
@settings(deadline=None)
def test_markdown_shows_words_as_they_were_typed(text: str) -> None:
    html = MarkdownIt("commonmark").render(literal(text))

    assert html.count("<p>") <= 1
    assert "<" not in html.replace("<p>", "").replace("</p>", "")


def test_nobody_is_mentioned_by_an_exported_document() -> None:
    assert "@everyone" not in literal("@everyone and @here, see <@123> and <!channel>")


def test_a_document_groups_ideas_by_industry_and_counts_them() -> None:
    with collection() as bank:
        bank.add(*rich())
        text = bank.exported("md").decode()

    assert text.index("## Legal &amp; Forensics") < text.index("## Other")
    assert "- Votes: 5 for, 1 against (discord 4/0, slack 1/1)" in text
    assert "NAICS 5411 92211 92213, ISIC 691" in text
    assert text.endswith("\n4 ideas.\n")
