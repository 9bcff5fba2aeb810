"""JSON and JSON Lines as a way back: whatever a bank holds, exporting it again gives the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.cleaning import clean_text
from bot.core.export_schema import SCHEMA
from storage import IdeaTag, NewAttachment, NewIdea, VoteCount
from tests.fakes.collection import NOW, Collection, collection, new

OWN: tuple[dict[str, Any], ...] = (
    {"kind": "add", "name": "Funeral Services", "description": "Who says farewell",
     "keywords": ["funeral*"]},
    {"kind": "rename", "id": "games", "name": "Play"},
    {"kind": "merge", "id": "insurance", "into": "legal-forensics"},
    {"kind": "retire", "id": "film-tv"},
    {"kind": "add", "name": "Film & TV", "description": "", "keywords": []},
)  # fmt: skip
INDUSTRIES = ("funeral-services", "games", "legal-forensics", "film-tv-2", "other", "healthcare")
LATEST = NOW - timedelta(days=1)

people_write = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=40
).map(clean_text)
filled = people_write.filter(bool)
times = st.datetimes(
    datetime(2020, 1, 1), LATEST.replace(tzinfo=None), timezones=st.just(UTC)  # noqa: DTZ001
)  # fmt: skip
counts = st.integers(0, 9)
files = st.one_of(
    st.builds(
        NewAttachment,
        name=filled,
        media_type=st.sampled_from(("application/pdf", "image/png", "image/gif")),
        size_bytes=st.integers(0, 10**9),
    ),
    st.builds(NewAttachment, name=filled, url=st.just("https://example.com/?a=b&c")),
    st.just(NewAttachment(name="a.png", media_type="image/png", size_bytes=3, content=b"png")),
)


@st.composite
def tags_of_an_idea(draw: Callable[..., Any]) -> tuple[IdeaTag, ...]:
    chosen = draw(st.lists(st.sampled_from(INDUSTRIES), unique=True, max_size=3))
    return tuple(
        IdeaTag(
            industry=industry,
            rank=rank,
            confidence=draw(st.floats(0, 1)),
            because=tuple(draw(st.lists(filled, max_size=2))),
            set_by=draw(st.sampled_from(("author", "tagger", "moderator"))),
            taxonomy_version=draw(st.integers(1, 9)),
        )
        for rank, industry in enumerate(chosen)
    )


@st.composite
def ideas_of_a_bank(draw: Callable[..., Any]) -> list[NewIdea]:
    numbers = draw(st.lists(st.integers(1, 10**6), unique=True, min_size=1, max_size=5))
    ideas = []
    for place, number in enumerate(numbers):
        votes = draw(st.dictionaries(st.sampled_from(("discord", "slack", "import")),
                                     st.tuples(counts, counts), max_size=2))  # fmt: skip
        status = draw(st.sampled_from(("pending", "accepted", "declined", "withdrawn", "merged")))
        is_anonymous = draw(st.booleans())
        ideas.append(
            NewIdea(
                title=draw(filled),
                text=draw(filled),
                number=number,
                status="pending" if status == "merged" and place == 0 else status,
                merged_into=numbers[0] if status == "merged" and place else None,
                was=("accepted", "", draw(times)) if status == "merged" and place else None,
                is_anonymous=is_anonymous,
                author_name="" if is_anonymous else draw(people_write),
                language=draw(st.sampled_from(("", "en", "zh"))),
                beneficiaries=draw(people_write),
                link=draw(st.sampled_from(("", "https://example.com/clip"))),
                reason=draw(people_write),
                created_at=draw(times),
                updated_at=draw(times),
                decided_at=draw(st.none() | times),
                flags=tuple(draw(st.lists(st.sampled_from(("links_only", "odd")), max_size=2))),
                tags=draw(tags_of_an_idea()),
                tallies=VoteCount(
                    up=sum(up for up, _ in votes.values()),
                    down=sum(down for _, down in votes.values()),
                    by_platform=votes,
                ),
                platform=draw(st.sampled_from(("", "discord", "slack"))),
                notes=tuple(draw(st.lists(st.tuples(times, filled), max_size=2))),
                attachments=tuple(draw(st.lists(files, max_size=3))),
            )
        )
    return ideas


@pytest.mark.parametrize("form", ["json", "jsonl"])
@given(ideas=ideas_of_a_bank(), count=st.integers(0, len(OWN)))
@settings(max_examples=25, deadline=None)
def test_whatever_a_bank_holds_comes_back(form: str, ideas: list[NewIdea], count: int) -> None:
    with collection() as bank, collection() as empty:
        bank.changes_industries(*OWN[:count])
        bank.add(*ideas)
        content = bank.exported(form)
        report = empty.imported(content, f"ideas.{form}")

        assert (report.added, report.bad, report.notices) == (len(ideas), 0, [])
        assert empty.exported(form) == content
        assert empty.taxonomy() == bank.taxonomy()
        assert empty.imported(content, f"ideas.{form}").known == len(ideas)
        assert empty.exported(form) == content


def records(bank: Collection) -> list[dict[str, Any]]:
    return [json.loads(line) for line in bank.exported("jsonl").splitlines()]


def test_the_first_idea_carries_what_became_of_the_industries() -> None:
    with collection() as bank:
        bank.changes_industries(*OWN)
        bank.add(new("One"), new("Two"))
        first, second = records(bank)
        partial = json.loads(bank.exported("json", columns=("number", "title", "tags")))
        nameless = bank.exported("jsonl", is_pseudonymised=True)

    assert first["own_industries"] == list(OWN)
    assert set(first) - set(second) == {"own_industries"}
    jsonschema.validate(first, SCHEMA)
    assert "own_industries" not in partial["ideas"][0]
    assert b"own_industries" not in nameless


def test_a_bank_that_changed_its_industries_otherwise_keeps_them() -> None:
    with collection() as bank, collection() as other:
        bank.changes_industries(*OWN)
        bank.add(new("One"))
        other.changes_industries({"kind": "retire", "id": "games"})
        report = other.imported(bank.exported("json"))

        assert "already" in report.notices[0]
        assert "games" not in other.taxonomy().ids
        assert "legal-forensics" in other.taxonomy().ids
        assert report.added == 1


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "explode"},
        {"kind": "rename", "id": "games"},
        {"kind": "rename", "id": "games", "name": ["Play"]},
        {"kind": "rename", "id": "games", "name": "P\u202elay"},
        {"kind": "add", "name": "x" * 1001},
        {"kind": "add", "name": "Farms", "keywords": "cow"},
        {"kind": "add", "name": "Farms", "keywords": [1]},
        {"kind": "retire", "id": "other"},
        "retire",
        None,
    ],
)
def test_a_change_that_is_none_is_left_out_and_said(change: Any) -> None:
    line = {**record(), "own_industries": [OWN[0], change, OWN[1]]}
    with collection() as empty:
        report = empty.imported(json.dumps(line).encode(), "ideas.jsonl")

        assert report.added == 1
        assert report.notices[0].startswith("Change 2 of 3 ")
        assert "funeral-services" in empty.taxonomy().ids
        assert empty.taxonomy().name("games") != "Play"


def test_a_dry_run_changes_no_industry() -> None:
    line = {**record(), "own_industries": [OWN[0]]}
    with collection() as empty:
        empty.imported(json.dumps(line).encode(), "ideas.jsonl", is_dry=True)

        assert "funeral-services" not in empty.taxonomy().ids


@pytest.mark.parametrize(
    "file",
    [
        {"name": "x", "media_type": "", "size_bytes": 0, "url": "javascript:alert(1)"},
        {"name": "x", "media_type": "", "size_bytes": -1, "url": ""},
        {"name": "x"},
        "x",
    ],
)
def test_a_file_that_cannot_be_one_makes_its_row_malformed(file: Any) -> None:
    with collection() as empty:
        report = empty.imported(json.dumps({**record(), "files": [file]}).encode(), "ideas.jsonl")

    assert (report.added, report.bad) == (0, 1)


def record() -> dict[str, Any]:
    with collection() as bank:
        bank.add(new("One"))
        (only,) = records(bank)
    return dict(only)
