"""A damaged or made-up file costs its own rows, never the import nor what reads the bank later."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fakes.collection import collection

GOOD = {
    "number": 1, "title": "Clips", "text": "A clip for every witness, so that juries see it",
    "status": "pending", "votes": {"up": 1, "down": 0, "by_platform": {"discord": {"up": 1}}},
    "created_at": "2026-01-01T00:00:00+00:00", "tags": [],
}  # fmt: skip
TAG = {"industry": "legal", "confidence": 0.5, "set_by": "tagger"}
HUGE = 10**30


@pytest.mark.parametrize(
    "change",
    [
        {"votes": {"up": HUGE, "down": 0, "by_platform": {"discord": {"up": HUGE}}}},
        {"votes": {"up": -5, "down": -7, "by_platform": {"discord": {"up": -5}}}},
        {"votes": {"up": 1, "by_platform": {"\ud800": {"up": 1}}}},
        {"tags": [{**TAG, "confidence": float("nan")}]},
        {"tags": [{**TAG, "set_by": "somebody"}]},
        {"tags": [{**TAG, "industry": "legal\x1e\x1f"}]},
        {"tags": [TAG, TAG]},
        {"tags": [{**TAG, "taxonomy_version": HUGE}]},
        {"status": "merged", "merged_into": HUGE},
        {"status": "merged", "merged_into": [1]},
        {"aliases": [{"number": HUGE, "since": "2026-01-01T00:00:00+00:00"}]},
        {"created_at": "0001-01-01T00:00:00+14:00"},
        {"updated_at": "9999-12-31T23:59:59-14:00"},
        {"notes": [{"at": "0001-01-01T00:00:00+14:00", "text": "x"}]},
        {"consent": "always"},
        {"flags": ["\ud800"]},
        {"platform": "\ud800"},
    ],
)
def test_a_record_that_nobody_exported_is_malformed_and_the_others_are_kept(
    change: dict[str, Any],
) -> None:
    rows = [GOOD, {**GOOD, "number": 2, "text": "Another clip for every witness"} | change]
    with collection() as bank:
        report = bank.imported("\n".join(map(json.dumps, rows)).encode(), "ideas.jsonl")

        assert (report.added, report.bad) == (1, 1)
        assert [row["number"] for row in json.loads(bank.exported("json"))["ideas"]] == [1]


@pytest.mark.parametrize(
    "line",
    [
        '{"text": "a clip", "number": ' + "1" * 5_000 + "}",
        '{"text": ' + "[" * 50_000 + "]" * 50_000 + "}",
        '{"text": "a clip"',
        "[1]",
    ],
)
def test_a_line_that_cannot_be_read_is_malformed_and_the_others_are_kept(line: str) -> None:
    with collection() as bank:
        report = bank.imported(f"{json.dumps(GOOD)}\n{line}\n".encode(), "ideas.jsonl")

        assert (report.added, report.bad) == (1, 1)


def test_a_number_that_no_idea_can_have_is_given_anew() -> None:
    rows = [{**GOOD, "text": f"{GOOD['text']}, {n}", "number": n} for n in (HUGE, -5, 0)]
    with collection() as bank:
        report = bank.imported("\n".join(map(json.dumps, rows)).encode(), "ideas.jsonl")

        assert (report.added, report.bad) == (3, 0)
        numbers = [row["number"] for row in json.loads(bank.exported("json"))["ideas"]]
        assert numbers == [1, 2, 3]
