from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fakes.command_line import Reelbank, batch, lines

KEYS = ["id", "answer", "citations", "abstained", "reason", "entities", "ms"]


def test_one_question_is_answered_with_its_sources(reelbank: Reelbank) -> None:
    result = reelbank("ask", "how long can a kling clip be")

    assert result.exit_code == 0
    assert "seconds" in result.stdout
    assert "[1] " in result.stdout
    assert "https://" in result.stdout


def test_json_holds_answer_citations_and_time(reelbank: Reelbank) -> None:
    answer = json.loads(reelbank("ask", "--json", "who", "makes", "seedance?").stdout)

    assert list(answer) == KEYS[1:]
    assert "ByteDance" in answer["answer"]
    assert [c["n"] for c in answer["citations"]] == list(range(1, len(answer["citations"]) + 1))
    assert set(answer["citations"][0]) == {"n", "title", "url", "publisher", "as_of"}
    assert answer["abstained"] is False
    assert answer["reason"] is None
    assert answer["ms"] > 0


def test_a_batch_answers_every_line_in_order(reelbank: Reelbank) -> None:
    rows = [
        {"id": "a", "question": "what does veo 3.1 cost?"},
        {"id": 7, "question": "who won the football world cup in 1990?"},
        {"id": None, "question": "hello"},
    ]

    result = reelbank("ask", "--batch", "-", input=batch(*rows))

    assert result.exit_code == 0
    assert [row["id"] for row in lines(result)] == ["a", 7, None]
    assert all(list(row) == KEYS for row in lines(result))
    assert [row["abstained"] for row in lines(result)] == [False, True, True]
    assert lines(result)[1]["reason"] == "off_topic"
    assert lines(result)[2]["reason"] == "small_talk"


def test_a_follow_up_carries_the_earlier_turns(reelbank: Reelbank) -> None:
    turns = [
        {"role": "user", "text": "Who makes Seedance 2.0?"},
        {"role": "assistant", "text": "ByteDance makes Seedance 2.0."},
    ]
    row = {"id": 1, "question": "and how long can its clips be?", "previous_turns": turns}

    answer = lines(reelbank("ask", "--batch", "-", input=batch(row)))[0]

    assert any("seedance" in entity for entity in answer["entities"])


def test_what_a_member_sees_holds_no_markup(reelbank: Reelbank) -> None:
    row = {"id": 1, "question": "sora 2 vs veo 3.1"}

    answer = lines(reelbank("ask", "--batch", "-", input=batch(row)))[0]["answer"]

    assert "**" not in answer
    assert "\\" not in answer


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("{not json", "not a JSON value"),
        ("[1, 2]", "not a JSON object"),
        ('{"id": 3}', '"question" is missing'),
        ('{"id": 3, "question": 5}', '"question" is not a text'),
        ('{"id": 3, "question": "x", "previous_turns": "y"}', "not a list"),
        ('{"id": 3, "question": "x", "previous_turns": [{"role": "bot"}]}', '"role"'),
    ],
)
def test_a_bad_line_is_reported_and_the_others_are_answered(
    reelbank: Reelbank, bad: str, why: str
) -> None:
    good = {"id": "good", "question": "who makes Kling?"}

    result = reelbank("ask", "--batch", "-", input=batch(good, "", bad, good))

    assert result.exit_code == 1
    assert f"line 3: {why}" in result.stderr or ("line 3" in result.stderr and why in result.stderr)
    first, broken, last = lines(result)
    assert first["answer"] == last["answer"]
    assert "line 3" in broken["error"]
    assert "answer" not in broken


def test_a_line_that_is_no_text_is_one_bad_line(reelbank: Reelbank) -> None:
    result = reelbank("tag", "--batch", "-", input=b'\xff\xfe\n{"id": 1, "text": "hello"}\n')

    assert result.exit_code == 1
    assert "line 1: not UTF-8 text" in result.stderr
    assert lines(result)[1]["primary"] == "other"


def test_a_batch_file_may_begin_with_a_byte_order_mark(reelbank: Reelbank, tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(batch({"id": 1, "question": "who makes Kling?"}), "utf-8-sig")

    assert lines(reelbank("ask", "--batch", str(path)))[0]["id"] == 1


@pytest.mark.parametrize("arguments", [(), ("--batch", "-", "and a question")])
def test_a_question_or_a_batch_is_needed_and_not_both(
    reelbank: Reelbank, arguments: tuple[str, ...]
) -> None:
    assert reelbank("ask", *arguments, input="").exit_code == 2


def test_tags_come_with_confidence_and_the_words_that_decided(reelbank: Reelbank) -> None:
    rows = [
        {"id": 1, "text": "Reconstruct a traffic accident from witness statements for the court"},
        {"id": 2, "text": "good morning everybody"},
    ]

    idea, greeting = lines(reelbank("tag", "--batch", "-", input=batch(*rows)))

    assert list(idea) == ["id", "primary", "industries", "ms"]
    assert idea["primary"] == "legal-forensics"
    assert idea["industries"][0]["id"] == "legal-forensics"
    assert 0 < idea["industries"][0]["confidence"] <= 1
    assert "court" in idea["industries"][0]["because"]
    assert greeting["primary"] == "other"


def test_one_text_is_tagged_in_words(reelbank: Reelbank) -> None:
    result = reelbank("tag", "a", "TV", "spot", "for", "a", "shoe", "brand")

    assert "(advertising-marketing), because of" in result.stdout.splitlines()[0]


def test_a_collection_is_compared_with_itself(reelbank: Reelbank) -> None:
    rows = [
        {"id": "one", "text": "Rebuild a car crash for the jury from the police report"},
        {"id": "two", "text": "Recipe clips from my grandmother's handwriting"},
        {"id": "three", "text": "Show jurors how the car crash happened, from the police report"},
        {"id": "four", "text": "rebuild a car crash, for the jury: from the police report!"},
    ]

    found = lines(reelbank("similar", "--batch", "-", input=batch(*rows)))

    assert [row["id"] for row in found] == ["one", "two", "three", "four"]
    assert found[0]["matches"] == []
    assert found[1]["matches"] == []
    assert found[2]["matches"][0]["id"] == "one"
    assert found[3]["matches"][0] == {"id": "one", "score": 1.0}


def test_a_text_is_compared_with_the_bank(reelbank: Reelbank, tmp_path: Path) -> None:
    path = tmp_path / "ideas.jsonl"
    path.write_text(batch({"text": "Rebuild a car crash for the jury from the police report"}))
    reelbank("import", str(path))

    found = json.loads(reelbank("similar", "--json", "rebuild the car crash for a jury").stdout)
    nothing = reelbank("similar", "recipe clips from my grandmother's handwriting")

    assert [match["id"] for match in found["matches"]] == [1]
    assert nothing.stdout == ""
    assert "Nothing like it" in nothing.stderr
