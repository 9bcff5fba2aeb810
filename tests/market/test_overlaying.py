"""A bank's own facts: laid over the knowledge, they give what compiling all of it would."""

from dataclasses import replace
from datetime import date

import pytest

from bot.market import Market
from bot.market.compiling import compile_entities, restore
from bot.market.knowledge import Knowledge
from bot.market.merging import extend
from bot.market.schema import Entity, Fact, Source

SOURCE = Source("https://example.org", "A notice", "Example", "2026-11", "vendor")
NEW = Entity(
    id="zorbo-2",
    name="Zorbo 2",
    kind="model",
    aliases=("Project Halo",),  # a name that built-in facts hold
    facts=(
        Fact(claim="Zorbo 2 has 3 billion parameters.", as_of="2026-11", source=SOURCE),
        Fact(claim="Zorbo 2 came after Kling 4.0.", as_of="2026-11", source=SOURCE),
    ),
)


def postings(knowledge: Knowledge) -> dict[str, set[tuple[int, str, str, int]]]:
    """Give the index by fact instead of by row."""
    facts = [(r.owner, r.fact.claim, f"{r.fact.value} {r.fact.as_of}") for r in knowledge.rows]
    return {
        key: {(*facts[row], weight) for row, weight in zip(*found, strict=True)}
        for key, found in knowledge.raw_postings.items()
    }


@pytest.fixture(scope="module", params=["new", "changed", "both"])
def extra(request: pytest.FixtureRequest, market: Market) -> list[Entity]:
    known = market.knowledge.entity("mochi-1")
    licence = next(f for f in known.facts if f.field == "licence")
    changed = replace(licence, claim="Mochi 1 is under MIT now.", value="MIT")
    mochi = Entity(id="mochi-1", name="Mochi 1", kind="model", facts=(changed,))
    return {"new": [NEW], "changed": [mochi], "both": [NEW, mochi]}[request.param]


def test_it_equals_what_compiling_everything_gives(market: Market, extra: list[Entity]) -> None:
    entities = extend(market.knowledge.entities, extra)
    whole = restore(compile_entities(entities, market.lexicon))

    own = market.with_entities(extra).knowledge

    assert postings(own) == postings(whole)
    assert {k: [tuple(m) for m in v] for k, v in own.names.items()} == whole.names
    assert (own.ranks, own.side_names) == (whole.ranks, whole.side_names)
    assert list(own.vocabulary) == list(whole.vocabulary)


def test_the_knowledge_below_is_left_alone(market: Market, extra: list[Entity]) -> None:
    before = postings(market.knowledge)

    market.with_entities(extra)

    assert postings(market.knowledge) == before


def test_a_fact_that_was_replaced_is_not_stale(market: Market) -> None:
    known = market.knowledge.entity("kling-4")
    price = next(f for f in known.facts if f.field == "price_per_second")
    changed = replace(price, claim="Kling 4.0 costs 1 dollar now.", as_of="2026-11-22")
    own = market.with_entities([replace(known, facts=(changed,))])

    stale = [s.fact for s in own.stale(date(2030, 1, 1), 1)]

    assert changed in stale
    assert price not in stale
