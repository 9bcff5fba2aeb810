import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.tagging import Likeness, evaluate_duplicates
from bot.tagging.similar import PROBABLE, SUGGEST
from tests.tagging.conftest import DATA


@pytest.fixture(scope="module")
def likeness(embedder):
    return Likeness(embedder)


def test_the_same_words_otherwise_written_are_the_same(likeness):
    items = [("a", "Teach kids recycling!"), ("b", "teach  KIDS, recycling"), ("c", "Tax advice")]

    for one in (likeness, Likeness(None)):
        found = dict(one.similar_batch(items))
        assert [(m.id, m.score) for m in found["b"]] == [("a", 1.0)]
        assert found["a"] == found["c"] == []


def test_each_line_is_compared_with_earlier_ones_alone(likeness):
    first = "From witness statements, rebuild how the crash happened for the court"
    second = "Reconstruct a car accident for the judge from what witnesses said"

    found = likeness.similar_batch([("1", first), ("2", second)])

    assert found[0] == ("1", [])
    assert found[1][1][0].id == "1"
    assert found[1][1][0].score >= PROBABLE
    assert "witnesses" in found[1][1][0].shared


def test_paraphrases_are_found_in_the_development_set_and_hard_negatives_are_not(likeness):
    figures = evaluate_duplicates(DATA / "dev.yaml", likeness).figures

    assert figures["f1, labelled pairs"] >= 0.82
    assert figures["f1, all pairs"] >= 0.75
    assert figures["partner in first 3"] >= 0.95
    assert figures["hard negatives taken"] == 0


def test_paraphrases_beat_hard_negatives_among_pairs_of_our_own(likeness):
    lines = (DATA / "pairs.txt").read_text(encoding="utf-8").splitlines()[1:]
    scored = []
    for line in lines:
        label, one, other = line.split("|")
        a, b = likeness.prepare([one, other])
        scored.append((label == "S", likeness.compare(a, b)[0]))

    same = [s for is_same, s in scored if is_same]
    other = [s for is_same, s in scored if not is_same]

    assert sum(s >= SUGGEST for s in same) / len(same) >= 0.85
    assert sum(s >= PROBABLE for s in same) / len(same) >= 0.7
    better = sum(s > o for s in same for o in other) / (len(same) * len(other))
    assert better >= 0.78  # cosine alone: 0.64


def test_a_slip_of_the_keyboard_is_still_nearly_the_same(likeness):
    a, b = likeness.prepare(
        [
            "Teach kids about recycling in a short video",
            "Teach kids abuot recycling in a shrot video",
        ]
    )

    assert likeness.compare(a, b)[0] > 0.85


def test_the_same_idea_in_another_language_is_met(likeness):
    items = [
        ("en", "Teach pupils about recycling in a short video for our school"),
        ("de", "Kurze Videos für Schüler über Recycling in der Schule"),
        ("es", "Vídeos cortos para alumnos de la escuela sobre reciclaje"),
        ("other", "Kurzes Video für Schüler über Mathe in der Schule"),
    ]

    found = {key: [m.id for m in matches] for key, matches in likeness.similar_batch(items)}

    assert "en" in found["de"]
    assert {"en", "de"} <= set(found["es"])


def test_scripts_that_the_model_does_not_know_are_compared_by_their_words(likeness):
    items = [
        ("1", "สอนเด็กแปรงฟันก่อนนอน"),
        ("2", "แสดงเส้นทางหนีไฟในอาคารสูง"),
        ("3", "πώς λειτουργεί η ανεμογεννήτρια"),
        ("4", "οδηγίες για τη χρήση του πυροσβεστήρα"),
    ]

    assert all(found == [] for _, found in likeness.similar_batch(items))


def test_another_idea_in_the_words_of_the_first_is_not_taken_for_it(likeness):
    items = [
        ("1", "Crane lesson: show the crew where nobody may stand while the beam comes in"),
        ("2", "Crane lesson: show the crew how to read the wind gauge before the first lift"),
        ("3", "Workers watch which spots are off limits as the girder is hoisted"),
    ]

    found = {key: [m.id for m in matches] for key, matches in likeness.similar_batch(items)}

    assert found["3"][0] == "1"
    assert dict(likeness.similar_batch(items, at_least=PROBABLE))["2"] == []


def test_without_an_embedder_near_copies_are_found_and_the_notice_says_why():
    lexical = Likeness(None)
    items = [
        ("1", "Forklift safety clips for the warehouse staff in their own language"),
        ("2", "Forklift safety clips for warehouse staff, in each one's own language"),
        ("3", "A trailer for my fantasy novel"),
    ]

    found = dict(lexical.similar_batch(items))

    assert lexical.notice == "lexical"
    assert [m.id for m in found["2"]] == ["1"]
    assert found["3"] == []


def test_three_thousand_lines_are_compared(likeness):
    items = [(str(n), f"idea {n} about topic {n % 50}") for n in range(3000)]

    found = Likeness(None).similar_batch(items)

    assert len(found) == 3000
    assert all(len(m) <= 3 for _, m in found)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_texts_can_be_compared(texts):
    items = [(str(n), text) for n, text in enumerate(texts)]

    for key, matches in Likeness(None).similar_batch(items):
        assert all(int(m.id) < int(key) for m in matches)
        assert all(SUGGEST <= m.score <= 1.0 for m in matches)
        assert all(word in items[int(key)][1] for m in matches for word in m.shared)
