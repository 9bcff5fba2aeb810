"""A new model, a new fact, a correction: answered about after a change of the knowledge alone."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.market import Market
from bot.market.schema import FACTS_FOLDER, Entity, Fact, Source, parse_entities

TODAY = date(2026, 11, 22)
FACTS = (
    ("vendor", "Zorba Labs", "Zorblax 7 is made by Zorba Labs."),
    ("country", "France", "Zorba Labs, the maker of Zorblax 7, is at home in France."),
    ("kind", "open weights", "Zorblax 7 has open weights."),
    ("licence", "Apache 2.0", "Zorblax 7 is under Apache 2.0."),
    ("max_seconds", "333 s", "Zorblax 7 makes clips of up to 333 seconds."),
    ("max_resolution", "8K", "Zorblax 7 reaches 8K."),
    ("audio", "yes", "Zorblax 7 makes sound."),
    ("price_per_second", "0.001 USD/s", "Zorblax 7 costs 0.001 US dollars per second."),
    ("released", "2026-11-20", "Zorblax 7 came out on 20 November 2026."),
    ("vram", "5 GB", "Zorblax 7 runs on a card with 5 GB."),
)


def zorblax_yaml() -> str:
    lines = ["- id: zorblax-7", "  name: Zorblax 7", "  kind: model", "  facts:"]
    for field, value, claim in FACTS:
        lines += [f"    - claim: {claim!r}", f"      field: {field}", f"      value: '{value}'"]
        lines += ["      as_of: 2026-11", "      source: {url: 'https://zorba.example', title: Z,"]
        lines += ["        publisher: Zorba, date: 2026-11, kind: vendor}"]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def bigger(tmp_path_factory: pytest.TempPathFactory) -> Market:
    folder = tmp_path_factory.mktemp("facts")
    for path in FACTS_FOLDER.glob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "models_zorba.yaml").write_text(zorblax_yaml(), "utf-8")
    return Market.load(facts_dir=folder)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("how long can a zorblax 7 clip be", "333 seconds"),
        ("who makes zorblax?", "Zorba Labs"),
        ("zorblx 7 price", "0.001"),
        ("zorblax 7 vs kling 4.0 price", "0.001 USD/s"),
        ("open weights models with sound under apache", "Zorblax 7"),
        ("french models", "Zorblax 7"),
        ("which models make clips of 300 seconds or more", "Zorblax 7"),
        ("cheapest video model", "**Zorblax 7** comes first"),
        ("longest clip", "**Zorblax 7** comes first"),
        ("highest resolution", "**Zorblax 7** comes first"),
        ("newest model", "**Zorblax 7** comes first"),
        ("what would 100 seconds of zorblax 7 cost", "0.10 USD"),
        ("will zorblax 7 run on 6 gb?", "5 GB"),
        ("wie lang ist ein clip mit Zorblax 7?", "333 s"),
    ],
)
def test_a_made_up_model_is_answered_about_without_a_line_of_code(
    bigger: Market, question: str, said: str
) -> None:
    assert said in bigger.answer(question, today=TODAY).plain()


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("zorblax 7 or kling 4.0, which is cheaper?", "**Zorblax 7** comes first"),
        ("which is longer, kling 4.0 or zorblax 7", "333 s"),
        ("models under 1 cent a second in 4k", "Zorblax 7"),
        ("open weights models that fit in 6 gb and make sound", "Zorblax 7"),
        ("which models came out in november 2026", "Zorblax 7"),
        ("50 bucks of zorblax 7, how many seconds?", "50000 s"),
        ("who makes zorblax and how long are its clips?", "333 seconds"),
        ("did google make zorblax 7?", "not what my sources say"),
        ("chinese models with 8k, anything but kling", "Zorblax 7"),
        ("zorblax 7 的价格是多少？", "0.001"),
    ],
)
def test_it_takes_part_in_every_kind_of_question(bigger: Market, question: str, said: str) -> None:
    assert said in bigger.answer(question, today=TODAY).plain()


@pytest.fixture(scope="module")
def with_firm(tmp_path_factory: pytest.TempPathFactory) -> Market:
    """A folder of nothing but a made-up firm, its model, and a field that nobody has heard of."""
    folder = tmp_path_factory.mktemp("firm")
    source = "{url: 'https://zorba.example', title: Z, publisher: Zorba, date: 2026-11}"
    facts = (
        ("founded", "2024", "Zorba Labs was founded in 2024 by Ada Zorba."),
        ("headcount", "17", "Zorba Labs has 17 employees."),
        ("funding", "12M USD", "Zorba Labs raised 12 million US dollars in June 2026."),
        ("country", "France", "Zorba Labs is based in France."),
    )
    lines = ["- id: zorba-labs", "  name: Zorba Labs", "  kind: company", "  facts:"]
    for field, value, claim in facts:
        lines += [f"    - {{claim: {claim!r}, field: {field}, value: '{value}', as_of: 2026-11,"]
        lines += [f"       source: {source}}}"]
    lines += ["- id: zorblax-8", "  name: Zorblax 8", "  kind: model", "  facts:"]
    lines += ["    - {claim: 'Zorblax 8 has a tempo dial from 1 to 9.', field: tempo_dial,"]
    lines += [f"       value: 1 to 9, as_of: 2026-11, source: {source}}}"]
    lines += ["    - {claim: 'Zorblax 8 is made by Zorba Labs.', field: vendor,"]
    lines += [f"       value: Zorba Labs, as_of: 2026-11, source: {source}}}"]
    (folder / "zorba.yaml").write_text("\n".join(lines), "utf-8")
    return Market.load(facts_dir=folder)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("who founded Zorba Labs?", "Ada Zorba"),
        ("how many employees does zorba labs have", "17"),
        ("how much did Zorba raise in 2026?", "12 million"),
        ("where is zorba labs based", "France"),
        ("what does the tempo dial of zorblax 8 do", "1 to 9"),
        ("zorblax 8 tempo dial range?", "1 to 9"),
        ("which companies are from France?", "Zorba Labs"),
    ],
)
def test_a_new_firm_and_a_new_field_need_no_code_either(
    with_firm: Market, question: str, said: str
) -> None:
    assert said in with_firm.answer(question, today=TODAY).plain()


def test_what_the_new_firm_does_not_say_is_not_known(with_firm: Market) -> None:
    answer = with_firm.answer("what is the revenue of Zorba Labs?", today=TODAY)

    assert answer.abstained
    assert answer.is_gap


def test_the_built_in_knowledge_does_not_know_it(market: Market) -> None:
    assert market.answer("who makes zorblax 7?", today=TODAY).abstained


def test_a_bank_adds_an_entity_of_its_own(market: Market) -> None:
    own = market.with_entities(parse_entities(zorblax_yaml()))

    assert "333 seconds" in own.answer("how long are zorblax 7 clips?", today=TODAY).text
    assert market.answer("how long are zorblax 7 clips?", today=TODAY).abstained


def a_fact(claim: str, field: str, value: str) -> Fact:
    source = Source("https://example.org", "A notice", "Example", "2026-11", "vendor")
    return Fact(claim=claim, field=field, value=value, as_of="2026-11", source=source)


def test_a_bank_corrects_a_fact_and_retires_another(market: Market) -> None:
    known = market.knowledge.entity("mochi-1")
    licence = next(f for f in known.facts if f.field == "licence")
    sound = next(f for f in known.facts if f.field == "audio")
    changed = a_fact("Mochi 1 is now under the MIT licence.", "licence", "MIT")
    added = Entity(
        id="mochi-1",
        name="Mochi 1",
        kind="model",
        facts=(changed, replace(sound, until="2026-11-01")),
    )

    own = market.with_entities([added])

    facts = own.knowledge.entity("mochi-1").facts
    assert changed in facts
    assert licence not in facts
    assert sound not in facts
    assert "MIT" in own.answer("licence of mochi 1?", today=TODAY).text


def test_a_cache_that_is_broken_is_built_again(tmp_path: Path) -> None:
    facts = tmp_path / "facts"
    facts.mkdir()
    (facts / "models.yaml").write_text(zorblax_yaml(), "utf-8")
    cache = tmp_path / "cache"
    Market.load(facts_dir=facts, cache_dir=cache)
    (kept,) = cache.glob("*.json")
    for broken in (b"", b"{", b"[]", b'{"key": 1}', kept.read_bytes()[:-200]):
        kept.write_bytes(broken)
        market = Market.load(facts_dir=facts, cache_dir=cache)
        assert "333" in market.answer("how long is a zorblax 7 clip?", today=TODAY).text

    assert kept.stat().st_size > 1000


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    facts, cache = tmp_path / "facts", tmp_path / "cache"
    facts.mkdir()
    (facts / "models.yaml").write_text(zorblax_yaml(), "utf-8")
    Market.load(facts_dir=facts, cache_dir=cache)
    (facts / "models.yaml").write_text(zorblax_yaml().replace("333", "444"), "utf-8")

    market = Market.load(facts_dir=facts, cache_dir=cache)

    assert "444" in market.answer("how long is a zorblax 7 clip?", today=TODAY).text


def test_a_folder_that_cannot_be_written_to_only_costs_time(tmp_path: Path) -> None:
    facts = tmp_path / "facts"
    facts.mkdir()
    (facts / "models.yaml").write_text(zorblax_yaml(), "utf-8")
    blocked = tmp_path / "file"
    blocked.write_text("in the way", "utf-8")

    market = Market.load(facts_dir=facts, cache_dir=blocked / "cache")

    assert not market.answer("who makes zorblax 7?", today=TODAY).abstained
