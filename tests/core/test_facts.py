from __future__ import annotations

from pathlib import Path

import pytest

from bot.market import Market
from bot.market.check import check
from bot.market.schema import FACTS_FOLDER, load_entities
from tests.fakes.house import House, Visitor, labels

SOURCE = "https://zorba.example/pricing"
NEW = {"entity": "Zorblax 7", "kind": "model", "source": SOURCE, "as_of": "2026-11-20"}
LENGTH = {
    **NEW,
    "claim": "Zorblax 7 makes clips of up to 333 seconds.",
    "field": "max_seconds",
    "value": "333 secs",
}


async def exported(mod: Visitor) -> str:
    reply = await mod.says("market export")
    assert reply.ok, reply.text
    assert reply.file is not None
    return Path(reply.file.path).read_text("utf-8")


async def test_a_typed_fact_takes_part_in_rankings_and_filters(house: House) -> None:
    mod = house.moderator()
    added = await mod.does("market add", **LENGTH)
    await mod.does(
        "market add",
        **{**NEW, "claim": "Zorblax 7 costs 0.001 dollars a second.", "value": ""},
        field="price_per_second",
    )
    price = {**NEW, "claim": "Zorblax 7 costs 0.001 US dollars per second."}
    assert (await mod.does("market add", **price, value="price_per_second: $0.001")).ok

    assert added.ok, added.text
    longest = await mod.says("ask longest clip")
    assert "**Zorblax 7** comes first" in longest.text
    assert "Zorblax 7" in str((await mod.says("ask models with clips over 300 seconds")).table)
    assert "**Zorblax 7** comes first" in (await mod.says("ask cheapest video model")).text


async def test_only_this_bank_sees_it(house: House) -> None:
    await house.enter("slack:T9")
    await house.moderator().does("market add", **LENGTH)

    other = await house.moderator(key="slack:T9").says("ask longest clip")

    assert "Zorblax" not in other.text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"source": "ask my cousin"}, "http://"),
        ({"source": "https://"}, "http://"),
        ({"source": "javascript:alert(1)"}, "http://"),
        ({"as_of": "2026-12-24"}, "future"),
        ({"as_of": "2031"}, "future"),
        ({"as_of": "24.12.2026"}, "2026-03-01"),
        ({"as_of": "2026-02-30"}, "2026-03-01"),
        ({"field": "max_secnds"}, "max_seconds"),
        ({"field": "max_seconds", "value": "pretty long"}, "30 s"),
        ({"field": "status", "value": "dead"}, "discontinued"),
        ({"field": "", "value": "status: dead"}, "discontinued"),
        ({"field": "price_per_clip", "value": "0.50"}, "seconds"),
        ({"field": "max_seconds", "value": "9 s", "resolution": "huge"}, "1080p"),
        ({"field": "vendor", "value": "Opan AI"}, "OpenAI"),
    ],
)
async def test_what_is_wrong_is_said_with_the_way_out(
    house: House, values: dict[str, str], said: str
) -> None:
    whole = {**NEW, "claim": "Zorblax 7 is a model.", **values}

    reply = await house.moderator().does("market add", **whole)

    assert not reply.ok
    assert said in reply.text
    community = await house.community("discord:88")
    assert await house.store.knowledge.list(community.bank_id) == []


async def test_a_wrong_field_brings_the_form_back_with_what_was_typed(house: House) -> None:
    reply = await house.moderator().submits("market add", **{**LENGTH, "source": "nowhere"})

    assert reply.form is not None
    assert reply.form.values["claim"] == LENGTH["claim"]
    assert list(reply.errors) == ["source"]


async def test_an_unknown_name_is_asked_about(house: House) -> None:
    mod = house.moderator()
    values = {"claim": "Klinng 4.0 Pro makes tea.", "source": SOURCE, "entity": "Klinng 4.0 Pro"}

    asked = await mod.does("market add", **values)

    assert not asked.ok
    assert "Kling 4.0" in labels(asked)
    assert "A new model" in labels(asked)
    added = await mod.presses(asked, "A new model")
    assert added.ok, added.text
    assert "makes tea" in (await mod.says("ask does Klinng 4.0 Pro make tea?")).text


async def test_versions_are_no_misspellings_of_each_other(house: House) -> None:
    values = {"claim": "Gemini Omni Flash 1.3 is out.", "source": SOURCE}

    asked = await house.moderator().does("market add", entity="Gemini Omni Flash 1.3", **values)

    assert not asked.ok
    assert "Gemini Omni Flash 1.2" in labels(asked)


