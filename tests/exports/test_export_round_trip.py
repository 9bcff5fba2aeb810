"""Out and in again: an admin's import of JSON into an empty bank is the same collection."""

from __future__ import annotations

import asyncio
import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from bot.core import imports
from bot.core.errors import OperatorError
from storage import IdeaTag, NewIdea, VoteCount
from tests.fakes.collection import NOW, Collection, collection, new

DAY = datetime(2026, 3, 1, 8, 30, 15, 123456, tzinfo=UTC)


def merge(bank: Collection, number: int, into: int) -> None:
    asyncio.run(bank.store.ideas.merge(bank.write(), bank.community.bank_id, number, into))


def rich(bank: Collection) -> None:
    """Fill a bank as people do: votes of several, a chain of merges, notes, decisions."""
    store, bank_id = bank.store, bank.community.bank_id
    bank.add(*(new(f"Idea {n}", created_at=DAY + timedelta(hours=n)) for n in range(1, 7)))
    people = [bank.person(f"p{n}", platform) for n, platform in enumerate(
        ("discord", "slack", "console"))]  # fmt: skip
    for person, number, value, platform in (
        (people[0], 1, 1, "discord"), (people[0], 2, -1, "discord"), (people[1], 2, 1, "slack"),
        (people[2], 3, 1, "console"), (people[1], 3, 1, "slack"),
    ):  # fmt: skip
        write = bank.write(person)
        asyncio.run(store.votes.set(write, bank_id, number, value, platform))
    asyncio.run(
        store.notes.add(bank.write(people[1]), bank_id, 3, "In our valley, too", is_staff=False)
    )
    asyncio.run(store.notes.add(bank.write(people[1]), bank_id, 3, "staff only", is_staff=True))
    merge(bank, 1, 5)
    merge(bank, 5, 6)
    merge(bank, 2, 3)
    hidden = NewIdea(title="Hidden", text="Hidden idea", is_anonymous=True, author_id=people[2],
                     permalink="https://example.org/1",
                     tags=(IdeaTag(industry="film-tv", rank=0, confidence=0.25, because=("a", "é"),
                                   set_by="author"),))  # fmt: skip
    asyncio.run(store.ideas.add(bank.write(people[2]), bank_id, hidden))


@pytest.mark.parametrize("form", ["json", "jsonl"])
@pytest.mark.parametrize("chunk", [1, 1000])
def test_a_lived_in_bank_comes_back_byte_for_byte(
    form: str, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "CHUNK", chunk)
    with collection() as bank, collection() as empty:
        rich(bank)
        content = bank.exported(form)
        report = empty.imported(content, f"ideas.{form}")

        assert (report.added, report.bad, report.notices) == (7, 0, [])
        assert empty.exported(form) == content
        assert b"staff only" not in content
        assert empty.imported(content, f"ideas.{form}").added == 0
        assert empty.exported(form) == content


def test_what_was_merged_can_be_parted_again_after_an_import() -> None:
    with collection() as bank, collection() as empty:
        rich(bank)
        empty.imported(bank.exported("json"))
        for one in (bank, empty):
            unmerge = one.store.ideas.unmerge(one.write(), one.community.bank_id, 5)
            asyncio.run(unmerge)

        assert empty.exported("json") == bank.exported("json")


def test_ten_thousand_random_ideas_come_back_byte_for_byte() -> None:
    chance = random.Random(7)
    with collection() as bank, collection() as empty:
        bank.add(*(_random(n, chance) for n in range(1, 10_001)))
        content = bank.exported("jsonl")
        report = empty.imported(content, "ideas.jsonl")

        assert (report.added, report.bad) == (10_000, 0)
        assert empty.exported("jsonl") == content


def _random(n: int, chance: random.Random) -> NewIdea:
    up, down = chance.randint(0, 9), chance.randint(0, 3)
    split = {chance.choice(("discord", "slack", "import")): (up, down)} if up or down else {}
    tags = tuple(
        IdeaTag(industry=industry, rank=rank, confidence=chance.random(),
                because=tuple(chance.choices(("crash", "судья", "法庭", 'q"'), k=rank)),
                set_by=chance.choice(("author", "tagger", "moderator")))
        for rank, industry in enumerate(
            chance.sample(("legal-forensics", "film-tv", "insurance"), chance.randint(0, 3)))
    )  # fmt: skip
    at = NOW - timedelta(microseconds=chance.randint(0, 10**14))
    is_anonymous = chance.random() < 0.2
    words = "".join(chance.choices("ab é“”=+\n'\"<>,;中文😀", k=chance.randint(0, 60)))
    return new(
        f"Idea {n} {words}".strip(),
        title=f"Idea {n}",
        number=n * 2 - 1,
        author_name="" if is_anonymous else chance.choice(("Ana", "Bo", "李")),
        is_anonymous=is_anonymous,
        status=chance.choice(("pending", "accepted", "declined", "withdrawn")),
        reason=chance.choice(("", "No.")),
        created_at=at,
        updated_at=at + timedelta(seconds=chance.randint(0, 99)),
        decided_at=chance.choice((None, at)),
        tallies=VoteCount(up=up, down=down, by_platform=split),
        tags=tags,
        external_id=f"x{n}" if n % 3 == 0 else None,
        flags=chance.choice(((), ("odd",))),
        notes=((at, f"note {n}"),) if n % 50 == 0 else (),
        aliases=((n + 50_000, at),) if n % 70 == 0 else (),
    )  # fmt: skip


def test_what_is_one_way_is_said_to_be() -> None:
    with collection() as bank:
        rich(bank)
        files = {
            "ideas.csv": bank.exported("csv"),
            "chosen.jsonl": bank.exported("jsonl", columns=("number", "title", "text", "status")),
            "names.json": bank.exported("json", is_pseudonymised=True),
        }
        md, html = bank.exported("md"), b"<!doctype html><title>x</title>"
        book = bank.exported("xlsx")
    for name, words in (("ideas.csv", "CSV"), ("chosen.jsonl", "chosen columns"),
                        ("names.json", "pseudonyms")):  # fmt: skip
        with collection() as empty:
            report = empty.imported(files[name], name)
            assert report.added == 7
            assert words in " ".join(report.notices)
    with collection() as empty:
        for content, name, words in ((md, "x.md", "Markdown"), (html, "x.html", "web page"),
                                     (book, "x.xlsx", "workbook")):  # fmt: skip
            with pytest.raises(OperatorError, match=words):
                empty.imported(content, name)


def test_a_merged_idea_whose_target_was_filtered_out_is_said_to_wait() -> None:
    with collection() as bank, collection() as empty:
        rich(bank)
        lines = bank.exported("jsonl").splitlines()
        kept = [line for line in lines if json.loads(line)["number"] != 3]
        report = empty.imported(b"\n".join(kept), "ideas.jsonl")

        assert "no target" in " ".join(report.notices)
        assert next(i.status for i in empty.ideas() if i.number == 2) == "pending"
