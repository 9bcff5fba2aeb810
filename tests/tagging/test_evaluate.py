import json

import pytest

from bot.tagging import Likeness, evaluate_duplicates, evaluate_tags
from bot.tagging.evaluate import BadFile

FILE = """
- {id: a, text: a dentist explains root canals to patients, primary: healthcare}
- {id: b, text: bank explains interest to savers, primary: insurance, secondary: [finance]}
- {id: c, text: hello everyone, primary: other, language: en}
- {id: d, text: die Feuerwehr erklärt den Notruf, primary: public-safety, language: de}
- {id: e, text: A Dentist explains root canals to patients!, primary: healthcare, duplicates_of: a}
- {id: f, text: a dentist sells toothbrushes, primary: healthcare, hard_negative_of: a}
"""


@pytest.fixture
def labelled(tmp_path):
    path = tmp_path / "labelled.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_tags_are_counted_right(labelled, lexical):
    report = evaluate_tags(labelled, lexical)

    assert report.figures["primary right, English"] == 0.8
    assert report.figures["primary or accepted second, English"] == 1.0
    assert report.figures["primary right, other languages"] == 1.0
    assert report.figures["non-ideas told apart"] == 1.0
    confusions = report.data()["tables"]["Confusions"]
    assert confusions == [{"expected": "insurance", "given": "finance", "count": "1", "ids": "b"}]
    assert json.loads(json.dumps(report.data()))["ideas"] == 6
    assert "healthcare" in report.text()


def test_pairs_are_counted_right(labelled):
    report = evaluate_duplicates(labelled, Likeness(None))

    assert report.figures["pairs"] == 1
    assert report.figures["hard negatives"] == 1
    assert report.figures["recall, all pairs"] == 1.0
    assert report.figures["partner in first 3"] == 1.0
    assert report.data()["tables"]["Pairs"][0] == {"pair": "a e", "score": "1.000", "label": "same"}


@pytest.mark.parametrize(
    ("text", "says"),
    [("a: [", "ParserError"), ("just words", "not a list"), ("- {id: a}", "entry 1")],
)
def test_a_file_that_cannot_be_read_says_what_is_wrong(tmp_path, lexical, text, says):
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadFile, match=says):
        evaluate_tags(path, lexical)


def test_a_file_that_is_not_there_says_so(tmp_path, lexical):
    with pytest.raises(BadFile, match="FileNotFoundError"):
        evaluate_tags(tmp_path / "nothing.yaml", lexical)