async def test_the_same_fact_twice_is_said_to_be_known(house: House) -> None:
    mod = house.moderator()
    await mod.does("market add", **LENGTH)

    again = await mod.does("market add", **{**LENGTH, "claim": f" {LENGTH['claim'].upper()} "})
    reworded = await mod.does("market add", **{**LENGTH, "claim": "It can do 333 seconds at most."})
    later = await mod.does("market add", **{**LENGTH, "claim": "Still 333.", "as_of": "2026-11-22"})

    assert not again.ok
    assert "already" in again.text
    assert not reworded.ok
    assert later.ok, later.text


async def test_with_review_a_second_moderator_decides(house: House) -> None:
    await house.set("fact_review", "two")
    first, second = house.moderator("one"), house.moderator("two")
    proposed = await first.does("market add", **LENGTH)
    assert "second moderator" in proposed.text
    assert "Zorblax" not in (await first.says("ask longest clip")).text

    own = await first.presses(await first.says("queue facts"), "Accept")
    assert not own.ok
    accepted = await second.presses(await second.says("queue facts"), "Accept")

    assert accepted.ok, accepted.text
    assert "Zorblax 7" in (await first.says("ask longest clip")).text


async def test_with_review_correcting_and_retiring_wait_too(house: House) -> None:
    mod, other = house.moderator("one"), house.moderator("two")
    await mod.does("market add", **LENGTH)
    await house.set("fact_review", "two")
    right = {**LENGTH, "claim": "Zorblax 7 makes clips of 444 seconds.", "value": "444 s"}
    right.pop("kind")

    await mod.does("market correct", **right, fact="333 seconds")
    queue = await other.says("queue facts")
    assert "333" in queue.items[0].text
    assert "333" in (await mod.says("ask how long is a Zorblax 7 clip")).text
    await other.presses(queue, "Accept")
    answer = (await mod.says("ask how long is a Zorblax 7 clip")).text
    assert "444" in answer
    assert "333" not in answer

    await other.does("market retire", entity="Zorblax 7", fact="444 seconds")
    assert "444" in (await mod.says("ask how long is a Zorblax 7 clip")).text
    await mod.presses(await mod.says("queue facts"), "Accept")
    assert "444" not in (await mod.says("ask how long is a Zorblax 7 clip")).text


async def test_a_rejected_proposal_takes_nothing_out(house: House) -> None:
    await house.set("fact_review", "two")
    one, two = house.moderator("one"), house.moderator("two")
    question = "ask how long can a Sora 2 clip be"
    before = (await one.says(question)).text
    market = await house.services.banks.market(1)
    fact = market.knowledge.entity("sora-2").values("max_seconds")[0]

    await one.does("market retire", entity="Sora 2", fact=fact.claim)
    await two.presses(await two.says("queue facts"), "Reject")

    assert (await one.says(question)).text == before
    assert "no facts of its own" in (await one.says("market export")).text


async def test_the_export_is_a_file_of_facts_that_passes_the_check(
    house: House, tmp_path: Path
) -> None:
    mod = house.moderator()
    await mod.does("market add", **LENGTH, variant="Fast", region="EU", publisher="Zorba")
    fact = (await house.services.banks.market(1)).knowledge.entity("sora-2").facts[0]
    await mod.does("market retire", entity="Sora 2", fact=fact.claim)
    await mod.does(
        "market add",
        entity="Sora 2",
        claim="Sora 2 clips are 99 seconds long at our house.",
        value="max_seconds: 99 s",
        condition="at our house",
        source="https://example.org/sora",
    )

    text = await exported(mod)

    alone, beside = tmp_path / "alone", tmp_path / "beside"
    for folder in (alone, beside):
        folder.mkdir()
        (folder / "zz_ours.yaml").write_text(text, "utf-8")
    for path in FACTS_FOLDER.glob("*.yaml"):
        (beside / path.name).write_bytes(path.read_bytes())
    assert check(load_entities(alone), knowledge_date="2026-11-22") == []
    assert check(load_entities(beside), knowledge_date="2026-11-22") == []
    merged = Market.load(facts_dir=beside)
    known = merged.knowledge.entity("sora-2")
    assert fact.claim not in [f.claim for f in known.facts]
    assert "99 s" in [f.value for f in known.values("max_seconds")]
    added = merged.knowledge.entity("zorblax-7").facts[0]
    assert (added.value, added.variant, added.region) == ("333 s", "Fast", "EU")
    assert added.source.publisher == "Zorba"


async def test_values_and_kinds_complete_as_they_are_typed(house: House) -> None:
    from bot.core.dispatch import find

    mod = house.moderator()
    request = await mod.request("market add", {"entity": "Sora 2", "field": "status"})
    command = find("market add")
    assert command is not None

    async def completed(name: str, typed: str) -> list[str]:
        field = command.field(name)
        assert field is not None
        assert field.complete is not None
        return [c.value for c in await field.complete(house.services, request, typed)]

    assert (await completed("entity", "sora 2"))[0] == "Sora 2"
    assert "max_seconds" in await completed("field", "max")
    assert "discontinued" in await completed("value", "dis")
