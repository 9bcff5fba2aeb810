from __future__ import annotations

from dataclasses import replace

import pytest

from bot.market.check import check, plain_name
from bot.market.schema import Entity, Fact, Source

SOURCE = Source("https://x.example/a", "Title", "Publisher", "2026-03-01", "vendor")
FACT = Fact(
    claim="A makes 10 seconds.", field="max_seconds", value="10 s", as_of="2026-03", source=SOURCE
)
MAKER = Entity(
    id="maker",
    name="Maker",
    kind="company",
    facts=(replace(FACT, claim="B.", field=None, value=None),),
)
MODEL = Entity(id="a", name="A", kind="model", facts=(FACT,))


def texts(*entities: Entity) -> list[str]:
    return [problem.text for problem in check(entities)]


def with_fact(**changes: object) -> Entity:
    return replace(MODEL, facts=(replace(FACT, **changes),))  # type: ignore[arg-type]


def test_sound_knowledge_has_no_problems():
    assert texts(MODEL, MAKER) == []


@pytest.mark.parametrize(
    ("entity", "problem"),
    [
        (replace(MODEL, id="Not Kebab"), "the id is not in kebab-case"),
        (replace(MODEL, kind="thing"), "unknown kind 'thing'"),
        (replace(MODEL, facts=()), "it has no facts"),
        (replace(MODEL, aliases=("",)), "a name is empty"),
        (replace(MODEL, kind="usecase"), "it belongs to no industry"),
        (replace(MODEL, kind="family"), "it does not say what it may mean"),
        (replace(MODEL, family="nowhere"), "it points at 'nowhere', which does not exist"),
        (replace(MODEL, predecessor="nowhere"), "it points at 'nowhere', which does not exist"),
        (replace(MODEL, related=("nowhere",)), "it points at 'nowhere', which does not exist"),
        (with_fact(claim=""), "the claim is empty"),
        (with_fact(claim="no sentence"), "the claim is no sentence"),
        (with_fact(value="ten seconds"), "max_seconds: 'ten seconds' is no duration"),
        (with_fact(value=None), "a field needs a value, and a value a field"),
        (with_fact(field="Max Seconds"), "'Max Seconds' is no name of a field"),
        (with_fact(as_of="May 2026"), "as_of: 'May 2026' is no date"),
        (with_fact(as_of="2031"), "as_of: 2031 lies after 2026-11-22"),
        (
            with_fact(field="released", value="2026-05-02", as_of="2026-05-01"),
            "as_of: 2026-05-01 lies before the released day 2026-05-02 that it tells of",
        ),
        (with_fact(until="soon"), "until: 'soon' is no date"),
        (with_fact(resolution="big"), "resolution: 'big' is no resolution"),
        (with_fact(sound="maybe"), "sound: 'maybe' is no yes_no"),
        (with_fact(seconds="some"), "seconds: 'some' is no duration"),
        (
            with_fact(field="price_per_clip", value="0.28 USD"),
            "price_per_clip: `seconds` must say how long the clip is",
        ),
        (with_fact(source=replace(SOURCE, title="")), "the source has no title"),
        (with_fact(source=replace(SOURCE, url="here")), "'here' is no address"),
        (with_fact(source=replace(SOURCE, date="May")), "date of the source: 'May' is no date"),
        (with_fact(field="vendor", value="Nobody"), "no company is called 'Nobody'"),
    ],
)
def test_each_fault_is_reported(entity: Entity, problem: str):
    assert problem in texts(entity, MAKER)


def test_words_outside_the_vocabulary_are_reported():
    (problem,) = texts(with_fact(field="inputs", value="text, smell"), MAKER)

    assert problem.startswith("inputs: 'smell' is not one of text, image")


def test_an_undated_source_is_allowed():
    assert texts(with_fact(source=replace(SOURCE, date="n.d.")), MAKER) == []


def test_a_problem_says_where_it_stands():
    fact = replace(FACT, claim="", line=12)
    (problem,) = check([replace(MODEL, facts=(fact,), file="models.yaml", line=3)])

    assert str(problem) == "models.yaml:12: a: the claim is empty"


def test_an_id_used_twice_is_reported():
    twin = replace(MODEL, name="Other", facts=(replace(FACT, claim="Another sentence."),))

    assert texts(MODEL, twin) == ["the id is used twice", "the id is used twice"]


def test_a_claim_said_twice_is_reported_across_entities():
    twin = replace(MODEL, id="b", name="B")

    assert texts(MODEL, twin) == ["the claim stands in a already"]


def test_a_name_of_two_things_must_be_said_to_be_one():
    twin = replace(MODEL, id="b", name="a!", facts=(replace(FACT, claim="Another sentence."),))
    name = Entity(id="name-a", name="A", kind="name", may_mean=("a", "b"))
    half = replace(name, may_mean=("a",))

    assert texts(MODEL, twin) == ["the name 'a' means a, b without saying so"]
    assert texts(MODEL, twin, half) == ["the name 'a' means a, b, name-a without saying so"]
    assert texts(MODEL, twin, name) == []


def test_versions_must_name_each_other():
    newer = Entity(
        id="b",
        name="B",
        kind="model",
        predecessor="a",
        facts=(replace(FACT, claim="Another sentence."),),
    )

    assert texts(MODEL, newer) == ["a does not name it as its successor"]
    assert texts(replace(MODEL, successor="b"), newer) == []


def test_a_family_must_list_its_members():
    family = Entity(id="family-a", name="As", kind="family", may_mean=("a",))
    member = replace(MODEL, family="family-a")

    assert texts(member, family) == ["family-a does not list it as a member"]
    assert texts(member, replace(family, members=("a",))) == []


@pytest.mark.parametrize(
    ("one", "other"), [("Veo 3.1", "veo-3.1"), ("LTX‑2", "ltx 2"), ("可灵", "可灵"), ("A24", "a24")]
)
def test_names_are_compared_without_case_and_punctuation(one: str, other: str):
    assert plain_name(one) == plain_name(other)
