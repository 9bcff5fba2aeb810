from __future__ import annotations

from pathlib import Path

import pytest

from bot.market.schema import Fact, KnowledgeError, Source, load_entities, parse_entities

SOURCE = "{url: https://x.example/a, title: A, publisher: B, date: 2026-03-01}"
GOOD = f"""
- id: made-up
  name: Made Up
  kind: model
  aliases: [MU, made-up-1]
  facts:
  - claim: Made Up has no sound.
    field: audio
    value: no
    as_of: 2026-03-01
    source: {SOURCE}
    verified: false
    seller: Somebody
"""


def test_scalars_stay_the_text_of_the_file():
    fact = parse_entities(GOOD)[0].facts[0]

    assert (fact.value, fact.as_of, fact.source.date) == ("no", "2026-03-01", "2026-03-01")


def test_keys_of_a_fact_reach_the_fact():
    entity = parse_entities(GOOD, "made.yaml")[0]
    fact = entity.facts[0]

    assert entity.aliases == ("MU", "made-up-1")
    assert (entity.file, entity.line, fact.line) == ("made.yaml", 2, 7)
    assert not fact.verified
    assert fact.qualifiers == (None, None, None, None, "Somebody", None, None)


def test_all_files_of_a_folder_are_read_but_those_that_start_with_an_underscore(tmp_path: Path):
    for name in ("b.yaml", "a.yaml", "_fields.yaml", "note.txt"):
        (tmp_path / name).write_text(GOOD.replace("made-up", name[0] + "-made-up"))

    assert [e.id for e in load_entities(tmp_path)] == ["a-made-up", "b-made-up"]


def test_an_empty_file_holds_no_entities():
    assert parse_entities("# nothing yet\n") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- id: [", r"f\.yaml, line 2: did not find"),
        ("- id: \x00", r"f\.yaml.*"),
        ("id: x", r"f\.yaml: a knowledge file is a list of entities"),
        ("- x", r"f\.yaml, line 1, entity \?: expected keys"),
        ("- id: x\n  name: X", r"f\.yaml, line 1, entity x: key 'kind' is missing"),
        ("- id: x\n  id: y", r"f\.yaml, line 2, entity \?: key 'id' stands twice"),
        ("- id: x\n  colour: red", r"line 2, entity \?: unknown key 'colour'"),
        ("- id: x\n  name: X\n  kind: model\n  aliases: MU", r"line 4, .*'aliases' is a list"),
        ("- id: x\n  name: [X]\n  kind: model", r"line 2, entity x: expected a single text"),
        (GOOD.replace("verified: false", "verified: maybe"), r"line 12, entity made-up: .*'maybe'"),
        (GOOD.replace("    as_of: 2026-03-01\n", ""), r"line 7, entity made-up: key 'as_of'"),
        (GOOD.replace("publisher: B, ", ""), r"line 11, entity made-up: key 'publisher'"),
        (GOOD.replace("date: 20", "kind: gossip, date: 20"), r"unknown kind of source 'gossip'"),
    ],
)
def test_malformed_knowledge_is_refused_with_file_line_and_entity(text: str, message: str):
    with pytest.raises(KnowledgeError, match=message):
        parse_entities(text, "f.yaml")


def test_the_makers_word_ranks_before_the_press_and_the_press_before_a_reseller():
    ranks = [Source("u", "t", "p", "d", kind).rank for kind in ("vendor", "press", "reseller")]

    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 3


def test_a_fact_that_was_replaced_or_has_ended_is_not_current():
    source = Source("u", "t", "p", "d")

    assert Fact(claim="c", as_of="2026", source=source).is_current
    assert not Fact(claim="c", as_of="2026", source=source, superseded=True).is_current
    assert not Fact(claim="c", as_of="2026", source=source, until="2026-05").is_current
